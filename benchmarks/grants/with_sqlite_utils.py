"""A file of permissions with sqlite-utils: with_sqlite_utils.py fill|grant DATABASE FILE...

As its manual has it: rows of a CSV file into a table with a key, what is there already ignored, and a row of an audit
table. It knows nothing of authority, and nobody asks.
"""

import csv
import sys
from datetime import UTC, datetime

from sqlite_utils import Database

KEY = ("email", "company", "role")


def fill(database, companies, people, present):
    db = Database(database)
    db["company"].insert_all(read(companies), pk="ident_number")
    db["account"].insert_all(read(people), pk="email")
    given = ({**row, "sites": 1, "granted_at": "2026-01-01", "granted_by": "operator"} for row in read(present))
    db["access_grant"].insert_all(given, pk=KEY)
    db["access_grant"].create_index(["company", "role"])
    db["audit"].create({"id": int, "at": str, "who": str, "rows": int}, pk="id")


def grant(database, file, who):
    db = Database(database)
    with db.conn:
        before, now = db["access_grant"].count, datetime.now(UTC).isoformat()
        given = ({**row, "sites": 1, "granted_at": now, "granted_by": who} for row in read(file))
        db["access_grant"].insert_all(given, pk=KEY, ignore=True)
        made = db["access_grant"].count - before
        db["audit"].insert({"at": now, "who": who, "rows": made})
    print(f"{made} granted")


def read(file):
    with open(file, encoding="utf-8", newline="") as source:
        yield from csv.DictReader(source)


if __name__ == "__main__":
    {"fill": fill, "grant": grant}[sys.argv[1]](*sys.argv[2:])
