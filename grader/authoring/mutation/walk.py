"""A walk through a program, trying every rule at every place."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.authoring.mutation.expressions import EXPRESSION_RULES
from grader.authoring.mutation.places import Edit, Place, Where, is_self, shown
from grader.authoring.mutation.statements import block_edits, header_edits


def edits(owner: ast.AST, where: Where) -> Iterator[tuple[Where, Edit]]:
    """Every edit of every statement below ``owner``, outer ones first."""
    for field in ("body", "orelse", "finalbody"):
        block = getattr(owner, field, None)
        if not isinstance(block, list):  # the body of a lambda is an expression
            continue
        for index, statement in enumerate(block):
            if isinstance(statement, ast.Import | ast.ImportFrom):
                continue
            here = where._replace(statement=shown(statement))
            for change, others in block_edits(owner, block, index):
                yield here, Edit(owner, field, others, change, statement.lineno)
            inside = _inside(statement, here)
            for edit in _statement_edits(statement, inside):
                yield here, edit
            yield from edits(statement, inside)
    for part in (*getattr(owner, "handlers", ()), *getattr(owner, "cases", ())):
        yield from edits(part, where)


def _inside(statement: ast.stmt, where: Where) -> Where:
    """The surroundings of what a statement contains."""
    if not isinstance(statement, ast.ClassDef | ast.FunctionDef):
        return where
    scope = f"{where.scope}.{statement.name}".lstrip(".")
    if isinstance(statement, ast.ClassDef):
        return where._replace(scope=scope)
    names = [argument.arg for argument in statement.args.args if argument.arg != "self"]
    attributes = []
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.append(node.id)
        if isinstance(node, ast.Attribute) and is_self(node.value):
            attributes.append(node.attr)
    once_each = (tuple(dict.fromkeys(found)) for found in (names, attributes))
    return Where(scope, where.statement, *once_each)


def _statement_edits(statement: ast.stmt, where: Where) -> Iterator[Edit]:
    if isinstance(statement, ast.ClassDef | ast.FunctionDef):
        yield from header_edits(statement)
    for place in _places(statement):
        for rule in EXPRESSION_RULES:
            for other in rule(place, where):
                change = f"{shown(place.node)} → {shown(other)}"
                value = place.filled_with(other)
                yield Edit(place.owner, place.field, value, change, place.node.lineno)


def _places(node: ast.AST) -> Iterator[Place]:
    """The expressions of a statement that are read; not those of statements inside it."""
    for field, value in ast.iter_fields(node):
        for index, item in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(item, ast.stmt) or not isinstance(item, ast.AST):
                continue
            if isinstance(item, ast.expr) and not isinstance(getattr(item, "ctx", None), ast.Store):
                yield Place(node, field, index, item)
            yield from _places(item)
