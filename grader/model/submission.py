"""Submissions as files. Finds, reads and fingerprints them; never runs or parses them.

Even parsing is left to the worker: a source of a few kilobytes can exhaust a parser. A notebook
is a document with sources in it; :mod:`grader.documents.notebook` takes them out.
"""

from __future__ import annotations

import bisect
import codecs
import hashlib
import io
import re
import tokenize
from functools import cached_property
from pathlib import Path

import msgspec
from msgspec.structs import replace

from grader.documents import notebook
from grader.documents.reader import Reader
from grader.errors import UsageError

MAX_BYTES = 1 << 20
"""Of a source."""

READ_LIMIT = notebook.MAX_BYTES + 1
"""How many bytes of a file are worth reading: any may turn out to be a notebook with pictures."""


class Submission(msgspec.Struct, frozen=True, dict=True):
    """A student's file as it was handed in.

    Attributes:
        name: The file's name, for people.
        source: Its bytes; for a notebook, the Python source made of its code cells, and for a
            file with lines that only Jupyter understands, the source without them.
        problem_with_file: Why it cannot be Python source at all, or empty.
        line: Where, if a line can be named.
        notes: What was done to make ``source`` of the file, if anything; for its author.
        cells: Of a notebook, the number of each code cell and the line of ``source`` before its
            first; empty for other files.
        left_out: Numbers of the cells that are not run, because they are not Python.
    """

    name: str
    source: bytes
    problem_with_file: str = ""
    line: int | None = None
    notes: tuple[str, ...] = ()
    cells: tuple[tuple[int, int], ...] = ()
    left_out: tuple[int, ...] = ()

    @property
    def python_name(self) -> str:
        """What a file with ``source`` in it is called: ``dense.py`` for ``dense.ipynb``."""
        if self.cells:
            return f"{re.sub(r'([.](ipynb|json|txt|py))+$', '', self.name, flags=re.I)}.py"
        return self.name

    @property
    def sha256(self) -> str:
        """Fingerprint of the bytes."""
        return hashlib.sha256(self.source).hexdigest()

    @cached_property
    def lines(self) -> list[str]:
        """The text by lines, undecodable bytes replaced; for quoting, not for running."""
        return re.split(r"\r\n|\r|\n", self.text.removesuffix("\n").removesuffix("\r"))

    @property
    def utf8(self) -> bytes:
        """The text in UTF-8, whatever encoding it was handed in: what is run."""
        if not self.left_out:
            return self.text.encode()
        lines = self.text.split("\n")
        for cell in self.left_out:
            place = self._span(cell)
            lines[place] = [f"# {line}" for line in lines[place]]
        return "\n".join(lines).encode()

    def cell_of(self, line: int) -> int | None:
        """The number of the cell that a line is in, if the file is a notebook."""
        place = self.place(line)
        return place[0] if place else None

    def place(self, line: int) -> tuple[int, int] | None:
        """A line as the number of its cell and the line in it, if the file is a notebook."""
        found = bisect.bisect_left(self.cells, line, key=lambda cell: cell[1])
        if not found or line > len(self.lines):
            return None
        cell, before = self.cells[found - 1]
        return cell, line - before

    def in_cell(self, cell: int) -> list[str]:
        """The lines of a cell."""
        return self.lines[self._span(cell)]

    def _span(self, cell: int) -> slice:
        """Where the lines of a cell are among all lines; of others none is looked at."""
        numbers, starts = zip(*self.cells, strict=True)
        place = numbers.index(cell)
        return slice(starts[place], (*starts, len(self.lines))[place + 1])

    @cached_property
    def text(self) -> str:
        """The text, undecodable bytes replaced."""
        try:
            return _decode(self.source)
        except (UnicodeError, LookupError, SyntaxError):
            return self.source.decode("utf-8", "replace")


def read_submission(path: Path) -> Submission:
    """Read one file.

    Raises:
        UsageError: There is no such file, it is not a file, it cannot be read, or it is an old
            notebook and nbformat is not installed.
        Fault: The process that reads notebooks was lost.
    """
    try:
        if path.is_dir():
            raise UsageError(f"{path}: is a directory; name the file with the class in it")
        if not path.is_file() and path.exists():
            raise UsageError(f"{path}: is not an ordinary file")
        with path.open("rb") as file:
            source = file.read(READ_LIMIT)
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None
    return submission_from(path.name, source)


def is_notebook(name: str) -> bool:
    """Whether a file of this name is taken for a Jupyter notebook; browsers add .json or .txt."""
    return name.lower().removesuffix(".json").removesuffix(".txt").endswith(".ipynb")


def submission_from(name: str, source: bytes, reader: Reader | None = None) -> Submission:
    """Make a submission of bytes, and say what is wrong if they cannot be Python source.

    Args:
        name: The file's name.
        source: Its bytes.
        reader: Reads notebooks; by default one that is ended afterwards.

    Raises:
        UsageError: It is an old notebook and nbformat is not installed.
        Fault: The reader was lost.
    """
    if not (is_notebook(name) or notebook.holds_notebook(source)):
        return _left_by_jupyter(_from_python(name, source))
    if reader is None:
        with Reader() as reader:
            return submission_from(name, source, reader)
    try:
        code = notebook.read(source, reader)
    except notebook.NotANotebook as error:
        return unusable(name, str(error))
    notes = code.notes if is_notebook(name) else ("read as the notebook that it is", *code.notes)
    return replace(_from_python(name, code.source), notes=notes, cells=code.cells)


def unusable(name: str, why: str) -> Submission:
    """Make a submission of something that no source can be made of.

    Its source is the reason, so that its fingerprint is never that of a real source.
    """
    return Submission(name, why.encode("utf-8", "replace"), why)


def _from_python(name: str, source: bytes) -> Submission:
    if len(source) > MAX_BYTES:
        what = f"the file is larger than {MAX_BYTES >> 20} MiB"
        return Submission(name, source[: MAX_BYTES + 1], what)
    if not source.strip():
        return Submission(name, source, "the file is empty")
    for begins, what in _DOCUMENTS:
        if source.startswith(begins):
            return Submission(name, source, f"the file is {what}", 1)
    if b"\0" in source:
        line = source.count(b"\n", 0, source.index(b"\0")) + 1
        what = _BINARY
        if source.startswith((b"\xff\xfe", b"\xfe\xff")):
            what = "the file is UTF-16; save it as UTF-8"
        return Submission(name, source, what, line)
    try:
        text = _decode(source)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        what = (
            f"the byte {error.object[error.start]:#04x} is not {error.encoding}; save the file as"
            " UTF-8 or declare its encoding in the first line, e.g. '# -*- coding: latin-1 -*-'"
        )
        return Submission(name, source, what, line)
    except (UnicodeError, LookupError, SyntaxError) as error:
        declared = _DECLARATION.search(source.partition(b"\n")[0])
        what = f"the declared encoding cannot be used ({error!s:.200}); save the file as UTF-8"
        return Submission(name, source, what, 1 if declared else 2)
    if "\0" in text:  # which is how some encodings write it
        return Submission(name, source, _BINARY, text.count("\n", 0, text.index("\0")) + 1)
    return Submission(name, source)


def _left_by_jupyter(made: Submission) -> Submission:
    """Leave out what only Jupyter understands, as it is left out of notebooks."""
    if made.problem_with_file:
        return made
    text, notes = notebook.without_jupyter(made.text)
    if not notes:
        return made
    encoding, _ = tokenize.detect_encoding(io.BytesIO(made.source).readline)
    return replace(made, source=text.encode(encoding), notes=tuple(notes))


_AS_TEXT = "no Python source; copy your code into an editor for programs and save it as plain text"
_DOCUMENTS = (
    (b"{\\rtf", f"a document in RTF, as word processors write it, and {_AS_TEXT}"),
    (b"\xd0\xcf\x11\xe0", f"a document of a word processor (Word), and {_AS_TEXT}"),
    (b"%PDF-", f"a PDF, and {_AS_TEXT}"),
    (b"PK\x03\x04", f"a packed document (of Word, for example) or an archive, and {_AS_TEXT}"),
    *((b, f"a web page (HTML), and {_AS_TEXT}") for b in (b"<!DOCTYPE", b"<!doctype", b"<html")),
    (b"<?xml", f"a document in XML, and {_AS_TEXT}"),
    (b"\x89PNG", "a picture; hand in the source itself, as text"),
    (b"\xff\xd8\xff", "a picture; hand in the source itself, as text"),
)
"""How files begin that are none in plain text, and what they are."""

_BINARY = "the file holds NUL bytes: it is not Python source but something binary"
_DECLARATION = re.compile(rb"coding[:=]")  # as PEP 263 has it, near enough to name the line
_LONG_NAME = re.compile(rb"coding[:=][ \t]*+[-\w.]{60}")
_NOT_FOR_SOURCES = ("idna", "punycode")  # of host names: the second takes the square of the length


def _decode(source: bytes) -> str:
    """Decode as Python does.

    Raises:
        UnicodeError, LookupError, SyntaxError: Python would refuse it.
    """
    if _LONG_NAME.search(b"\n".join(source.split(b"\n", 2)[:2])):
        raise LookupError("its name is too long")  # Python would remember that it knows it not
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    except SyntaxError:
        source.decode("utf-8")  # name the byte if that is what is wrong
        raise
    if encoding == "utf-8-sig":  # so that positions count from the first byte
        return source.decode("utf-8").removeprefix("\ufeff")
    if codecs.lookup(encoding).name in _NOT_FOR_SOURCES:
        raise LookupError(f"{encoding} is not for source files")
    try:
        text = source.decode(encoding)
    except UnicodeDecodeError:
        raise
    except Exception as error:  # some codecs are not for text, and raise what they like
        raise LookupError(f"{encoding}: {error}") from None
    text.encode("utf-8")  # a codec such as unicode_escape can give half of a surrogate pair
    return text
