"""Whether mistakes are named as they should be, in a small library; and a confusion table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from grader.authoring.claims import Finding, Trial
from grader.authoring.diagnosis_claims import Row, confusion, judge_naming
from grader.authoring.verify import try_everything
from grader.model.problem import Library, Problem
from grader.model.report import Diagnosis
from grader.views.diagnosis_matrix import section

SETTINGS = """
title = "{title}"
summary = "s"
entry = "Cell"
groups = [{{ id = "value", points = 100, title = "V" }}]
"""
CHECKS = """
from grader.checks import Seen, aspect, check, expect

@check("value", "gives what it is given")
def test_value(student):
    for x in (1, 2, 5):
        expect(student.Cell().value(x) == x, "another value")

@aspect("value", groups=["value"], noun="The value", cases=[1, 2, 5])
def see_value(student):
    def look(x):
        student.begin()
        return Seen(student.Cell().value(x), x, x=x)
    return look
"""
DIAGNOSES = """
from grader.checks.misconceptions import Rules

rules = Rules()
for name, value in {known}.items():
    def predict(s, value=value):
        return eval(value, {{"x": s.x}})
    predict.__name__ = name
    rules.mistake("value", name, why="w", hint="h", stronger="s")(predict)
"""
REFERENCE = "class Cell:\n    def value(self, x):\n        return x\n"
HEADER = "# mistake: m\n# fails: value\n# points: 0\n# diagnoses: {diagnoses}\n"

Write = Callable[..., Problem]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a problem with its known mistakes and samples ``{name: (expression, declared)}``."""

    def written(
        slug: str,
        known: dict[str, str],
        samples: dict[str, tuple[str, str]],
        vouched: str = "",
    ) -> Problem:
        problem = tmp_path / "problems" / slug
        folder = tmp_path / "submissions" / slug / "rejected"
        files = {
            problem / "problem.toml": SETTINGS.format(title=slug),
            problem / "checks.py": CHECKS,
            problem / "diagnoses.py": DIAGNOSES.format(known=known),
            problem / "starter.py": "class Cell:\n    pass\n",
            problem / "vouched.toml": vouched,
            tmp_path / "reference" / f"{slug}.py": REFERENCE,
        }
        for name, (value, diagnoses) in samples.items():
            source = REFERENCE.replace("return x", f"return {value}")
            files[folder / f"{name}.py"] = HEADER.format(diagnoses=diagnoses) + source
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return Library(tmp_path).load(slug)

    return written


def judged(problem: Problem) -> dict[str, Finding]:
    """The claims about diagnoses."""
    found = judge_naming(problem, try_everything(problem, jobs=1))
    return {finding.claim: finding for finding in found}


AS_DECLARED = "rejected samples are diagnosed as they declare"
ALL_SHOWN = "diagnoses are named for some sample or mutant"
SAMPLES = {"twice": ("2 * x", "doubled"), "power": ("x ** 2", "squared")}
KNOWN = {"doubled": "2 * x", "squared": "x ** 2"}


def test_a_library_that_is_sound(write: Write) -> None:
    """Samples are named as they say, and each known mistake is named for one of them."""
    found = judged(write("one", KNOWN, SAMPLES))
    assert all(finding.ok for finding in found.values())
    assert found[AS_DECLARED].figure == "2 of 2, 0 wrong"
    assert found[ALL_SHOWN].figure == "2 of 2"


def test_a_wrong_name_is_counted_and_told(write: Write) -> None:
    """A name that nobody declares is wrong; one that is missing is not right."""
    samples = {"twice": ("2 * x", "squared"), "power": ("x ** 2", "squared")}
    found = judged(write("one", KNOWN, samples))[AS_DECLARED]
    assert found.figure == "1 of 2, 1 wrong"
    assert found.details == [
        "submissions/one/rejected/twice.py: should be diagnosed as squared and does not;"
        " is diagnosed as doubled as well"
    ]


def test_a_mistake_that_is_never_named_is_reported(write: Write) -> None:
    """With what can be done about it."""
    known = {**KNOWN, "halved": "x / 2"}
    found = judged(write("one", known, SAMPLES))[ALL_SHOWN]
    assert found.figure == "2 of 3"
    assert found.details[0] == "problems/one/diagnoses.py: never named: halved"
    assert '    diagnosis = "halved"' in found.details


def test_what_is_vouched_for_needs_no_sample(write: Write) -> None:
    """And an entry that is not needed is reported in its turn."""
    known = {**KNOWN, "halved": "x / 2"}
    entry = '[[unshown]]\ndiagnosis = "{}"\nreason = "Nobody has it yet."\n'
    vouched = "".join(entry.format(name) for name in ("halved", "doubled", "tripled"))
    found = judged(write("one", known, SAMPLES, vouched))[ALL_SHOWN]
    assert found.details == [
        "problems/one/vouched.toml: doubled: is named for something; delete the entry",
        "problems/one/vouched.toml: tripled: is no known mistake; delete the entry",
    ]


def test_a_sample_of_another_problem_shows_a_shared_mistake(write: Write) -> None:
    """What that problem declares, it proves."""
    known = {**KNOWN, "halved": "x / 2"}
    write("other", known, {"half": ("x / 2", "halved")})
    assert judged(write("one", known, SAMPLES))[ALL_SHOWN].ok


def test_mistakes_that_come_with_the_grader_are_not_asked_for(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are proven where they come from."""
    problem = write("one", {**KNOWN, "halved": "x / 2"}, SAMPLES)
    path = problem.diagnoses_path
    shared = "rules.mistakes = [replace(m, shared=m.id == 'halved') for m in rules.mistakes]\n"
    path.write_text(f"from msgspec.structs import replace\n{path.read_text()}\n{shared}", "utf-8")
    trials = try_everything(problem, jobs=1)
    assert all(finding.ok for finding in judge_naming(problem, trials))
    monkeypatch.setattr(Library, "find", lambda: Library(problem.library))
    assert [finding.ok for finding in judge_naming(problem, trials)] == [True, False]


# -- what is taken for what ----------------------------------------------------------------


@pytest.fixture
def trials(write: Write) -> list[Trial]:
    """Two samples that are named as they declare, and one that is not named at all."""
    samples = {**SAMPLES, "third": ("x**3 - 7", "none")}
    found = try_everything(write("one", KNOWN, samples), jobs=1)
    return [trial for trial in found if trial.kind == "rejected"]


def test_a_sound_table_has_one_name_for_each(trials: list[Trial]) -> None:
    """Silence that is declared is right as well."""
    assert confusion(trials) == [
        Row("doubled", right=["twice"]),
        Row("none", right=["third"]),
        Row("squared", right=["power"]),
    ]


def test_what_is_missed_shows_what_is_named_in_its_place(trials: list[Trial]) -> None:
    """In the row of the one that is declared, and in that of the one that is named."""
    (twice,) = [trial for trial in trials if trial.name == "twice"]
    wrong = Diagnosis("squared", "value", "t", "h", 1.0)
    confused = replace(twice, report=replace(twice.report, diagnoses=(wrong,)))
    assert confusion([confused]) == [
        Row("doubled", missed={"twice": ["squared"]}),
        Row("squared", wrong=["twice"]),
    ]
    page = "\n".join(section([confused]))
    assert "0 right, 1 missed, 1 wrong" in page
    assert "<b>twice: squared in its place</b>" in page
    assert "<b>twice does not declare it</b>" in page


def test_a_page_without_samples_has_no_table() -> None:
    """Nothing is declared, so nothing can be confused."""
    assert list(section([])) == []
