"""Submissions as files. Finds, reads and fingerprints them; never runs or parses them.

Even parsing is left to the worker: a source of a few kilobytes can exhaust a parser. A notebook
is a document with sources in it; :mod:`grader.documents.notebook` takes them out.
"""

from __future__ import annotations

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


class Submission(msgspec.Struct, frozen=True, dict=True):
    """A student's file as it was handed in.

    Attributes:
        name: The file's name, for people.
        source: Its bytes; for a notebook, the Python source made of its code cells.
        problem_with_file: Why it cannot be Python source at all, or empty.
        line: Where, if a line can be named.
        notes: What was done to make ``source`` of the file, if anything; for its author.
    """

    name: str
    source: bytes
    problem_with_file: str = ""
    line: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def python_name(self) -> str:
        """What a file with ``source`` in it is called: ``dense.py`` for ``dense.ipynb``."""
        if is_notebook(self.name) and not self.problem_with_file:
            return f"{Path(self.name).stem}.py"
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
        return self.text.encode()

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
            source = file.read(read_limit(path.name))
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None
    return submission_from(path.name, source)


def is_notebook(name: str) -> bool:
    """Whether a file of this name is taken for a Jupyter notebook."""
    return name.lower().endswith(".ipynb")


def read_limit(name: str) -> int:
    """How many bytes of a file of this name are worth reading; one too many shows that it is."""
    return (notebook.MAX_BYTES if is_notebook(name) else MAX_BYTES) + 1


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
    if not is_notebook(name):
        return _from_python(name, source)
    if reader is None:
        with Reader() as reader:
            return submission_from(name, source, reader)
    try:
        code = notebook.read(source, reader)
    except notebook.NotANotebook as error:
        return unusable(name, str(error))
    return replace(_from_python(name, code.source), notes=code.notes)


def unusable(name: str, why: str) -> Submission:
    """Make a submission of something that no source can be made of.

    Its source is the reason, so that its fingerprint is never that of a real source.
    """
    return Submission(name, why.encode("utf-8", "replace"), why)


def _from_python(name: str, source: bytes) -> Submission:
    if len(source) > MAX_BYTES:
        return Submission(name, source, f"the file is larger than {MAX_BYTES >> 20} MiB")
    if not source.strip():
        return Submission(name, source, "the file is empty")
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
