"""Files that a student might hand in to keep the grader busy."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable

from tests.intake.packing import code, notebook, tarred, zipped

MIB = 1 << 20


def headers(*blocks: tuple[bytes, str, bytes], size: int | None = None) -> bytes:
    """A tar of members of any type, their headers as they are given."""
    out = io.BytesIO()
    for kind, name, content in blocks:
        info = tarfile.TarInfo(name)
        info.type, info.size = kind, len(content) if size is None else size
        out.write(info.tobuf(tarfile.GNU_FORMAT) + content + b"\0" * (-len(content) % 512))
    return out.getvalue() + bytes(1024)


def long_name() -> bytes:
    """A GNU long name of 15 million parts."""
    name = b"a/" * (15 * MIB) + b"dense.py\0"
    blocks = (tarfile.GNUTYPE_LONGNAME, "././@LongLink", name), (tarfile.REGTYPE, "dense.py", b"x")
    return gzip.compress(headers(*blocks), mtime=0)


def pax(record: bytes, kind: bytes = tarfile.XHDTYPE, times: int = 1) -> bytes:
    """A right file behind extended headers."""
    member = (tarfile.REGTYPE, "dense.py", code())
    return gzip.compress(headers(*[(kind, "x", record)] * times, member), mtime=0)


def sparse_map() -> bytes:
    """A pax header that lists the holes of a sparse file, as many as go in."""
    holes = b",".join([b"1"] * 20_000)
    record = b" GNU.sparse.map=" + holes + b"\n"
    return pax(b"%d%b" % (len(record) + 5, record))


def sparse_chain() -> bytes:
    """An old GNU sparse member with 50,000 more blocks of its map."""
    info = bytearray(tarfile.TarInfo("dense.py").tobuf(tarfile.GNU_FORMAT))
    info[156:157] = tarfile.GNUTYPE_SPARSE
    info[482] = 1  # its map goes on
    info[148:156] = b" " * 8
    info[148:156] = b"%06o\0 " % sum(info)
    more = bytes(504) + b"\1" + bytes(7)
    return gzip.compress(bytes(info) + more * 50_000 + bytes(1024), mtime=0)


def many_names(length: int) -> bytes:
    """A tar of members whose names have so many characters."""
    return tarred({f"{n:05}{' ' * length}(1).py": b"" for n in range(5_000)}, "gz")


def many_members(count: int, name: str = "m{}.py") -> bytes:
    """A zip of members of 1 MiB of blanks each, in the same place, as far as a list can say so."""
    packed = zipfile.ZipInfo("m0.py")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(packed, b" " * MIB, zipfile.ZIP_DEFLATED)
    whole = out.getvalue()
    at = whole.index(b"PK\x01\x02")
    entry, end = whole[at : whole.index(b"PK\x05\x06")], whole[whole.index(b"PK\x05\x06") :]
    listed = entry * count
    end = end[:8] + struct.pack("<HHLL", count, count, len(listed), at) + end[20:]
    return whole[:at] + listed + end


def zip64(size: int) -> bytes:
    """A zip whose list says, in 64 bits, that its member has so many bytes."""
    packed = bytearray(zipped({"dense.py": code()}))
    at = packed.index(b"PK\x01\x02")
    extra = struct.pack("<HHQQ", 1, 16, size, size)
    packed[at + 20 : at + 28] = b"\xff" * 8
    packed[at + 30 : at + 32] = struct.pack("<H", len(extra))
    name_ends = at + 46 + len("dense.py")
    packed[name_ends:name_ends] = extra
    end = packed.index(b"PK\x05\x06")
    packed[end + 12 : end + 16] = struct.pack("<L", end - at)
    return bytes(packed)


def marked(*, flags: int = 0, method: int = 8) -> bytes:
    """A zip whose member is said to be encrypted, or compressed in some way."""
    packed = bytearray(zipped({"dense.py": code()}))
    at = packed.index(b"PK\x01\x02")
    packed[at + 8] |= flags
    packed[at + 10] = method
    return bytes(packed)


def nested(levels: int) -> bytes:
    """A zip in a zip in a zip."""
    packed = zipped({"dense.py": code()})
    for _ in range(levels):
        packed = zipped({"work.zip": packed})
    return packed


def special() -> bytes:
    """A tar of everything but files."""
    kinds = (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE)
    return headers(*((kind, f"{number}.py", b"") for number, kind in enumerate(kinds)))


def empty_streams(count: int) -> bytes:
    """Nothing, compressed very often."""
    return bz2.compress(b"") * count + bz2.compress(headers((tarfile.REGTYPE, "dense.py", b"x")))


def dictionary() -> bytes:
    """An xz that asks for a dictionary of gigabytes."""
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]
    packed = bytearray(lzma.compress(headers((tarfile.REGTYPE, "dense.py", b"x")), filters=filters))
    packed[16] = 38  # its size, as a code
    packed[20:24] = struct.pack("<L", zlib.crc32(packed[12:20]))
    return bytes(packed)


def book(cells: str, metadata: str = "{}", more: str = "") -> bytes:
    """A notebook of text that is JSON already, or is not."""
    text = f'{{"nbformat":4,"nbformat_minor":4,"metadata":{metadata},"cells":{cells}{more}}}'
    return text.encode()


CELL = '{"cell_type":"code","source":"x","metadata":{},"outputs":[]}'

BOMBS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "tar: long name": ("a.tgz", long_name, "headers of one file in it are larger"),
    "tar: long link": (
        "a.tgz",
        lambda: gzip.compress(headers((tarfile.GNUTYPE_LONGLINK, "x", b"a" * MIB)), mtime=0),
        "headers of one file in it are larger",
    ),
    "tar: digits in an extended header": ("a.tgz", lambda: pax(b"1" * 20_000), ""),
    "tar: digits in many headers": (
        "a.tgz",
        lambda: gzip.compress(
            headers(*[(tarfile.XHDTYPE, "x", b"1" * 60_000), (tarfile.REGTYPE, "a.py", b"")] * 90),
            mtime=0,
        ),
        "archive",  # too slow to read, or refused, as the version of Python has it
    ),
    "tar: chained headers": ("a.tgz", lambda: pax(b"", times=40_000), "headers of one file in it"),
    "tar: global headers": (
        "a.tgz",
        lambda: pax(b"20 mtime=1700000000\n", tarfile.XGLTYPE, 40_000),
        "headers of one file in it are larger",
    ),
    "tar: huge record": ("a.tgz", lambda: pax(b"9" * 5000 + b" a=b\n"), "not an archive"),
    "tar: sparse map": ("a.tgz", sparse_map, "there is no Python file"),
    "tar: sparse chain": ("a.tgz", sparse_chain, "headers of one file in it are larger"),
    "tar: long names": ("a.tgz", lambda: many_names(3_000), "its path is too long"),
    "tar: long blanks": ("a.tgz", lambda: many_names(240), ""),
    "tar: devices": ("a.tar", special, "there is no Python file"),
    "tar: xz bomb": (
        "a.tar.xz",
        lambda: lzma.compress(headers((tarfile.REGTYPE, "a.py", bytes(70 * MIB))), preset=0),
        "it holds more than 64 MiB",
    ),
    "tar: bz2 bomb": (
        "a.tar.bz2",
        lambda: bz2.compress(headers((tarfile.REGTYPE, "a.py", bytes(70 * MIB)))),
        "it holds more than 64 MiB",
    ),
    "tar: empty streams": ("a.tar.bz2", lambda: empty_streams(200_000), ""),
    "tar: xz dictionary": ("a.tar.xz", dictionary, "takes more than 224 MB of memory"),
    "zip: overlapping members": ("a.zip", lambda: many_members(19_000), ""),
    "zip: more members than it may": ("a.zip", lambda: many_members(65_535), "too many files"),
    "zip: 64 bits": ("a.zip", lambda: zip64(1 << 60), ""),
    "zip: encrypted": ("a.zip", lambda: marked(flags=1), "encrypted"),
    "zip: unknown compression": ("a.zip", lambda: marked(method=99), "unusual way"),
    "zip: nested": ("a.zip", lambda: nested(20), "there is no Python file"),
    "zip: leading out": ("a.zip", lambda: zipped({"../" * 9 + "x.py": b""}), "leads out"),
    "zip: a notebook of dictionaries": (
        "a.zip",
        lambda: zipped({"dense.ipynb": book("[]", f"[{','.join(['{}'] * 5_000_000)}]")}),
        "takes more than 224 MB of memory to read; clear its outputs",
    ),
    "notebook: dictionaries": (
        "a.ipynb",
        lambda: book("[]", f"[{','.join(['{}'] * 5_000_000)}]"),
        "takes more than 224 MB of memory to read; clear its outputs",
    ),
    "notebook: outputs": (
        "a.ipynb",
        lambda: book(CELL[:-2].join("[]")[:-1] + f"[{','.join(['[]'] * 5_000_000)}]}}]"),
        "takes more than 224 MB of memory to read",
    ),
    "notebook: nesting": ("a.ipynb", lambda: book("[" * 5 * MIB), "nested too deeply"),
    "notebook: cells": ("a.ipynb", lambda: book(f"[{','.join([CELL] * 250_000)}]"), "code cells"),
    "notebook: cells that are texts": ("a.ipynb", lambda: book('["x", "y"]'), "lacks what every"),
    "notebook: cells as one text": ("a.ipynb", lambda: book('"class Dense: pass"'), "lacks what"),
    "notebook: a source of numbers": (
        "a.ipynb",
        lambda: book(CELL.replace('"x"', "[1, 2]").join("[]")),
        "lacks what every notebook has",
    ),
    "notebook: a long text": (
        "a.ipynb",
        lambda: notebook("x='''" + "a\\" * 260_000 + "\\'''"),
        "",
    ),
    "notebook: blanks before a bracket": (
        "a.ipynb",
        lambda: notebook("from __future__ import a" + " " * 1_000_000 + "!"),
        "",
    ),
    "notebook: lines": ("a.ipynb", lambda: notebook("x\n" * 500_000), ""),
    "notebook: not UTF-8": ("a.ipynb", lambda: book('"?"').replace(b"?", b"\xff"), "not UTF-8"),
    "notebook: no numbers": ("a.ipynb", lambda: book(f"[{CELL}]", '{"x": [NaN, -Infinity]}'), ""),
    "notebook: keys that are there twice": (
        "a.ipynb",
        lambda: book("[]", more=f', "cells": [{CELL}]'),
        "",
    ),
    "notebook: a number of a megabyte": (
        "a.ipynb",
        lambda: book("[]", f'{{"x": {"9" * MIB}}}'),
        "lacks what every notebook has",
    ),
    "notebook: of an old format, large": (
        "a.ipynb",
        lambda: json.dumps(
            {
                "nbformat": 3,
                "nbformat_minor": 0,
                "metadata": {},
                "worksheets": [{"cells": [{"cell_type": "code", "input": "x"}] * 20_001}],
            }
        ).encode(),
        "more than 20000 code cells",
    ),
    "file: a long name of an encoding": (
        "a.py",
        lambda: b"# coding: " + b"a" * 1_000_000,
        "encoding cannot be used",
    ),
    "file: an encoding for host names": (
        "a.py",
        lambda: b"# coding: punycode\n-" + b"999a" * 250_000,
        "encoding cannot be used",
    ),
    "file: a page with a number": (
        "onlinetext.html",
        lambda: b"&#" + b"9" * 1_000_000 + b";",
        "",
    ),
}
"""What each is called, how it is made, and what its author is told (empty: whatever it is)."""
