"""A program without names, comments and layout. Sent to a worker as if it were a submission.

Parsing what a student wrote can exhaust memory or the stack, so it is done where nothing is lost by
that: :mod:`grader.results.similarity` loads this file's text in a worker and asks for
:func:`normal_form`.
"""

from __future__ import annotations

import ast
import hashlib

import numpy as np


def normal_form(source: np.ndarray) -> str:
    """Fingerprint of a program that does not change with names, comments, docstrings and layout.

    Names are numbered in the order in which they appear, if the program itself gives them to
    something. Others (``np.sum``) stay what they are, since they are what it does.

    Args:
        source: The program in UTF-8, whatever its first lines declare; uint8.

    Returns:
        Hexadecimal digits; empty if it is no Python.
    """
    try:
        tree = ast.parse(source.tobytes().decode())
    except (SyntaxError, ValueError):
        return ""
    names = _Names()
    names.visit(tree)
    _Rename(names.given).visit(tree)
    return hashlib.sha256(ast.dump(tree).encode("utf-8", "surrogatepass")).hexdigest()


class _Names(ast.NodeVisitor):
    """Collects the names that a program gives."""

    def __init__(self) -> None:
        self.given: set[str] = set()

    def visit(self, node: ast.AST) -> None:
        """Look at a node, then at what is in it."""
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            self.given.add(node.name)
        elif isinstance(node, ast.arg):
            self.given.add(node.arg)
        elif isinstance(node, ast.alias) and node.asname:
            self.given.add(node.asname)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            self.given.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            self.given.add(node.attr)
        self.generic_visit(node)


class _Rename(ast.NodeVisitor):
    """Numbers given names in the order of their appearance, and drops docstrings."""

    def __init__(self, given: set[str]) -> None:
        self.given = given
        self.numbers: dict[tuple[bool, str], str] = {}

    def visit(self, node: ast.AST) -> None:
        """Rename in a node, then in what is in it."""
        for field in ("name", "id", "attr", "arg", "asname"):
            value = getattr(node, field, None)
            if isinstance(value, str) and value in self.given:
                # Apart from each other: self.width = width may become self.w = width.
                key = (field in ("name", "attr"), value)
                setattr(node, field, self.numbers.setdefault(key, f"_{len(self.numbers)}"))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = node.body[1:] or [ast.Pass()]
        self.generic_visit(node)
