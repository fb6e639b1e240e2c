"""Change one small thing at a time in a module of the rules and see whether its tests notice.

    python -m scripts.mutants core.policy              all mutants of asta_cli/core/policy.py
    python -m scripts.mutants --every 5 core.perms     one in five, for a glance
    python -m scripts.mutants --score                  all modules of TESTS, the score of each in the end

A mutant swaps a comparison, turns a condition round, takes another number, answers nothing, leaves a call out. It is
killed if the tests named in TESTS fail with it or do not end. What survives is printed with its line, to be killed by
a new test or to be explained: most of what is left changes nothing that anybody could see. The module is changed in
memory only; every mutant runs in a process of its own, forked from one that has loaded the libraries.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib.abc
import importlib.machinery
import importlib.util
import os
import signal
import sys
import time
import types
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
TESTS = {
    "core.codes": "codes",
    "core.tokens": "tokens",
    "core.throttling": "throttling",
    "core.plan": "plan policy grant_sheets",
    "core.matrix": "policy",
    "core.rules": "policy account_rules",
    "core.account_rules": "account_rules mandates",
    "core.grant_rules": "policy account_rules mandates",
    "core.policy": "policy perms",
    "core.revoking": "perms",
    "core.perm_rows": "perms",
    "core.perms": "perms",
    "core.granting": "perms",
    "core.coverage": "administrators",
    "core.administrators": "administrators grant_sheets",
    "core.blocks": "grant_sheets",
    "core.grant_sheets": "grant_sheets",
}
WIDER = ("tests/test_perms.py", "tests/store/views/test_matrix.py")
"""What is asked of the mutants that survive the tests of their module."""
PATIENCE, WIDER_PATIENCE = 120, 600
SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.BitOr: ast.BitAnd, ast.Mult: ast.Add, ast.Mod: ast.Mult,
}  # fmt: skip
NAMED = {"any": "all", "all": "any", "min": "max", "max": "min", "yes": "no", "no": "yes", "setting": "yes"}
TEXTS = {"message", "hint"}  # wording is not a rule


def alternatives(node: ast.AST) -> Iterator[ast.AST]:
    """What *node* might have been instead."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in SWAPPED:
        yield ast.Compare(node.left, [_swapped(node.ops[0])], node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(_swapped(node.op), node.values)
    elif isinstance(node, ast.BinOp) and type(node.op) in SWAPPED:
        yield ast.BinOp(node.left, _swapped(node.op), node.right)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in NAMED:
        yield ast.Name(NAMED[node.id], ast.Load())
    yield from _statements(node)


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        other = copy.copy(node)
        other.test = ast.UnaryOp(ast.Not(), node.test)
        yield other
    elif isinstance(node, ast.comprehension) and node.ifs:
        yield ast.comprehension(node.target, node.iter, [], node.is_async)
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Yield | ast.YieldFrom):
        yield (
            ast.Expr(ast.Constant(None))
            if isinstance(node.value, ast.Call)
            else ast.If(ast.Constant(False), [node], [])
        )
    elif isinstance(node, ast.AugAssign | ast.Raise):
        yield ast.Pass()
    elif isinstance(node, ast.Continue):
        yield ast.Break()


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _swapped(operator: ast.AST) -> ast.AST:
    return SWAPPED[type(operator)]()


class Mutator(ast.NodeTransformer):
    """Puts alternative number *wanted* in its place; ``line`` and ``text`` tell which that was."""

    def __init__(self, wanted: int) -> None:
        self.wanted, self.seen, self.line, self.text = wanted, 0, 0, ""
        self.depth, self.within = 0, False

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for other in alternatives(node):
            self.seen += 1
            if self.seen - 1 == self.wanted:
                self.line, self.text = node.lineno if hasattr(node, "lineno") else 0, self._told(node, other)
                self.within = self.depth > 0
                return ast.copy_location(other, node) if hasattr(node, "lineno") else other
        return super().generic_visit(node)

    def _told(self, node: ast.AST, other: ast.AST) -> str:
        return f"{ast.unparse(node).splitlines()[0]}  ->  {ast.unparse(other).splitlines()[0]}"

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        named = {target.id for target in node.targets if isinstance(target, ast.Name)}
        return node if named & TEXTS else self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.depth += 1
        node.body = [self.visit(part) for part in node.body]
        self.depth -= 1
        node.args.defaults = [self.visit(part) for part in node.args.defaults]
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.body = [self.visit(part) for part in node.body]  # how a class is made is no rule
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        typing = isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        return node if typing else self.generic_visit(node)


def swapped(module: types.ModuleType, mutant: types.ModuleType) -> bool:
    """Give the functions of *module* the code that they have in *mutant*, for everybody who has them already."""
    try:
        for owner, changed in _owners(module, mutant):
            for key, value in vars(changed).items():
                old, new = _function(vars(owner).get(key)), _function(value)
                if old is not None and new is not None and old.__module__ == module.__name__:
                    old.__code__ = new.__code__
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


def survives(name: str, path: Path, mutator: Mutator, tree: ast.Module, tests: Sequence[str], patience: int) -> bool:
    """Whether *tests*, collected already, pass with *tree* as the module *name*."""
    code = compile(ast.fix_missing_locations(tree), str(path), "exec")
    child = os.fork()
    if child == 0:
        _silence()
        signal.alarm(patience)
        status = 1
        try:
            mutant = types.ModuleType(name)
            if mutator.within:
                exec(code, mutant.__dict__)
            if not mutator.within or not swapped(sys.modules[name], mutant):
                for known in [key for key in sys.modules if key.partition(".")[0] in ("asta_cli", "tests")]:
                    del sys.modules[known]
                sys.meta_path.insert(0, Finder(name, code, path))
            status = _tested(tests)
        finally:
            os._exit(1 if status else 0)
    return os.waitpid(child, 0)[1] == 0


def _tested(tests: Sequence[str]) -> int:
    import pytest

    return int(pytest.main(["-q", "-x", "-n", "0", "-p", "no:cacheprovider", "-W", "ignore", *tests]))


def _silence() -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)


def collect(tests: Sequence[str]) -> None:
    """Load *tests* and what they need, once for all mutants."""
    kept = os.dup(1)
    _silence_out = os.open(os.devnull, os.O_WRONLY)
    os.dup2(_silence_out, 1)
    try:
        _tested(["--collect-only", *tests])
    finally:
        os.dup2(kept, 1)


def mutate(module: str, every: int, *, asked_wider: bool) -> tuple[int, int]:
    """Try the mutants of *module*; how many there were, and how many survived everything."""
    path = ROOT / "asta_cli" / f"{module.replace('.', '/')}.py"
    source, name = path.read_text(encoding="utf-8"), f"asta_cli.{module}"
    tests = [f"tests/core/test_{word}.py" for word in TESTS[module].split()]
    counter = Mutator(-1)
    counter.visit(ast.parse(source))
    collect([*tests, *WIDER])
    unchanged = Mutator(-1)
    unchanged.within = True
    if not survives(name, path, unchanged, ast.parse(source), tests, PATIENCE):
        sys.exit(f"{module}: its tests fail as it is")
    tried = survived = 0
    started = time.monotonic()
    for number in range(0, counter.seen, every):
        mutator = Mutator(number)
        tree = mutator.visit(ast.parse(source))
        tried += 1
        wider = [*WIDER, "-k", "not postgresql"] if asked_wider else []
        if survives(name, path, mutator, tree, tests, PATIENCE) and (
            not wider or survives(name, path, mutator, tree, wider, WIDER_PATIENCE)
        ):
            survived += 1
            print(f"  {module}:{mutator.line}  {mutator.text}", flush=True)
    score = 1 - survived / max(tried, 1)
    print(
        f"{module}: {tried} mutants, {survived} survived, {score:.1%} killed, {time.monotonic() - started:.0f} s",
        flush=True,
    )
    return tried, survived


def main() -> int:
    """The exit status is 1 where fewer than nine in ten are killed."""
    parser = argparse.ArgumentParser(prog="python -m scripts.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", choices=[*TESTS, []])
    parser.add_argument("--every", type=int, default=1, help="one in so many")
    parser.add_argument("--wider", action="store_true", help=f"ask {', '.join(WIDER)}, too, of what survives")
    parser.add_argument("--score", action="store_true", help="all modules")
    asked = parser.parse_args()
    found = [
        mutate(module, asked.every, asked_wider=asked.wider) for module in (TESTS if asked.score else asked.modules)
    ]
    tried, survived = (sum(column) for column in zip(*found, strict=True))
    print(f"{tried} mutants, {survived} survived, {1 - survived / tried:.1%} killed")
    return int(survived > tried / 10)


if __name__ == "__main__":
    sys.exit(main())
