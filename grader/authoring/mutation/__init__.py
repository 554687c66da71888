"""Mutants: a file of Python with one small mistake put into it, in as many ways as there are.

The mistakes are those that people make in numerical code: an operator, an axis, a shape off by
one, two arguments the wrong way round, a missing copy or transpose, a line left out, a return
that slipped into an ``if``. A rule is a small function that yields what could stand at a place
instead.

A mutant is known by where it is and what it changes, in words and not by a number or a line: its
name still holds when the rest of the file is edited.
"""

from __future__ import annotations

import ast
import difflib
import warnings
from dataclasses import dataclass

from grader.authoring.mutation.places import Where
from grader.authoring.mutation.walk import edits

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A source text with one change.

    Attributes:
        scope: The class and function that it is in, e.g. ``Dense.backward_pass``.
        statement: First line of the statement that is changed, as :func:`ast.unparse` writes it.
        change: What is done to it, e.g. ``np.sum → np.mean``.
        line: Where, in the original.
        source: The whole mutated text.
        diff: The lines that differ, beginning with ``-`` and ``+``.
    """

    scope: str
    statement: str
    change: str
    line: int
    source: str
    diff: str

    @property
    def key(self) -> Key:
        """What tells it from all others, whatever else is edited in the file."""
        return (self.scope, self.statement, self.change)


def mutants(source: str) -> list[Mutant]:
    """Return the mutants of a source text, in its order, each different one once.

    Imports, docstrings and annotations are left alone: a change there is no mistake in a program.

    Raises:
        SyntaxError: ``source`` is not Python.
    """
    tree = _Bare().visit(ast.parse(source))
    original = ast.unparse(tree)
    texts, keys = {original}, set[Key]()
    found = []
    for where, edit in edits(tree, Where()):
        before = getattr(edit.owner, edit.field)
        setattr(edit.owner, edit.field, edit.value)
        text = ast.unparse(tree)
        setattr(edit.owner, edit.field, before)
        if text in texts or not _compiles(text):
            continue
        texts.add(text)
        scope, statement, change = where.scope, where.statement, edit.change
        while (scope, statement, change) in keys:  # the same once more, further down
            change += " (again)"
        keys.add((scope, statement, change))
        found.append(Mutant(scope, statement, change, edit.line, text, _diff(original, text)))
    return found


def mutated(source: str, key: Key) -> str | None:
    """Return the source with the mutant of that key in it; None if there is no place for it."""
    tree = _Bare().visit(ast.parse(source))
    for where, edit in edits(tree, Where()):
        if (where.scope, where.statement, edit.change) == key:
            setattr(edit.owner, edit.field, edit.value)
            text = ast.unparse(tree)
            return text if _compiles(text) else None
    return None


class _Bare(ast.NodeTransformer):
    """Takes away what no mutant is made of: docstrings and annotations."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        return node  # its annotation may mean something: a field of a dataclass

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body[:1] = [] if len(node.body) > 1 else [ast.Pass()]
        return super().generic_visit(node)


def _compiles(text: str) -> bool:
    try:
        with warnings.catch_warnings(action="ignore"):  # `x is 0`: others are free to write that
            compile(text, "mutant", "exec")
    except SyntaxError:
        return False
    return True


def _diff(before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return "\n".join(line for line in lines if line[:2] not in ("--", "++", "@@"))
