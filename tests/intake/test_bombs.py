"""A file that costs much to read costs its author the mark, and nobody else anything."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.intake.collect import collect
from grader.intake.sources.trees import Found
from grader.model.problem import Problem
from tests.intake.bombs import BOMBS, MIB
from tests.intake.packing import code, folder, problems, sources, take, zipped

linux = pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux")


@linux
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_in_a_class(name: str, tmp_path: Path, dense: Problem) -> None:
    """The classmates' files are read; its author has an outcome of their own that says why."""
    called, make, complaint = BOMBS[name]
    bomb = f"eve_1_assignsubmission_onlinetext/{called}" if "html" in called else f"eve/{called}"
    files = {"anna/dense.py": code("anna"), bomb: make(), "mal/dense.py": code("mal")}
    entries, intake = take(folder(tmp_path / "c", files), dense)
    found = sources(entries)
    assert [found["anna"], found["mal"]] == [code("anna"), code("mal")]
    assert list(found) == ["anna", "eve", "mal"]
    assert not intake.skipped
    assert complaint in problems(entries)["eve"]
    assert len(problems(entries)["eve"]) < 2_000


@linux
def test_bombs_in_the_archive_of_a_class(tmp_path: Path, dense: Problem) -> None:
    """A platform's download is an archive of archives; each of them is its author's matter."""
    names = ["tar: long name", "zip: overlapping members", "notebook: dictionaries"]
    files = {f"s{n:03}/dense.py": code(str(n)) for n in range(60)}
    for number, name in enumerate(names):
        called, make, _ = BOMBS[name]
        files[f"eve{number}/{called}"] = make()
    (tmp_path / "all.zip").write_bytes(zipped(files))
    entries, intake = take(tmp_path / "all.zip", dense)
    assert len(entries) == 63
    assert not intake.skipped
    told = problems(entries)
    assert all(BOMBS[name][2] in told[f"eve{number}"] for number, name in enumerate(names))
    assert not any(told[f"s{n:03}"] for n in range(60))


@pytest.mark.parametrize("name", ["tar: long name", "tar: chained headers", "tar: sparse chain"])
def test_a_bomb_as_the_archive_of_a_class_is_refused(
    name: str, tmp_path: Path, dense: Problem
) -> None:
    """Nothing is graded, and the message names it."""
    (tmp_path / "all.tgz").write_bytes(BOMBS[name][1]())
    with pytest.raises(UsageError, match=r"all\.tgz: the headers of one file in it are larger"):
        take(tmp_path / "all.tgz", dense)


def test_many_files_of_one_student_are_not_all_looked_at(tmp_path: Path, dense: Problem) -> None:
    """16 MiB are, in the search for the class; then the newest, or the first, is taken."""
    files = {f"eve/m{n:03}.py": b" " * MIB for n in range(40)} | {"eve/z.py": code()}
    (tmp_path / "all.zip").write_bytes(zipped({"anna.py": code("anna"), **files}))
    read: list[int] = []
    with collect(tmp_path / "all.zip", problem=dense) as intake:
        genuine = intake._tree.read

        def counted(file: Found, limit: int) -> bytes:
            content = genuine(file, limit)
            read.append(len(content))
            return content

        intake._tree.read = counted  # type: ignore[method-assign]
        assert len(list(intake)) == 2
    assert sum(read) <= 18 * MIB
