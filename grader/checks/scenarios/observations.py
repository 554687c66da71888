"""What a scenario yields, read from its source: the names of observations, and what each shows."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import msgspec


class Observation(msgspec.Struct, frozen=True):
    """One ``yield`` of a scenario.

    Attributes:
        name: The group that it belongs to; behind a dot, which part of it.
        labels: What is observed, as source: ``layer.forward(X)``. Several for a tuple.
        part: Which item of the tuple that a call returns; None if it is not taken apart.
        parts: How many items that tuple has.
        line: In the file.
    """

    name: str
    labels: tuple[str, ...]
    part: int | None
    parts: int
    line: int

    @property
    def group(self) -> str:
        """The group of ``problem.toml``."""
        return self.name.partition(".")[0]

    @property
    def aspect(self) -> str:
        """The name of its aspect, by which rules refer to it."""
        return self.name.replace(".", "-")

    @property
    def label(self) -> str:
        """All that is observed, as source."""
        return " and ".join(self.labels)


def observations_of(function: Callable[..., Any]) -> tuple[Observation, ...]:
    """The observations of a scenario, in the order in which its source has them.

    Raises:
        SyntaxError: A ``yield`` is not of the form ``yield "name", value``, or there is none.
    """
    lines, first = inspect.getsourcelines(function)
    tree = ast.parse(textwrap.dedent("".join(lines)))
    module, case = [*inspect.signature(function).parameters][:2]
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Yield):
            line = first + node.lineno - 1
            found += [(line, each) for each in _observed(node, {module, case}, line, function)]
    if not found:
        raise _error(function, first, f"{function.__name__} yields nothing to look at")
    found.sort(key=lambda each: each[0])
    return tuple(each for _, each in found)


def used_by(function: Callable[..., Any], names: list[str], known: set[str]) -> list[str]:
    """Of the names of arrays of a case those that a scenario uses.

    All, if it hands the case on, or reads what is none of its ``known`` parts, and may be made of
    them.
    """
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    case = [*inspect.signature(function).parameters][1]
    read = [
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == case
    ]
    there = sum(isinstance(node, ast.Name) and node.id == case for node in ast.walk(tree))
    handed_on, derived = there > len(read), set(read) - known
    return [name for name in names if handed_on or derived or name in read]


def _observed(
    node: ast.Yield, owners: set[str], line: int, function: Callable[..., Any]
) -> Iterator[Observation]:
    pair = node.value
    if isinstance(pair, ast.Tuple) and len(pair.elts) == 2:
        named, value = pair.elts
        source = _Bare(owners).shown(value)
        if isinstance(named, ast.Constant) and isinstance(named.value, str):
            parts = value.elts if isinstance(value, ast.Tuple) else [value]
            labels = tuple(_Bare(owners).shown(part) for part in parts)
            yield Observation(named.value, labels, None, 0, line)
            return
        if isinstance(named, ast.Tuple) and named.elts:
            names = [each.value for each in named.elts if isinstance(each, ast.Constant)]
            if len(names) == len(named.elts) and all(isinstance(n, str) for n in names):
                for number, name in enumerate(names):
                    label = f"{source}[{number}]"
                    yield Observation(str(name), (label,), number, len(names), line)
                return
    what = 'yield a name and a value: yield "forward", layer.forward(case.X)'
    raise _error(function, line, what)


def _error(function: Callable[..., Any], line: int, what: str) -> SyntaxError:
    path = inspect.getsourcefile(function) or ""
    return SyntaxError(what, (path, line, None, None))


class _Bare(ast.NodeTransformer):
    """Takes ``module.`` and ``case.`` away."""

    def __init__(self, owners: set[str]) -> None:
        self._owners = owners

    def shown(self, node: ast.AST) -> str:
        """The source of an expression, as a student would write it."""
        copied = ast.parse(ast.unparse(node), mode="eval").body
        return ast.unparse(self.visit(copied))

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if isinstance(node.value, ast.Name) and node.value.id in self._owners:
            return ast.copy_location(ast.Name(node.attr, ast.Load()), node)
        return self.generic_visit(node)
