"""Pieces of source: a module without docstrings and comments, and an array as it is written."""

from __future__ import annotations

import ast
import re
from typing import Any

import numpy as np


def bare(source: str) -> str:
    """A module without docstrings and comments: it has to be there, and need not be read."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        without_docstring(node)
    return ast.unparse(tree)


def without_docstring(node: ast.AST) -> None:
    """Take the docstring out of a module, a class or a function, for good."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    if isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None:
        del node.body[0]
        if not node.body:
            node.body.append(ast.Pass())


def literal(array: np.ndarray[Any, Any]) -> str:
    """An array as an expression that makes an equal one."""
    if not array.size:
        return f"np.zeros({array.shape})"
    text = re.sub(r"\b(nan|inf)\b", r"math.\1", repr(array.tolist()))
    usual = array.dtype in (np.float64, np.complex128)
    return f"np.array({text})" if usual else f"np.array({text}, dtype=np.{array.dtype})"
