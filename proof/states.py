"""The states of a database that the commands start from, and the files that they read."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from asta_cli.core.errors import Status
from proof.sites import Site
from tests.support.registers import Register, Row, make_register, write_rows

COMPANIES, SITES, TRAINEES = 20, 2, 5
HALF = 150
GRANTS = 150
OWNER, NEWCOMER = "erika.muster@example.com", "neu@example.com"
EIGHT = tuple(f"p{n}@example.com" for n in range(8))
ACTIVATED, OF_TWO, OF_EIGHT = "0001000", "0002000", "0003000"
_TOKEN = re.compile(r"asta confirm (\S+)")
Words = tuple[str, ...]


@dataclass
class Office:
    """The files and the states of one site, made when the first scenario asks for them."""

    site: Site
    files: Path
    known: dict[str, str] = field(default_factory=dict)

    def base(self, name: str) -> None:
        """Put the site into the state *name*."""
        self.make(name)
        self.site.reset(name)

    def make(self, base: str) -> None:
        """Have the state *base* ready."""
        if base not in self.site.kept:
            _BASES[base](self)
            self.site.keep(base)

    @property
    def log(self) -> Path:
        """Where a tracer may write."""
        return self.site.root / "trace"

    @property
    def register(self) -> Register:
        """The chamber's files of the first night."""
        return _once(self.files / "first", lambda d: make_register(d, COMPANIES, SITES, TRAINEES))

    @property
    def changed(self) -> Register:
        """Those of the next night: every tenth record is another, some are new, two sites are missing."""
        first = self.register
        return _once(self.files / "second", lambda d: _changed(first, d))

    def cut(self, trainees: int) -> Register:
        """Those of the next night, broken off after so many trainees."""
        whole = self.changed
        return _once(self.files / f"cut{trainees}", lambda d: _cut(whole, trainees, d))

    @property
    def grants(self) -> Path:
        """A file of grants."""
        path = self.files / "grants.csv"
        if not path.exists():
            idents = [row["ident_number"] for row in self.register.companies]
            rows = [(f"person{n}@example.com", idents[n % len(idents)], "manager", "proof") for n in range(GRANTS)]
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([("email", "company", "role", "reason"), *rows])
        return path


def _once(directory: Path, make: Callable[[Path], Register]) -> Register:
    return make(directory)  # the same bytes every time


def _changed(first: Register, directory: Path) -> Register:
    closed = {row["ident_number"] for row in first.companies[-SITES:]}
    companies = [_with(r, n, name=r["name"] + " neu") for n, r in enumerate(first.companies)]
    trainers = [_with(r, n, last_name="Neumann") for n, r in enumerate(first.trainers)]
    trainees = [_with(r, n, exam_period="2028-W") for n, r in enumerate(first.trainees)]
    trainees += [trainees[0] | {"trainee_number": f"NEU-{n}", "email": f"neu{n}@example.org"} for n in range(20)]
    return _written(
        directory,
        [row for row in companies if row["ident_number"] not in closed],
        [row for row in trainers if row["company_ident_number"] not in closed],
        [row for row in trainees if row["company_ident_number"] not in closed],
    )


def _cut(whole: Register, trainees: int, directory: Path) -> Register:
    # The new ones come first, so that the plan has every kind of change in it.
    return _written(directory, whole.companies, whole.trainers, whole.trainees[::-1][:trainees])


def _written(directory: Path, companies: list[Row], trainers: list[Row], trainees: list[Row]) -> Register:
    made = Register(directory, companies, trainers, trainees)
    directory.mkdir(exist_ok=True)
    for kind in ("companies", "trainers", "trainees"):
        write_rows(made.path(kind), getattr(made, kind), language="de")
    return made


def staff(office: Office, name: str, people: Iterable[str]) -> Path:
    """A file of all who have a permission at the company of the eight: those, and *people* as managers."""
    path = office.files / f"{name}.csv"
    rows = [f"{person},{OF_EIGHT},administrator" for person in EIGHT] + [f"{p},{OF_EIGHT},manager" for p in people]
    path.write_text("\n".join(["email,company,role", *rows]) + "\n", encoding="utf-8")
    return path


def mirror(register: Register) -> Words:
    """The import of *register* as the whole truth."""
    return ("import", "snapshot", str(register.directory), "--mode", "mirror")


def sync(path: Path) -> Words:
    """The permissions at the company of the eight as *path* has them."""
    return ("perms", "sync", "--from", str(path), "--company", OF_EIGHT, "--reason", "proof")


def _with(row: Row, n: int, **changes: str) -> Row:
    return row | changes if n % 10 == 0 else row


# --- states -----------------------------------------------------------------------------------------------------------


def _empty(office: Office) -> None:
    """Nothing at all."""


def _chamber(office: Office) -> None:
    office.base("empty")
    office.site.run("chambers", "add", "177", "--name", "IHK Musterstadt")


def _filled(office: Office) -> None:
    office.base("chamber")
    office.site.run("import", "snapshot", str(office.register.directory))


def _imported(office: Office) -> None:
    """The second night is done, and may be taken back."""
    office.base("filled")
    done = office.site.run(*mirror(office.changed), "--format", "json")
    office.known["run"] = json.loads(done.out)["run"]


def _held(office: Office) -> None:
    """The second night was broken, and its plan is kept."""
    office.base("filled")
    done = office.site.run(*mirror(office.cut(HALF)), "--format", "json", codes=(Status.HELD,))
    office.known["held"] = json.loads(done.out)["run"]


def _people(office: Office) -> None:
    """Someone who may activate a company with the code of its letter, someone yet to confirm, and grants."""
    office.base("filled")
    office.site.run("perms", "grant", "--from", str(office.grants))
    _joining(office, "people", OWNER)


def _rivals(office: Office) -> None:
    """Eight who administer one company, two of them another one as well, and a third for them to activate."""
    office.base("chamber")
    office.site.run("import", "snapshot", str(make_register(office.files / "few", 3, 1, 1).directory))
    rows = [f"{person},{OF_EIGHT},administrator" for person in EIGHT] + [
        f"{p},{OF_TWO},administrator" for p in EIGHT[:2]
    ]
    path = office.files / "administrators.csv"
    path.write_text("\n".join(["email,company,role", *rows, f"{NEWCOMER},{ACTIVATED},manager"]), encoding="utf-8")
    office.site.run("perms", "grant", "--from", str(path), "--reason", "proof")
    _joining(office, "rivals", *EIGHT)


def _staffed(office: Office) -> None:
    """The same, and some managers where the eight are."""
    office.base("rivals")
    office.site.run(*sync(staff(office, "managers", [f"m{n}@example.com" for n in range(6)])))


def _joining(office: Office, base: str, *people: str) -> None:
    """Have *people* joined in the state *base*, the newcomer about to confirm, and a letter on its way."""
    site = office.site
    for email in (*people, NEWCOMER):
        site.run("register", email, "--name", "Erika Muster", "--password-file", "-", stdin="Lautlos-7-Regenschirm\n")
    site.run("mail", "send", "--once")
    mails = sorted((site.home / "state").rglob("*.eml"), key=lambda path: path.read_text(encoding="utf-8"))
    for email in people:
        site.run("confirm", _token(mails, email))
    office.known[f"token of {base}"] = _token(mails, NEWCOMER)
    letters = site.root / "letters.csv"
    site.run("letters", "issue", "--company", ACTIVATED, "--csv", str(letters))
    with letters.open(encoding="utf-8", newline="") as file:
        office.known[f"code of {base}"] = next(csv.DictReader(file))["code"]


def _token(mails: list[Path], email: str) -> str:
    for text in (path.read_text(encoding="utf-8") for path in mails):
        if f"To: {email}" in text and (found := _TOKEN.search(text)):
            return found[1]
    raise AssertionError(f"no mail with a token for {email}")


_BASES: dict[str, Callable[[Office], None]] = {
    "empty": _empty,
    "chamber": _chamber,
    "filled": _filled,
    "imported": _imported,
    "held": _held,
    "people": _people,
    "rivals": _rivals,
    "staffed": _staffed,
}
