"""Room: submissions as files. Finds, reads and fingerprints them; never runs or parses them.

Even parsing is left to the worker: a source of a few kilobytes can exhaust a parser.
"""

from __future__ import annotations

import hashlib
import io
import tokenize
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError

MAX_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Submission:
    """A student's file as it was handed in.

    Attributes:
        name: The file's name, for people.
        source: Its bytes.
        problem_with_file: Why it cannot be Python source at all, or empty.
        line: Where, if a line can be named.
    """

    name: str
    source: bytes
    problem_with_file: str = ""
    line: int | None = None

    @property
    def sha256(self) -> str:
        """Fingerprint of the bytes."""
        return hashlib.sha256(self.source).hexdigest()

    @property
    def lines(self) -> list[str]:
        """The text by lines, undecodable bytes replaced; for quoting, not for running."""
        return self.text.splitlines()

    @property
    def text(self) -> str:
        """The text, undecodable bytes replaced."""
        return _decode(self.source, "replace")


def read_submission(path: Path) -> Submission:
    """Read one file.

    Raises:
        UsageError: There is no such file, it is not a file, or it cannot be read.
    """
    try:
        if path.is_dir():
            raise UsageError(f"{path}: is a directory; name the file with the class in it")
        if not path.is_file() and path.exists():
            raise UsageError(f"{path}: is not an ordinary file")
        with path.open("rb") as file:
            source = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None
    return submission_from(path.name, source)


def submission_from(name: str, source: bytes) -> Submission:
    """Make a submission of bytes, and say what is wrong if they cannot be Python source."""
    if len(source) > MAX_BYTES:
        return Submission(name, source, f"the file is larger than {MAX_BYTES >> 20} MiB")
    if not source.strip():
        return Submission(name, source, "the file is empty")
    if b"\0" in source:
        line = source.count(b"\n", 0, source.index(b"\0")) + 1
        what = "the file holds NUL bytes: it is not Python source but something binary"
        if source.startswith((b"\xff\xfe", b"\xfe\xff")):
            what = "the file is UTF-16; save it as UTF-8"
        return Submission(name, source, what, line)
    try:
        _decode(source, "strict")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        what = (
            f"the byte {source[error.start]:#04x} is not {error.encoding}; save the file as UTF-8"
            " or declare its encoding in the first line, e.g. '# -*- coding: latin-1 -*-'"
        )
        return Submission(name, source, what, line)
    except (SyntaxError, LookupError) as error:
        return Submission(name, source, str(error), 1)
    return Submission(name, source)


def _decode(source: bytes, errors: str) -> str:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    except (SyntaxError, LookupError):
        if errors == "strict":
            source.decode("utf-8")  # name the byte if that is what is wrong
            raise
        encoding = "utf-8"
    return source.decode(encoding, errors)
