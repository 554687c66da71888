"""The source of a class or a function of a script or a notebook, with what it needs around it.

A script does more than define the class: it trains, plots, and asks for the class to be checked. So
does a notebook, in cells that are run in any order, and again. Of either, the statements are taken
that the class needs: those that bound the names that it uses when it was defined, and those that
bind them now. The text is that of the student; what is left out is other statements.
"""

from __future__ import annotations

import ast
import symtable
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType
from typing import Any

from msgspec.structs import replace

from grader.errors import ProblemError, UsageError
from grader.model.problem import Problem
from grader.model.submission import Submission, read_submission, submission_from

_COMPREHENSIONS = ("listcomp", "setcomp", "dictcomp", "genexpr")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BINDINGS = (*_DEFINITIONS, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)
_SHOWN = 8  # cells that a note lists


@dataclass(slots=True, eq=False)
class Statement:
    """A statement of a file or cell, or several that share a line.

    Attributes:
        cell: The number of the cell; 0 for a file.
        first, last: Its lines, from 0 on.
        binds: Names that it gives a value, whatever they were before.
        changes: Names that it gives another value, or may give one; or whose object it changes.
        uses: Names that it looks up when it runs.
        uses_later: Names that functions of it look up when they are called.
        defines: The classes and functions among what it binds.
        always: Whether it matters although it binds nothing that is known.
    """

    cell: int
    first: int
    last: int
    text: str
    binds: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)
    uses_later: set[str] = field(default_factory=set)
    defines: set[str] = field(default_factory=set)
    always: bool = False


def submission_of_definition(problem: Problem, given: type | FunctionType) -> Submission:
    """Return what is graded for a class or a function: its file without the rest, or its cells.

    Raises:
        UsageError: There is no source of it.
    """
    kind = "class" if isinstance(given, type) else "function"
    if "." in given.__qualname__:
        raise UsageError(
            f"{given.__qualname__} is defined inside of something; define the {kind} at the top"
            " level of a file or a cell"
        )
    names = {given.__name__, *_starter_names(problem)}
    file = getattr(sys.modules.get(given.__module__), "__file__", None)
    if file is not None:
        return _of_file(Path(file), kind, given.__name__, names)
    python = sys.modules.get("IPython")
    shell = python.get_ipython() if python is not None else None
    if shell is not None and given.__module__ == "__main__":
        cells = run_cells(shell)
        if any(given.__name__ in s.binds for s in _statements(cells)):
            return submission_of_cells(problem, cells, names)
    raise UsageError(
        f"there is no source of the {kind} {given.__name__} (it was defined at a prompt, or by"
        " exec); save it in a file, and give the file's name or its text"
    )


def _of_file(file: Path, kind: str, name: str, names: set[str]) -> Submission:
    """Keep every line in its place, so that messages name the lines of the file."""
    whole = read_submission(file)
    lines = whole.lines
    statements = list(_statements({0: "\n".join(lines)}))
    if not any(name in one.binds | one.changes for one in statements):
        raise UsageError(f"{file}: does not define the {kind} {name}; give the text that does")
    shown = [""] * len(lines)
    for one in needed(statements, names):
        shown[one.first : one.last + 1] = lines[one.first : one.last + 1]
    return submission_from(file.name, "\n".join([*shown, ""]).encode("utf-8", "surrogatepass"))


def submission_of_cells(
    problem: Problem, cells: dict[int, str], names: Iterable[str]
) -> Submission:
    """Return the statements of cells that names need, as one file with a note on their lines."""
    lines: list[str] = []
    begins: dict[int, int] = {}
    for one in needed(list(_statements(cells)), names):
        begins.setdefault(one.cell, len(lines) + 1)
        lines += one.text.split("\n")
    listed = [f"In [{cell}] from line {line}" for cell, line in begins.items()]
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    note = f"lines are counted through what was graded: {', '.join(listed[:_SHOWN])}{more}"
    name = f"{problem.slug.replace('-', '_')}.py"
    made = submission_from(name, "\n".join([*lines, ""]).encode("utf-8", "surrogatepass"))
    return replace(made, notes=(*made.notes, note)) if begins else made


def names_to_grade(problem: Problem, cell: str) -> set[str]:
    """Return what a cell hands in: all that it defines, and what the problem asks for."""
    defined = {name for one in _statements({0: cell}) for name in one.defines}
    return {problem.settings.entry, *defined, *_starter_names(problem)}


def _starter_names(problem: Problem) -> set[str]:
    """What students write: the classes and functions of the file that they begin with."""
    try:
        starter = problem.starter_path.read_text("utf-8")
    except ProblemError:  # there is none, and grading needs none
        return set()
    return {name for one in _statements({0: starter}) for name in one.defines}


# -- cells that were run -------------------------------------------------------------------


def run_cells(shell: Any) -> dict[int, str]:
    """Return the cells that were run in IPython, in that order, as Python; magics are calls."""
    history = shell.history_manager.input_hist_parsed
    return {number: _without_cell_magic(shell, cell) for number, cell in enumerate(history)}


def _without_cell_magic(shell: Any, cell: str) -> str:
    """Return what a cell magic such as ``%%check`` or ``%%time`` has run; other cells as is."""
    match _parsed(cell):
        case [
            ast.Expr(
                ast.Call(
                    ast.Attribute(attr="run_cell_magic"),
                    [ast.Constant("check" | "time" | "capture"), _, ast.Constant(str(body))],
                )
            )
        ]:
            return _without_cell_magic(shell, shell.transform_cell(body))
    return cell


# -- statements and names ------------------------------------------------------------------


def needed(statements: Sequence[Statement], names: Iterable[str]) -> list[Statement]:
    """Return the statements that give some names their values, in their order.

    A name is given its value by the last statement that binds it, and by those after it that
    change it. What a statement uses when it runs was bound before it; what its functions use may
    have been bound since.
    """
    end = len(statements)
    kept: set[int] = set()
    seen: set[tuple[str, int]] = set()
    waiting = [(name, end) for name in names]

    def keep(number: int) -> None:
        if number not in kept:
            kept.add(number)
            one = statements[number]
            waiting.extend((name, number) for name in one.uses | one.uses_later)
            waiting.extend((name, end) for name in one.uses_later)

    for number, one in enumerate(statements):
        if one.always:
            keep(number)
    while waiting:
        name, before = waiting.pop()
        if (name, before) in seen:
            continue
        seen.add((name, before))
        for number in reversed(range(before)):
            one = statements[number]
            if name in one.changes:
                keep(number)
            elif name in one.binds:
                keep(number)
                break
    return [statements[number] for number in sorted(kept)]


def _parsed(source: str) -> list[ast.stmt]:
    """Return a source's statements; none where it is no Python, and so was never run."""
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError):
        return []


def _statements(cells: dict[int, str]) -> Iterator[Statement]:
    for cell, source in cells.items():
        lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for nodes in _by_lines(_parsed(source)):
            first, last = _first_line(nodes[0]), max(node.end_lineno or 0 for node in nodes)
            one = Statement(cell, first - 1, last - 1, "\n".join(lines[first - 1 : last]))
            if _note_names(one, nodes):
                yield one


def _by_lines(nodes: Iterable[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """Group the statements that share a line."""
    group: list[ast.stmt] = []
    for node in nodes:
        if group and _first_line(node) > (group[-1].end_lineno or 0):
            yield group
            group = []
        group.append(node)
    if group:
        yield group


def _first_line(node: ast.stmt) -> int:
    decorators = node.decorator_list if isinstance(node, _DEFINITIONS) else []
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _note_names(one: Statement, nodes: Sequence[ast.stmt]) -> bool:
    """Note which names a statement binds and uses; False if that is only known to IPython."""
    try:
        table = symtable.symtable(one.text, "<cell>", "exec")
    except SyntaxError:  # await at the top level
        return False
    for symbol in table.get_symbols():
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace():
            one.binds.add(symbol.get_name())
        if symbol.is_referenced():
            one.uses.add(symbol.get_name())
    _note_scopes(one, table, later=False)
    if "get_ipython" in one.uses:
        return False
    plain = all(isinstance(node, _BINDINGS) for node in nodes)
    one.changes |= one.binds & one.uses if plain else one.binds
    one.binds = one.binds if plain else set()
    for node in nodes:
        if isinstance(node, _DEFINITIONS):
            one.defines.add(node.name)
        if isinstance(node, ast.ImportFrom):
            one.always |= node.module == "__future__" or node.names[0].name == "*"
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        one.changes |= {name for target in targets for name in _owners(target)}
    return True


def _note_scopes(one: Statement, table: symtable.SymbolTable, *, later: bool) -> None:
    for inner in table.get_children():
        called = later or (
            inner.get_type() == "function" and inner.get_name() not in _COMPREHENSIONS
        )
        for symbol in inner.get_symbols():
            if symbol.is_global() and symbol.is_referenced():
                (one.uses_later if called else one.uses).add(symbol.get_name())
        _note_scopes(one, inner, later=called)


def _owners(target: ast.expr | None) -> Iterator[str]:
    """Yield the names whose objects an assignment changes: ``a`` for ``a.b[0] = ...``."""
    if isinstance(target, (ast.Tuple, ast.List)):
        for element in target.elts:
            yield from _owners(element)
    elif isinstance(target, (ast.Attribute, ast.Subscript)):
        while isinstance(target, (ast.Attribute, ast.Subscript)):
            target = target.value
        if isinstance(target, ast.Name):
            yield target.id
