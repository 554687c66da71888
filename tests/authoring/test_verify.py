"""`grader verify`: what it proves, what it finds missing, and what it says is to be done."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from grader.authoring.claims import Finding, Trial, judge_claims, needed_checks
from grader.authoring.mutation import mutants
from grader.authoring.reproducibility import ORDERS, SURROUNDINGS
from grader.authoring.verify import Proof, try_everything, verify_problem
from grader.authoring.verify import _same_again as same_again
from grader.grading.pool import grade_stream
from grader.model.problem import Library, Problem
from grader.model.report import CheckResult, Report
from grader.model.submission import submission_from
from grader.views import kill_matrix
from tests.conftest import Run

ROOT = Path(__file__).resolve().parents[2]

SETTINGS = """
title = "Double"
summary = "Twice a number"
entry = "Doubler"
groups = [{ id = "value", points = 70, title = "V" }, { id = "count", points = 30, title = "C" }]
"""
CHECKS = """
from grader.checks import check, expect

@check("value", "twice the number")
def test_value(student):
    yours = student.Doubler().double(3)
    expect(yours == 6, f"3 doubled is 6, not {yours}")

@check("count", "calls are counted")
def test_count(student):
    doubler = student.Doubler()
    doubler.double(1)
    doubler.double(1)
    expect(doubler.calls == 2, "two calls")
"""
REFERENCE = """
class Doubler:
    def __init__(self):
        self.calls = 0

    def double(self, x):
        self.calls += 1
        return 2 * x
"""
VOUCHED = """
[[equivalent]]
scope = "Doubler.double"
statement = "self.calls += 1"
change = "after the next line: return 2 * x"
reason = "This is a lie: the line is never run then."
"""
HARMLESS = """
[[harmless]]
reason = "What is wrong only under a condition is tried where distortions are tested."
"""
SOUND = {
    "problems/double/vouched.toml": HARMLESS,
    "problems/double/problem.toml": SETTINGS,
    "problems/double/checks.py": CHECKS,
    "problems/double/starter.py": "class Doubler:\n    calls = None\n",
    "reference/double.py": REFERENCE,
    "submissions/double/accepted/plus.py": "# style: x + x\n" + REFERENCE.replace("2 * x", "x + x"),
    "submissions/double/rejected/square.py": (
        "# mistake: squares\n# fails: value\n# points: 30\n# diagnoses: none\n# says: not 9\n"
        + REFERENCE.replace("2 * x", "x * x")
    ),
    "submissions/double/rejected/cut_off.py": (
        "# mistake: lost the end\n# fails: unloadable\n# points: 0\n# diagnoses: cut-off\n"
        "class Doubler:\n    def f(\n"
    ),
}

Write = Callable[..., Problem]


@pytest.fixture
def double(tmp_path: Path) -> Write:
    """Write the problem ``double``, with some of its files changed, and load it."""

    def write(changed: dict[str, str] | None = None) -> Problem:
        for name, text in {**SOUND, **(changed or {})}.items():
            path = tmp_path / "library" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return Library.find(tmp_path / "library").load("double")

    return write


def details(problem: Problem) -> dict[str, list[str]]:
    """What is wrong with what was graded, by claim."""
    found = judge_claims(problem, try_everything(problem, jobs=1))
    return {finding.claim: finding.details for finding in found if not finding.ok}


def test_a_sound_problem(double: Write) -> None:
    """All claims hold, progress is told to the end, and the matrix shows who fails where."""
    told: list[tuple[int, ...]] = []
    proof = verify_problem(double(), jobs=2, progress=lambda *counts: told.append(counts))
    assert [finding for finding in proof.findings if not finding.ok] == []
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1] == len(proof.trials) + 2 * len(SURROUNDINGS) + len(ORDERS)
    assert proof.distorted is not None
    assert len(proof.distorted.vouched) == len(proof.distorted.everything) > 200
    page = kill_matrix.render(proof)
    square = next(line for line in page.splitlines() if ">square</th>" in line)
    assert square.count("●") == 1
    assert 'class="alone">●' in square


def test_a_hole_in_the_checks(double: Write) -> None:
    """A surviving mutant is shown with its diff and with what could be done."""
    weak = CHECKS.replace("double(3)", "double(2)").replace("yours == 6", "yours == 4")
    found = details(double({"problems/double/checks.py": weak}))
    assert found["mutants of the reference are killed"] == [
        "reference/double.py:8: 2 * x → 2 + x: no check fails",
        "    -        return 2 * x",
        "    +        return 2 + x",
        "  Add a check that fails for it; or, if it is a right solution as well, write into",
        "  problems/double/vouched.toml:",
        "    [[equivalent]]",
        '    scope = "Doubler.double"',
        '    statement = "return 2 * x"',
        '    change = "2 * x → 2 + x"',
        '    reason = "why no check may fail for it"',
    ]
    assert found["rejected samples get what they declare"] == [
        f"submissions/double/rejected/square.py: {fault}"
        for fault in (
            "should fail value and does not.",
            "gets 100 points, and declares 30",
            "the student is not told 'not 9'",
        )
    ]


def test_what_is_vouched_for_is_checked(double: Write) -> None:
    """Entries that are not so, or no longer, are found."""
    gone = VOUCHED.replace("return 2 * x", "return x + x")
    redundant = '[[redundant]]\ncheck = "test_value"\nreason = "nice"\n'
    unknown = redundant.replace("test_value", "test_nothing")
    found = details(double({"problems/double/vouched.toml": VOUCHED + gone + redundant + unknown}))
    where = "problems/double/vouched.toml: "
    assert found["mutants listed as right solutions are just that"] == [
        f"{where}Doubler.double: after the next line: return 2 * x: it is killed (test_count);"
        " delete the entry",
        f"{where}Doubler.double: after the next line: return x + x: there is no such mutant any"
        " more; delete the entry",
    ]
    assert sorted(found["every check finds what no other of its group does"]) == [
        f"{where}test_nothing: does not exist; delete the entry",
        f"{where}test_value: is needed; delete the entry",
    ]


def test_a_check_that_proves_nothing(double: Write) -> None:
    """One that cannot fail, and one that only fails with another, are found."""
    more = CHECKS + (
        """
@check("value", "it is called double")
def test_name(student):
    expect(student.Doubler, "never")

@check("value", "twice the number again")
def test_value_again(student):
    expect(student.Doubler().double(3) == 6, "no")
"""
    )
    found = details(double({"problems/double/checks.py": more}))
    where = "problems/double/checks.py: "
    assert found["every check fails for something"] == [
        f"{where}test_name: fails for no sample and no mutant"
    ]
    lines = found["every check finds what no other of its group does"]
    assert [line.split(": ")[1] for line in lines] == [
        "test_value",
        "test_name",
        "test_value_again",
    ]


def test_what_should_not_matter(double: Write) -> None:
    """Checks that leave something behind, or depend on the order of a set, are found."""
    leaky = CHECKS.replace(
        "def test_value(student):", "def test_value(student):\n    seen.append(1)"
    ).replace("def test_count(student):", "def test_count(student):\n    expect(seen, 'first')")
    random = leaky.replace("3 doubled is 6, not {yours}", "{set('abcdefghijklmnop')}")
    starter = "class Doubler:\n    calls = None\n    def double(self, x): return 0\n"
    files = {
        "problems/double/checks.py": f"seen = []\n{random}",
        "problems/double/starter.py": starter,
    }
    problem = double(files)
    finding = same_again(problem, try_everything(problem, jobs=1), 2, lambda done: None)
    assert set(finding.details) >= {
        "problems/double/starter.py: another report with PYTHONHASHSEED=1",
        "problems/double/starter.py: another report with PYTHONHASHSEED=4711 and four threads",
        "reference/double.py: another verdict with the checks from last to first",
        "reference/double.py: another verdict with the checks shuffled",
    }
    assert not any("reference/double.py: another report" in line for line in finding.details)


def test_broken_reference(double: Write) -> None:
    """A reference that is wrong is the first thing that is told."""
    problem = double({"reference/double.py": REFERENCE.replace("2 * x", "3 * x")})
    found = details(problem)
    assert found["the reference gets full marks"] == [
        "reference/double.py: failed, 30 points.",
        "reference/double.py: test_value: 3 doubled is 6, not 9",
    ]


# -- the command ---------------------------------------------------------------------------


def test_command_says_what_to_do_and_exits_with_3(
    grader: Run, double: Write, tmp_path: Path
) -> None:
    """Text without colour for a pipe, the matrix in a file, points rewritten on demand."""
    square = SOUND["submissions/double/rejected/square.py"].replace("points: 30", "points: 12")
    library = double({"submissions/double/rejected/square.py": square}).library
    page = tmp_path / "matrix.html"
    ran = grader("verify", "--library", library, "--matrix", page, "double")
    assert ran.returncode == 3
    assert "\n ✗  rejected samples get what they declare" in ran.stdout
    assert "square.py: gets 30 points, and declares 12" in ran.stdout.replace("\n  ", " ")
    assert re.search(r"double: 1 of \d+ claims do not hold", ran.stdout)
    assert ran.stderr == ""
    assert page.read_text("utf-8").startswith("<!doctype html>")
    again = grader("verify", "--library", library, "--write-points")
    assert again.returncode == 0, again.stdout
    assert "wrote the points into submissions/double/rejected/square.py" in again.stdout
    assert "# points: 30\n" in (library / "submissions/double/rejected/square.py").read_text()


def test_broken_vouched_file_is_named_with_its_line(grader: Run, double: Write) -> None:
    """As for problem.toml: path, line, and what is wrong."""
    library = double({"problems/double/vouched.toml": VOUCHED.replace("reason", "because")}).library
    ran = grader("verify", "double", "--library", library)
    assert ran.returncode == 3
    assert re.search(r"vouched\.toml:\d+: .*because", ran.stderr), ran.stderr
    assert "Traceback" not in ran.stderr


# -- dense ---------------------------------------------------------------------------------


def test_every_eighth_mutant_of_dense_is_killed_or_vouched_for(dense: Problem) -> None:
    """A part of what `grader verify dense` proves in full."""
    made = mutants(dense.reference_path.read_text("utf-8"))
    listed = {(e.scope, e.statement, e.change) for e in dense.vouched.equivalent}
    assert listed <= {mutant.key for mutant in made}
    chosen = [mutant for mutant in made if mutant.key in listed][::4] + made[::8]
    items = ((mutant.key, submission_from("dense.py", mutant.source.encode())) for mutant in chosen)
    passed = {
        key for key, report in grade_stream(dense, items, jobs=2) if report.status == "passed"
    }
    assert passed == listed & {mutant.key for mutant in chosen}


# -- what a check is needed for ------------------------------------------------------------


def trial(*failing: str) -> Trial:
    """A wrong file for which checks named "group/check" fail; those in brackets are blocked."""
    checks = tuple(
        CheckResult(name, "", name.strip("()")[0], 0.0, 1.0, "blocked" if "(" in name else "failed")
        for name in failing
    )
    report = Report("p", "", "f.py", "", "failed", 0.0, 1.0, checks)
    return Trial("rejected", Path("f.py"), submission_from("f.py", b"x"), report)


@pytest.mark.parametrize(
    ("failing", "needed"),
    [
        ([("a/1",)], {"a/1"}),
        ([("a/1", "a/2")], set()),
        ([("a/1", "a/2"), ("a/2",)], {"a/2"}),
        ([("a/1", "b/1")], {"a/1", "b/1"}),
        ([("a/1", "a/2", "b/1")], {"b/1"}),
        ([("a/1", "(b/1)")], {"a/1"}),
        ([("a/1", "(a/2)")], set()),
        ([()], set()),
    ],
)
def test_a_check_is_needed_if_it_is_ever_alone_in_its_group(
    failing: list[tuple[str, ...]], needed: set[str]
) -> None:
    """Other groups have their own points to take, so they do not count."""
    assert needed_checks([trial(*names) for names in failing]) == needed


def test_a_fault_of_the_grader_kills_no_mutant(double: Write) -> None:
    """What could not be graded is neither killed nor equivalent."""
    problem = double()
    faulty = [
        replace(trial, report=replace(trial.report, status="fault", message="it broke"))
        if trial.mutant and trial.mutant.change == "2 → 3"
        else trial
        for trial in try_everything(problem, jobs=1)
    ]
    (finding,) = [f for f in judge_claims(problem, faulty) if not f.ok]
    assert finding.details == ["reference/double.py:8: it broke"]


def test_matrix_takes_words_for_words(double: Write) -> None:
    """Nothing of a file's text is markup on the page."""
    problem = double()
    trials = try_everything(problem, jobs=1)
    finding = Finding("<script>alert(1)</script>", "<b>")
    page = kill_matrix.render(Proof(problem, (finding,), trials, None, (), 1.0))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
