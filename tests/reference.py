"""The rules of permissions once more, slow and plain, as the chambers' portal has them: to compare asta with.

Written from the description of the domain, and nothing of asta is used here. Days are ISO text in Berlin.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

# Limited cells (only oneself, names) are no. M and T: a setting of the installation, off unless it is switched on.
TABLE = """
                        operator administrator manager trainer contract_applicant
company.view            yes      yes           yes     yes     yes
trainers.view           yes      yes           yes     no      no
trainees.view           yes      yes           yes     no      no
trainees.view_assigned  yes      yes           yes     yes     no
perms.grant             yes      yes           no      no      no
perms.grant_trainer     yes      yes           M       no      no
services.manage         yes      yes           no      no      no
exam.register           no       yes           yes     T       no
contracts.file          no       no            no      no      yes
"""
ACTORS, *_LINES = [line.split() for line in TABLE.strip().split("\n")]
CELLS = {(actor, line[0]): cell for line in _LINES for actor, cell in zip(ACTORS, line[1:], strict=True)}
PERMISSIONS, ROLES = [line[0] for line in _LINES], ACTORS[1:]
OPERATOR, FORBIDDEN, ENDED, LAST, SPAN = "", "forbidden", "company_ended", "last_administrator", "end_before_start"


@dataclass
class Firm:
    parent: str | None = None
    open: bool = True
    chamber: str = "177"


@dataclass
class Permit:
    email: str
    firm: str
    role: str
    sites: bool
    begin: str | None = None
    end: str | None = None
    over: bool = False


@dataclass
class Reference:
    today: str
    settings: frozenset[str] = frozenset()
    firms: dict[str, Firm] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    permits: list[Permit] = field(default_factory=list)

    def above(self, firm: str) -> Iterator[str]:
        while firm := self.firms[firm].parent or "":
            yield firm

    def alive(self, p: Permit) -> bool:
        return not p.over and (p.end is None or self.today <= p.end)

    def counts(self, p: Permit) -> bool:
        begun = p.begin is None or p.begin <= self.today
        return self.alive(p) and begun and self.states.get(p.email) == "confirmed" and self.firms[p.firm].open

    def reaches(self, p: Permit, firm: str) -> bool:
        return p.firm == firm or (p.sites and p.role != "trainer" and p.firm in self.above(firm))

    def gives(self, actor: str, permission: str) -> bool:
        cell = CELLS[actor, permission]
        return cell == "yes" or cell in self.settings

    def grounds(self, email: str, permission: str, firm: str) -> list[Permit]:
        mine = [p for p in self.permits if p.email == email and self.counts(p) and self.gives(p.role, permission)]
        return [p for p in mine if self.reaches(p, firm)]

    def may(self, email: str, permission: str, firm: str) -> bool:
        return self.gives("operator", permission) if email == OPERATOR else bool(self.grounds(email, permission, firm))

    def who(self, firm: str, permission: str) -> set[tuple[str, str, str]]:
        holders = {p.email for p in self.permits}
        return {(p.email, p.role, p.firm) for email in holders for p in self.grounds(email, permission, firm)}

    def administrable(self, email: str) -> set[str]:
        return {firm for firm, f in self.firms.items() if f.open and self.usable(email, firm)}

    def usable(self, email: str, firm: str) -> list[Permit]:
        mine = [p for p in self.permits if p.role == "administrator" and email in ("", p.email)]
        return [p for p in mine if self.counts(p) and self.reaches(p, firm)]

    def state(self, p: Permit) -> str:
        if p.over or not self.alive(p):
            return "ended" if p.over else "expired"
        invited = self.states.get(p.email, "unconfirmed") == "unconfirmed"
        return "invited" if invited else "pending" if p.begin is not None and p.begin > self.today else "active"

    def may_give(self, asker: str, role: str, firm: str, sites: bool) -> bool:
        permission = "perms.grant_trainer" if role == "trainer" else "perms.grant"
        if asker == OPERATOR:
            return self.gives("operator", permission)
        return any(p.sites or not sites for p in self.grounds(asker, permission, firm))

    def orphans(self, after: list[Permit]) -> bool:
        """Whether some company would lose the administrator that it has, or the only kind without an end."""
        then, usable = replace(self, permits=after), self.usable
        return any(
            now and (not left or (None in {p.end for p in now} and None not in {p.end for p in left}))
            for now, left in ((usable("", firm), then.usable("", firm)) for firm in self.firms)
        )

    def grant(self, asker: str, email: str, firm: str, role: str, sites: bool | None, begin: str | None,
              end: str | None, *, orphan_ok: bool = False) -> str:  # fmt: skip
        """What becomes of it: ``created``, ``updated``, ``unchanged``, or why not. What is None is not stated."""
        same = [p for p in self.permits if (p.email, p.firm, p.role) == (email, firm, role) and self.alive(p)]
        held = next(iter(same), None)
        until = None if end == "never" else end
        new = Permit(email, firm, role, role != "trainer" if sites is None else sites, begin, until)
        if held is not None:
            kept = held.sites if sites is None else sites, begin or held.begin, held.end if end is None else until
            new = replace(held, sites=kept[0], begin=kept[1], end=kept[2])
        own = asker == email
        if new == held:  # nothing but a question
            return "unchanged" if own or self.may_give(asker, role, firm, False) else FORBIDDEN
        wrong = SPAN if new.begin and new.end and new.end < new.begin else None
        wrong = ENDED if held is None and not self.firms[firm].open else wrong
        wide = wrong is None and (new.sites or (held is not None and held.sites))
        if (own and role != "contract_applicant") or not self.may_give(asker, role, firm, wide):
            return FORBIDDEN
        after = [p for p in self.permits if p is not held] + [new]
        if wrong or (self.orphans(after) and not (orphan_ok and asker == OPERATOR)):
            return wrong or LAST
        self.permits = after
        return "created" if held is None else "updated"

    def revoke(self, asker: str, email: str, firm: str | None, role: str | None, *, orphan_ok: bool = False) -> str:
        """As ``grant``; ``ended`` if something did. Without *firm*: all that the asker may take away."""
        named = [p for p in self.permits if p.email == email and role in (None, p.role) and firm in (None, p.firm)]
        found = [p for p in named if self.alive(p)]
        allowed = [p for p in found if asker == email or self.may_give(asker, p.role, p.firm, p.sites)]
        if firm is not None and len(allowed) < len(found):
            return FORBIDDEN
        if not allowed:
            ask = firm is None or asker == email or self.may_give(asker, role or "trainer", firm, False)
            return "unchanged" if ask else FORBIDDEN
        after = [p for p in self.permits if p not in allowed] + [replace(p, over=True) for p in allowed]
        if self.orphans(after) and not (orphan_ok and asker == OPERATOR):
            return LAST
        self.permits = after
        return "ended"
