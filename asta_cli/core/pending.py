"""What earlier rows of the same import have settled and the database cannot tell yet."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from asta_cli.core.facts import TrainerRecord
from asta_cli.core.model import Company, Kind, Record, RecordStatus


@dataclass(slots=True)
class Pending:
    """Rejected companies are always remembered: what hangs on them is rejected with its own code.

    Planned records are remembered only in a dry-run; a real run reads back what it has applied, so its memory does not
    grow with the file. Of trainees, those that are ``lost`` by being rejected and what was planned are remembered only
    if ``accounts`` follow, which are theirs. What has ``ended`` makes lines about it worth another look.
    """

    remember: bool = False
    rejected: set[str] = field(default_factory=set)
    companies: dict[str, Company] = field(default_factory=dict)
    by_id: dict[int, Company] = field(default_factory=dict)
    trainers: dict[tuple[str, int], TrainerRecord] = field(default_factory=dict)
    accounts: bool = False
    lost: set[str] = field(default_factory=set)
    trainees: dict[str, Record] = field(default_factory=dict)
    ended: dict[Kind, set[int]] = field(default_factory=lambda: defaultdict(set))

    def add(self, id_: int, record: Record) -> None:
        """Take the company *record* as if it were in the database."""
        parent = record["parent_id"]
        company = Company(
            id_,
            str(record["chamber"]),
            str(record["ident_number"]),
            str(record["name"]),
            parent if isinstance(parent, int) else None,
            open=record["status"] == RecordStatus.OPEN,
            active=record.get("activated_at") is not None,
        )
        self.companies[company.ident_number] = self.by_id[id_] = company
