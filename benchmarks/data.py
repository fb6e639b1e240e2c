"""A chamber made up for the benchmarks: the same companies for asta, for Django and for sqlite-utils."""

from __future__ import annotations

import csv
import os
import random
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

CHAMBER = "177"
COMPANIES = 1_400  # as many training companies as a chamber of medium size has
IDENT = "0000700"
NAMES = ("Müller", "Schäfer", "Yılmaz", "Groß", "Kowalski", "Öztürk", "Strauß", "Weiß", "Krämer", "Čapek")
TRADES = ("Maschinenbau GmbH", "Elektrotechnik e. K.", "Logistik KG", "Handels GmbH & Co. KG", "Bäckerei")
CITIES = (("Köln", "50667"), ("Nürnberg", "90402"), ("Görlitz", "02826"), ("Lübeck", "23552"))
HEADER = ("ident_number", "name", "street", "postal_code", "city", "email")


def write_companies(file: Path) -> None:
    """Write ``COMPANIES`` companies to *file* as CSV, the same ones every time."""
    dice = random.Random(CHAMBER)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        for number in range(1, COMPANIES + 1):
            city, code = dice.choice(CITIES)
            name = f"{dice.choice(NAMES)} {dice.choice(TRADES)}"
            street = f"{dice.choice(NAMES)}straße {dice.randint(1, 200)}"
            writer.writerow((f"{number:07}", name, street, code, city, f"office@firm{number}.example"))


def command(argv: Sequence[str], env: Mapping[str, str]) -> str:
    """Run *argv* and return its output. Raises CalledProcessError."""
    return subprocess.run(argv, env=env, check=True, capture_output=True, text=True).stdout


def fresh(source: Path, target: Path) -> None:
    """Make *target* a copy of *source*, safely on the disk, so that the next command need not write it out."""
    for stale in (target, target.with_name(f"{target.name}-journal")):
        stale.unlink(missing_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o600)
    handle = os.open(target, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
