"""Which of several files is graded, and how a class is told from a student."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.intake.collect import collect
from grader.model.problem import Problem
from tests.intake.packing import (
    Files,
    code,
    folder,
    notebook,
    problems,
    skipped,
    sources,
    take,
    zipped,
)


def taken(tmp_path: Path, problem: Problem, files: Files, **options: str) -> tuple[str, str]:
    """Return what is taken of anna's folder, and the note on it."""
    others = {"bo/dense.py": code("bo")}
    source = folder(tmp_path / "c", {**{f"anna/{name}": c for name, c in files.items()}, **others})
    for age, name in enumerate(files):  # the first is the newest
        os.utime(source / "anna" / name, (10**9 - 100 * age, 10**9 - 100 * age))
    entries, _ = take(source, problem, **options)
    return entries[0].file, "; ".join(entries[0].notes)


def test_the_right_name_wins(tmp_path: Path, dense: Problem) -> None:
    """Even over newer files, in any case, and after a second upload."""
    files = {"test.py": code(), "Dense (1).py": b"", "old.py": code()}
    assert taken(tmp_path, dense, files) == (
        "anna/Dense (1).py",
        "took anna/Dense (1).py by its name, left anna/old.py, anna/test.py",
    )


def test_another_name_can_be_asked_for(tmp_path: Path, dense: Problem) -> None:
    """`--name` says what the file is called in this class."""
    files = {"dense.py": code(), "layer.py": code()}
    assert taken(tmp_path, dense, files, name="layer.py")[0] == "anna/layer.py"


def test_the_class_wins_over_newer_files(tmp_path: Path, dense: Problem) -> None:
    """Where no name decides, the file with the class in it is meant."""
    files = {"notes.py": b"# class Denser\n", "mine.py": code()}
    assert taken(tmp_path, dense, files) == (
        "anna/mine.py",
        "took anna/mine.py for the class Dense in it, left anna/notes.py",
    )


def test_the_newest_wins(tmp_path: Path, dense: Problem) -> None:
    """Between two that could both be meant."""
    files = {"b.py": code("new"), "a.py": code("old")}
    assert taken(tmp_path, dense, files)[1] == "took anna/b.py as the newest, left anna/a.py"
    newer_notebook = {"dense.ipynb": notebook("class Dense: pass"), "dense.py": code()}
    assert taken(tmp_path / "2", dense, newer_notebook)[0] == "anna/dense.ipynb"


def test_files_win_over_archives(tmp_path: Path, dense: Problem) -> None:
    """An archive beside a file is not opened."""
    files = {"all.zip": zipped({"dense.py": code("zip")}), "mine.py": code("file")}
    assert taken(tmp_path, dense, files)[0] == "anna/mine.py"


def test_one_student_under_two_spellings(tmp_path: Path, dense: Problem) -> None:
    """Case and the coding of accents do not make two students; the note names both."""
    files = {
        "zoe\u0308/dense.py": code(),
        "Zo\u00eb/dense.py": code(),
        "anna.py": code(),
        "Anna.ipynb": notebook("class Dense: pass"),
    }
    entries, _ = take(folder(tmp_path / "c", files), dense)
    assert len(entries) == 2
    assert all("took" in e.notes[0] and "also as" in e.notes[1] for e in entries)


@pytest.mark.parametrize(
    ("files", "students"),
    [
        ({"class/anna.py": b"1"}, {"anna"}),
        ({"anna/dense.py": b"1"}, {"anna"}),
        ({"anna/dense.py": b"1", "anna/tests/test.py": b"2"}, {"anna"}),
        ({"class/anna/dense.py": b"1"}, {"anna"}),
        ({"class/dense.py": b"starter", "class/anna/dense.py": b"1"}, {"dense", "anna"}),
        ({"out/class/anna/dense.py": b"1", "out/class/bo/dense.py": b"2"}, {"anna", "bo"}),
        ({"all/anna/dense.py": b"1"}, {"anna"}),
        ({"all/dense.py": b"1"}, {"dense"}),
    ],
)
def test_folders_around_a_class(
    files: Files, students: set[str], tmp_path: Path, dense: Problem
) -> None:
    """all.zip holds one folder: a class, or the one student of a class of one."""
    (tmp_path / "all.zip").write_bytes(zipped(files))
    entries, _ = take(tmp_path / "all.zip", dense)
    assert {entry.student for entry in entries} == students


def test_what_is_not_a_submission_is_named(tmp_path: Path, dense: Problem) -> None:
    """Nothing is lost silently: neither a stray file, nor an empty folder, nor junk."""
    files = {
        "README.md": b"x",
        "empty/": b"",
        "anna/dense.py": code(),
        "anna/__pycache__/dense.pyc": b"x",
        ".DS_Store": b"x",
        "bo/.DS_Store": b"x",
    }
    entries, intake = take(folder(tmp_path / "c", files), dense)
    assert list(sources(entries)) == ["anna"]
    assert skipped(intake) == {
        "empty": "an empty folder",
        ".DS_Store, __pycache__": "left behind by systems and tools (3 files)",
        "bo": "nothing in it but such files",
        "README.md": "not Python, a notebook or an archive",
    }


def test_a_student_without_code_is_told_so(tmp_path: Path, dense: Problem) -> None:
    """A PDF is a submission that cannot be graded, and the report says what was found."""
    files = {"anna/report.pdf": b"%PDF", "anna/dense.py.txt": code(), "bo/dense.py": code()}
    entries, _ = take(folder(tmp_path / "c", files), dense)
    expected = "no Python file was handed in, only dense.py.txt, report.pdf"
    assert problems(entries) == {"anna": expected, "bo": ""}


def test_entries_are_read_when_their_turn_comes(tmp_path: Path, dense: Problem) -> None:
    """A file that has gone meanwhile is skipped, the others are not affected."""
    source = folder(tmp_path / "c", {f"{name}.py": code(name) for name in "abc"})
    with collect(source, problem=dense) as intake:
        stream = iter(intake)
        assert next(stream).student == "a"
        (source / "b.py").unlink()
        assert [entry.student for entry in stream] == ["c"]
        assert skipped(intake) == {"b": "cannot be read (No such file or directory)"}
