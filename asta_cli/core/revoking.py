"""``perms revoke``: ends grants and keeps their history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from asta_cli.core.facts import Facts
from asta_cli.core.model import Action, Grant, Role
from asta_cli.core.perm_rows import Wanted
from asta_cli.core.perms import Chosen, PermissionPlanner, asked, change_of, conflict, once
from asta_cli.core.plan import Change, Problem
from asta_cli.core.rows import Row


class RevokePlanner(PermissionPlanner):
    """Rows of permissions to take away. Without a company: every grant that the asker may revoke."""

    whole: ClassVar[bool] = False

    def may_reduce(self, row: Row) -> bool:
        """Whatever may name an administrator's grant."""
        return self.may_be_administrator(row)

    def choose(self, rows: Sequence[Row]) -> Chosen:
        """One row for each role; a row without a role means all of them and covers the others."""
        read = [(row, self.read(row)) for row in rows]
        kept: list[Row] = [row for row, wanted in read if wanted is None]  # each is refused for what is wrong with it
        problems: list[Problem] = []
        for same in _by_role([wanted for _, wanted in read if wanted is not None]):
            agree = len({wanted.reason for wanted in same}) == 1
            chosen, told = (once if agree else conflict)([wanted.row for wanted in same], "email")
            kept += chosen
            problems += told
        return kept, problems

    def changes(self, wanted: Wanted, facts: Facts, warnings: list[Problem]) -> list[Change]:
        """The end of each grant that is open; where there is none, only whether the asker may ask is judged."""
        after = self.ended(wanted.reason)
        ended = [
            change_of(wanted, Action.END, grant, facts.by_id[grant.company], after)
            for grant in self._held(wanted, facts)
            if grant.open(facts.now) and wanted.role in (None, grant.role)
        ]
        return ended if ended or wanted.ident is None else [asked(wanted, self.company(wanted, facts), Action.END)]

    def _held(self, w: Wanted, facts: Facts) -> Iterator[Grant]:
        if w.ident is not None:
            yield from facts.grants.get((w.key, self.company(w, facts).id), ())
            return
        for (key, _), grants in facts.grants.items():
            if key == w.key:
                yield from grants


def _by_role(wanted: Sequence[Wanted]) -> list[list[Wanted]]:
    """One list if any row means all roles, that row first; else one for each role."""
    if any(w.role is None for w in wanted):
        return [sorted(wanted, key=lambda w: w.role is not None)]
    groups: dict[Role | None, list[Wanted]] = {}
    for w in wanted:
        groups.setdefault(w.role, []).append(w)
    return list(groups.values())
