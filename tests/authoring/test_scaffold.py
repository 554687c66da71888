"""`grader new`: from nothing to a problem that is proved sound."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.authoring.scaffold import TEMPLATES, begin_problem, camel, read_signature
from grader.errors import UsageError
from grader.model.problem import Library
from tests.conftest import Run


def test_from_nothing_to_a_verified_problem(grader: Run, tmp_path: Path) -> None:
    """In an empty folder: new, then the commands that it names."""
    begun = grader("new", "leaky-relu")
    assert (begun.returncode, begun.stderr) == (0, "")
    commands = re.findall(r"^  grader (.*)$", begun.stdout, re.M)
    assert [command.split()[0] for command in commands] == ["verify", "new", "check"]
    verified, guide, checked = (grader(*command.split()) for command in commands)
    assert (verified.returncode, verified.stderr) == (0, ""), verified.stdout
    assert "leaky-relu: sound" in verified.stdout
    assert (guide.returncode, guide.stderr) == (0, "")
    assert guide.stdout.split() == ["Writing", "a", "problem", *guide.stdout.split()[3:]]
    assert checked.returncode == 1
    assert "Your code averages the gradient of a over the batch." in checked.stdout
    assert "layer = LeakyRelu(a=" in checked.stdout


@pytest.mark.parametrize(
    "signature",
    ["weighted(values: (n, d), weights: (n,), factor)", "g(x: n, y: (3, n))"],
)
def test_a_problem_about_a_function_is_sound(signature: str, grader: Run, tmp_path: Path) -> None:
    """With arguments of any shapes; its example prints what it says."""
    assert grader("new", "mine", "--function", signature).returncode == 0
    verified = grader("verify", "mine", "--library", ".")
    assert (verified.returncode, verified.stderr) == (0, ""), verified.stdout
    reference = tmp_path / "reference" / "mine.py"
    shown = grader("check", "mine", reference, "--library", ".", "--example")
    assert (shown.returncode, shown.stderr) == (0, ""), shown.stdout


@pytest.mark.parametrize("kind", ["class", "function"])
def test_a_problem_begins_short(kind: str, tmp_path: Path) -> None:
    """Six files and 150 lines at most, in which nothing keeps the template's name."""
    signature = read_signature("f(X: (n, d))") if kind == "function" else None
    written = begin_problem(tmp_path, "max-pool", None, signature)
    texts = [path.read_text("utf-8") for path in written]
    assert len(written) == 6
    assert sum(len(text.splitlines()) for text in texts) <= 150
    assert not re.search(r"the[-_](layer|function)|TheLayer|theFunction", "".join(texts))
    entry = Library.find(tmp_path).load("max-pool").settings.entry
    assert entry == ("f" if kind == "function" else "MaxPool")


@pytest.mark.parametrize("text", ["f", "f()", "f(X", "f(X: 'n')", "f(X: (n, 0))", "f(X=1)", "1(X)"])
def test_what_is_no_signature(text: str) -> None:
    """Said with how to write one."""
    with pytest.raises(UsageError, match=r"write it as in 'softmax\(scores: \(n, k\)\)'"):
        read_signature(text)


def test_a_library_takes_a_second_problem(tmp_path: Path) -> None:
    """A folder that has `problems` already is used; what is in it stays as it is."""
    first = {path: path.read_bytes() for path in begin_problem(tmp_path, "one")}
    begin_problem(tmp_path, "two")
    assert Library.find(tmp_path).slugs() == ["one", "two"]
    assert {path: path.read_bytes() for path in first} == first


@pytest.mark.parametrize(
    "there", ["problems/my-layer/notes.txt", "reference/my_layer.py", "submissions/my-layer/x"]
)
def test_nothing_is_overwritten(tmp_path: Path, there: str) -> None:
    """Where a part of the problem is there already, nothing at all is written."""
    path = tmp_path / there
    path.parent.mkdir(parents=True)
    path.write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="exists already"):
        begin_problem(tmp_path, "my-layer")
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [path]
    assert path.read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    ("slug", "entry", "message"),
    [
        ("Relu", None, "'Relu' is no name for a problem"),
        ("../relu", None, "is no name for a problem"),
        ("relu-", None, "is no name for a problem"),
        ("", None, "is no name for a problem"),
        ("2d-pool", None, "--class NAME"),
        ("none", None, "--class NAME"),
        ("relu", "two words", "'two words' cannot be the name of a class"),
        ("relu", "_Hidden", "'_Hidden' cannot be the name of a class"),
    ],
)
def test_names_that_cannot_be(tmp_path: Path, slug: str, entry: str | None, message: str) -> None:
    """Said before anything is written."""
    with pytest.raises(UsageError, match=message):
        begin_problem(tmp_path, slug, entry)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_folder(grader: Run, tmp_path: Path) -> None:
    """A file where a folder should be is wrong usage, not a traceback."""
    (tmp_path / "problems").write_text("a file", "utf-8")
    done = grader("new", "relu")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "grader: problems is not a folder, so no library can be there\n"
    done = grader("new", "relu", "--library", "problems")
    assert done.stderr == "grader: problems is not a folder, so no library can be there\n"


def test_the_template_is_a_problem_itself() -> None:
    """Its name is one that could be asked for, so that it can be worked on as any other."""
    assert Library.find(TEMPLATES / "class").slugs() == ["the-layer"]
    assert Library.find(TEMPLATES / "function").slugs() == ["the-function"]
    assert camel("the-layer") == "TheLayer"
