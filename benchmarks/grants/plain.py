"""A file of permissions into SQLite, as one would in plain SQL: plain.py fill|grant DATABASE FILE...

Staging table, one recursive query for authority, one insert, one row of an audit table; no check of any value, no
message about any row. This is L, the measure of the races about permissions. Standard library only.
"""

import csv
import sqlite3
import sys

SCHEMA = """
CREATE TABLE company (id INTEGER PRIMARY KEY, ident TEXT NOT NULL UNIQUE, parent_id INTEGER REFERENCES company);
CREATE INDEX company_parent ON company (parent_id);
CREATE TABLE account (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, confirmed INTEGER NOT NULL);
CREATE TABLE access_grant (
    id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES account, company_id INTEGER NOT NULL
    REFERENCES company, role TEXT NOT NULL, sites INTEGER NOT NULL, valid_from TEXT, valid_until TEXT,
    granted_at TEXT NOT NULL, granted_by TEXT NOT NULL, reason TEXT, ended_at TEXT
);
CREATE UNIQUE INDEX one_grant ON access_grant (account_id, company_id, role) WHERE ended_at IS NULL;
CREATE INDEX grant_company ON access_grant (company_id, role);
CREATE TABLE audit (id INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL, rows INTEGER);
"""
REACH = """
WITH RECURSIVE reach (id) AS (
    SELECT g.company_id FROM access_grant g JOIN account a ON a.id = g.account_id
    WHERE a.email = :who AND a.confirmed AND g.role = 'administrator' AND g.sites AND g.ended_at IS NULL
        AND (g.valid_from IS NULL OR g.valid_from <= :now) AND (g.valid_until IS NULL OR g.valid_until > :now)
    UNION SELECT c.id FROM company c JOIN reach r ON c.parent_id = r.id
)
"""
REFUSED = f"""
{REACH}
SELECT count(*) FROM staging s LEFT JOIN company c ON c.ident = s.company LEFT JOIN account a ON a.email = s.email
WHERE a.id IS NULL OR c.id IS NULL OR c.id NOT IN (SELECT id FROM reach)
"""
INSERT = """
INSERT INTO access_grant (account_id, company_id, role, sites, granted_at, granted_by)
SELECT a.id, c.id, s.role, 1, :now, :who
FROM staging s JOIN company c ON c.ident = s.company JOIN account a ON a.email = s.email WHERE true
ON CONFLICT (account_id, company_id, role) WHERE ended_at IS NULL DO NOTHING
"""
AUDIT = "INSERT INTO audit (at, who, action, rows) VALUES (:now, :who, 'grant', :rows)"


def fill(database, companies, people, present):
    connection = sqlite3.connect(database)
    with connection:
        connection.executescript(SCHEMA)
        rows = [(row["ident_number"], row["parent"]) for row in read(companies)]
        numbers = {ident: n for n, (ident, _) in enumerate(rows, 1)}
        connection.executemany(
            "INSERT INTO company VALUES (?, ?, ?)", [(numbers[i], i, numbers.get(parent)) for i, parent in rows]
        )
        accounts = {row["email"]: n for n, row in enumerate(read(people), 1)}
        connection.executemany("INSERT INTO account VALUES (?, ?, 1)", [(n, email) for email, n in accounts.items()])
        held = ((accounts[r["email"]], numbers[r["company"]], r["role"]) for r in read(present))
        connection.executemany(
            "INSERT INTO access_grant (account_id, company_id, role, sites, granted_at, granted_by)"
            " VALUES (?, ?, ?, 1, '2026-01-01T00:00:00Z', 'operator')",
            held,
        )
    connection.execute("ANALYZE")
    connection.close()


def grant(database, file, who):
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    said = {"who": who, "now": connection.execute("SELECT strftime('%Y-%m-%dT%H:%M:%SZ')").fetchone()[0]}
    connection.execute("CREATE TEMP TABLE staging (email TEXT, company TEXT, role TEXT)")
    with open(file, encoding="utf-8", newline="") as source:
        rows = csv.reader(source)
        next(rows)
        connection.executemany("INSERT INTO staging VALUES (?, ?, ?)", rows)
    refused = connection.execute(REFUSED, said).fetchone()[0]
    if refused:
        sys.exit(f"{refused} rows refused")
    made = connection.execute(INSERT, said).rowcount
    connection.execute(AUDIT, {**said, "rows": made})
    connection.execute("COMMIT")
    print(f"{made} granted")


def read(file):
    with open(file, encoding="utf-8", newline="") as source:
        yield from csv.DictReader(source)


if __name__ == "__main__":
    {"fill": fill, "grant": grant}[sys.argv[1]](*sys.argv[2:])
