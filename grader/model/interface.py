"""The names by which a solution is used: of its class, its methods, its constructor's arguments.

A problem's are read from its reference solution, which is parsed. A submission is only searched as
text, line by line: what a parser does with it is found out in the worker.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

import msgspec

from grader.errors import ProblemError
from grader.model.problem import Problem


class Interface(msgspec.Struct, frozen=True):
    """The names by which a solution is used.

    Attributes:
        entry: Of the class.
        methods: Public ones, as ``forward()``.
        arguments: Of the constructor, as ``units=``.
    """

    entry: str
    methods: frozenset[str] = frozenset()
    arguments: frozenset[str] = frozenset()

    def names(self, named: bool = True) -> frozenset[str]:
        """All of them; the class's own only if ``named``."""
        own = {f"class {self.entry}"} if named else set()
        return self.methods | self.arguments | own


def interface(entry: str, methods: Iterable[str], arguments: Iterable[str]) -> Interface:
    """An interface of plain names; private methods do not count."""
    return Interface(
        entry,
        frozenset(f"{name}()" for name in methods if not name.startswith("_")),
        frozenset(f"{name}=" for name in arguments),
    )


_CLASS = re.compile(r"class\s+(\w+)")
_METHOD = re.compile(r"\s+(?:async\s+)?def\s+(\w+)")


def outline(lines: Iterable[str]) -> list[Interface]:
    """The classes and methods of a file that could not be run, as far as its lines show them."""
    found: dict[str, list[str]] = {}
    methods: list[str] = []
    for line in lines:
        if heading := _CLASS.match(line):
            methods = found[heading[1]] = []
        elif method := _METHOD.match(line):
            methods.append(method[1])
    return [interface(name, methods, ()) for name, methods in found.items()]


def interface_of(problem: Problem) -> Interface:
    """The names by which a problem's solutions are used, read from its reference solution.

    Raises:
        ProblemError: The reference is missing, or is not Python.
    """
    path, entry = problem.reference_path, problem.settings.entry
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError) as error:
        raise ProblemError(path, getattr(error, "lineno", None), str(error)) from None
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    methods: dict[str, ast.FunctionDef] = {}
    for node in _with_bases(entry, classes):
        for item in node.body:
            if isinstance(item, ast.FunctionDef):
                methods.setdefault(item.name, item)
    arguments: list[str] = []
    if "__init__" in methods:
        given = methods["__init__"].args
        arguments = [argument.arg for argument in (*given.args[1:], *given.kwonlyargs)]
    return interface(entry, methods, arguments)


def _with_bases(name: str, classes: dict[str, ast.ClassDef]) -> Iterator[ast.ClassDef]:
    """A class and those of the same file that it is derived from, the nearest first."""
    node = classes.pop(name, None)  # so that a circle ends
    if node is not None:
        yield node
        for base in node.bases:
            if isinstance(base, ast.Name):
                yield from _with_bases(base.id, classes)
