"""Whatever is given, taken, moved, ended and forgotten, in whatever order: asta answers as the reference does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from asta_cli.core.facts import Needs
from asta_cli.core.matrix import Toggles
from asta_cli.core.model import Permission
from asta_cli.core.policy import Asker
from asta_cli.store import authority as authorities
from asta_cli.store import load, views
from asta_cli.store import tables as t
from tests.reference import OPERATOR, PERMISSIONS, ROLES, Firm, Reference
from tests.store.views.test_companies import WHO
from tests.store.views.test_perms import GRANT
from tests.store.views.world import named
from tests.support.depth import DEPTH, examples
from tests.support.office import Office
from tests.support.registers import write_rows

FIRMS = {"0001": Firm(), "0002": Firm("0001"), "0003": Firm("0002"), "0004": Firm()}
PEOPLE = ["anna@a.example", "ben@a.example", "cem@a.example", "dora@a.example"]
STRANGER = "nobody@b.example"
STEPS = 30

firms, people, roles = st.sampled_from(sorted(FIRMS)), st.sampled_from(PEOPLE), st.sampled_from(ROLES)
# Most questions are the operator's and about administrators, or nothing would ever come to be.
askers = st.sampled_from([OPERATOR, OPERATOR, *PEOPLE])
given = st.sampled_from(["administrator", "administrator", *ROLES])
days = st.sampled_from([None, None, None, 0, 2, 10])
MEANT = {"forbidden": 77, "company_ended": 5, "last_administrator": 5, "end_before_start": 2}


class Permissions(RuleBasedStateMachine):
    """Commands upon a database, and the reference beside them."""

    office: Office
    directory: Path
    steps = 0

    @initialize(switched=st.sampled_from(["", "M", "MT"]), confirmed=st.integers(1, len(PEOPLE)))
    def begin(self, switched: str, confirmed: int) -> None:
        office = self.office
        office.empty()
        office.chamber()
        self.start = office.clock.now.replace(year=2026, month=11, day=23, hour=9)
        office.clock.now = self.start
        self.ids: dict[str, int] = {}
        self.served: set[str] = set()
        for ident, firm in FIRMS.items():
            self.ids[ident] = office.company(ident, self.ids.get(firm.parent or ""), activated_at=office.clock.text())
        self.expected = Reference(self._day(0), frozenset(switched), {i: Firm(f.parent) for i, f in FIRMS.items()})
        for n, email in enumerate(PEOPLE):
            state = "confirmed" if n < confirmed else "unconfirmed"
            office.person(email, state)
            if state == "confirmed":
                self.expected.confirm(email)
        self.env = {
            "ASTA_PERMS__MANAGER_MAY_GRANT_TRAINER": "true" if "M" in switched else "false",
            "ASTA_EXAM__TRAINER_MAY_REGISTER": "true" if "T" in switched else "false",
        }
        self.toggles = Toggles("M" in switched, "T" in switched)
        office("services", "set-state", "exam-registration", "available", "--chamber", "177", code=0)

    def _day(self, number: int) -> str:
        return (self.office.clock.now + timedelta(days=number)).date().isoformat()

    def _asta(self, asker: str, *argv: object) -> tuple[int, dict[str, Any]]:
        reason = ("--reason", "so") if asker == OPERATOR else ()
        done = self.office(*argv, *reason, "--format", "json", as_=asker or None, env=self.env)
        assert done.code in (0, 2, 5, 77), done
        return done.code, done.json() if done.out else {}

    def _compare(self, wanted: str, asker: str, *argv: object) -> None:
        code, report = self._asta(asker, *argv)
        if wanted in MEANT:
            assert code == MEANT[wanted], (wanted, report)
            if code == 5:
                assert [p["code"] for p in report["problems"]] == [wanted]
        else:
            assert code == 0, (wanted, report)
            assert report[wanted], (wanted, report)

    @rule(
        asker=askers,
        email=st.sampled_from([*PEOPLE, STRANGER]),
        firm=firms,
        role=given,
        sites=st.sampled_from([None, None, True, False]),
        begin=days,
        end=st.sampled_from([None, None, None, 0, 3, 12, "never"]),
        orphan_ok=st.sampled_from([False, False, True]),
    )
    def grant(
        self, asker: str, email: str, firm: str, role: str, sites: bool | None, begin: int | None,
        end: int | str | None, orphan_ok: bool,
    ) -> None:  # fmt: skip
        first = None if begin is None else self._day(begin)
        last = self._day(end) if isinstance(end, int) else end
        if (role == "trainer" and sites) or (first and last and last < first):
            return  # what a row says wrong by itself is told before anything is looked up
        words: list[object] = ["--company", firm, "--role", role]
        words += ["--starting", first] if first else []
        words += ["--until", last] if last else []
        words += [] if sites is None else ["--sites" if sites else "--no-sites"]
        words += ["--orphan-ok"] if orphan_ok and asker == OPERATOR else []
        wanted = self.expected.grant(asker, email, firm, role, sites, first, last, orphan_ok=orphan_ok)
        self._compare(wanted, asker, "perms", "grant", email, *words)

    @rule(asker=askers, email=people, firm=st.none() | firms, role=st.none() | given, orphan_ok=st.booleans())
    def revoke(self, asker: str, email: str, firm: str | None, role: str | None, orphan_ok: bool) -> None:
        words: list[object] = ["--company", firm] if firm else []
        words += ["--role", role] if role else []
        words += ["--orphan-ok"] if orphan_ok and asker == OPERATOR else []
        wanted = self.expected.revoke(asker, email, firm, role, orphan_ok=orphan_ok)
        self._compare(wanted, asker, "perms", "revoke", email, *words)

    @rule(email=people, state=st.sampled_from(["confirmed", "confirmed", "locked", "disabled"]))
    def become(self, email: str, state: str) -> None:
        """An address is confirmed, and then an account locked; nobody but the database is asked."""
        new = email not in self.expected.states
        values = {"state": "confirmed", "confirmed_at": self.office.clock.text()} if new else {"state": state}
        with self.office.store.write() as tx:
            tx.execute(t.account.update().where(t.account.c.email_key == email).values(**values))
        if new:
            self.expected.confirm(email)
        else:
            self.expected.states[email] = state

    @rule(number=st.sampled_from([1, 1, 2, 8, 13]))
    def pass_days(self, number: int) -> None:
        self.office.clock.advance(days=number)
        self.expected.today = self._day(0)

    @rule(firm=firms, parent=st.none() | firms)
    def move(self, firm: str, parent: str | None) -> None:
        firms = self.expected.firms
        round_ = parent is not None and firm in (parent, *self.expected.above(parent))
        if not firms[firm].open or round_ or (parent is not None and not firms[parent].open):
            return
        firms[firm].parent = parent
        self._load()

    @rule(firm=firms)
    def end_or_reopen(self, firm: str) -> None:
        mine = self.expected.firms[firm]
        below = [f for f in self.expected.firms.values() if f.parent == firm and f.open]
        above = self.expected.firms[mine.parent].open if mine.parent else True
        if below or not above:
            return
        mine.open = not mine.open
        self._load()

    def _load(self) -> None:
        rows = [
            {"ident_number": ident, "name": f"Betrieb {ident}", "parent_ident_number": firm.parent or ""}
            for ident, firm in self.expected.firms.items()
            if firm.open
        ]
        file = self.directory / "companies.csv"
        write_rows(file, rows or [{"ident_number": "", "name": "", "parent_ident_number": ""}])
        words = (
            "--chamber",
            "177",
            "--mode",
            "mirror",
            "--allow-empty",
            "--max-ended",
            "100%",
            "--max-updated",
            "100%",
        )
        self.office("import", "companies", file, *words, code=0)

    @rule(asker=askers, firm=firms, on=st.booleans())
    def service(self, asker: str, firm: str, on: bool) -> None:
        words = ("services", "activate" if on else "deactivate", "exam-registration", "--company", firm)
        code = self.office(*words, as_=asker or None, env=self.env).code
        allowed = self.expected.may(asker, "services.manage", firm)
        closed = on and firm not in self.served and not self.expected.firms[firm].open  # a repeat is no news
        assert code == (77 if not allowed else 5 if closed else 0)
        if not code:
            self.served = self.served | {firm} if on else self.served - {firm}

    @rule(asker=askers, file=st.lists(st.tuples(people, firms, given), min_size=1, max_size=5, unique=True))
    def grant_many(self, asker: str, file: list[tuple[str, str, str]]) -> None:
        """A file is all or nothing; what it gives is what its rows would give one after the other."""
        kept = list(self.expected.permits)
        wanted = [self.expected.grant(asker, *row, None, None, None) for row in file]
        refused = [what for what in wanted if what in MEANT]
        if refused:
            self.expected.permits = kept
        path = write_rows(
            self.directory / "grants.csv", [dict(zip(("email", "company", "role"), row, strict=True)) for row in file]
        )
        reason = ("--reason", "so") if asker == OPERATOR else ()
        words = ("perms", "grant", "--from", path, *reason, "--format", "json")
        done = self.office(*words, as_=asker or None, env=self.env, code=3 if refused else 0)
        report = done.json()
        assert report["rejected"] == len(refused)
        assert (report["created"], report["unchanged"]) == (wanted.count("created"), wanted.count("unchanged"))

    @rule(firm=firms, permission=st.sampled_from(PERMISSIONS), email=people)
    def look(self, firm: str, permission: str, email: str) -> None:
        now = self.office.clock.text()
        with self.office.store.read() as tx:
            scope = views.scope_of(tx, Asker.at_desk("os"), self.toggles, now)
            rows = [named(WHO, r) for r in views.who(tx, scope, firm, Permission(permission)).rows()]
            active = {(r["email"], r["role"], r["via"]) for r in rows if r["state"] == "active"}
            assert active == self.expected.who(firm, permission)
            found = {row[1] for row in views.administrable(tx, email, now).rows()}
            assert found == self.expected.administrable(email)
            listed = [named(GRANT, r) for r in views.grants(tx, scope, views.GrantsWhere(all=True)).rows()]
        shown = sorted((r["email"], r["company"], r["role"], r["sites"] == "yes", r["state"]) for r in listed)
        wanted = [(p.email, p.firm, p.role, p.sites, self.expected.state(p)) for p in self.expected.permits]
        assert shown == sorted(wanted)

    @invariant()
    def everybody_may_what_the_reference_says(self) -> None:
        if not hasattr(self, "expected"):
            return
        type(self).steps += 1
        now = self.office.clock.text()
        with self.office.store.read() as tx:
            facts = load.load(tx, Needs(company_ids=set(self.ids.values())), now)
            for email in (OPERATOR, *PEOPLE):
                asker = Asker("os", email, email, 1) if email else Asker.at_desk("os")
                authority = authorities.authority(tx, asker, self.toggles, now)
                for permission in PERMISSIONS:
                    may = {
                        i
                        for i, id_ in self.ids.items()
                        if authority.may(Permission(permission), facts.by_id[id_], facts)
                    }
                    assert may == {i for i in FIRMS if self.expected.may(email, permission, i)}, (email, permission)


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
def test_asta_answers_as_the_reference_does(office: Office, tmp_path: Path) -> None:
    class Machine(Permissions):
        pass

    Machine.office, Machine.directory = office, tmp_path
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples(6),
            stateful_step_count=STEPS if DEPTH == 1 else 3 * STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    office.log()
    print(f"{Machine.steps} steps")  # noqa: T201 - the long walk is quoted with its length
