"""The source as a tree of files, whatever it is; here, a folder on disk.

A tree lists its files once and reads each of them on demand, never more than it is asked for.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from grader.errors import UsageError
from grader.intake.entry import Skipped

NAME, LOCK = "results.sqlite", "results.lock"
"""Files that a run of the grader keeps in its folder, which may lie among the submissions."""

LINK = "a symbolic link; links are not followed"
NOT_ORDINARY = "not an ordinary file"


class Unreadable(Exception):
    """The machine did not give a file's contents; says nothing about the student."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file in a tree.

    Attributes:
        parts: Its path below the tree's root, as text that can be written as UTF-8.
        modified: When, on the tree's own clock; only good for finding the newest.
        handle: How the tree finds it again.
    """

    parts: tuple[str, ...]
    modified: int
    handle: Any = None

    @property
    def shown(self) -> str:
        """The path, for people."""
        return "/".join(self.parts)


class Tree(Protocol):
    """Something with files in it.

    Attributes:
        files: All of them, sorted by path.
        skipped: What is there but is not a file that may be read.
    """

    files: list[Found]
    skipped: list[Skipped]

    def read(self, file: Found, limit: int) -> bytes:
        """Return the first ``limit`` bytes of a file.

        Raises:
            Unreadable: It cannot be read; the message says why.
        """
        ...

    def close(self) -> None:
        """Give back what is held open."""
        ...


def decodable(name: str) -> str:
    """Return a file name with bytes that are not UTF-8 spelled out: ``caf\\xe9.py``."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return name


class Folder:
    """A folder on disk. Symbolic links below it are reported, never followed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: list[Found] = []
        self.skipped: list[Skipped] = []
        try:
            self._list(str(root))
        except OSError as error:
            raise UsageError(f"{root}: cannot be read ({error.strerror})") from None
        self.files.sort(key=lambda file: file.parts)
        self.skipped.sort(key=lambda one: one.name)

    def _list(self, root: str) -> None:
        """List a folder and all below it; not by recursion, as students nest without limit."""
        waiting: list[tuple[str, tuple[str, ...], bool]] = [
            (root, (), True)
        ]  # the last: whether its path reads like its parts
        while waiting:
            path, above, plain = waiting.pop()
            try:
                with os.scandir(path) as entries:
                    found = list(entries)
            except OSError as error:
                if path == root:
                    raise
                self._skip(above, f"cannot be read ({error.strerror})")
                continue
            if above and not found:
                self._skip(above, "an empty folder")
            if len(above) == 1 and {NAME, LOCK} <= {entry.name for entry in found}:
                self._skip(above, "results of an earlier run")
                continue
            for entry in found:
                parts = (*above, decodable(entry.name))
                same = plain and parts[-1] == entry.name
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((entry.path, parts, same))
                else:
                    self._add(entry, parts, None if same else entry.path)

    def _add(self, entry: os.DirEntry[str], parts: tuple[str, ...], handle: str | None) -> None:
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError as error:
            self._skip(parts, f"cannot be read ({error.strerror})")
            return
        if stat.S_ISREG(status.st_mode):
            self.files.append(Found(parts, status.st_mtime_ns, handle))
        else:
            self._skip(parts, LINK if stat.S_ISLNK(status.st_mode) else NOT_ORDINARY)

    def _skip(self, parts: tuple[str, ...], reason: str) -> None:
        self.skipped.append(Skipped("/".join(parts), reason))

    def read(self, file: Found, limit: int) -> bytes:
        """Return the first ``limit`` bytes. Raises as :meth:`Tree.read`."""
        path = file.handle or self.root.joinpath(*file.parts)
        # Between listing and reading, a file can have become a link or a pipe.
        wanted = ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY")
        flags = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in wanted)
        try:
            with os.fdopen(os.open(path, flags), "rb") as opened:
                if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
                    raise Unreadable(NOT_ORDINARY)
                return opened.read(limit)
        except OSError as error:
            raise Unreadable(f"cannot be read ({error.strerror})") from None

    def close(self) -> None:
        """Nothing is held open."""
