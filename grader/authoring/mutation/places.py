"""A place in a program, and how to put something else there."""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

AnyNode = TypeVar("AnyNode", bound=ast.AST)
Item = TypeVar("Item")


class Where(NamedTuple):
    """The surroundings of a place.

    Attributes:
        names: Parameters and local variables of the function, ``self`` not among them.
        attributes: What the function reads from ``self`` or stores there.
    """

    scope: str = ""
    statement: str = ""
    names: Sequence[str] = ()
    attributes: Sequence[str] = ()


class Edit(NamedTuple):
    """A change that can be made and taken back: another value for ``owner.field``."""

    owner: ast.AST
    field: str
    value: Any
    change: str
    line: int


class Place(NamedTuple):
    """An expression and what it belongs to: ``owner.field``, or an element of that list."""

    owner: ast.AST
    field: str
    position: int | None
    node: ast.expr

    def filled_with(self, other: ast.expr) -> Any:
        """The value of ``owner.field`` with another expression in this place."""
        if self.position is None:
            return other
        return put(getattr(self.owner, self.field), self.position, other)


# -- nodes and lists, as they were but for one thing ---------------------------------------


def shown(node: ast.AST) -> str:
    """The first line of a node as Python."""
    return ast.unparse(node).strip().partition("\n")[0]


def is_self(node: ast.expr) -> bool:
    """Whether it is the variable ``self``."""
    return isinstance(node, ast.Name) and node.id == "self"


def changed(node: AnyNode, **fields: Any) -> AnyNode:
    """A copy of a node with other fields."""
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def call(function: str, argument: ast.expr) -> ast.Call:
    """A call with one argument."""
    return ast.Call(ast.Name(function, ast.Load()), [argument], [])


def without(items: Sequence[Item], index: int) -> list[Item]:
    """All but one."""
    return [*items[:index], *items[index + 1 :]]


def swapped(items: Sequence[Item], index: int) -> list[Item]:
    """One and the next in each other's places."""
    return [*items[:index], items[index + 1], items[index], *items[index + 2 :]]


def put(items: Sequence[Item], index: int, item: Item) -> list[Item]:
    """Another one in a place."""
    return [*items[:index], item, *items[index + 1 :]]
