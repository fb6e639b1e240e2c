"""The rules of permissions once more, slow and plain, from the description of the domain; nothing of asta is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

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
contracts.file          no       no            no      no      yes"""
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
    lapse: str | None = None


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
        return not p.over and (p.end is None or self.today <= p.end) and (p.lapse is None or self.today < p.lapse)

    def counts(self, p: Permit) -> bool:
        begun = self.alive(p) and (p.begin or "") <= self.today
        return begun and self.states.get(p.email) == "confirmed" and self.firms[p.firm].open

    def reaches(self, p: Permit, firm: str) -> bool:
        return p.firm == firm or (p.sites and p.role != "trainer" and p.firm in self.above(firm))

    def gives(self, actor: str, permission: str) -> bool:
        return CELLS[actor, permission] in {"yes", *self.settings}

    def grounds(self, email: str, permission: str, firm: str) -> list[Permit]:
        mine = [p for p in self.permits if p.email == email and self.counts(p) and self.gives(p.role, permission)]
        return [p for p in mine if self.reaches(p, firm)]

    def may(self, email: str, permission: str, firm: str) -> bool:
        return self.gives("operator", permission) if email == OPERATOR else bool(self.grounds(email, permission, firm))

    def who(self, firm: str, permission: str) -> set[tuple[str, str, str]]:
        return {(p.email, p.role, p.firm) for email in self.states for p in self.grounds(email, permission, firm)}

    def administrable(self, email: str) -> set[str]:
        return {name for name, firm in self.firms.items() if firm.open and self.usable(email, name)}

    def usable(self, email: str, firm: str) -> list[Permit]:
        mine = [p for p in self.permits if p.role == "administrator" and email in ("", p.email)]
        return [p for p in mine if self.counts(p) and self.reaches(p, firm)]

    def state(self, p: Permit) -> str:
        live = "invited" if p.email not in self.states else "pending" if (p.begin or "") > self.today else "active"
        return live if self.alive(p) else "ended" if p.over else "expired"

    def confirm(self, email: str) -> None:
        self.states[email] = "confirmed"
        for p in [p for p in self.permits if p.email == email and self.alive(p)]:
            p.lapse = None  # an invitation that was taken in time

    def may_give(self, asker: str, role: str, firm: str, sites: bool) -> bool:
        permission = "perms.grant_trainer" if role == "trainer" else "perms.grant"
        if asker == OPERATOR:
            return self.gives("operator", permission)
        return any(p.sites or not sites for p in self.grounds(asker, permission, firm))

    def orphans(self, after: list[Permit]) -> bool:
        """Whether some company would lose the administrator that it has, or the only kind without an end."""
        then = replace(self, permits=after)
        ends = (({p.end for p in self.usable("", f)}, {p.end for p in then.usable("", f)}) for f in self.firms)
        return any(now and (not left or (None in now and None not in left)) for now, left in ends)

    def grant(self, asker: str, email: str, firm: str, role: str, sites: bool | None, begin: str | None,
              end: str | None, *, orphan_ok: bool = False) -> str:  # fmt: skip
        """What becomes of it: ``created``, ``updated``, ``unchanged``, or why not. What is None is not stated."""
        same = [p for p in self.permits if (p.email, p.firm, p.role) == (email, firm, role) and self.alive(p)]
        held = next(iter(same), None)
        last = None if end == "never" else end
        lapse = str(date.fromisoformat(self.today) + timedelta(21)) if email not in self.states else None
        new = Permit(email, firm, role, role != "trainer" if sites is None else sites, begin, last, False, lapse)
        if held is not None:
            kept = held.sites if sites is None else sites, begin or held.begin, held.end if end is None else last
            new = replace(held, sites=kept[0], begin=kept[1], end=kept[2])
        own = asker == email
        if new == held:  # nothing but a question
            return "unchanged" if own or self.may_give(asker, role, firm, False) else FORBIDDEN
        (was, till), (then, until) = ((p.begin or "", p.end or "never") for p in (held or new, new))
        wrong = ENDED if held is None and not self.firms[firm].open else SPAN if until < then else None
        raised = held is None or new.sites > held.sites or then < was or until > till
        may = self.may_give(asker, role, firm, new.sites or bool(held and held.sites))
        if not ((may and role == "contract_applicant") or not raised if own else may):
            return FORBIDDEN  # nobody raises themselves; who may give up a permission may keep a part of it
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
