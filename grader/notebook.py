"""Room: Jupyter notebooks. The code cells, in order, as one Python source.

``nbformat`` reads the format and brings old versions up to date. Lines that only Jupyter
understands (https://ipython.readthedocs.io/en/stable/interactive/magics.html) become comments in
their place, so that every other line keeps its number within its cell. IPython's own transformer
would turn them into calls that need IPython; it is also a large import, and tries a cell anew for
each magic in it.
"""

from __future__ import annotations
import __future__

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from grader.errors import UsageError

MAX_BYTES = 16 << 20
"""Of a notebook's file, which can hold pictures."""

MAX_CODE = 1 << 20
"""Characters of code; as much as a source may have."""

SHOWN = 8  # cells and lines that a note spells out

# The body of a cell under one of these magics runs as if the magic were not there.
_TRANSPARENT = {"time", "capture", "prun", "debug"}

# At the start of a statement none of these is Python. Matched against a stripped line.
_MAGIC = re.compile(r"[%!?]|[\w.*]+\?{1,2}$|[\w\s.,*\[\]]+=\s*(?:!|%\w)")
_FUTURE = re.compile(r"from\s+__future__\s+import\b\s*([^#]*)")
_DISPLAYS = re.compile(r"\s*display\(")
_PIECES = re.compile(
    r"""
      \#.*
    | (?P<triple>\"\"\"|''')
    | "(?:\\.|[^"\\])*"? | '(?:\\.|[^'\\])*'?
    | (?P<open>[(\[{]) | (?P<close>[)\]}])
    | (?P<continued>\\$)
    """,
    re.VERBOSE,
)
_ENDS = {quote: re.compile(rf"(?:\\.|(?!{quote})[^\\])*{quote}") for quote in ('"""', "'''")}


class NotANotebook(Exception):
    """The file cannot be read as a notebook in Python; the message is for its author."""


class Code(msgspec.Struct, frozen=True):
    """What a notebook's code cells say.

    Attributes:
        source: Python, encoded as UTF-8.
        notes: Where the cells begin, and which lines were left out.
    """

    source: bytes
    notes: tuple[str, ...]


def require() -> None:
    """Make sure that notebooks can be read.

    Raises:
        UsageError: ``nbformat`` is not installed.
    """
    try:
        import nbformat as _  # noqa: F401
    except ImportError:
        raise UsageError(
            "reading notebooks needs nbformat: pip install 'dense-grader[notebook]'"
        ) from None


def python_of(notebook: bytes) -> Code:
    """Return the code of a notebook.

    Raises:
        NotANotebook: It is none, or it is not in Python.
        UsageError: ``nbformat`` is not installed.
    """
    lines = ["# -*- coding: utf-8 -*-"]  # a cell cannot declare another encoding after this one
    begins: list[str] = []
    dropped: list[str] = []
    features: list[str] = []
    for number, cell in enumerate(_code_cells(notebook), 1):
        if not cell.strip():
            continue
        lines.append(f"# code cell {number}")
        begins.append(f"cell {number} from line {len(lines) + 1}")
        beginning = True
        for line, left_out in _without_magics(cell):
            found = _future_features(line) if beginning else []
            features += found
            lines.append(f"# {line}" if found else line)
            beginning = beginning and (not line.strip() or lines[-1].startswith("#"))
            if left_out:
                dropped.append(f"{left_out.strip()} (cell {number})")
    if not begins:
        raise NotANotebook("the notebook has no code cells with anything in them")
    ahead: list[str] = []
    if features:  # each cell may begin with them; of a file, only the first statements
        ahead.append(f"from __future__ import {', '.join(dict.fromkeys(features))}")
    if any(_DISPLAYS.match(line) for line in lines):  # Jupyter has it without an import
        ahead.append("display = print")
    if ahead:
        lines[1] = f"{'; '.join(ahead)}  {lines[1]}"
    notes = [f"lines are counted through the notebook's code cells: {_listed(begins)}"]
    if dropped:
        notes.append(f"left out, because only Jupyter understands it: {_listed(dropped)}")
    return Code("\n".join([*lines, ""]).encode("utf-8", "surrogatepass"), tuple(notes))


def _future_features(line: str) -> list[str]:
    """The names that a line imports from ``__future__``, if that is what it does."""
    found = _FUTURE.match(line)
    listed = found[1].rstrip().removeprefix("(").removesuffix(")") if found else ""
    names = [name.strip() for name in listed.split(",") if name.strip()]
    return names if set(names) <= set(__future__.all_feature_names) else []


def _listed(items: list[str]) -> str:
    shown = ", ".join(item if len(item) <= 80 else f"{item[:77]}…" for item in items[:SHOWN])
    return f"{shown} and {len(items) - SHOWN} more" if len(items) > SHOWN else shown


def _code_cells(notebook: bytes) -> list[str]:
    require()
    from nbformat import convert, reader

    if len(notebook) > MAX_BYTES:
        raise NotANotebook(f"the notebook is larger than {MAX_BYTES >> 20} MiB; clear its outputs")
    try:
        document: Any = convert(reader.reads(notebook.decode("utf-8-sig")), 4)
        cells = [
            cell["source"].replace("\r\n", "\n").replace("\r", "\n")
            for cell in document["cells"]
            if cell["cell_type"] == "code"
        ]
        language = _language(document)
    except Exception as error:  # nbformat raises whatever a wrong document makes Python raise
        raise NotANotebook(f"the file is not a notebook that can be read ({_why(error)})") from None
    if sum(map(len, cells)) > MAX_CODE:
        raise NotANotebook(f"there is more than {MAX_CODE >> 20} MiB of code in the notebook")
    if language not in ("", "python", "ipython"):
        raise NotANotebook(f"the notebook is not in Python but in {language}")
    return cells


def _language(document: Any) -> str:
    """Return the language of a notebook, or nothing where it does not say."""
    metadata = document["metadata"]
    stated = metadata.get("language_info", {}).get("name", "")
    return str(stated or metadata.get("kernelspec", {}).get("language", "")).lower()[:40]


def _why(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return "it is not JSON" if "JSON" in str(error) else "it lacks what every notebook has"


def _without_magics(cell: str) -> Iterator[tuple[str, str]]:
    """Yield each line of a cell as Python, with what was left out of it."""
    lines = cell.split("\n")
    first = next(number for number, line in enumerate(lines) if line.strip())
    if lines[first].startswith("%%"):
        magic = re.match(r"%%(\w*)", lines[first])
        if magic is None or magic[1] not in _TRANSPARENT:
            yield from (
                (f"# {line}", lines[first] if n == first else "") for n, line in enumerate(lines)
            )
            return
    here = _Place()
    in_magic = False  # a magic can go on after a backslash
    for line in lines:
        if in_magic or (here.begins_statement and _MAGIC.match(line.strip())):
            # In a block, `pass` stands for a magic that is all there is in it. Elsewhere a comment
            # does, which may also precede `from __future__ import`.
            indent = line[: len(line) - len(line.lstrip())]
            keeps_block = "pass  " if indent and not in_magic else ""
            yield f"{indent}{keeps_block}# {line.lstrip()}", "" if in_magic else line
            in_magic = line.endswith("\\")
        else:
            here.move(line)
            yield line, ""


class _Place:
    """Whether the next line begins a statement: it does not in brackets and in long strings.

    Reads strings, brackets and comments only, each character once. The tokenizer of the standard
    library would stop at the first magic.
    """

    def __init__(self) -> None:
        self._string = ""
        self._depth = 0
        self._continued = False

    @property
    def begins_statement(self) -> bool:
        return not (self._string or self._depth or self._continued)

    def move(self, line: str) -> None:
        """Read one line."""
        position = 0
        self._continued = False
        while position < len(line):
            if self._string:
                end = _ENDS[self._string].match(line, position)
                if end is None:
                    return
                position = end.end()
                self._string = ""
                continue
            piece = _PIECES.search(line, position)
            if piece is None:
                return
            position = piece.end()
            self._string = piece["triple"] or ""
            self._continued = piece["continued"] is not None
            if piece["open"]:
                self._depth += 1
            elif piece["close"]:
                self._depth = max(0, self._depth - 1)
