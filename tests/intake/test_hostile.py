"""Sources that are broken or made to do harm: each has a defined outcome, none is an exception."""

from __future__ import annotations

import io
import os
import random
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.intake.platforms.online_text import source_of
from grader.intake.sources import archives
from grader.intake.sources.trees import Unreadable
from grader.model.problem import Problem
from tests.intake.packing import (
    code,
    folder,
    problems,
    skipped,
    sources,
    take,
    tarred,
    zipped,
)

# -- on disk ------------------------------------------------------------------------------


def test_links_are_not_followed(tmp_path: Path, dense: Problem) -> None:
    """Neither to files nor to folders, neither out of the source nor within."""
    (tmp_path / "secret.py").write_bytes(b"secret")
    source = folder(tmp_path / "c", {"anna.py": code()})
    (source / "eve.py").symlink_to(tmp_path / "secret.py")
    (source / "mal").symlink_to(tmp_path)
    (source / "loop").symlink_to(source)
    entries, intake = take(source, dense)
    assert list(sources(entries)) == ["anna"]
    assert set(skipped(intake)) == {"eve.py", "mal", "loop"}
    assert all("symbolic link" in reason for reason in skipped(intake).values())


def test_deep_nesting(tmp_path: Path, dense: Problem) -> None:
    """Longer than a path may be, deeper than Python recurses; the others are graded."""
    source = folder(tmp_path / "c", {"anna/dense.py": code(), "eve/": b""})
    inside = os.open(source / "eve", os.O_RDONLY)
    for _ in range(25):
        os.mkdir("a" * 200, dir_fd=inside)
        below = os.open("a" * 200, os.O_RDONLY, dir_fd=inside)
        os.close(inside)
        inside = below
    os.close(inside)
    entries, intake = take(source, dense)
    assert list(sources(entries)) == ["anna"]
    assert set(skipped(intake).values()) == {"cannot be read (File name too long)"}
    packed = tarred({"anna/dense.py": code(), "/".join(["a"] * 3000) + "/b.py": code("deep")})
    (tmp_path / "all.tar").write_bytes(packed)
    entries, intake = take(tmp_path / "all.tar", dense)
    assert sources(entries) == {"anna": code()}
    assert list(skipped(intake).values()) == ["its path is too long"]


def test_pipes_are_not_opened(tmp_path: Path, dense: Problem) -> None:
    """Reading one would wait for ever."""
    source = folder(tmp_path / "c", {"anna.py": code()})
    os.mkfifo(source / "eve.py")
    _, intake = take(source, dense)
    assert skipped(intake) == {"eve.py": "not an ordinary file"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_unreadable_files_cost_nobody_a_mark(tmp_path: Path, dense: Problem) -> None:
    """They are skipped, not graded with zero."""
    source = folder(tmp_path / "c", {"anna.py": code(), "bo.py": code()})
    (source / "bo.py").chmod(0)
    entries, intake = take(source, dense)
    assert list(sources(entries)) == ["anna"]
    assert skipped(intake) == {"bo": "cannot be read (Permission denied)"}


def test_names_that_are_not_text(tmp_path: Path, dense: Problem) -> None:
    """Bytes that are not UTF-8 are spelled out, and the file is read all the same."""
    source = folder(tmp_path / "c", {"anna.py": code()})
    inside = source / os.fsdecode(b"caf\xe9")
    inside.mkdir()
    (inside / os.fsdecode(b"d\xffnse.py")).write_bytes(code("é"))
    entries, _ = take(source, dense)
    assert sources(entries) == {"anna": code(), "caf\\xe9": code("é")}
    assert entries[1].file == "caf\\xe9/d\\xffnse.py"


def test_names_are_data(tmp_path: Path, dense: Problem) -> None:
    """Escapes, formulas and line ends are kept as they are; who shows them makes them inert."""
    names = ["=cmd|' !A0", "\x1b[2Jclean", "two\nlines", "\u202egnp"]
    source = folder(tmp_path / "c", {f"{name}/dense.py": code() for name in names})
    entries, _ = take(source, dense)
    assert set(sources(entries)) == set(names)


def test_enormous_files_are_not_read_in_full(tmp_path: Path, dense: Problem) -> None:
    """A gigabyte costs no more than the limit."""
    source = folder(tmp_path / "c", {"anna.py": code()})
    with (source / "big.py").open("wb") as file:
        file.truncate(1 << 30)
    entries, _ = take(source, dense)
    assert problems(entries)["big"] == "the file is larger than 1 MiB"
    assert len(entries[1].submission.source) == (1 << 20) + 1


@pytest.mark.parametrize("name", ["nothing", "file.txt", "one.py", "broken.zip", "cut.tar.gz"])
def test_a_source_that_cannot_be_used_is_refused(name: str, tmp_path: Path, dense: Problem) -> None:
    """The message names it."""
    contents = {
        "file.txt": b"hello",
        "one.py": code(),
        "broken.zip": zipped({"a.py": code()})[:-30],
        "cut.tar.gz": tarred({"a.py": random.Random(1).randbytes(5000)}, "gz")[:3000],
    }
    source = tmp_path / name
    if name in contents:
        source.write_bytes(contents[name])
    with pytest.raises(UsageError) as caught:
        take(source, dense)
    assert str(caught.value).startswith(f"{source}: ")


# -- archives of a class ------------------------------------------------------------------

LEADING_OUT = ["../evil.py", "a/../../evil.py", "/etc/evil.py", "C:\\evil.py", "C:/evil.py"]


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_paths_that_lead_out(
    pack: Callable[[dict[str, bytes]], bytes], tmp_path: Path, dense: Problem
) -> None:
    """They are reported; nothing is ever written to disk."""
    (tmp_path / "c").mkdir()
    source = tmp_path / "c" / "all.zip"
    source.write_bytes(pack({"anna.py": code(), **dict.fromkeys(LEADING_OUT, b"evil")}))
    entries, intake = take(source, dense)
    assert list(sources(entries)) == ["anna"]
    assert skipped(intake) == dict.fromkeys(LEADING_OUT, "its path leads out of the archive")
    assert [path.name for path in tmp_path.rglob("*")] == ["c", "all.zip"]


def test_links_in_archives(tmp_path: Path, dense: Problem) -> None:
    """Symbolic ones are not followed; a hard one is the same file again, if that is there."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        content = code()
        member = tarfile.TarInfo("anna.py")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
        links = {"bo.py": "anna.py", "cy.py": "../../secret.py", "di.py": "di.py"}
        for name, target in links.items():
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.LNKTYPE, target
            archive.addfile(link)
        for name, kind in {"eve.py": tarfile.SYMTYPE, "fay.py": tarfile.CHRTYPE}.items():
            other = tarfile.TarInfo(name)
            other.type, other.linkname = kind, "/etc/passwd"
            archive.addfile(other)
    (tmp_path / "all.tar").write_bytes(packed.getvalue())
    entries, intake = take(tmp_path / "all.tar", dense)
    assert sources(entries) == {"anna": code(), "bo": code()}
    assert set(skipped(intake)) == {"cy.py", "di.py", "eve.py", "fay.py"}

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as zip_file:
        zip_file.writestr("anna.py", code())
        info = zipfile.ZipInfo("eve.py")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        zip_file.writestr(info, "/etc/passwd")
    (tmp_path / "all.zip").write_bytes(packed.getvalue())
    entries, intake = take(tmp_path / "all.zip", dense)
    assert list(sources(entries)) == ["anna"]
    assert "symbolic link" in skipped(intake)["eve.py"]


def test_encrypted_and_damaged_members_cost_nobody_a_mark(tmp_path: Path, dense: Problem) -> None:
    """The class' archive is the instructor's: they are skipped, the others are graded."""
    packed = bytearray(zipped({"anna.py": code(), "bo.py": code("bo"), "cy.py": code("cy")}))
    in_list = packed.index(b"bo.py", packed.index(b"PK\x01\x02")) - 46
    packed[in_list + 8] |= 1  # encrypted
    packed[packed.index(b"cy.py") + len("cy.py") + 4] ^= 0xFF  # within the compressed data
    (tmp_path / "all.zip").write_bytes(packed)
    entries, intake = take(tmp_path / "all.zip", dense)
    assert list(sources(entries)) == ["anna"]
    assert "encrypted" in skipped(intake)["bo"]
    assert "damaged" in skipped(intake)["cy"]


def test_bombs_cost_what_any_file_costs(tmp_path: Path, dense: Problem) -> None:
    """64 MB in 64 kB: no more of them is decompressed than the limit of a source."""
    bomb = b"#" * (64 << 20)
    (tmp_path / "all.zip").write_bytes(zipped({"anna.py": code(), "bomb.py": bomb}))
    entries, _ = take(tmp_path / "all.zip", dense)
    assert problems(entries) == {"anna": "", "bomb": "the file is larger than 1 MiB"}
    assert len(entries[1].submission.source) == (1 << 20) + 1


def test_unusual_compression_is_refused(tmp_path: Path, dense: Problem) -> None:
    """zipfile would decompress bzip2 in one piece, whatever the size."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("anna.py", code())
    (tmp_path / "all.zip").write_bytes(packed.getvalue())
    _, intake = take(tmp_path / "all.zip", dense)
    assert "unusual" in skipped(intake)["anna"]


def test_a_damaged_tar_loses_nobody_silently(tmp_path: Path, dense: Problem) -> None:
    """tarfile takes a damaged header for the end of the archive; the rest of the class follows."""
    packed = bytearray(tarred({f"{name}.py": code(name) for name in "abc"}))
    packed[1024 + 148] ^= 1  # the checksum of the second
    (tmp_path / "all.tar").write_bytes(packed)
    with pytest.raises(UsageError, match="damaged at byte 1024"):
        take(tmp_path / "all.tar", dense)


def test_a_tar_that_lists_itself_for_ever_is_refused() -> None:
    """A negative size makes tarfile go back (CVE-2025-8194)."""
    header = bytearray(tarfile.TarInfo("a.py").tobuf())
    header[124:136] = b"\xff" * 10 + b"\xfc\x00"  # -1024
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    with pytest.raises(archives.NotAnArchive):
        archives.open_archive(io.BytesIO(bytes(header) * 3), archives.OF_A_STUDENT)


@pytest.mark.parametrize("moment", ["inf", "nan", "-1e300"])
def test_moments_that_are_none(moment: str) -> None:
    """An extended header can claim any time."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        member = tarfile.TarInfo("a.py")
        member.pax_headers = {"mtime": moment}
        archive.addfile(member)
    packed.seek(0)
    tree = archives.open_archive(packed, archives.OF_A_STUDENT)
    assert [file.shown for file in tree.files] == ["a.py"]
    tree.close()


def test_archives_are_bounded() -> None:
    """In what they list, and a compressed tar in what it comes to."""
    few = archives.Bounds(members=2, unpacked=4096)
    three = dict.fromkeys("abc", b"")
    for packed in (zipped(three), tarred(three)):
        with pytest.raises(archives.NotAnArchive, match="too many files"):
            archives.open_archive(io.BytesIO(packed), few)
    with pytest.raises(archives.NotAnArchive, match="holds more than"):
        archives.open_archive(io.BytesIO(tarred({"a": b"0" * 9999}, "gz")), few)


def test_names_in_zips(tmp_path: Path, dense: Problem) -> None:
    """UTF-8 without the flag (macOS), code page 437 (old Windows), backslashes (.NET)."""
    packed = zipped({"AAAA/dense.py": code("1"), "BBBB/dense.py": code("2"), "C/c.py": code("3")})
    packed = packed.replace(b"AAAA", "zoë".encode()).replace(b"BBBB", b"zo\x89x")
    packed = packed.replace(b"C/c.py", b"C\\c.py")
    patched = bytearray(packed)
    at = -1
    while (at := patched.find(b"PK\x01\x02", at + 1)) >= 0:
        patched[at + 5] = 0  # made on Windows
    (tmp_path / "all.zip").write_bytes(patched)
    entries, _ = take(tmp_path / "all.zip", dense)
    assert sources(entries) == {"C": code("3"), "zoë": code("1"), "zoëx": code("2")}


# -- archives of a student ----------------------------------------------------------------


def encrypted() -> bytes:
    """A zip whose only member is encrypted."""
    packed = bytearray(zipped({"dense.py": code()}))
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    return bytes(packed)


@pytest.mark.parametrize(
    ("pack", "complaint"),
    [
        (lambda: b"", "the archive cannot be graded: not an archive"),
        (lambda: b"not a zip at all", "the archive cannot be graded: not an archive"),
        (lambda: zipped({"dense.py": code()})[:60], "the archive cannot be graded: not an archive"),
        (lambda: zipped({}), "there is no Python file in work.zip, only nothing"),
        (lambda: zipped({"a.pdf": b""}), "there is no Python file in work.zip, only a.pdf"),
        (
            lambda: zipped({"x.zip": zipped({"dense.py": b""})}),
            "no Python file in work.zip, only x.zip",
        ),
        (lambda: zipped({"../dense.py": b""}), "dense.py (its path leads out of the archive)"),
        (encrypted, "dense.py cannot be read from work.zip: encrypted"),
        (lambda: zipped({"dense.py": b"0" * (2 << 20)}), "the file is larger than 1 MiB"),
        (lambda: zipped(dict.fromkeys(map(str, range(20_001)), b"")), "too many files"),
        (lambda: b"PK" + bytes(32 << 20), "the archive is larger than 32 MiB"),
        (lambda: tarred({"dense.py": bytes(65 << 20)}, "gz"), "it holds more than 64 MiB"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_a_students_archive_that_cannot_be_graded(
    pack: Callable[[], bytes], complaint: str, tmp_path: Path, dense: Problem
) -> None:
    """The student's report says what is wrong with it; the class goes on."""
    source = folder(tmp_path / "c", {"anna/work.zip": pack(), "bo/dense.py": code()})
    entries, intake = take(source, dense)
    assert complaint in problems(entries)["anna"]
    assert problems(entries)["bo"] == ""
    assert intake.skipped == ()


def test_reports_of_different_faults_have_different_fingerprints(
    tmp_path: Path, dense: Problem
) -> None:
    """Results are kept by fingerprint; an empty file is not a broken archive."""
    files = {"a.py": b"", "b.zip": b"", "c/x.pdf": b"", "d.zip": zipped({})}
    entries, _ = take(folder(tmp_path / "c", files), dense)
    assert len({entry.submission.sha256 for entry in entries}) == len(entries) == 4


@given(st.data())
def test_no_bytes_make_an_archive_raise_anything_else(data: st.DataObject) -> None:
    """Truncated, flipped and spliced archives are refused, or each member reads or does not."""
    files = {"a/dense.py": code(), "b.py": b"0" * 600, "c/": b""}
    original = data.draw(
        st.sampled_from([zipped(files), *(tarred(files, kind) for kind in ("", "gz", "bz2", "xz"))])
    )
    broken = bytearray(original)
    for _ in range(data.draw(st.integers(1, 8))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del broken[data.draw(st.integers(0, len(broken))) :]
    try:
        tree = archives.open_archive(io.BytesIO(bytes(broken)), archives.OF_A_STUDENT)
    except archives.NotAnArchive:
        return
    for file in tree.files:
        try:
            assert len(tree.read(file, 100)) <= 100
        except Unreadable as error:
            assert str(error)
    tree.close()


@given(st.text(alphabet='<>!/ph1 ="\n&;-body', max_size=200))
def test_any_page_has_a_text(page: str) -> None:
    """Whatever HTML a student gets past the platform."""
    assert source_of(page.encode()).endswith(b"\n")


def test_deflate_streams_end_where_they_say(tmp_path: Path, dense: Problem) -> None:
    """A member that holds more than its list entry claims is damaged, not longer."""
    packed = bytearray(zipped({"anna.py": b"#" * 5000, "bo.py": code()}))
    entry = packed.index(b"PK\x01\x02")
    packed[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    packed[entry + 16 : entry + 20] = zlib.crc32(b"#" * 9).to_bytes(4, "little")
    (tmp_path / "all.zip").write_bytes(packed)
    _, intake = take(tmp_path / "all.zip", dense)
    assert "damaged" in skipped(intake)["anna"]
