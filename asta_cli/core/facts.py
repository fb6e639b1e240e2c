"""What planners ask for and what they get: keys in, facts out. ``store.load`` answers with one query per kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from asta_cli.core.history import Blocker, Later, RunRecord
from asta_cli.core.model import Account, Company, Grant, Kind, Record, Service, ServiceState
from asta_cli.core.office import Officer
from asta_cli.core.rosters import NOBODY, Address, Roster


@dataclass(slots=True)
class Needs:
    """Keys of the facts that a chunk of rows needs. Everything is a set: what is asked twice is loaded once.

    ``register`` keys are (chamber, number) for companies and trainees and (chamber, number, company id) for trainers,
    which is why trainers are asked by number alone; ``whether`` asks if the chamber has any record of these kinds (if
    not, they are ``Facts.empty``). ``pairs`` are (e-mail key, Identnummer). ``holders`` asks for every open grant of
    a person, ``administrators`` for the whole trees around the companies named, with all their administrators'
    grants. ``account_links`` and ``sessions`` ask for the unused links and the open sessions of the accounts found,
    ``whole_accounts`` for both, their service tokens and operators' offices, and to have these accounts to ourselves;
    ``former`` for which of the ``holders`` ever held anything; ``mailed_since`` for how many mails of each kind they
    were sent since then, ``addresses`` for where the companies found get their post, ``whole_chamber`` for every
    company of ``chamber`` and the accounts of those who administer them. ``records`` asks for whole records by their
    ids; with ``since``, a run, for what later runs made of them, too, of those ``ending`` for what is open below
    them, of those ``returning`` for what has taken their place, both without what is ``met``. ``runs`` asks for runs.
    ``references`` asks for the companies and trainers to which the records found in the register lead, or led when
    the register spoke last, ``officers`` for every operator there is.
    ``readers`` asks for the accounts of the administrators found. With ``in_columns``, the companies of ``chamber``
    named by ``idents`` come as a roster, and of the trees around them only what is above; besides letters and
    administrators nothing else can be asked then.
    """

    chamber: str | None = None
    chambers: set[str] = field(default_factory=set)
    idents: set[str] = field(default_factory=set)
    company_ids: set[int] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    pairs: set[tuple[str, str]] = field(default_factory=set)
    holders: set[str] = field(default_factory=set)
    register: dict[Kind, set[str]] = field(default_factory=dict)
    whether: set[Kind] = field(default_factory=set)
    trainer_numbers: set[str] = field(default_factory=set)
    trainers_of: set[str] = field(default_factory=set)
    parents: bool = False
    letters: bool = False
    addresses: bool = False
    services: bool = False
    exam_periods: bool = False
    administrators: bool = False
    readers: bool = False
    whole_chamber: bool = False
    links: set[int] = field(default_factory=set)
    account_links: bool = False
    sessions: bool = False
    whole_accounts: bool = False
    former: bool = False
    mailed_since: str | None = None
    records: dict[Kind, set[int]] = field(default_factory=dict)
    since: int | None = None
    ending: dict[Kind, set[int]] = field(default_factory=dict)
    returning: dict[Kind, set[int]] = field(default_factory=dict)
    met: Callable[[Kind, int], bool] = lambda kind, record: False
    runs: set[int] = field(default_factory=set)
    references: bool = False
    officers: bool = False
    in_columns: bool = False


@dataclass(frozen=True, slots=True)
class Chamber:
    """A chamber of industry and commerce."""

    id: int
    number: str
    name: str
    email: str | None
    imported_at: str | None = None


class TrainerRecord(NamedTuple):
    """A trainer as grants and trainees refer to it; one record per trainer and company."""

    id: int
    company: int
    number: str
    email: str | None
    open: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """An issued activation letter; the code itself is nowhere."""

    id: int
    company: int
    code_mac: bytes
    valid_until: str
    used_at: str | None
    void_at: str | None
    used_by: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A mailed link; its token is computed, not stored."""

    id: int
    purpose: str
    account: int
    expires_at: str
    used_at: str | None
    password_hash: str | None
    email: str | None = None
    email_key: str | None = None


class HeldOffice(NamedTuple):
    """That somebody works at the desk of ``chamber``, of every one where it is None; whether they act as others."""

    id: int
    email: str
    email_key: str
    chamber: str | None
    impersonate: bool = False


class HeldToken(NamedTuple):
    """A service token; what opens anything is nowhere."""

    id: int
    account: int
    name: str


@dataclass(slots=True)
class Facts:
    """The state of the database, as far as it was asked for, at the moment ``now`` (RFC 3339 UTC)."""

    now: str
    chambers: dict[str, Chamber] = field(default_factory=dict)
    companies: dict[str, list[Company]] = field(default_factory=dict)
    by_id: dict[int, Company] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    accounts_by_id: dict[int, Account] = field(default_factory=dict)
    grants: dict[tuple[str, int], list[Grant]] = field(default_factory=dict)
    administrators: list[Grant] = field(default_factory=list)
    records: dict[tuple[Kind, str], Record] = field(default_factory=dict)
    empty: set[Kind] = field(default_factory=set)
    trainers: dict[tuple[str, int], TrainerRecord] = field(default_factory=dict)
    trainers_of: dict[int, list[TrainerRecord]] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    letters: dict[int, list[Letter]] = field(default_factory=dict)
    addresses: dict[int, Address] = field(default_factory=dict)
    links: dict[int, Link] = field(default_factory=dict)
    account_links: dict[int, list[Link]] = field(default_factory=dict)
    sessions: dict[int, list[int]] = field(default_factory=dict)
    tokens: dict[int, list[HeldToken]] = field(default_factory=dict)
    offices: dict[str, list[HeldOffice]] = field(default_factory=dict)
    former: set[str] = field(default_factory=set)
    mailed: Counter[tuple[str, str]] = field(default_factory=Counter)
    states: dict[tuple[str, Service], tuple[int, ServiceState, str]] = field(default_factory=dict)
    pilots: dict[tuple[int, Service], int] = field(default_factory=dict)
    services: dict[tuple[int, Service], int] = field(default_factory=dict)
    deadlines: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    by_record: dict[tuple[Kind, int], Record] = field(default_factory=dict)
    later: dict[tuple[Kind, int], list[Later]] = field(default_factory=dict)
    blockers: dict[tuple[Kind, int], list[Blocker]] = field(default_factory=dict)
    runs: dict[int, RunRecord] = field(default_factory=dict)
    officers: list[Officer] = field(default_factory=list)
    roster: Roster = NOBODY
    _above: dict[int, Sequence[Company]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def chain(self, company: Company) -> Iterator[Company]:
        """*company*, then its head office, and so on upwards."""
        yield company
        if company.parent is None:
            return
        # Asked of every company of a chunk several times, and of the same few head offices each time.
        above = self._above.get(company.parent)
        if above is None:
            above = self._above[company.parent] = list(self._upwards(company.parent))
        for step in above:
            if step.id == company.id:
                return
            yield step

    def _upwards(self, start: int) -> Iterator[Company]:
        """The company with the id *start*, then its head office, and so on, each once."""
        seen: set[int] = set()
        step = self.by_id.get(start)
        while step is not None and step.id not in seen:
            yield step
            seen.add(step.id)
            step = self.by_id.get(step.parent) if step.parent is not None else None

    def add_company(self, company: Company) -> None:
        """Make *company* known under its number and its id."""
        if company.id not in self.by_id:
            self._above.clear()
            self.by_id[company.id] = company
            self.companies.setdefault(company.ident_number, []).append(company)
