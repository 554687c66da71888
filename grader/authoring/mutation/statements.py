"""Mistakes with whole statements: left out, in another order, in or out of an ``if``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from grader.authoring.mutation.expressions import OTHER_OPERATORS
from grader.authoring.mutation.places import (
    Edit,
    call,
    changed,
    is_self,
    put,
    shown,
    swapped,
    without,
)

Block = list[ast.stmt]


def block_edits(owner: ast.AST, block: Block, index: int) -> Iterator[tuple[str, Block]]:
    """What could be done to a statement among its neighbours: what was done, and the new block."""
    this = block[index]
    after = block[index + 1] if index + 1 < len(block) else None
    returns_last = isinstance(this, ast.Return) and isinstance(owner, ast.FunctionDef) and not after
    if not isinstance(this, ast.Pass) and not returns_last:  # that would be `return None`
        yield "left out", without(block, index) or [ast.Pass()]
    if after is not None and _may_matter(this, after):
        yield f"after the next line: {shown(after)}", swapped(block, index)
    if isinstance(this, ast.If) and not this.orelse:
        if isinstance(after, ast.Return):
            inside = changed(this, body=[*this.body, after])
            yield f"the next line slipped inside: {shown(after)}", [*block[:index], inside]
        if len(this.body) > 1:
            kept, last = this.body[:-1], this.body[-1]
            outside = [changed(this, body=kept), last]
            change = f"the last line slipped out: {shown(last)}"
            yield change, [*block[:index], *outside, *block[index + 1 :]]
    for change, other in _other_statements(this):
        yield change, put(block, index, other)


def _other_statements(this: ast.stmt) -> Iterator[tuple[str, ast.stmt]]:
    """What could stand in place of an assignment."""
    if isinstance(this, ast.AugAssign):
        yield "= in place of an augmented one", ast.Assign([this.target], this.value, lineno=0)
        for op in OTHER_OPERATORS.get(type(this.op), []):
            other = changed(this, op=op)
            yield shown(other), other
    if not isinstance(this, ast.Assign) or len(this.targets) != 1:
        return
    (target,) = this.targets
    if not isinstance(target, ast.Attribute) or not is_self(target.value):
        return
    if not isinstance(this.value, ast.Constant):  # which may well be shared
        on_class = ast.Attribute(call("type", target.value), target.attr, ast.Store())
        yield "kept on the class", changed(this, targets=[on_class])
    local = ast.Name(target.attr, ast.Store())
    yield "kept in a local variable", changed(this, targets=[local])
    if isinstance(this.value, ast.Call | ast.BinOp):
        readable = ast.Attribute(target.value, target.attr, ast.Load())
        inside = ast.Subscript(readable, ast.Constant(...), ast.Store())
        yield "written into the old array", changed(this, targets=[inside])
        yield "added to the old value", ast.AugAssign(target, ast.Add(), this.value)


def header_edits(statement: ast.ClassDef | ast.FunctionDef) -> Iterator[Edit]:
    """A class without a base, a function without a decorator; parameters swapped or left out."""
    line = statement.lineno
    listed = ["decorator_list"] + ["bases"] * isinstance(statement, ast.ClassDef)
    for field in listed:
        nodes = getattr(statement, field)
        for index, node in enumerate(nodes):
            yield Edit(statement, field, without(nodes, index), f"{shown(node)} left out", line)
    if isinstance(statement, ast.ClassDef):
        return
    given = statement.args
    for (index, one), (_, other) in pairwise(enumerate(given.args)):
        if one.arg != "self":
            change = f"parameters {one.arg} and {other.arg} swapped"
            yield Edit(given, "args", swapped(given.args, index), change, line)
    for index, argument in enumerate(given.args):
        if argument.arg != "self" and not _reads(statement, argument.arg):
            fewer = changed(given, args=without(given.args, index))
            number = index - len(given.args) + len(given.defaults)
            if number >= 0:
                fewer.defaults = without(given.defaults, number)
            yield Edit(statement, "args", fewer, f"parameter {argument.arg} left out", line)
    if given.defaults:
        first = given.args[len(given.args) - len(given.defaults)].arg
        change = f"parameter {first} without its default"
        yield Edit(given, "defaults", given.defaults[1:], change, line)


def _reads(function: ast.FunctionDef, name: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(function))


def _may_matter(one: ast.stmt, other: ast.stmt) -> bool:
    """Whether the order of two neighbours can matter: one changes what the other uses.

    What a call does cannot be seen, so the order of two calls may always matter, unless one is of
    a function that is known to give a value and to do nothing else.
    """
    if isinstance(one, ast.ClassDef | ast.FunctionDef) or isinstance(other, ast.FunctionDef):
        return False
    if isinstance(one, ast.Return | ast.If) or isinstance(other, ast.Return | ast.If):
        return True
    (stored, used, calls), (stored_too, used_too, calls_too) = _effects(one), _effects(other)
    return bool(stored & (used_too | stored_too) or stored_too & used or (calls and calls_too))


def _effects(statement: ast.stmt) -> tuple[set[str], set[str], bool]:
    """What a statement stores, what it reads, and whether it calls what may do more than that."""
    stored: set[str] = set()
    used: set[str] = set()
    calls = False
    for node in ast.walk(statement):
        calls = calls or (isinstance(node, ast.Call) and not _only_gives(node))
        if isinstance(node, ast.Attribute | ast.Name | ast.Subscript):
            kept = stored if isinstance(node.ctx, ast.Store) else used
            kept.add(ast.unparse(node))
    return stored, used, calls


_GIVING = frozenset(
    "abs enumerate float int isinstance len list max min range sum tuple zip".split()
)
_GIVING_METHODS = frozenset(
    "all any argmax argmin astype copy dot flatten max mean min prod ravel reshape std sum swapaxes"
    " transpose var".split()
)
_CHANGING = frozenset("at copyto fill_diagonal place put putmask random seterr".split())
"""Parts of NumPy's names of functions that change an array, or NumPy."""


def _only_gives(node: ast.Call) -> bool:
    """Whether a call is known to give a value, and to change nothing."""
    if any(keyword.arg == "out" for keyword in node.keywords):
        return False
    parts = ast.unparse(node.func).split(".")
    if parts[0] in ("np", "numpy", "math"):
        return _CHANGING.isdisjoint(parts)
    return parts[-1] in (_GIVING if len(parts) == 1 else _GIVING_METHODS)
