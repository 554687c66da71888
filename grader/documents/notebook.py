"""Jupyter notebooks. The code cells, in order, as one Python source.

Of a notebook nothing is kept but the code. The format of today is read as it stands; ``nbformat``
brings those of before 2015 up to date. :mod:`grader.intake.reader_process` does both.

Lines that only Jupyter understands
(https://ipython.readthedocs.io/en/stable/interactive/magics.html) become comments in their place,
so that every other line keeps its number within its cell. IPython's own transformer would turn
them into calls that need IPython; it is also a large import, and tries a cell anew for each magic
in it.
"""

from __future__ import annotations
import __future__

import codecs
import importlib.util
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from grader.documents.python_lines import Place
from grader.documents.reader import Answer, Reader, TooDear
from grader.errors import UsageError

MAX_BYTES = 16 << 20
"""Of a notebook's file, which can hold pictures."""

MAX_CODE = 1 << 20
"""Characters of code; as much as a source may have."""

MAX_CELLS = 20_000

SHOWN = 8  # cells and lines that a note spells out

# The body of a cell under one of these magics runs as if the magic were not there.
_TRANSPARENT = {"time", "capture", "prun", "debug"}
_WRITES = re.compile(
    r"%%(?:writefile|file)\s+(?:(?:-a|--append)\s+)?[\"']?(?:[^\s/]*/)*([^\W\d]\w*)\.py\b"
)

# At the start of a statement none of these is Python. Matched against a stripped line.
_MAGIC = re.compile(r"[%!?]|[\w.*]+\?{1,2}$|[\w\s.,*\[\]]+=\s*(?:!|%\w)")
# The same for a file, where a line may also be a mistake of another kind.
_MAGIC_IN_FILE = re.compile(
    r"%%(?:time|timeit|capture|prun|debug|writefile|file)\b|%[A-Za-z]|![\w./~]|\?\w"
    r"|[\w.]+\?{1,2}\s*+$|[\w, ]+=\s*(?:![\w./]|%\w)"
)
# Python, but what it needs is there in Jupyter only: a shell to ask, and somebody who waits.
_SHELL = re.compile(r"\s*+(?:[\w, ]+=\s*+)?get_ipython\(\)\.")
_AWAITS = re.compile(r"(?:[\w.,\[\] ]+=\s*+)?await\b")
# No pattern goes back over white space ("*+"): a line can have a megabyte of it.
_FUTURE = re.compile(r"from\s++__future__\s++import\b\s*+\(?([\w\s,]++)\)?\s*+(?:#.*)?$")
_DISPLAYS = re.compile(r"\s*display\(")


class NotANotebook(Exception):
    """The file cannot be read as a notebook in Python; the message is for its author."""


class Code(msgspec.Struct, frozen=True):
    """What a notebook's code cells say.

    Attributes:
        source: Python, encoded as UTF-8.
        notes: Which lines were left out.
        cells: For each cell its number, and the line of ``source`` before its first.
    """

    source: bytes
    notes: tuple[str, ...]
    cells: tuple[tuple[int, int], ...] = ()


def read(content: bytes, reader: Reader) -> Code:
    """Return the code of a notebook.

    Raises:
        NotANotebook: It is none, it is not in Python, or it takes too much to read.
        UsageError: It is of before 2015, and ``nbformat`` is not installed.
        Fault: The reader was lost.
    """
    if len(content) > MAX_BYTES:
        raise NotANotebook(f"the notebook is larger than {MAX_BYTES >> 20} MiB; clear its outputs")
    try:
        answer, source = reader.ask("notebook", content)
        if "old" in answer:
            _require()
            answer, source = reader.ask("old-notebook", content)
    except TooDear as error:
        raise NotANotebook(f"the notebook {error}; clear its outputs") from None
    if "why" in answer:
        raise NotANotebook(answer["why"])
    return Code(source, tuple(answer["notes"]), tuple((a, b) for a, b in answer["cells"]))


def holds_notebook(content: bytes) -> bool:
    """Whether a file is a notebook by what is in it, whatever it is called."""
    begins = content[:64].removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{")
    return begins and (b'"cell_type"' in content or b'"nbformat"' in content)


def _require() -> None:
    """Make sure that old notebooks can be read."""
    if importlib.util.find_spec("nbformat") is None:
        raise UsageError(
            "reading notebooks of this old format needs nbformat:"
            " pip install 'dense-grader[notebook]'"
        )


# -- in the reader's process ---------------------------------------------------------------


class _Old(Exception):
    """It is of a format that has to be brought up to date."""


def read_code(content: bytes) -> Answer:
    """Return the ``notes`` on a notebook and its source, ``why`` there is none, or ``old``."""
    return _answer(content, _of_today)


def read_old_code(content: bytes) -> Answer:
    """The same for a notebook that is ``old``."""
    return _answer(content, _brought_up_to_date)


def _answer(content: bytes, current: Callable[[dict[str, Any]], dict[str, Any]]) -> Answer:
    try:
        code = python_of(content, current)
    except _Old:
        return {"old": True}, b""
    except NotANotebook as error:
        return {"why": str(error)}, b""
    return {"notes": code.notes, "cells": code.cells}, code.source


def _of_today(document: dict[str, Any]) -> dict[str, Any]:
    version = document["nbformat"]
    if version not in (1, 2, 3, 4):
        raise ValueError("not a format that is known here")
    if version < 4:
        raise _Old
    return document


def _brought_up_to_date(document: dict[str, Any]) -> dict[str, Any]:
    from nbformat import convert, reader

    updated: dict[str, Any] = convert(reader.reads(json.dumps(document)), 4)
    return updated


def warm_up() -> None:
    """Have nbformat load what it loads when it is first used."""
    cell = {"cell_type": "code", "input": "1", "language": "python", "outputs": []}
    for version in (2, 3):
        sheet = {"cells": [cell], "metadata": {}}
        old: dict[str, Any] = {"nbformat": version, "nbformat_minor": 0, "metadata": {}}
        _brought_up_to_date({**old, "worksheets": [sheet]})


def python_of(
    notebook: bytes, current: Callable[[dict[str, Any]], dict[str, Any]] = _of_today
) -> Code:
    """Return the code of a notebook; for the process that may be lost by it.

    Args:
        notebook: The file.
        current: Brings a document up to date.

    Raises:
        NotANotebook: It is none, or it is not in Python.
    """
    lines = ["# -*- coding: utf-8 -*-"]  # a cell cannot declare another encoding after this one
    places: list[tuple[int, int]] = []
    dropped: list[str] = []
    features: list[str] = []
    for number, cell in enumerate(_code_cells(notebook, current), 1):
        if not cell.strip():
            continue
        lines.append(f"# code cell {number}")
        places.append((number, len(lines)))
        beginning = True
        for line, left_out in _without_magics(cell):
            found = _future_features(line) if beginning else []
            features += found
            lines.append(f"# {line}" if found else line)
            beginning = beginning and bool(
                left_out or not line.strip() or lines[-1].startswith("#")
            )
            if left_out:
                dropped.append(f"{left_out.strip()} (cell {number})")
    if not places:
        raise NotANotebook("the notebook has no code cells with anything in them")
    ahead: list[str] = []
    if features:  # each cell may begin with them; of a file, only the first statements
        ahead.append(f"from __future__ import {', '.join(dict.fromkeys(features))}")
    if any(_DISPLAYS.match(line) for line in lines):  # Jupyter has it without an import
        ahead.append("display = print")
    if ahead:
        lines[1] = f"{'; '.join(ahead)}  {lines[1]}"
    notes = []
    if dropped:
        notes.append(f"left out, because only Jupyter understands it: {_listed(dropped)}")
    return Code(
        "\n".join([*lines, ""]).encode("utf-8", "surrogatepass"), tuple(notes), tuple(places)
    )


def _future_features(line: str) -> list[str]:
    """The names that a line imports from ``__future__``, if that is what it does."""
    found = _FUTURE.match(line)
    listed = found[1].rstrip().removeprefix("(").removesuffix(")") if found else ""
    names = [name.strip() for name in listed.split(",") if name.strip()]
    return names if set(names) <= set(__future__.all_feature_names) else []


def _listed(items: list[str]) -> str:
    shown = ", ".join(item if len(item) <= 80 else f"{item[:77]}…" for item in items[:SHOWN])
    return f"{shown} and {len(items) - SHOWN} more" if len(items) > SHOWN else shown


def _code_cells(notebook: bytes, current: Callable[[dict[str, Any]], dict[str, Any]]) -> list[str]:
    try:
        document = current(_stripped(json.loads(notebook.decode("utf-8-sig"))))
        cells = [_text(cell["source"]) for cell in document["cells"] if _is_code(cell)]
        language = _language(document)
    except (NotANotebook, MemoryError, _Old):
        raise
    except Exception as error:  # whatever a wrong document makes Python raise
        raise NotANotebook(f"the file is not a notebook that can be read ({_why(error)})") from None
    if sum(map(len, cells)) > MAX_CODE:
        raise NotANotebook(f"there is more than {MAX_CODE >> 20} MiB of code in the notebook")
    if language not in ("", "python", "ipython"):
        raise NotANotebook(f"the notebook is not in Python but in {language}")
    return cells


def _is_code(cell: Any) -> bool:
    return bool(cell["cell_type"] == "code")


def _text(source: Any) -> str:
    """Return a cell's text: one text, or its lines."""
    text = source if type(source) is str else "".join(source)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _stripped(document: Any) -> dict[str, Any]:
    """Return a notebook of any version with nothing in it but code and what says its language."""
    kept = {key: document[key] for key in ("nbformat", "nbformat_minor") if key in document}
    given = document.get("metadata", {})
    kept["metadata"] = {key: given[key] for key in ("language_info", "kernelspec") if key in given}
    left = MAX_CELLS
    sheets = [document, *document.get("worksheets", [])]  # which there were before version 4
    for number, sheet in enumerate(sheets):
        cells = [_code_of(cell) for cell in sheet.get("cells", []) if _is_code(cell)]
        left -= len(cells)
        if left < 0:
            raise NotANotebook(f"the notebook has more than {MAX_CELLS} code cells")
        if number:
            kept.setdefault("worksheets", []).append({"cells": cells, "metadata": {}})
        elif "cells" in document:
            kept["cells"] = cells
    return kept


def _code_of(cell: dict[str, Any]) -> dict[str, Any]:
    names = ("cell_type", "source", "input", "code", "language")  # of code in versions 4, 3 and 1
    return {"metadata": {}, "outputs": [], **{name: cell[name] for name in names if name in cell}}


def _language(document: Any) -> str:
    """Return the language of a notebook, or nothing where it does not say."""
    metadata = document["metadata"]
    stated = metadata.get("language_info", {}).get("name", "")
    return str(stated or metadata.get("kernelspec", {}).get("language", ""))[:40].lower()


def _why(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    not_json = isinstance(error, json.JSONDecodeError)
    return "it is not JSON" if not_json else "it lacks what every notebook has"


def _without_magics(cell: str) -> Iterator[tuple[str, str]]:
    """Yield each line of a cell as Python, with what was left out of it."""
    lines = cell.split("\n")
    first = next(number for number, line in enumerate(lines) if line.strip())
    if written := _WRITES.match(lines[first]):
        # What the cell writes can be imported below, and is what this source defines.
        known = f'__import__("sys").modules.setdefault("{written[1]}", __import__(__name__))'
        for number, line in enumerate(lines):
            yield (f"{known}  # {line}", line) if number == first else (line, "")
        return
    if lines[first].startswith("%%"):
        magic = re.match(r"%%(\w*)", lines[first])
        if magic is None or magic[1] not in _TRANSPARENT:
            yield from (
                (f"# {line}", lines[first] if n == first else "") for n, line in enumerate(lines)
            )
            return
    yield from _without(
        lines,
        lambda line: bool(_MAGIC.match(line.strip())),
        lambda line: bool(_SHELL.match(line) or _AWAITS.match(line)),
    )


def without_jupyter(text: str) -> tuple[str, list[str]]:
    """Return a file without the lines that only Jupyter understands, and these lines.

    Saved as .py, a notebook still has them; no Python has a statement that begins so.
    """
    if not _ANY_IN_FILE.search(text):
        return text, []
    lines, dropped = [], []
    kept = _without(
        text.split("\n"),
        lambda line: bool(_MAGIC_IN_FILE.match(line)),
        lambda line: bool(_SHELL.match(line)),
    )
    for number, (line, left_out) in enumerate(kept, 1):
        lines.append(line)
        if left_out:
            dropped.append(f"{left_out.strip()} (line {number})")
    if not dropped:
        return text, []
    return "\n".join(lines), [f"left out, because only Jupyter understands it: {_listed(dropped)}"]


_ANY_IN_FILE = re.compile(
    r"^(?:[%!?]|[ \t]*+(?:[\w, ]++=[ \t]*+)?(?:get_ipython\(|[%!])|[\w.]++\?)", re.M
)


def _without(
    lines: list[str], is_magic: Callable[[str], bool], needs_jupyter: Callable[[str], bool]
) -> Iterator[tuple[str, str]]:
    """Yield each line, with what was left out of it.

    Args:
        is_magic: Whether a line that begins a statement is none of Python's.
        needs_jupyter: Whether one is Python's, and can be run in Jupyter only.
    """
    here = Place()
    goes_on = False  # what was left out above: a magic after a backslash, Python also in brackets
    for line in lines:
        begins = here.begins_statement and not goes_on
        is_python = begins and needs_jupyter(line)
        if goes_on or is_python or (begins and is_magic(line)):
            # In a block, `pass` stands for a magic that is all there is in it. Elsewhere a comment
            # does, which may also precede `from __future__ import`.
            indent = line[: len(line) - len(line.lstrip())]
            keeps_block = "pass  " if indent and not goes_on else ""
            yield f"{indent}{keeps_block}# {line.lstrip()}", "" if goes_on else line
            if is_python or not here.begins_statement:
                here.move(line)
            goes_on = line.rstrip("\r").endswith("\\") or not here.begins_statement
        else:
            here.move(line)
            yield line, ""
