"""The class of an object of the judge's as a script repeats it."""

from __future__ import annotations

import ast
import dataclasses
import textwrap
from typing import Any

from grader.judge.script.source_text import without_docstring
from grader.remote.exposures import Exposure, sources_of
from grader.sandbox.codec import PLAIN

NEVER_ANEW = """
    def __init__(self, *given):
        raise TypeError("{} cannot be made anew; copy the one that is given (module copy)")"""


def _settings(real: Any) -> dict[str, Any] | None:
    """What an object of the judge began with, if that is plain: what changes later is not told."""
    if not dataclasses.is_dataclass(real):
        return dict(vars(real)) if not vars(real) else None
    settings = {}
    for each in dataclasses.fields(real):
        settings[each.name] = getattr(real, each.name) if each.repr else each.default
    return settings if all(type(value) in PLAIN for value in settings.values()) else None


def flat_class(exposure: Exposure, noted: bool, result: bool) -> str | None:
    """The class of an object of the judge, with its settings in it; None if it is not so simple.

    Args:
        noted: Whether it has to keep the arguments of each call in ``calls``.
        result: Whether it has to keep what it returns there as well.
    """
    kind: type = type(exposure.real)
    sources = sources_of(kind)
    settings = _settings(exposure.real)
    if settings is None or len(sources) > 1:
        return None
    (tree,) = ast.parse(sources[kind.__name__]).body
    assert isinstance(tree, ast.ClassDef)
    given = dict(settings, calls=[]) if noted else settings
    lines = [f"class {kind.__name__}:"]
    if given:
        values = ", ".join(map(repr, given.values()))
        lines.append(f"    {', '.join(given)} = {values}")
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            without_docstring(node)
            if noted and node.name in exposure.methods:
                _note(node, result)
            lines.append(textwrap.indent(ast.unparse(node), "    "))
    return "\n".join(lines)


def _note(method: ast.FunctionDef, result: bool) -> None:
    """Have a method keep copies of its arguments, or also what it returns, in ``self.calls``."""
    copies = ", ".join(f"np.copy({each.arg})" for each in method.args.args[1:])
    method.body[:0] = ast.parse(f"self.calls.append([{copies}])").body
    for node in ast.walk(method):
        if result and isinstance(node, ast.Return) and node.value is not None:
            kept = f"self.calls[-1].append({ast.unparse(node.value)}) or self.calls[-1][-1]"
            node.value = ast.parse(kept, mode="eval").body


def noting(exposure: Exposure) -> str:
    """A class derived from that of an object of the judge, which keeps its calls."""
    name = type(exposure.real).__name__
    lines = [f"class Noted{name}({name}):", "    calls = []"]
    for method in exposure.methods:
        lines += [
            f"    def {method}(self, *args):",
            "        self.calls.append([np.copy(each) for each in args])",
            f"        self.calls[-1].append(super().{method}(*args))",
            "        return self.calls[-1][-1]",
        ]
    return "\n".join(lines)
