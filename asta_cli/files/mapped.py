"""A file whose headings, values and notations a mapping explains."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from asta_cli.core.rows import Row
from asta_cli.files.base import Notice, Record, Source
from asta_cli.files.mapping import Rules


class MappedSource(Source):
    """The file *beneath*, whose rows are given as the mapping means them. It keeps its bytes, lines and rejects.

    It is a source of its own and no kind of the one beneath: whatever a format offers besides rows knows no mapping.
    """

    def __init__(self, beneath: Source, rules: Rules) -> None:
        self._beneath, self._rules = beneath, rules
        self.format, self.delimiter, self.header = beneath.format, beneath.delimiter, beneath.header
        self.shown, self.name, self.size = beneath.shown, beneath.name, beneath.size
        self.encoding, self.sha256, self.layout = beneath.encoding, beneath.sha256, beneath.layout
        self.unknown_columns = beneath.unknown_columns
        constant = frozenset(rules.constants)
        if constant & beneath.columns:
            raise rules.doubled(beneath.columns, beneath.shown)
        self.columns = beneath.columns | constant

    def lines(self, wanted: bytearray | None = None, *, hashed: bool = True) -> Iterator[Record]:
        """Every record unparsed; see ``Source.lines``."""
        return self._beneath.lines(wanted, hashed=hashed)

    def rows(self, records: Iterable[Record]) -> Iterator[Row]:
        """The rows of *records*, mapped. Raises ``DoubledConstant`` as well."""
        return self._rules.applied(self._beneath.rows(records))

    @property
    def position(self) -> int:
        """How much of ``size`` the current pass has read."""
        return self._beneath.position

    def lines_passed(self) -> Callable[[], int]:
        """How many lines the source beneath has read."""
        return self._beneath.lines_passed()

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the source beneath noticed."""
        return self._beneath.notices

    def close(self) -> None:
        """Close the file."""
        self._beneath.close()

    def _begin(self) -> None:
        """The source beneath has begun already."""

    def _meaning(self) -> tuple[bytes, ...]:
        return ()

    def _refuse_torn(self, line: int, record: bytes) -> None:
        """The source beneath looks."""
