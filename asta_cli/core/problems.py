"""What the code of a row problem means, and what would be right: untranslated texts, looked up and filled at the edge.

Messages name only ``{value}`` and ``{column}``. A hint may name more (``{expected}``); it is left out when a problem
does not carry it. The codes are for scripts: they are added to, never renamed.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

from asta_cli.core.errors import N_
from asta_cli.core.plan import Problem

TEXTS: Mapping[str, tuple[str, str]] = {
    # one value
    "missing_value": (N_("{column} is missing"), N_("fill in {column}")),
    "bad_value": (N_("{value} is not possible as {column}"), N_("possible: {expected}")),
    "bad_choice": (N_("{value} is not one of the values of {column}"), N_("possible: {expected}")),
    "bad_date": (
        N_("{value} is not a day of the calendar"),
        N_("write 31.07.2027 or 2027-07-31, the year with four digits"),
    ),
    "bad_time": (
        N_("{value} is not a time"),
        N_("write 2027-07-31, 2027-07-31T14:30 (Berlin time) or 2027-07-31T12:30:00Z"),
    ),
    "bad_duration": (N_("{value} is not a duration"), N_("write 90d, 24h, 30m or 60s")),
    "bad_email": (
        N_("{value} is not an e-mail address"),
        N_("one address such as name@company.example, without umlauts before the @ and without brackets"),
    ),
    "bad_postal_code": (
        N_("{value} is not a German postal code"),
        N_("five digits such as 01067; a spreadsheet keeps the zero in a column of text"),
    ),
    "bad_establishment_number": (
        N_("{value} is not an establishment number (Betriebsnummer)"),
        N_("eight digits, the last of which is a check digit; look for swapped, mistyped or lost ones"),
    ),
    "end_before_start": (N_("{column} {value} is not after the start"), N_("compare the two days, one is wrong")),
    "expired": (N_("{value} is over already"), N_("give a later day")),
    "too_long": (N_("the text is too long"), N_("a value may have up to 4 KiB, a line up to 64 KiB")),
    "bad_character": (
        N_("the text contains a character that is not allowed"),
        N_("control characters and signs that reverse the direction of text are refused; type the value anew"),
    ),
    # one row, or several of the same file
    "ragged_row": (
        N_("the row has more or fewer fields than the header"),
        N_("look for a missing or surplus delimiter or quotation mark"),
    ),
    "duplicate_in_file": (N_("the same row stands further up in this file"), N_("nothing to do: it counts once")),
    "conflict_in_file": (
        N_("another row of this file says something else about the same record"),
        N_("leave only the row that is true; until then the record stays as it is"),
    ),
    "depends_on_rejected": (
        N_("the row depends on another one that was rejected"),
        N_("correct that one; this one can stay as it is"),
    ),
    "older_contract": (
        N_("this file has a contract of the same trainee that starts later"),
        N_("nothing to do: the running contract with the latest start counts"),
    ),
    # the register
    "unknown_company": (
        N_("company {value} is not known"),
        N_("import the company first, or correct the Identnummer; leading zeros count"),
    ),
    "company_ended": (
        N_("company {value} has ended in the register"),
        N_("name the company that continues, or import it again if it was ended by mistake"),
    ),
    "unknown_trainer": (
        N_("trainer {value} is not known"),
        N_("import the trainer, then this row again; until then no trainer is linked"),
    ),
    "nothing_ended": (
        N_("rows that do not tell which record they are about: {value}; so nothing of this kind was ended"),
        N_("correct them; the next run ends what is missing then"),
    ),
    "trainer_ended": (
        N_("trainer {value} has ended in the register"),
        N_("name the trainer who continues; until then the link stays as it is"),
    ),
    "parent_unknown": (
        N_("head office {value} is neither known nor in this file"),
        N_("add its row, or correct the Identnummer; leading zeros count"),
    ),
    "parent_cycle": (
        N_("{value} cannot be the head office: the company would stand above itself"),
        N_("a company is not a site of itself or of its own sites; correct {column}"),
    ),
    "company_orphaned": (
        N_("company {value} has no usable administrator left"),
        N_("appoint one: asta perms grant EMAIL --company {expected} --role administrator --reason TEXT"),
    ),
    # permissions and accounts
    "forbidden": (N_("this is not permitted"), N_("ask an administrator of the company, or the chamber")),
    "not_found": (N_("{value} does not exist"), N_("check the spelling; leading zeros count")),
    "last_administrator": (
        N_("the company would lose its last usable administrator"),
        N_("make someone else administrator first; an operator may override it with --orphan-ok and a reason"),
    ),
    "unknown_account": (N_("there is no account {value}"), N_("check the spelling of the address")),
    "used": (N_("{value} has been used already"), N_("it works only once")),
    "conflict": (
        N_("someone else changed the record in the meantime"),
        N_("look at it again and repeat the command"),
    ),
}


def describe(problem: Problem) -> tuple[str, str, Mapping[str, object]]:
    """(message, hint, fields) of *problem*, the texts as message ids. An error that it carries speaks for itself."""
    if problem.error is None:
        return explain(problem.code, problem.column, problem.value, problem.fields)
    fields = {"column": problem.column, "value": problem.value, **problem.fields, **problem.error.fields}
    return problem.error.message, problem.error.hint, fields


def explain(code: str, column: str, value: str, fields: Mapping[str, object]) -> tuple[str, str, Mapping[str, object]]:
    """(message, hint, fields) of a *code* about *value* in *column*, as ``fields.BadField`` has them, too."""
    message, hint = TEXTS[code]
    known = {"column": column, "value": value, **fields}
    return message, hint if places(hint) <= known.keys() else "", known


def places(text: str) -> set[str]:
    """The named places in *text*."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
