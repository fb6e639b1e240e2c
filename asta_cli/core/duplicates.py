"""Which accounts may belong to one person. A report for people: each group says why, none is proof.

Accounts are put into groups by what makes them alike, in one pass for each reason and never pair by pair: half a
million of them take seconds.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Likeness(StrEnum):
    """Why accounts are taken for one person's."""

    ADDRESS = "address"
    """Two spellings of one address: umlauts, dots, hyphens, ``+tags``."""
    TRAINER = "trainer"
    """One has the address that the register has for a trainer, the other was given that trainer's permission."""
    NAME = "name"
    """One name, in one chamber or at one company."""
    LOCAL_PART = "local_part"
    """The same before the ``@``, at another domain: a firm that was renamed, or a provider that was left."""


_SHARED = frozenset(
    {
        *("abteilung", "admin", "administration", "assistenz", "ausbilder", "ausbildung", "azubi", "bewerbung"),
        *("buchhaltung", "buero", "bewerbungen", "career", "chef", "contact", "empfang", "geschaeftsfuehrung"),
        *("hallo", "hello", "hr", "info", "inhaber", "it", "jobs", "karriere", "kontakt", "leitung", "lohn", "mail"),
        *("office", "personal", "personalabteilung", "post", "postmaster", "recruiting", "sekretariat", "service"),
        *("support", "team", "training", "verwaltung", "webmaster", "werkstatt", "zentrale"),
    }
)
"""What many firms have before the ``@``: it says nothing about a person."""
_SHORTEST = 4  # "max@" is more people than one
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_PLAIN = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("ss", "s"))


@dataclass(frozen=True, slots=True)
class Person:
    """An account as far as likeness goes by it. ``key`` is its e-mail key."""

    id: int
    key: str
    name: str
    chamber: str | None


@dataclass(frozen=True, slots=True)
class Alike:
    """Accounts that may be one person's, by their ids in order of address, and why."""

    why: tuple[Likeness, ...]
    accounts: tuple[int, ...]


def groups(
    people: Sequence[Person], companies: Iterable[tuple[int, int]], trainers: Iterable[tuple[str, int]]
) -> list[Alike]:
    """The groups among *people*, in order of their first address.

    *companies* are (account, company) for each permission, *trainers* (trainer, account): whose address the trainer has
    in the register, and who holds a permission of that trainer.
    """
    ordered = sorted(people, key=lambda person: person.key)
    places = {person.id: at for at, person in enumerate(ordered)}
    found: dict[tuple[int, ...], list[Likeness]] = {}
    for why, pairs in (
        (Likeness.ADDRESS, _addresses(ordered)),
        (Likeness.TRAINER, ((number, places[one]) for number, one in trainers if one in places)),
        (Likeness.NAME, _names(ordered, ((places[one], at) for one, at in companies if one in places))),
        (Likeness.LOCAL_PART, _local_parts(ordered)),
    ):
        for members in _together(pairs):
            whys = found.setdefault(members, [])
            if why not in whys:
                whys.append(why)
    return [Alike(tuple(whys), tuple(ordered[at].id for at in members)) for members, whys in sorted(found.items())]


def _together(pairs: Iterable[tuple[object, int]]) -> Iterator[tuple[int, ...]]:
    """The places that share a key, if they are several."""
    first: dict[object, int] = {}
    others: dict[object, set[int]] = {}
    for key, at in pairs:
        if first.setdefault(key, at) != at:
            others.setdefault(key, {first[key]}).add(at)
    return (tuple(sorted(places)) for places in others.values())


def _addresses(people: Sequence[Person]) -> Iterator[tuple[str, int]]:
    return ((folded_address(person.key), at) for at, person in enumerate(people))


def _local_parts(people: Sequence[Person]) -> Iterator[tuple[str, int]]:
    for at, person in enumerate(people):
        local = folded_local(person.key.partition("@")[0])
        if len(local) >= _SHORTEST and local not in _UNTOLD:
            yield local, at


def _names(people: Sequence[Person], companies: Iterable[tuple[int, int]]) -> Iterator[tuple[tuple[object, ...], int]]:
    """A name with each chamber and company; one that only a single account has needs no place."""
    names = [folded_name(person.name) for person in people]
    several = {name for name, count in Counter(names).items() if name and count > 1}
    for at, person in enumerate(people):
        if names[at] in several and person.chamber is not None:
            yield (names[at], person.chamber), at
    for at, company in companies:
        if names[at] in several:
            yield (names[at], company), at


def folded_name(name: str) -> str:
    """*name* without case, umlauts, accents, titles' dots and the order of its parts; "" for a single word."""
    words = _folded(name.replace("-", " ").replace(".", " ")).split()
    words = sorted(word for word in words if word not in _TITLES)
    return " ".join(words) if len(words) > 1 else ""


_TITLES = frozenset({"dr", "prof", "dipl", "ing", "med", "frau", "herr"})


def folded_address(key: str) -> str:
    """The e-mail *key* without what people spell now one way, now the other."""
    local, _, domain = key.partition("@")
    return f"{folded_local(local)}@{_folded(_decoded(domain)).replace('-', '')}"


def folded_local(local: str) -> str:
    """What stands before the ``@``, without tag, dots, hyphens, underscores and the choice between ``ue`` and ``u``."""
    plain = local.partition("+")[0]
    for sign in "._-":
        plain = plain.replace(sign, "")
    return _folded(plain)


def _folded(text: str) -> str:
    """*text* without case, accents, and the choice between ``ü``, ``ue`` and ``u``."""
    text = text.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_SPELLED))
        text = "".join(c for c in text if not unicodedata.combining(c))
    for pair, single in _PLAIN:
        text = text.replace(pair, single)
    return text


_UNTOLD = frozenset(map(folded_local, _SHARED))


def _decoded(domain: str) -> str:
    """*domain* with its umlauts, where it is written in A-labels."""
    if "xn--" not in domain:
        return domain
    try:
        return ".".join(
            label[4:].encode().decode("punycode") if label.startswith("xn--") else label for label in domain.split(".")
        )
    except UnicodeError:
        return domain
