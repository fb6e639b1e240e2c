"""Change one small thing at a time in a module of the rules and see whether its tests notice.

    python -m scripts.mutants core.policy              all mutants of asta_cli/core/policy.py
    python -m scripts.mutants --every 5 core.perms     one in five, for a glance
    python -m scripts.mutants --score                  all modules of TESTS, the score of each in the end

A mutant swaps a comparison, turns a condition round, takes another number, answers nothing, leaves a call out
(`scripts.mutation`). The tests named in TESTS, pure ones but for the audit log, run once to see which of them call
what and how long they take. Each mutant is then asked by those that call the function in which it is, the fastest
first; it is killed if one fails or does not end. What survives is printed with its line, to be killed by a new
test or to be explained in ``docs/mutants.md``. The module is changed in memory only, in a process of its own.
"""

from __future__ import annotations

import argparse
import ast
import importlib.abc
import importlib.machinery
import importlib.util
import os
import resource
import signal
import sys
import time
import types
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

import pytest
from hypothesis import HealthCheck, Phase, settings

from scripts.mutation import Mutator

ROOT = Path(__file__).parent.parent
TESTS = {
    "core.rules": "policy account_rules desk_rules mandates",
    "core.account_rules": "account_rules desk_rules mandates",
    "core.grant_rules": "policy account_rules desk_rules mandates",
    "core.policy": "policy blocks desk_rules mandates",
    "core.matrix": "policy",
    "core.office": "desk_rules mandates administrators",
    "core.mandate": "mandates",
    "core.perms": "perms perm_sets",
    "core.granting": "perms perm_sets granting grant_sheets",
    "core.revoking": "perms perm_sets",
    "core.perm_rows": "perms perm_sets perm_rows granting",
    "core.grant_sheets": "grant_sheets",
    "core.blocks": "blocks grant_sheets",
    "core.coverage": "administrators",
    "core.administrators": "last_administrator administrators",
    "core.standing": "standing administrators",
    "core.plan": "plan policy blocks",
    "core.tokens": "tokens",
    "core.codes": "codes",
    "core.throttling": "throttling",
    "store.audit": "audit",
}
FOLDERS = {"core": "tests/core/test_{}.py", "store": "tests/store/test_{}.py"}
ONE = ("-k", "not postgresql")  # one database is enough to tell whether a rule is kept
WIDER = ("tests/test_perms.py", "tests/store/views/test_matrix.py", *ONE)
"""What is asked of the mutants that survive, if it is wished."""
QUIET = ("-q", "-s", "-n", "0", "-p", "no:cacheprovider", "-W", "ignore")
PATIENCE, TIMES, LONGEST = 10, 4, 600
"""Seconds that a test may take beside so many times those that it took before, and that all may take together."""
MEMORY = 8 << 30


class Trial:
    """A plugin of pytest that runs the tests once and then asks them about mutants."""

    def __init__(self, modules: Sequence[str], every: int, out: TextIO, *, asked_wider: bool) -> None:
        self.modules, self.every, self.asked_wider, self.out = modules, every, asked_wider, out
        self.score: list[tuple[int, int]] = []
        self.calls: dict[str, dict[str, set[pytest.Item]]] = {str(path(m)): {} for m in modules}
        self.took: dict[pytest.Item, float] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        """Look for any example that fails, the same ones each time, and be content with the first."""
        fast = settings(
            phases=(Phase.explicit, Phase.generate), deadline=None, derandomize=True, max_examples=50,
            suppress_health_check=list(HealthCheck), database=None,
        )  # fmt: skip
        settings.register_profile("mutants", fast)
        settings.load_profile("mutants")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """The whole of it, in place of the tests alone."""
        for item in session.items:
            self._watched(session, item)
            if session.testsfailed:
                print(f"{item.nodeid} fails as it is", file=self.out)
                return True
        for module in self.modules:
            self._mutate(session, module)
        return True

    def _watched(self, session: pytest.Session, item: pytest.Item) -> None:
        def trace(frame: types.FrameType, event: str, argument: object) -> None:
            if (known := self.calls.get(frame.f_code.co_filename)) is not None:
                known.setdefault(frame.f_code.co_qualname.partition(".<")[0], set()).add(item)

        started = time.monotonic()
        sys.settrace(trace)
        try:
            _asked(item, session)
        finally:
            sys.settrace(None)
        self.took[item] = time.monotonic() - started

    def _mutate(self, session: pytest.Session, module: str) -> None:
        source, started, survived = path(module).read_text(encoding="utf-8"), time.monotonic(), 0
        counter = Mutator(-1)
        counter.visit(ast.parse(source))
        numbers = range(0, counter.seen, self.every)
        for number in numbers:
            mutator = Mutator(number)
            tree = ast.fix_missing_locations(mutator.visit(ast.parse(source)))
            if self._survives(session, module, mutator, tree):
                survived += 1
                where = f"  in {mutator.within}" if mutator.within else ""
                print(f"  {module}:{mutator.line}{where}  {mutator.text}", file=self.out)
        self.score.append((len(numbers), survived))
        took = time.monotonic() - started
        killed = 1 - survived / max(len(numbers), 1)
        print(
            f"{module}: {len(numbers)} mutants, {survived} survived, {killed:.1%} killed, {took:.0f} s", file=self.out
        )

    def _survives(self, session: pytest.Session, module: str, mutator: Mutator, tree: ast.Module) -> bool:
        items = sorted(self.calls[str(path(module))].get(mutator.within, ()), key=lambda item: self.took[item])
        name, code = f"asta_cli.{module}", compile(tree, str(path(module)), "exec")

        def within() -> bool:
            mutant = types.ModuleType(name)
            exec(code, mutant.__dict__)
            if not swapped(sys.modules[name], mutant):
                return self._reloaded(module, tree)
            return all(self._in_time(item, session) for item in items)

        def wider() -> bool:
            return (not mutator.within or within()) and _tested(WIDER)

        if not survives(within if mutator.within else lambda: self._reloaded(module, tree)):
            return False
        return not self.asked_wider or survives(wider)

    def _in_time(self, item: pytest.Item, session: pytest.Session) -> bool:
        signal.alarm(PATIENCE + TIMES * round(self.took[item]))
        passed = _asked(item, session)
        signal.alarm(LONGEST)
        return passed

    def _reloaded(self, module: str, tree: ast.Module) -> bool:
        """Whether the tests of *module* pass if everything is loaded anew, with *tree* in its place."""
        asked = {item for items in self.calls[str(path(module))].values() for item in items}
        signal.alarm(2 * PATIENCE + TIMES * round(sum(self.took[item] for item in asked)))
        for known in [key for key in sys.modules if key.partition(".")[0] in ("asta_cli", "tests")]:
            del sys.modules[known]
        name = f"asta_cli.{module}"
        sys.meta_path.insert(0, Finder(name, compile(tree, str(path(module)), "exec"), path(module)))
        return _tested((*tests(module), *ONE))


def path(module: str) -> Path:
    """Where *module* is written."""
    return ROOT / "asta_cli" / f"{module.replace('.', '/')}.py"


def tests(module: str) -> list[str]:
    """The files whose tests *module* is asked of first."""
    return [FOLDERS[module.partition(".")[0]].format(word) for word in TESTS[module].split()]


def _asked(item: pytest.Item, session: pytest.Session) -> bool:
    """Whether *item* passes. What the whole session shares stays as it is: there is always something next."""
    failed = session.testsfailed
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=session)
    return session.testsfailed == failed


def _tested(arguments: Sequence[str]) -> bool:
    return pytest.main([*QUIET, "-x", *arguments]) == 0


def survives(passes: Callable[[], bool]) -> bool:
    """Whether *passes* says so, in a process of its own that no patience (an alarm) ends before."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            signal.alarm(LONGEST)
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            status = 0 if passes() else 1
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1] == 0


def swapped(module: types.ModuleType, mutant: types.ModuleType) -> bool:
    """Give the functions of *module* the code that they have in *mutant*, for everybody who has them already."""
    try:
        for owner, changed in _owners(module, mutant):
            for key, value in vars(changed).items():
                old, new = _function(vars(owner).get(key)), _function(value)
                if old is not None and new is not None and old.__module__ == module.__name__:
                    old.__code__, old.__defaults__, old.__kwdefaults__ = (
                        new.__code__, new.__defaults__, new.__kwdefaults__,
                    )  # fmt: skip
    except ValueError:  # another number of variables from around it
        return False
    return True


def _owners(module: types.ModuleType, mutant: types.ModuleType) -> Iterator[tuple[object, object]]:
    yield module, mutant
    for key, value in vars(mutant).items():
        if isinstance(value, type) and value.__module__ == module.__name__:
            yield vars(module)[key], value


def _function(value: object) -> types.FunctionType | None:
    value = getattr(value, "fget", value) if isinstance(value, property) else value
    value = getattr(value, "__wrapped__", getattr(value, "__func__", value))
    return value if isinstance(value, types.FunctionType) else None


class Loader(importlib.abc.Loader):
    def __init__(self, code: types.CodeType) -> None:
        self.code = code

    def exec_module(self, module: types.ModuleType) -> None:
        exec(self.code, module.__dict__)


class Finder(importlib.abc.MetaPathFinder):
    """Gives the mutant instead of the module called *name*."""

    def __init__(self, name: str, code: types.CodeType, origin: Path) -> None:
        self.name, self.code, self.origin = name, code, origin

    def find_spec(self, name: str, path: object = None, target: object = None) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        return importlib.util.spec_from_loader(name, Loader(self.code), origin=str(self.origin))


def main() -> int:
    """The exit status is 1 where fewer than nine in ten are killed."""
    parser = argparse.ArgumentParser(prog="python -m scripts.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", choices=[*TESTS, []])
    parser.add_argument("--every", type=int, default=1, help="one in so many")
    parser.add_argument("--wider", action="store_true", help=f"ask {', '.join(WIDER[:-2])}, too, of what survives")
    parser.add_argument("--score", action="store_true", help="all modules")
    asked = parser.parse_args()
    named = list(TESTS) if asked.score else asked.modules
    out = os.fdopen(os.dup(1), "w", buffering=1)
    trial = Trial(named, asked.every, out, asked_wider=asked.wider)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    files = dict.fromkeys(file for module in named for file in tests(module))
    pytest.main([*QUIET, *files, *ONE], plugins=[trial])
    tried, survived = (sum(column) for column in zip((0, 0), *trial.score, strict=True))
    print(f"{tried} mutants, {survived} survived, {1 - survived / max(tried, 1):.1%} killed", file=out)
    return int(survived > tried / 10)


if __name__ == "__main__":
    sys.exit(main())
