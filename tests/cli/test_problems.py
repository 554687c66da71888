"""`grader problems`: the order in which to solve them, and which ones are solved."""

from __future__ import annotations

import re
import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from grader.model.problem import Library
from tests.conftest import ROOT, Run

ACCEPTED = ROOT / "submissions" / "relu" / "accepted"
ORDER = (
    "dense-minimal relu softmax-cross-entropy adam dense dense-activation dropout batch-norm"
    " dense-caches dense-gradients"
).split()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """A copy of the problems, to be broken."""
    for part in ("problems", "reference"):
        shutil.copytree(ROOT / part, tmp_path / "library" / part)
    return Library(tmp_path / "library")


def builds_on(library: Library, slug: str, needed: str) -> None:
    """Have a problem build on another one."""
    path = library.root / "problems" / slug / "problem.toml"
    text = re.sub(r"^builds_on = .*\n", "", path.read_text("utf-8"), flags=re.M)
    path.write_text(text.replace("\nseed = ", f'\nbuilds_on = ["{needed}"]\nseed = ', 1), "utf-8")


@pytest.mark.parametrize("columns", ["40", "80"])
def test_problems_are_listed_in_order(columns: str, grader: Run) -> None:
    """What others build on comes first, then the easier; it fits narrow terminals."""
    done = grader("problems", env={"COLUMNS": columns, "TERM": "dumb"})
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= int(columns)
    slugs = [
        m[1] for line in lines if (m := re.match(r" +([a-z-]+) +\(?(?:easy|medium|hard)", line))
    ]
    assert slugs == ORDER
    assert sum(line.strip() == "builds on dense-activation" for line in lines) == 2
    assert lines[-1] == "Begin with: grader start dense-minimal"


def test_solved_problems_are_marked(grader: Run, tmp_path: Path) -> None:
    """Full marks for all groups count, and nothing else; --only does not, nor without history."""
    environment = {"GRADER_NO_HISTORY": "", "XDG_STATE_HOME": str(tmp_path / "state")}
    right = next(iter(ACCEPTED.iterdir()))
    grader("check", "relu", right, "--only", "forward", env=environment)
    grader("check", "relu", right)
    assert "✓" not in grader("problems", env=environment).stdout
    passed = grader("check", "relu", right, env=environment)
    assert "Next exercise: grader show softmax-cross-entropy\n" in passed.stdout
    listed = grader("problems", env=environment).stdout
    assert re.search(r"^✓ +relu ", listed, re.M)
    assert listed.count("✓") == 2
    assert "✓ solved: 1 of 10\n" in listed
    assert listed.endswith("Go on with: grader start dense-minimal\n")


def test_a_circle_or_a_misspelt_name_is_the_problems_fault(grader: Run, library: Library) -> None:
    """Told with the line; a check does not stumble over it."""
    builds_on(library, "relu", "dense-gradient")
    done = grader("problems", "--library", library.root)
    assert done.returncode == 3
    assert "no problem named 'dense-gradient'; did you mean 'dense-gradients'?" in done.stderr
    assert re.search(r"relu/problem\.toml:\d+: builds_on", done.stderr)
    right = next(iter(ACCEPTED.iterdir()))
    passed = grader("check", "relu", right, "--library", library.root)
    assert passed.returncode == 0
    assert "Next exercise" not in passed.stdout
    builds_on(library, "relu", "dense-activation")
    circle = grader("problems", "--library", library.root)
    assert circle.returncode == 3
    assert re.search(r"builds_on: [\w-]+ builds on [\w-]+ builds on", circle.stderr)


def test_what_a_circle_says_is_true(library: Library) -> None:
    """Each problem that is named builds on the one behind it."""
    builds_on(library, "relu", "dense-caches")
    with pytest.raises(Exception, match="builds_on") as raised:
        library.in_order()
    named = str(raised.value).partition("builds_on: ")[2].split(" builds on ")
    assert named[0] == named[-1]
    for slug, needed in pairwise(named):
        assert needed in library.load(slug).settings.builds_on


def test_the_next_problem_follows_the_order() -> None:
    """The last has none."""
    library = Library.find(ROOT)
    assert [library.after(slug) for slug in ORDER] == [*ORDER[1:], ""]
