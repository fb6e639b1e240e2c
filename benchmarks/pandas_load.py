"""Trainees into SQLite with pandas: pandas_load.py insert|upsert DATABASE FILE. Run by the Python of the peers.

Written as one would who knows pandas: typed columns, one transaction, chunks; what is there already is changed by one
statement from a staging table.
"""

import sqlite3
import sys

import pandas as pd

NAMES = (
    "trainee_number", "company", "first_name", "last_name", "email", "occupation", "specialisation", "contract_start",
    "contract_end", "terminated_on", "trainer_number", "exam_period", "account_status",
)  # fmt: skip
DAYS = ("contract_start", "contract_end", "terminated_on")
UPSERT = """
INSERT INTO trainee SELECT * FROM staging WHERE true
ON CONFLICT (trainee_number) DO UPDATE SET {sets} WHERE {differs}
"""


def main(action: str, database: str, file: str) -> None:
    frame = pd.read_csv(
        file, sep=";", encoding="cp1252", dtype="string", header=0, names=NAMES, keep_default_na=False, na_values=[""]
    )
    for name in DAYS:
        frame[name] = pd.to_datetime(frame[name], format="%d.%m.%Y")
    connection = sqlite3.connect(database)
    with connection:
        if action == "insert":
            connection.execute(f"CREATE TABLE trainee ({', '.join(NAMES)})")
            connection.execute("CREATE UNIQUE INDEX one_trainee ON trainee (trainee_number)")
            frame.to_sql("trainee", connection, if_exists="append", index=False, chunksize=10_000)
            return
        frame.to_sql("staging", connection, if_exists="replace", index=False, chunksize=10_000)
        sets = ", ".join(f"{name} = excluded.{name}" for name in NAMES[1:])
        differs = " OR ".join(f"{name} IS NOT excluded.{name}" for name in NAMES[1:])
        connection.execute(UPSERT.format(sets=sets, differs=differs))
        connection.execute("DROP TABLE staging")


if __name__ == "__main__":
    main(*sys.argv[1:])
