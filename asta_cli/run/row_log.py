"""What became of every row of a set, written down while it is planned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asta_cli.core.model import Kind
from asta_cli.core.plan import Plan, Problem, Severity
from asta_cli.core.rows import Row
from asta_cli.run.change_log import Numbers, Sink, planned

if TYPE_CHECKING:
    from asta_cli.run import Tx

_REPEATED = "duplicate_in_file"
_Told = tuple[int, tuple[str, ...]]
"""The line of a row, 0 for arguments, and one line about it."""


@dataclass(frozen=True, slots=True)
class Telling:
    """How the rows of a command are told.

    They are about records of *kind*, called as a row calls them in *columns*. ``text`` is what a problem says. With
    ``outcome`` unset the asker may not learn which rows change something and which are true already: both are
    accepted.
    """

    kind: Kind
    columns: tuple[str, ...]
    text: Callable[[Problem], str]
    outcome: bool = True


class RowLog:
    """Writes the changes of each row to *sink*, and a line for each row that has none or that something is said of.

    The rows planned together stand in the order of the file. Nothing is kept from one plan to the next.
    """

    def __init__(self, sink: Sink, telling: Telling) -> None:
        self._sink = sink
        self._telling = telling
        self._numbers = Numbers()

    def begin(self) -> None:
        """Another attempt."""
        self._sink.begin()
        self._numbers = Numbers()

    def add(self, tx: Tx, plan: Plan, rows: Sequence[Row], *, ahead: bool) -> None:
        """Write down *plan*, made of *rows* and *ahead* of what the database will have when the next one comes."""
        lines = list(self._changes(tx, plan, ahead=ahead) if self._telling.outcome else ())
        done = {line for line, _ in lines} | {p.line for p in plan.problems if _instead(p)}
        faulty = {p.line for p in plan.problems}
        names: dict[int, str] = {}
        for row in rows:
            if row.line in faulty:
                names[row.line] = self._name(row)
            if row.line not in done and row.line >= 0:  # below are records that no row of the file names
                lines.append((row.line, self._about(self._name(row), self._untouched, row.where)))
        lines += (self._problem(problem, names) for problem in plan.problems)
        lines.sort(key=lambda line: line[0])
        for _, line in lines:
            self._sink.write(line)

    @property
    def _untouched(self) -> str:
        return "unchanged" if self._telling.outcome else "accepted"

    def _changes(self, tx: Tx, plan: Plan, *, ahead: bool) -> Iterator[_Told]:
        for change, found in planned(tx, plan, self._numbers, ahead=ahead):
            if change.kind is self._telling.kind:
                for line in found:
                    yield change.line, (*line, change.where, "", "")

    def _problem(self, problem: Problem, names: dict[int, str]) -> _Told:
        action = "rejected" if problem.severity is Severity.ERROR else "warned"
        action = "duplicate" if problem.code == _REPEATED else action
        name, text = names.get(problem.line) or problem.value, self._telling.text(problem)
        return problem.line, self._about(name, action, problem.where, problem.code, text)

    def _about(self, name: str, action: str, where: str, code: str = "", text: str = "") -> tuple[str, ...]:
        return (self._telling.kind.value, name, action, "", "", "", where, code, text)

    def _name(self, row: Row) -> str:
        cells = (row.values.get(column) for column in self._telling.columns)
        return " ".join(cell for cell in cells if cell)


def _instead(problem: Problem) -> bool:
    """Whether *problem* says all that became of its row."""
    return problem.severity is Severity.ERROR or problem.code == _REPEATED
