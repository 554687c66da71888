"""Mistakes in an expression. A rule is a function that yields what could stand instead."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.authoring.mutation.places import (
    Place,
    Where,
    changed,
    is_self,
    put,
    swapped,
    without,
)

OTHER_OPERATORS: dict[type[ast.AST], list[ast.AST]] = {
    ast.Add: [ast.Sub(), ast.Mult()],
    ast.Sub: [ast.Add()],
    ast.Mult: [ast.Add(), ast.Div()],
    ast.Div: [ast.Mult()],
    ast.FloorDiv: [ast.Div()],
    ast.Mod: [ast.FloorDiv()],
    ast.MatMult: [ast.Mult()],
    ast.Pow: [ast.Mult()],
    ast.And: [ast.Or()],
    ast.Or: [ast.And()],
    ast.Lt: [ast.LtE(), ast.GtE()],
    ast.LtE: [ast.Lt(), ast.Gt()],
    ast.Gt: [ast.GtE(), ast.LtE()],
    ast.GtE: [ast.Gt(), ast.Lt()],
    ast.Eq: [ast.NotEq()],
    ast.NotEq: [ast.Eq()],
    ast.Is: [ast.IsNot()],
    ast.IsNot: [ast.Is()],
    ast.In: [ast.NotIn()],
    ast.NotIn: [ast.In()],
}
_COMMUTATIVE = (ast.Add, ast.Mult, ast.BitAnd, ast.BitOr, ast.BitXor)

_OTHER_NAMES = {
    name: others.split()
    for name, others in {
        "sum": "mean max",
        "mean": "sum",
        "max": "min",
        "min": "max",
        "maximum": "minimum",
        "minimum": "maximum",
        "argmax": "argmin",
        "argmin": "argmax",
        "uniform": "normal",
        "normal": "uniform",
        "rand": "randn",
        "randn": "rand",
        "zeros": "ones empty",
        "ones": "zeros",
        "zeros_like": "ones_like",
        "ones_like": "zeros_like",
        "sqrt": "square",
        "square": "sqrt",
        "exp": "log",
        "log": "exp",
        "tanh": "sinh",
        "dot": "multiply",
        "matmul": "multiply",
        "multiply": "matmul",
        "add": "subtract",
        "subtract": "add",
        "hstack": "vstack",
        "vstack": "hstack",
        "floor": "ceil",
        "ceil": "floor",
        "any": "all",
        "all": "any",
        "deepcopy": "copy",
        "var": "std",
        "std": "var",
        "size": "ndim",
    }.items()
}


def _operators(place: Place, where: Where) -> Iterator[ast.expr]:
    """Another operator; the operands the other way round; one operand alone."""
    node = place.node
    if isinstance(node, ast.BinOp | ast.BoolOp):
        for op in OTHER_OPERATORS.get(type(node.op), []):
            yield changed(node, op=op)
    if isinstance(node, ast.BinOp):
        if not isinstance(node.op, _COMMUTATIVE):
            yield changed(node, left=node.right, right=node.left)
        yield from (node.left, node.right)
    if isinstance(node, ast.BoolOp):
        yield from node.values
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for op in OTHER_OPERATORS[type(node.ops[0])]:
            yield changed(node, ops=[op])
    if isinstance(node, ast.UnaryOp):
        yield node.operand


def _constants(place: Place, where: Where) -> Iterator[ast.expr]:
    """Numbers off by one, truth turned round, something in place of None."""
    value = getattr(place.node, "value", None) if isinstance(place.node, ast.Constant) else ...
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield from (ast.Constant(value + 1), ast.Constant(value - 1))
    elif isinstance(value, float):
        yield from (ast.Constant(value * 2), ast.Constant(-value))
    elif value is None:
        yield ast.Constant(0)


def _conditions(place: Place, where: Where) -> Iterator[ast.expr]:
    """A condition the other way round, or none at all."""
    if place.field == "test" and not isinstance(place.owner, ast.Assert):
        yield ast.UnaryOp(ast.Not(), place.node)
        yield ast.Constant(True)
        yield ast.Constant(False)


def _results(place: Place, where: Where) -> Iterator[ast.expr]:
    """Nothing is returned, or the negative."""
    if isinstance(place.owner, ast.Return):
        yield ast.Constant(None)
        if not isinstance(place.node, ast.Tuple | ast.List | ast.Constant):
            yield ast.UnaryOp(ast.USub(), place.node)


def _calls(place: Place, where: Where) -> Iterator[ast.expr]:
    """Another function; the argument or the receiver itself; arguments left out or swapped."""
    node = place.node
    if isinstance(node, ast.Attribute | ast.Name):
        name = node.attr if isinstance(node, ast.Attribute) else node.id
        if place.field == "func" or name == "size":
            for other in _OTHER_NAMES.get(name, []):
                yield changed(node, **{"attr" if isinstance(node, ast.Attribute) else "id": other})
    if not isinstance(node, ast.Call):
        return
    if len(node.args) == 1 and not node.keywords:
        yield node.args[0]
    if isinstance(node.func, ast.Attribute) and not _is_dotted_name(node.func.value):
        yield node.func.value
    for index in range(len(node.args)) if len(node.args) > 1 else ():
        yield changed(node, args=without(node.args, index))
    for index in range(len(node.args) - 1):
        yield changed(node, args=swapped(node.args, index))
    for index in range(len(node.keywords)):
        yield changed(node, keywords=without(node.keywords, index))


def _is_dotted_name(node: ast.expr) -> bool:
    """Whether it may be a module rather than a value: ``np``, ``np.random``; not ``self.W``."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in ("np", "numpy", "math", "copy", "self")


def _transposes(place: Place, where: Where) -> Iterator[ast.expr]:
    """A transpose left out, or one too many in a product."""
    node = place.node
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    elif isinstance(place.owner, ast.BinOp) and isinstance(place.owner.op, ast.MatMult):
        yield ast.Attribute(node, "T", ast.Load())


def _shapes(place: Place, where: Where) -> Iterator[ast.expr]:
    """Tuples with two elements swapped, one left out, or one that is off by one."""
    node = place.node
    if not isinstance(node, ast.Tuple | ast.List):
        return
    for index, element in enumerate(node.elts):
        yield changed(node, elts=without(node.elts, index))
        if index:
            yield changed(node, elts=swapped(node.elts, index - 1))
        if not isinstance(element, ast.Constant):
            more = ast.BinOp(element, ast.Add(), ast.Constant(1))
            yield changed(node, elts=put(node.elts, index, more))
    if len(node.elts) == 1:
        yield node.elts[0]


def _names(place: Place, where: Where) -> Iterator[ast.expr]:
    """A variable or an attribute of ``self`` taken for another one of the same function."""
    node = place.node
    if isinstance(node, ast.Name) and node.id in where.names:
        yield from (ast.Name(other, ast.Load()) for other in where.names if other != node.id)
    if isinstance(node, ast.Attribute) and is_self(node.value) and node.attr in where.attributes:
        yield from (changed(node, attr=other) for other in where.attributes if other != node.attr)


EXPRESSION_RULES = (
    _operators,
    _constants,
    _conditions,
    _results,
    _calls,
    _transposes,
    _shapes,
    _names,
)
