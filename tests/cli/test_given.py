"""Which problem and file `grader check` takes where they are not given."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.intake.choose_problem import fitting_problems
from grader.model.problem import Library
from grader.model.submission import read_submission, submission_from
from tests.conftest import ROOT, Run

SAMPLES = ROOT / "submissions"
LIBRARY = Library.find(ROOT)


def test_a_file_alone_shows_its_problem(grader: Run, tmp_path: Path) -> None:
    """By its class and methods, whatever it is called; the report is the one of both arguments."""
    shutil.copy(SAMPLES / "dense-caches/accepted/as_epynn_has_it.py", tmp_path / "my.py")
    done = grader("check", "my.py")
    assert done.stdout == grader("check", "dense-caches", "my.py").stdout
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("dense-caches  my.py")


def test_one_of_its_functions_shows_a_problem(grader: Run, tmp_path: Path) -> None:
    """The first that is asked for is enough; the other one is said to be missing."""
    (tmp_path / "my.py").write_text("def softmax(x):\n    return x\n")
    done = grader("check", "my.py")
    assert done.stdout.startswith("softmax-cross-entropy  my.py")
    assert "The file has no function cross_entropy" in done.stdout


def test_a_name_decides_where_the_content_does_not(grader: Run, tmp_path: Path) -> None:
    """An empty file is graded as what it is called, with a second download's counter or without."""
    for name in ("dense_minimal.py", "relu (1).py"):
        (tmp_path / name).write_text("")
        done = grader("check", name)
        assert done.returncode == 1
        slug = "relu" if name.startswith("relu") else "dense-minimal"
        assert done.stdout.startswith(f"{slug}  {name}")


def test_several_problems_that_fit_are_listed(grader: Run, tmp_path: Path) -> None:
    """With the commands that say which; a file that fits none is told all of them."""
    (tmp_path / "my.py").write_text(
        "class Mine:\n    def forward(self): 1\n    def backward(self): 1\n"
    )
    done = grader("check", "my.py")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "grader: my.py: fits several problems; say which:",
        "  grader check batch-norm my.py",
        "  grader check dense-activation my.py",
        "  grader check dense-minimal my.py",
        "  grader check dropout my.py",
        "  grader check relu my.py",
    ]
    (tmp_path / "my.py").write_text("x = 1\n")
    lines = grader("check", "my.py").stderr.splitlines()
    assert lines[0] == "grader: my.py: shows no problem that it is for; say which:"
    assert lines[1:] == [f"  grader check {slug} my.py" for slug in LIBRARY.slugs()]


def test_a_folder_with_a_started_file_needs_no_arguments(grader: Run, tmp_path: Path) -> None:
    """`start` writes here by default; `check` and `check PROBLEM` take the file it wrote."""
    assert grader("start", "dense").returncode == 0
    shutil.copy(SAMPLES / "dense/accepted/einsum.py", tmp_path / "dense.py")
    for arguments in ((), ("dense",), ("dense.py",), ("dense", "dense.py")):
        done = grader("check", *arguments)
        assert done.returncode == 0, arguments
        assert done.stdout.startswith("dense  dense.py")
    (tmp_path / "relu.py").write_text("")
    several = grader("check")
    assert several.returncode == 2
    assert several.stderr.splitlines()[1:] == ["  grader check dense.py", "  grader check relu.py"]


def test_without_a_file_there_is_nothing_to_check(grader: Run) -> None:
    """Wrong usage, which says what is missing; a third argument is too much."""
    nothing, no_file = grader("check"), grader("check", "dense")
    assert (nothing.returncode, no_file.returncode) == (2, 2)
    assert "Missing arguments 'PROBLEM' and 'FILE'" in nothing.stderr
    assert "Missing argument 'FILE'; there is no dense.py here" in no_file.stderr
    assert "more arguments than" in grader("check", "dense", "a.py", "b.py").stderr


def test_a_word_that_is_neither_a_problem_nor_a_file(grader: Run) -> None:
    """A problem is what it is taken for without a suffix, and a file with one."""
    assert "no problem named 'dens'" in grader("check", "dens").stderr
    assert grader("check", "dens.py").stderr == "grader: dens.py: no such file\n"


@pytest.mark.parametrize("slug", LIBRARY.slugs())
def test_samples_are_never_taken_for_another_problems(slug: str) -> None:
    """Starter and samples show their problem, or several; but for those handed in as another's."""
    problem = LIBRARY.load(slug)
    paths = [problem.starter_path, *problem.samples("accepted"), *problem.samples("rejected")[::8]]
    clear = 0
    for path in paths:
        fitting = fitting_problems(LIBRARY, read_submission(path))
        assert fitting == [slug] or len(fitting) != 1 or path.stem == "dense_layer_handed_in"
        clear += fitting == [slug]
    assert clear > 0.9 * len(paths)


def test_a_broken_neighbour_is_passed_over(tmp_path: Path) -> None:
    """A problem that cannot be read keeps no file from being taken for another."""
    library = Library(tmp_path / "library")
    for part in ("problems", "reference"):
        shutil.copytree(ROOT / part, library.root / part, dirs_exist_ok=True)
    (library.root / "reference" / "dense_caches.py").write_text("class (")
    (library.root / "problems" / "relu" / "problem.toml").write_text("title = 3\n")
    source = (SAMPLES / "dense/accepted/einsum.py").read_bytes()
    assert fitting_problems(library, submission_from("my.py", source)) == ["dense"]
