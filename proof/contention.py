"""Many at once: processes that grant, list and import upon one database. Nothing gets lost and nobody sees a lock."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import quantiles
from typing import IO, Any

from proof.children import run as run_alone
from proof.content import read
from proof.judge import Tally
from proof.states import Office
from tests.support.registers import make_register

CROWDS = {"crowd-8": 8, "crowd-16": 16, "crowd-32": 32}
_LONGEST = 5.0  # seconds, for 99 of 100 commands
_ROWS = 5
_IMPORTED = 4  # companies, head office and one site each
_ENV = "ASTA_SQLITE__LOCK_TIMEOUT"


def run(office: Office, name: str, commands: int) -> Tally:
    """So many processes as *name* says, each with *commands* commands, one after the other."""
    tally = Tally(f"contention, {office.site.dialect}: {name}")
    return _crowd(office, CROWDS[name], commands, tally, {})


def control(office: Office, name: str, commands: int) -> Tally:
    """Nobody waits for a lock."""
    tally = Tally(f"contention, {office.site.dialect}: {name}, without waiting")
    if office.site.dialect != "sqlite":
        tally.skipped = "there is no such setting"
        return tally
    return _crowd(office, CROWDS[name], commands, tally, {_ENV: "0"})


def _crowd(office: Office, workers: int, commands: int, tally: Tally, env: dict[str, str]) -> Tally:
    office.base("filled")
    for worker in range(workers):
        office.site.run("chambers", "add", str(200 + worker), "--name", f"IHK {200 + worker}")
        make_register(office.files / f"crowd{worker}", _IMPORTED // 2, 1, 2)
    _ = office.site.url
    started = [_start(office, worker, commands, env) for worker in range(workers)]
    done = [answer for pid, file in started for answer in _answers(pid, file)]
    tally.tries = tally.hits = len(done)
    if len(done) != workers * commands:
        tally.failures.append(f"only {len(done)} answers")
    tally.failures += [f"asta {d['argv']}: exit {d['code']}: {d['err'][:200]}" for d in done if d["code"]]
    longest = quantiles([d["seconds"] for d in done], n=100)[98]
    tally.what += f", p99 {longest:.1f} s"
    if longest > _LONGEST:
        tally.failures.append(f"99 of 100 commands took up to {longest:.1f} s")
    tally.failures += _lost(office, workers, done)
    return tally


def _start(office: Office, worker: int, commands: int, env: dict[str, str]) -> tuple[int, IO[bytes]]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - it outlives the process that writes it
    pid = os.fork()
    if pid:
        return pid, file
    try:
        _work(office, worker, commands, env, file)
    finally:
        os._exit(0)


def _work(office: Office, worker: int, commands: int, env: dict[str, str], file: IO[bytes]) -> None:
    for argv in _words(office, worker, commands):
        order = office.site.order(*argv)
        ending = run_alone(replace(order, env={**order.env, **env}))
        answer = {"argv": argv, "code": ending.code, "err": ending.err, "seconds": ending.seconds}
        file.write(json.dumps(answer).encode() + b"\n")
        file.flush()


def _answers(pid: int, file: IO[bytes]) -> list[dict[str, Any]]:
    os.waitpid(pid, 0)
    file.seek(0)
    return [json.loads(line) for line in file]


def _words(office: Office, worker: int, commands: int) -> Iterator[tuple[str, ...]]:
    """A bulk grant, a single one, a listing and an import in turns, each worker from another on."""
    idents = [row["ident_number"] for row in office.register.companies]
    reason = ("--chamber", "177", "--reason", "proof")
    for n in range(commands):
        ident = idents[(worker + n) % len(idents)]
        match (worker + n) % 4:
            case 0:
                path = _file(office, worker, n, ident)
                yield ("perms", "grant", "--from", str(path), *reason)
            case 1:
                yield ("perms", "grant", f"w{worker}n{n}@example.com", "--company", ident, "--role", "manager", *reason)
            case 2:
                yield ("trainees", "list", "--chamber", "177", "--format", "jsonl")
            case _:
                directory = office.files / f"crowd{worker}"
                yield ("import", "snapshot", str(directory), "--chamber", str(200 + worker), "--lock-wait", "60s")


def _file(office: Office, worker: int, n: int, ident: str) -> Path:
    path = office.files / f"grants-{worker}-{n}.csv"
    rows = [f"w{worker}n{n}r{row}@example.com,{ident},manager" for row in range(_ROWS)]
    path.write_text("\n".join(["email,company,role", *rows]) + "\n", encoding="utf-8")
    return path


def _lost(office: Office, workers: int, done: list[dict[str, Any]]) -> list[str]:
    """What is missing of that which was acknowledged, and what is there twice."""
    _content, failures = office.site.look()
    with office.site.store() as store:
        rows = read(store)
    granted = sorted(g["email"] for g in rows["access_grant"])
    single = [
        d["argv"][2] for d in done if d["argv"][:2] == ["perms", "grant"] and "@" in d["argv"][2] and not d["code"]
    ]
    files = [Path(d["argv"][3]) for d in done if d["argv"][2] == "--from" and not d["code"]]
    wanted = sorted([*single, *(line.split(",")[0] for f in files for line in f.read_text("utf-8").splitlines()[1:])])
    if granted != wanted:
        failures.append(f"{len(wanted)} grants were acknowledged, {len(granted)} are there")
    imported = {d["argv"][4] for d in done if d["argv"][0] == "import" and not d["code"]}
    for chamber in sorted(imported):
        if (found := sum(c["chamber"] == chamber for c in rows["company"])) != _IMPORTED:
            failures.append(f"chamber {chamber} has {found} companies")
    return failures
