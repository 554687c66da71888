"""Archives as trees: zip, tar, and tar compressed by gzip, bzip2 or xz.

Nothing is unpacked: members are read where they are, so their names never touch the disk, and no
more of a member is decompressed than is asked for, so a bomb costs what any file costs. Only the
list of members is read in full, and that is bounded. (No bound is put on the ratio: an honest
class of near equal submissions compresses several hundred to one.)

The headers of a tar's member are bounded too: one file can have any number of them, of any size,
and :mod:`tarfile` takes them in whole.

A compressed tar can only be read from its beginning. It is decompressed once, up to a limit, to
memory or, that of a class, to a temporary file without a name.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import math
import re
import stat
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import IO, Any

from grader.intake.entry import Skipped
from grader.intake.sources.trees import LINK, NOT_ORDINARY, Found, Tree, Unreadable, decodable

SUFFIXES = (".zip", ".tar", ".tgz", ".tbz2", ".txz", ".tar.gz", ".tar.bz2", ".tar.xz")

_IN_MEMORY = 64 << 20
_CHUNK = 1 << 20
_COMPRESSIONS: dict[bytes, Any] = {b"\x1f\x8b": gzip, b"BZh": bz2, b"\xfd7zXZ\0": lzma}

_MAX_PATH = 4096
_MAX_NAME = 255
_MAX_DEPTH = 100
_MAX_HEADERS = 64 << 10

# What else zipfile knows, it decompresses in one piece, whatever the size of that.
_ZIP_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


class NotAnArchive(Exception):
    """It cannot be read as an archive; the message says why."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of an archive is looked at.

    Attributes:
        members: Files and folders that it may list.
        unpacked: Bytes that a compressed tar may come to.
    """

    members: int
    unpacked: int


OF_A_CLASS = Bounds(members=5_000_000, unpacked=8 << 30)
OF_A_STUDENT = Bounds(members=20_000, unpacked=_IN_MEMORY)

MAX_BYTES = 32 << 20
"""Of an archive that a student handed in."""


def is_archive(name: str) -> bool:
    """Whether a file of this name is taken for an archive."""
    return name.lower().endswith(SUFFIXES)


def open_archive(file: IO[bytes], bounds: Bounds) -> Tree:
    """Return the tree in an archive, told by its first bytes; closing the tree closes the file.

    Raises:
        NotAnArchive: It is none, it is damaged, or it goes beyond its bounds.
    """
    try:
        start = file.read(6)
        file.seek(0)
        if start.startswith(b"PK"):
            return Zip(file, bounds)
        for magic, compression in _COMPRESSIONS.items():
            if start.startswith(magic):
                with file, _as_not_an_archive(), compression.open(file) as packed:
                    file = _spooled(packed, bounds.unpacked)
        return Tar(file, bounds)
    except BaseException:
        file.close()
        raise


@contextmanager
def _as_not_an_archive() -> Iterator[None]:
    """Translate what the standard library raises for hostile bytes, which is almost anything.

    Only its calls belong in here: a mistake of ours must not be called a student's.
    """
    try:
        yield
    except (NotAnArchive, MemoryError):
        raise
    except Exception as error:
        raise NotAnArchive(f"not an archive that can be read ({_first_line(error)})") from None


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).partition("\n")[0][:120]


def _spooled(packed: IO[bytes], limit: int) -> IO[bytes]:
    """Decompress up to ``limit`` bytes to where they can be read in any order."""
    with ExitStack() as on_failure:
        small = limit <= _IN_MEMORY
        spool: IO[bytes] = io.BytesIO() if small else tempfile.TemporaryFile()  # noqa: SIM115
        on_failure.enter_context(spool)
        size = 0
        while chunk := packed.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise NotAnArchive(f"it holds more than {limit >> 20} MiB")
            spool.write(chunk)
        spool.seek(0)
        on_failure.pop_all()
    return spool


def _parts(name: str) -> tuple[str, ...] | None:
    """Split a member's name; None if it leads out of the archive."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:[\\/]", name):
        return None
    return tuple(map(decodable, parts))


def _has_long(parts: tuple[str, ...]) -> bool:
    return any(len(part) > _MAX_NAME for part in parts)


class _Listing:
    """What both kinds of archive come to: files, what is skipped, folders with nothing in them."""

    def __init__(self, bounds: Bounds) -> None:
        self.files: list[Found] = []
        self.skipped: list[Skipped] = []
        self._folders: set[tuple[str, ...]] = set()
        self._left = bounds.members

    def _place(self, name: str) -> tuple[str, ...]:
        """Count a member and return its path; empty for what has none."""
        self._left -= 1
        if self._left < 0:
            raise NotAnArchive("it has too many files")
        parts = _parts(name) if len(name) <= _MAX_PATH else ()
        if parts is None:
            self._skip(decodable(name), "its path leads out of the archive")
        elif len(name) > _MAX_PATH or len(parts) > _MAX_DEPTH or _has_long(parts):
            self._skip(f"{decodable(name[:80])}…", "its path is too long")
            return ()
        return parts or ()

    def _skip(self, name: str, reason: str) -> None:
        self.skipped.append(Skipped(name, reason))

    def _finish(self) -> None:
        self.files.sort(key=lambda file: file.parts)
        paths = sorted({file.parts for file in self.files} | self._folders)
        for path, following in pairwise([*paths, ()]):
            if path in self._folders and following[: len(path)] != path:
                self._skip("/".join(path), "an empty folder")
        self._folders.clear()


class Zip(_Listing):
    """A zip file."""

    def __init__(self, file: IO[bytes], bounds: Bounds) -> None:
        super().__init__(bounds)
        self._file = file
        with _as_not_an_archive():
            self._archive = zipfile.ZipFile(file)
        for info in self._archive.infolist():
            parts = self._place(_zip_name(info))
            if not parts:
                continue
            mode = info.external_attr >> 16
            if info.is_dir():
                self._folders.add(parts)
            elif stat.S_ISLNK(mode):
                self._skip("/".join(parts), LINK)
            else:
                self.files.append(Found(parts, _as_number(info.date_time), info))
        self._finish()

    def read(self, file: Found, limit: int) -> bytes:
        """Return the first ``limit`` bytes. Raises as :meth:`Tree.read`."""
        info: zipfile.ZipInfo = file.handle
        if info.flag_bits & 1:
            raise Unreadable("encrypted; pack it anew without a password")
        if info.compress_type not in _ZIP_METHODS:
            raise Unreadable("compressed in an unusual way; pack it anew as an ordinary zip")
        try:
            with self._archive.open(info) as member:
                return member.read(limit)
        except Exception as error:  # zipfile's for damaged members: see _as_not_an_archive
            raise Unreadable(f"damaged in the archive ({_first_line(error)})") from None

    def close(self) -> None:
        """Close the archive."""
        self._archive.close()
        self._file.close()


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Return a member's name.

    Without the flag for UTF-8 the format says code page 437, but macOS and others write UTF-8 all
    the same. Text that happens to be valid UTF-8 is hardly ever anything else.
    """
    name = info.filename
    if not info.flag_bits & 0x800:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    # Old versions of .NET wrote backslashes, on Windows only.
    return name.replace("\\", "/") if info.create_system == 0 else name


def _as_number(moment: tuple[int, ...]) -> int:
    number = 0
    for digit in moment:
        number = number * 100 + digit
    return number


class Tar(_Listing):
    """A tar file, not compressed."""

    def __init__(self, file: IO[bytes], bounds: Bounds) -> None:
        super().__init__(bounds)
        self._file = file
        links: list[tuple[tuple[str, ...], tarfile.TarInfo]] = []
        for member in _tar_members(file):
            parts = self._place(member.name)
            if not parts:
                continue
            if member.isdir():
                self._folders.add(parts)
            elif member.islnk():
                links.append((parts, member))
            elif member.isreg() and not member.issparse():
                handle = (member.offset_data, member.size)
                self.files.append(Found(parts, _moment(member), handle))
            else:
                self._skip("/".join(parts), LINK if member.issym() else NOT_ORDINARY)
        self._resolve(links)
        self._finish()

    def _resolve(self, links: list[tuple[tuple[str, ...], tarfile.TarInfo]]) -> None:
        """Give hard links what they link to: tar packs a file's second name as one."""
        handles = {file.parts: file.handle for file in self.files} if links else {}
        for parts, member in links:
            handle = handles.get(_parts(member.linkname) or ())
            if handle is None:
                self._skip("/".join(parts), "a link to something that is not in the archive")
            else:
                self.files.append(Found(parts, _moment(member), handle))

    def read(self, file: Found, limit: int) -> bytes:
        """Return the first ``limit`` bytes. Raises as :meth:`Tree.read`."""
        offset, size = file.handle
        wanted = min(size, limit)
        try:
            self._file.seek(offset)
            content = self._file.read(wanted)
        except OSError as error:
            raise Unreadable(f"cannot be read ({error.strerror})") from None
        if len(content) < wanted:
            raise Unreadable("cut off in the archive")
        return content

    def close(self) -> None:
        """Close the archive."""
        self._file.close()


def _moment(member: tarfile.TarInfo) -> int:
    """Return when a member was changed; its header can hold any number, also none."""
    return int(member.mtime) if math.isfinite(member.mtime) else 0


def _tar_members(file: IO[bytes]) -> Iterator[tarfile.TarInfo]:
    """Yield the members of a tar, one at a time: each is a kilobyte, so none is kept."""
    before = -1
    metered: Any = _Metered(file)  # has all of a file that is used
    with _as_not_an_archive(), tarfile.open(fileobj=metered, mode="r:") as archive:
        while (member := archive.next()) is not None:
            metered.left = _MAX_HEADERS
            if member.offset <= before or member.size < 0:
                raise NotAnArchive("its members overlap")  # and would be listed for ever
            before = member.offset
            archive.members.clear()  # type: ignore[attr-defined]
            yield member
        # tarfile takes a damaged header for the end, and what follows would be lost.
        file.seek(archive.offset)
        if file.read(tarfile.BLOCKSIZE).strip(b"\0"):
            raise NotAnArchive(f"damaged at byte {archive.offset}")


class _Metered:
    """A tar as :mod:`tarfile` sees it while it lists members, of whose contents it reads nothing.

    Attributes:
        left: Bytes of headers that the next member may have.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.left = _MAX_HEADERS
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int) -> bytes:
        """Read so many bytes, if the member may still have them."""
        self.left -= size
        if size < 0 or self.left < 0:
            most = f"{_MAX_HEADERS >> 10} KiB"
            raise NotAnArchive(f"the headers of one file in it are larger than {most}")
        return self._file.read(size)
