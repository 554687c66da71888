"""The names by which a solution is used: of its class, methods and arguments, or its functions.

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
        entry: Of the class, or of a function.
        methods: Public ones, as ``forward()``; functions, where there is no class.
        arguments: Of the constructor, as ``units=``.
        of_class: Whether it is a class.
    """

    entry: str
    methods: frozenset[str] = frozenset()
    arguments: frozenset[str] = frozenset()
    of_class: bool = True

    def names(self, named: bool = True) -> frozenset[str]:
        """All of them; the class's own only if ``named``."""
        own = {f"class {self.entry}"} if named and self.of_class else set()
        return self.methods | self.arguments | own


def interface(
    entry: str, methods: Iterable[str], arguments: Iterable[str] = (), of_class: bool = True
) -> Interface:
    """An interface of plain names; private methods do not count."""
    return Interface(
        entry,
        frozenset(f"{name}()" for name in methods if not name.startswith("_")),
        frozenset(f"{name}=" for name in arguments),
        of_class,
    )


_CLASS = re.compile(r"class\s+(\w+)")
_METHOD = re.compile(r"\s+(?:async\s+)?def\s+(\w+)")
_FUNCTION = re.compile(r"(?:async\s+)?def\s+(\w+)")


def outline(lines: Iterable[str]) -> list[Interface]:
    """The classes, methods and functions of a file that is not run, as far as its lines show them.

    Each function is one interface, which has all of the file's.
    """
    functions: list[str] = []
    found: dict[str, list[str]] = {}
    methods: list[str] = []
    for line in lines:
        if heading := _CLASS.match(line):
            methods = found[heading[1]] = []
        elif method := _METHOD.match(line):
            methods.append(method[1])
        elif function := _FUNCTION.match(line):
            functions.append(function[1])
    classes = [interface(name, methods) for name, methods in found.items()]
    return classes + [interface(name, functions, of_class=False) for name in functions]


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
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    if entry in functions:
        return interface(entry, functions, of_class=False)
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
