"""A file of permissions with casbin: with_casbin.py fill|grant DATABASE FILE...

The model has a policy for each permission and the tree of companies as roles of resources, so that a role at a head
office is one at its sites. Policies lie in SQLite, read and written by an adapter of our own, as the library wants it.
Who may give is asked once for each company.
"""

import csv
import sqlite3
import sys
from datetime import UTC, datetime

import casbin
from casbin import persist

MODEL = """
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.sub == p.sub && r.act == p.act && g(r.obj, p.obj)
"""


class Adapter(persist.Adapter, persist.adapters.UpdateAdapter):
    def __init__(self, connection, only=None):
        self.connection, self.only = connection, only

    def load_policy(self, model):
        for row in self.connection.execute("SELECT v0, v1 FROM rule WHERE ptype = 'g'"):
            persist.load_policy_line("g, " + ", ".join(row), model)
        for row in self.connection.execute("SELECT v0, v1, v2 FROM rule WHERE ptype = 'p' AND v0 = ?", (self.only,)):
            persist.load_policy_line("p, " + ", ".join(row), model)

    def add_policies(self, sec, ptype, rules):
        rows = ((ptype, *rule) for rule in rules)
        self.connection.executemany("INSERT INTO rule (ptype, v0, v1, v2) VALUES (?, ?, ?, ?)", rows)


def fill(database, companies, people, present):
    connection = sqlite3.connect(database)
    with connection:
        connection.execute("CREATE TABLE rule (id INTEGER PRIMARY KEY, ptype, v0, v1, v2)")
        connection.execute("CREATE TABLE audit (id INTEGER PRIMARY KEY, at, who, rows)")
        tree = (("g", row["ident_number"], row["parent"], None) for row in read(companies) if row["parent"])
        held = (("p", row["email"], row["company"], row["role"]) for row in read(present))
        for rows in (tree, held):
            connection.executemany("INSERT INTO rule (ptype, v0, v1, v2) VALUES (?, ?, ?, ?)", rows)
        connection.execute("CREATE UNIQUE INDEX one_rule ON rule (ptype, v0, v1, v2)")


def grant(database, file, who):
    connection = sqlite3.connect(database)
    with connection:
        model = casbin.Enforcer.new_model(text=MODEL)
        enforcer = casbin.Enforcer(model, Adapter(connection, who))
        wanted = [(row["email"], row["company"], row["role"]) for row in read(file)]
        if not all(enforcer.enforce(who, company, "administrator") for company in {row[1] for row in wanted}):
            sys.exit("rows refused")
        there = "SELECT 1 FROM rule WHERE ptype = 'p' AND v0 = ? AND v1 = ? AND v2 = ?"
        new = [row for row in wanted if connection.execute(there, row).fetchone() is None]
        if new:
            enforcer.add_policies(new)
        connection.execute(
            "INSERT INTO audit (at, who, rows) VALUES (?, ?, ?)", (str(datetime.now(UTC)), who, len(new))
        )
    print(f"{len(new)} granted")


def read(file):
    with open(file, encoding="utf-8", newline="") as source:
        yield from csv.DictReader(source)


if __name__ == "__main__":
    {"fill": fill, "grant": grant}[sys.argv[1]](*sys.argv[2:])
