"""Statements of a student's file: where one begins, and which names it makes.

Part of the worker.
"""

from __future__ import annotations

import ast
import builtins

globals().update({name: it for name, it in vars(builtins).items() if not name.startswith("_")})

DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)
BLOCKS = (ast.If, ast.Try, ast.With)


def root_name(node: ast.AST) -> str:
    """The name that an expression begins with: ``np`` of ``np.random.randn(3)``."""
    while not isinstance(node, ast.Name):
        inner = getattr(node, "func", None) or getattr(node, "value", None)
        if not isinstance(inner, ast.AST):
            return ""
        node = inner
    return node.id


def first_line(statement: ast.stmt) -> int:
    """The first line of a statement, decorators included."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(d.lineno for d in decorators)])


def first_column(statement: ast.stmt) -> int:
    """Where in its first line a statement begins."""
    return 0 if getattr(statement, "decorator_list", []) else statement.col_offset


def names_of(node: ast.AST) -> set[str]:
    """Names that a definition, an import or the handler of an exception makes."""
    if isinstance(node, DEFINING):
        return {node.name}
    if isinstance(node, IMPORTS):
        return {(a.asname or a.name).partition(".")[0] for a in node.names} - {"*"}
    return {node.name} if isinstance(node, ast.ExceptHandler) and node.name else set()


def given_by(statement: ast.stmt) -> set[str]:
    """Names that a statement makes at the top level of a file."""
    if isinstance(statement, (*DEFINING, *IMPORTS)):
        return names_of(statement)
    found: set[str] = set()
    todo: list[ast.AST] = [statement]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        found |= names_of(node)
        if not isinstance(node, (*DEFINING, ast.Lambda)):
            todo += ast.iter_child_nodes(node)
    return found
