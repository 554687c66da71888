"""Submissions as files: every kind of file is read without harm, and bad ones are described."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import ExitCode, UsageError
from grader.model.submission import MAX_BYTES, Submission, read_submission, submission_from

GOOD = "class Dense:\n    pass  # größer\n"


def refused(path: Path) -> str:
    """Read a path that is no submission; return the complaint."""
    with pytest.raises(UsageError) as caught:
        read_submission(path)
    assert caught.value.exit_code is ExitCode.WRONG_USAGE
    assert str(caught.value).startswith(f"{path}: ")
    return str(caught.value)


# -- paths ---------------------------------------------------------------------------------


def test_a_file_is_read(tmp_path: Path) -> None:
    """Name, bytes and fingerprint are those of the file."""
    path = tmp_path / "dense_anna.py"
    path.write_bytes(GOOD.encode())
    submission = read_submission(path)
    assert (submission.name, submission.source) == ("dense_anna.py", GOOD.encode())
    assert submission.sha256 == hashlib.sha256(GOOD.encode()).hexdigest()
    assert (submission.problem_with_file, submission.line) == ("", None)


def test_a_missing_file(tmp_path: Path) -> None:
    """There is nothing of that name."""
    assert "no such file" in refused(tmp_path / "missing.py")


def test_a_path_through_a_file(tmp_path: Path) -> None:
    """A file is not a folder."""
    (tmp_path / "file.py").write_text(GOOD)
    refused(tmp_path / "file.py" / "dense.py")


def test_a_name_that_no_system_takes(tmp_path: Path) -> None:
    """A name of five hundred letters cannot be looked for."""
    assert "cannot be read" in refused(tmp_path / ("x" * 500))


def test_a_directory(tmp_path: Path) -> None:
    """A folder is not a submission; the message says what to name."""
    assert "directory" in refused(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Reading a pipe that nobody writes to would never end."""
    os.mkfifo(tmp_path / "pipe.py")
    assert "not an ordinary file" in refused(tmp_path / "pipe.py")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs device files")
def test_a_device_is_not_read(tmp_path: Path) -> None:
    """Nor is a file that never ends, not even by way of a link."""
    (tmp_path / "link.py").symlink_to("/dev/zero")
    assert "not an ordinary file" in refused(tmp_path / "link.py")


def test_a_link_to_a_file_is_followed(tmp_path: Path) -> None:
    """A link is as good as the file, and keeps its own name."""
    (tmp_path / "dense.py").write_text(GOOD, "utf-8")
    (tmp_path / "link.py").symlink_to(tmp_path / "dense.py")
    submission = read_submission(tmp_path / "link.py")
    assert (submission.name, submission.source) == ("link.py", GOOD.encode())


# -- bytes that cannot be Python source ----------------------------------------------------


@pytest.mark.parametrize("source", [b"", b"\n", b" \t\r\n\x0c \n"])
def test_empty_files(source: bytes) -> None:
    """A file without a single sign is empty."""
    assert "empty" in submission_from("a.py", source).problem_with_file


def test_large_files(tmp_path: Path) -> None:
    """A file beyond the limit is not read to its end; one at the limit is fine."""
    path = tmp_path / "large.py"
    path.write_bytes(b"x = 1\n" + b"#" * (3 * MAX_BYTES))
    submission = read_submission(path)
    assert "larger than 1 MiB" in submission.problem_with_file
    assert len(submission.source) <= MAX_BYTES + 1
    assert submission_from("a.py", b"#" * MAX_BYTES).problem_with_file == ""


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"{\\rtf1\\ansi\n class Dense", "a document in RTF"),
        (b"PK\x03\x04\n\0word/document.xml", "a packed document (of Word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "a document of a word processor"),
        (b"%PDF-1.7\n\xe2", "a PDF"),
        (b"<!DOCTYPE html>\n<html>class Dense", "a web page (HTML)"),
        (b"<html>\n<pre>class Dense", "a web page (HTML)"),
        (b"\x89PNG\r\n", "a picture"),
    ],
)
def test_documents_are_called_by_their_name(source: bytes, words: str) -> None:
    """What a word processor or a browser has saved is no source, whatever it is called."""
    assert words in submission_from("a.py", source).problem_with_file


@pytest.mark.parametrize(
    ("source", "line"), [(b"a = 1\n\nb = \0\n", 3), (b"\x7fELF\0\0", 1), (b"\n\n\x7fELF\0", 3)]
)
def test_binary_files(source: bytes, line: int) -> None:
    """A NUL byte is in no Python source; its line is told."""
    submission = submission_from("a.py", source)
    assert "NUL" in submission.problem_with_file
    assert submission.line == line


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16(encoding: str) -> None:
    """What Notepad calls Unicode is recognised by its mark, and the remedy is told."""
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    submission = submission_from("a.py", mark + GOOD.encode(encoding))
    assert "UTF-16" in submission.problem_with_file
    assert "UTF-8" in submission.problem_with_file


@pytest.mark.parametrize(
    ("source", "byte", "line"),
    [
        (b"a = '\xe9'\n", "0xe9", 1),
        (b"a = 1\nb = 2\nc = '\xfc'\n", "0xfc", 3),
        (b"\n" * 50 + b"\x80", "0x80", 51),
        (b"a = 1\r\nb = '\xe4'\r\n", "0xe4", 2),
        (b"# -*- coding: utf-8 -*-\nb = '\xe4'\n", "0xe4", 2),
        (b"\xef\xbb\xbfa = '\xe9'\n", "0xe9", 1),
        (b"\xef\xbb\xbfa = 1\nb = 2\nc = '\xfc'\n", "0xfc", 3),
        (b"\xef\xbb\xbfa = 1\nb = 2\n\xfc\n", "0xfc", 3),
        (b"# coding: ascii\na = '\xc3\xa9'\n", "0xc3", 2),
    ],
)
def test_bytes_that_do_not_decode(source: bytes, byte: str, line: int) -> None:
    """The byte and its line are told, and what to do about it."""
    submission = submission_from("a.py", source)
    assert f"byte {byte} " in submission.problem_with_file
    assert submission.line == line
    assert "save the file as UTF-8" in submission.problem_with_file


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (b"# coding: klingon\nx = 1\n", 1),
        (b"#!/usr/bin/python\n# -*- coding: klingon -*-\nx = 1\n", 2),
        (b"# coding: hex\nx = 1\n", 1),
        (b"# coding: undefined\nx = 1\n", 1),
        (b"\xef\xbb\xbf# coding: latin-1\nx = 1\n", 1),
    ],
)
def test_declared_encodings_that_cannot_be(source: bytes, line: int) -> None:
    """An encoding that nobody knows, or that contradicts the file, is told with its line."""
    submission = submission_from("a.py", source)
    assert "encod" in submission.problem_with_file
    assert submission.line == line


# -- good files ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        (GOOD.encode(), GOOD.splitlines()),
        (b"\xef\xbb\xbf" + GOOD.encode(), GOOD.splitlines()),
        (GOOD.replace("\n", "\r\n").encode(), GOOD.splitlines()),
        (b"# coding: latin-1\nx = '\xfc'\n", ["# coding: latin-1", "x = 'ü'"]),
        (b"\n# vim: set fileencoding=cp1252 :\nx = '\x80'", None),
        (b"x = 1", ["x = 1"]),
        (b"a = 1\n\x0cb = 2\n", ["a = 1", "\x0cb = 2"]),
        ("a = 'x\u2028y'\nb = 2\n".encode(), ["a = 'x\u2028y'", "b = 2"]),
    ],
    ids=["plain", "mark", "crlf", "latin-1", "cp1252", "unended", "form feed", "separator"],
)
def test_good_files(source: bytes, lines: list[str] | None) -> None:
    """What Python reads is accepted, and its lines are those that Python counts."""
    submission = submission_from("a.py", source)
    assert submission.problem_with_file == ""
    assert submission.source == source
    assert submission.lines == (lines or ["", "# vim: set fileencoding=cp1252 :", "x = '€'"])


WORDS = {
    "cp932": "層の出力",
    "gbk": "层的输出",
    "big5": "層的輸出",
    "euc-kr": "층의 출력",
    "shift_jis": "ソ表能十",
    "iso2022_jp": "層の出力",
    "koi8-r": "слой",
    "mac-roman": "größer",
    "latin-1": "größer",
    "utf-7": "größer",
    "hz": "层的输出",
    "gb18030": "层",
    "utf-8": "größer",
}


@pytest.mark.parametrize("encoding", WORDS)
def test_what_is_run_is_utf8(encoding: str) -> None:
    """Any encoding that Python knows and a file declares; lines are those of the text."""
    text = f"# -*- coding: {encoding} -*-\nname = '{WORDS[encoding]}'\nx = 1\n"
    submission = submission_from("a.py", text.encode(encoding))
    assert submission.problem_with_file == ""
    assert submission.utf8 == text.encode()
    assert submission.lines == text.splitlines()
    assert submission.sha256 == hashlib.sha256(text.encode(encoding)).hexdigest()


@pytest.mark.parametrize("encoding", ["rot13", "hex", "zip", "base64", "idna", "punycode", "bz2"])
def test_encodings_that_are_not_for_sources(encoding: str) -> None:
    """They are refused before a byte is decoded: some take the square of the length."""
    source = f"# coding: {encoding}\n-".encode() + b"999a" * 200_000
    submission = submission_from("a.py", source)
    assert "the declared encoding cannot be used" in submission.problem_with_file
    assert submission.line == 1


def test_a_name_of_a_megabyte_is_no_encoding() -> None:
    """Python would keep it for ever, and the report would repeat it."""
    submission = submission_from("a.py", b"# coding: " + b"a" * 1_000_000)
    assert "cannot be used (its name is too long)" in submission.problem_with_file
    assert submission.line == 1


@pytest.mark.parametrize("source", [b"# coding: utf-7\nx = '+AAA-'", b"# coding: hz\nx = '~{!!~}"])
def test_encodings_in_which_signs_are_hidden(source: bytes) -> None:
    """What no source may hold is found in its text, too."""
    submission = submission_from("a.py", source)
    assert ("NUL" in submission.problem_with_file) == (b"AAA" in source)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_submission(source: bytes) -> None:
    """Nothing that can be handed in makes reading fail, nor looking at the text."""
    submission = submission_from("a.py", source)
    assert submission.sha256 == hashlib.sha256(source).hexdigest()
    assert len(submission.lines) <= source.count(b"\n") + source.count(b"\r") + 1
    assert not submission.text or submission.text.encode("utf-8")


ENCODINGS = (
    "ascii base64 bz2 charmap cp1252 cp037 gb18030 hex hz idna iso2022_jp latin-1 mbcs punycode "
    "quopri raw_unicode_escape rot13 shift_jis string undefined unicode_escape utf-16 utf-32 "
    "utf-7 utf-8 utf-8-sig uu zip zlib"
).split()


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("body", [b"x = '\xfc'\n", b"'\\ud800'\n", b"a..b = 'xn--'\n"])
def test_any_declared_encoding_is_survived(encoding: str, body: bytes) -> None:
    """Python knows encodings that no source should have; none of them harms the reader."""
    submission = submission_from("a.py", f"# coding: {encoding}\n".encode() + body)
    assert submission.text.encode("utf-8")
    assert submission.lines


def test_cells_that_are_left_out_are_comments() -> None:
    """Each in its place, and nothing behind it; the last one ends with the file."""
    source = b"# coding\n# cell 1\na = 1\n\n# cell 3\nb = (\n# cell 4\nc = 3\n"
    cells = ((1, 2), (3, 5), (4, 7))
    made = Submission("a.ipynb", source, cells=cells, left_out=(3, 4))
    assert [made.in_cell(number) for number, _ in cells] == [
        ["a = 1", "", "# cell 3"],
        ["b = (", "# cell 4"],
        ["c = 3"],
    ]
    assert made.utf8.decode().split("\n") == [
        *("# coding", "# cell 1", "a = 1", "", "# cell 3"),
        *("# b = (", "# # cell 4", "# c = 3", ""),
    ]
