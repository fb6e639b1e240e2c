"""What a module of the rules might have said instead: one small change of its source at a time.

Not counted is what cannot be a rule: the wording of messages, how a class is made, what only a type checker reads, and
assertions (``assert``, ``zip(strict=True)``): they fire in code that is wrong already.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence

SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.BitOr: ast.BitAnd, ast.Mult: ast.Add, ast.Mod: ast.Mult,
}  # fmt: skip
NAMED = {"any": "all", "all": "any", "min": "max", "max": "min", "yes": "no", "no": "yes", "setting": "yes"}
TEXTS = {"message", "hint"}


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
    elif isinstance(node, ast.Return) and node.value is not None and not _is_plain(node.value):
        yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Yield | ast.YieldFrom):
        call = isinstance(node.value, ast.Call)
        yield ast.Expr(ast.Constant(None)) if call else ast.If(ast.Constant(False), [node], [])
    elif isinstance(node, ast.AugAssign | ast.Raise):
        yield ast.Pass()
    elif isinstance(node, ast.Continue):
        yield ast.Break()


def _is_plain(node: ast.AST) -> bool:
    """Whether *node* is nothing already, or a yes or no that is turned round anyway."""
    return isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool))


def _swapped(operator: ast.AST) -> ast.AST:
    return SWAPPED[type(operator)]()


class Mutator(ast.NodeTransformer):
    """Puts alternative number *wanted* in its place.

    ``line``, ``text`` and ``within``, the name of a function, tell which that was.
    """

    def __init__(self, wanted: int) -> None:
        self.wanted, self.seen, self.line, self.text, self.within = wanted, 0, 0, "", ""
        self._names: list[str] = []
        self._function = self._line = 0

    def generic_visit(self, node: ast.AST) -> ast.AST:
        self._line = getattr(node, "lineno", self._line)
        for other in alternatives(node):
            self.seen += 1
            if self.seen - 1 == self.wanted:
                self.line, self.text = self._line, _told(node, other)
                self.within = ".".join(self._names[: self._function])
                return ast.copy_location(other, node) if hasattr(node, "lineno") else other
        return super().generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        named = {target.id for target in node.targets if isinstance(target, ast.Name)}
        return node if named & TEXTS else self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self._names.append(node.name)
        outer = self._function
        self._function = outer or len(self._names)
        node.body = self._each(node.body)
        node.args.defaults = self._each(node.args.defaults)
        node.args.kw_defaults = [part and self.visit(part) for part in node.args.kw_defaults]
        self._names.pop()
        self._function = outer
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self._names.append(node.name)
        node.body = self._each(node.body)
        self._names.pop()
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        typing = isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        return node if typing else self.generic_visit(node)

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        return node

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        asserts = node.arg == "strict" and isinstance(node.value, ast.Constant) and node.value.value is True
        return node if asserts else self.generic_visit(node)

    def _each(self, nodes: Sequence[ast.AST]) -> list[ast.AST]:
        return [self.visit(node) for node in nodes]


def _told(node: ast.AST, other: ast.AST) -> str:
    before, after = (ast.unparse(one).splitlines() for one in (node, other))
    return f"{before[0]}  ->  {after[0]}"
