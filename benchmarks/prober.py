"""Somebody else who wants the database all the while: prober.py sqlite|postgresql ADDRESS reader|writer.

Tries until its standard input is closed, then prints a JSON object: how often it got its turn, the longest wait for it
in seconds, and how often a lock stood in its way. Run as a program of its own: a wait within the benchmark's process
would be measured with the benchmark's work in it.
"""

from __future__ import annotations

import json
import select
import sqlite3
import sys
import time
from collections.abc import Callable

PAUSE = 0.002


def sqlite_turn(address: str, role: str) -> Callable[[], bool]:
    """One turn at a file; False where a lock stands in the way."""
    connection = sqlite3.connect(address, timeout=0, isolation_level=None)
    statements = ("BEGIN IMMEDIATE", "ROLLBACK") if role == "writer" else ("SELECT count(*) FROM meta",)

    def turn() -> bool:
        try:
            for statement in statements:
                connection.execute(statement).fetchall()
        except sqlite3.OperationalError:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            return False
        return True

    return turn


def postgres_turn(address: str, role: str) -> Callable[[], bool]:
    """One turn at a server. A writer locks its chamber, as asta's writers do, a reader may not wait for any lock."""
    import psycopg

    connection = psycopg.connect(address, autocommit=True)
    statements = ["BEGIN", "SELECT 1 FROM chamber FOR NO KEY UPDATE", "UPDATE chamber SET name = name", "ROLLBACK"]
    if role == "reader":
        connection.execute("SET lock_timeout = '1ms'")
        statements = ["SELECT count(*) FROM (SELECT 1 FROM trainee LIMIT 100) AS a_few"]

    def turn() -> bool:
        try:
            for statement in statements:
                connection.execute(statement)
        except psycopg.errors.LockNotAvailable:
            return False
        return True

    return turn


def main(database: str, address: str, role: str) -> None:
    turn = (sqlite_turn if database == "sqlite" else postgres_turn)(address, role)
    turns, longest, refused = 0, 0.0, 0
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        began = time.perf_counter()
        while not turn():
            refused += 1
            time.sleep(PAUSE / 4)
        longest = max(longest, time.perf_counter() - began)
        turns += 1
    print(json.dumps({"turns": turns, "longest": longest, "refused": refused}))


if __name__ == "__main__":
    main(*sys.argv[1:])
