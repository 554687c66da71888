"""Every form of a passing, a failing, an unloadable, a hostile report, and of a fault."""

from __future__ import annotations

import base64
import csv
import io
import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import jsonschema
import pytest
import xmlschema
from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec.structs import replace

from grader.model.report import CheckResult, Report
from grader.reporters import FORMATS, Page, reporter
from grader.reporters.autograding import MAX_ROWS
from tests.conftest import ROOT
from tests.reporters.cases import CANARY, KINDS, Case

SCHEMAS = ROOT / "tests" / "schemas"
MEGABYTE = 1_000_000


def render(form: str, case: Case) -> str:
    return reporter(form).render(case.report, case.page)


def data_of(form: str, case: Case) -> Any:
    """The JSON of a form, valid by the schema of that name."""
    name = "sarif-2.1.0" if form == "sarif" else form
    data = json.loads(render(form, case))
    jsonschema.validate(data, json.loads((SCHEMAS / f"{name}.json").read_text("utf-8")))
    return data


# -- what holds for each form by its own rules ---------------------------------------------


def holds_for_terminal(case: Case) -> None:
    assert "Traceback" not in render("terminal", case)


def holds_for_json(case: Case) -> None:
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))
    if case.report.status != "fault":  # that has no fingerprints
        jsonschema.validate(json.loads(render("json", case)), schema)


def holds_for_junit(case: Case) -> None:
    text, report = render("junit", case), case.report
    xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd").validate(text)
    (suite,) = xmlschema.XMLResource(text).root
    cases = suite.findall("testcase")
    for kind, counted in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        assert suite.get(counted) == str(sum(case.find(kind) is not None for case in cases))
    bad = [one for one in cases if any(one.find(k) is not None for k in ("failure", "error"))]
    assert bool(bad) == (report.status != "passed")
    properties = {p.get("name"): p.get("value") for p in suite.iter("property")}
    assert properties["score"] == f"{report.score:g}"
    for check in report.checks:
        assert properties[f"max_points {check.id}"] == f"{check.max_points:g}"
    assert {element.tag for element in suite.iter()} <= set(
        "testsuite properties property testcase failure error skipped system-out".split()
    )


def holds_for_gradescope(case: Case) -> None:
    report = case.report
    if report.status == "fault":
        data = json.loads(render("gradescope", case))
        assert not {"score", "tests"} & set(data)  # Gradescope asks for one of them
        assert "no fault of the submission" in data["output"]
        return
    data = data_of("gradescope", case)
    assert data["score"] == report.score
    assert math.isclose(sum(test["score"] for test in data["tests"]), report.score, abs_tol=0.05)
    formats = [data["output_format"]]
    formats += [test[key] for test in data["tests"] for key in ("name_format", "output_format")]
    assert set(formats) == {"text"}  # anything else would be markup
    assert (report.status == "passed") == all(t["status"] == "passed" for t in data["tests"])


def holds_for_prairielearn(case: Case) -> None:
    data, report = data_of("prairielearn", case), case.report
    assert data["gradable"] == bool(report.checks)
    if report.checks:
        assert math.isclose(data["score"], report.score / report.max_score, abs_tol=1e-5)
        assert math.isclose(sum(t["points"] for t in data["tests"]), report.score, abs_tol=0.01)
    assert len(render("prairielearn", case).encode()) < MEGABYTE


COMMAND = re.compile(r"::error file=[^:,\n]+(,line=[1-9]\d*)?,title=[^:,\n]+::[^\n\r]+")


def holds_for_github(case: Case) -> None:
    lines = render("github", case).split("\n")[:-1]
    assert all(COMMAND.fullmatch(line) for line in lines)
    assert bool(lines) == (case.report.status != "passed")
    assert len(lines) <= 10


def holds_for_autograding(case: Case) -> None:
    """A small copy of what the reporter computes and prints, in its older and newer releases."""
    results, report = data_of("autograding", case), case.report
    tests = results["tests"]
    passed = sum(test["status"] == "pass" for test in tests)
    notice = 0.0
    for test in tests:
        notice += test["score"]
    by_rows = passed / len(tests) * results["max_score"]
    assert notice == report.score  # the notice, and the table of newer releases
    # The table of older ones: exact, or off by less than a row where no row divides all points.
    assert f"{by_rows:.2f}" == f"{report.score:.2f}" or len(tests) > MAX_ROWS / 2
    assert abs(by_rows - report.score) <= results["max_score"] / len(tests)
    assert (results["status"] == "pass") == (report.status == "passed")
    encoded = base64.b64encode(render("autograding", case).encode())
    assert len(encoded) < 131_072 - len("DENSE_RESULTS=")  # MAX_ARG_STRLEN: one variable
    log = "\n".join(
        f"❌ {test['name']} - line {test['line_no']}\nError: {test['message']}\n"
        f"Test code:\n{test['test_code']}\n"
        for test in tests
    )
    assert not [line for line in log.splitlines() if is_command(line)]


def is_command(line: str) -> bool:
    """Whether a runner obeys a line of a log: actions/runner, ActionCommand.cs, both versions."""
    return line.lstrip().startswith("::") or "##[" in line


def holds_for_markdown(case: Case) -> None:
    text = render("markdown", case)
    assert len(text) < 65_536
    allowed = {"heading", "paragraph", "fence", "inline", "text", "code_inline", "strong"}
    allowed |= {"bullet_list", "list_item", "softbreak"}
    allowed |= {"table", "thead", "tbody", "tr", "th", "td"}
    tokens = list(flat(MarkdownIt("commonmark").enable("table").parse(text)))
    assert {re.sub("_(open|close)$", "", token.type) for token in tokens} <= allowed
    for token in tokens:
        if token.type == "text":  # where GitHub finds mentions, references and links
            assert CANARY not in token.content
            assert not re.search(r"@\w|#\d|://|www\.", token.content)


def flat(tokens: list[Token]) -> list[Token]:
    return [t for token in tokens for t in (token, *flat(token.children or []))]


def holds_for_csv(case: Case) -> None:
    head, row = csv.reader(io.StringIO(render("csv", case)))
    found = dict(zip(head, row, strict=True))
    assert found["status"] == case.report.status
    assert found["score"] == ("" if case.report.status == "fault" else str(case.report.score))
    assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def holds_for_sarif(case: Case) -> None:
    (run,) = data_of("sarif", case)["runs"]
    report = case.report
    assert run["invocations"][0]["executionSuccessful"] == (report.status != "fault")
    assert bool(run["results"]) == (report.status in ("failed", "unloadable"))
    for result in run["results"]:
        text = result["message"]["text"]
        assert not re.search(r"\]\(|\{\d+\}", text)  # links and placeholders, in plain text too
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


RULES: Mapping[str, Callable[[Case], None]] = {
    "terminal": holds_for_terminal,
    "json": holds_for_json,
    "junit": holds_for_junit,
    "gradescope": holds_for_gradescope,
    "prairielearn": holds_for_prairielearn,
    "github": holds_for_github,
    "autograding": holds_for_autograding,
    "markdown": holds_for_markdown,
    "csv": holds_for_csv,
    "sarif": holds_for_sarif,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", FORMATS)
def test_every_form_of_every_report(form: str, kind: str, cases: Mapping[str, Case]) -> None:
    """Valid by its platform's rules, inert, bounded, and the same each time."""
    case = cases[kind]
    text = render(form, case)
    assert text == render(form, case)
    assert text == "" or text.endswith("\n")
    assert not {c for c in text if not c.isprintable()} - {"\n"}
    assert len(text.encode()) < MEGABYTE
    assert reporter(form).SUFFIX.startswith(".")
    if form in RULES:
        RULES[form](case)


def test_the_reports_are_what_their_names_say(cases: Mapping[str, Case]) -> None:
    """So that the test above sees what it is meant to see."""
    status = {kind: case.report.status for kind, case in cases.items()}
    assert {kind for kind in KINDS if status[kind] == "passed"} == {"passing", "56_bidi_homoglyph"}
    assert {kind for kind in KINDS if status[kind] == "unloadable"} == {
        "empty",
        "syntax",
        "unloadable",
    }
    for kind in ("unloadable", "hostile"):
        assert CANARY in render("json", cases[kind])
        assert CANARY in render("markdown", cases[kind])


# -- single forms --------------------------------------------------------------------------


def test_annotations_point_at_the_guilty_lines(cases: Mapping[str, Case]) -> None:
    """The line that raised, the head of the method that gave a wrong value, the syntax error."""
    failing, hostile = cases["failing"], cases["hostile"]
    (line,) = render("github", failing).splitlines()
    number = int(re.findall(r"line=(\d+)", line)[0])
    assert failing.page.source.splitlines()[number - 1].strip().startswith("def backward_pass")
    assert line.startswith(f"::error file=work/bias_gradient_mean.py,line={number},title=bias-")
    (line,) = render("github", hostile).splitlines()
    number = int(re.findall(r"line=(\d+)", line)[0])
    assert hostile.page.source.splitlines()[number - 1].strip().startswith("raise ValueError")
    assert "work/=canary @canary-user `<canary>`%2C%3A%25%0A%3A%3Aerror" in line
    assert "line=2," in render("github", cases["syntax"])


def test_notebooks_have_no_lines(cases: Mapping[str, Case]) -> None:
    """Lines of the code that was taken out of a notebook are not lines of the file."""
    for kind in ("failing", "syntax"):
        case = cases[kind]
        report = replace(case.report, submission_name="dense.ipynb")
        assert "line=" not in reporter("github").render(report, case.page)


def test_a_report_with_many_failures_is_cut_to_ten_annotations() -> None:
    """GitHub shows ten; the last one says how many are missing."""
    many = Case(made_report([5.0] * 20, [False] * 20), Page())
    lines = render("github", many).splitlines()
    assert len(lines) == 10
    assert re.search(r"::\d+ more are in the job summary\.$", lines[-1])


def made_report(
    worth: list[float], passed: list[bool], output: str = "", message: str = "wrong"
) -> Report:
    """A report of checks that are worth so much, each in a group of its own."""
    checks = tuple(
        CheckResult(
            id=f"test_{n}",
            title=f"check {n}",
            group=f"group-{n}",
            points=points if good else 0.0,
            max_points=points,
            status="passed" if good else "failed",
            message="" if good else message,
            output=output,
        )
        for n, (points, good) in enumerate(zip(worth, passed, strict=True))
    )
    earned = round(math.fsum(check.points for check in checks), 2)
    status = "passed" if all(passed) else "failed"
    return Report(
        problem="p",
        problem_digest="0" * 64,
        submission_name="s.py",
        submission_sha256="0" * 64,
        status=status,  # type: ignore[arg-type]
        score=earned,
        max_score=round(math.fsum(worth), 2),
        checks=checks,
    )


@pytest.mark.parametrize(
    ("worth", "passed"),
    [
        ([5.3333, 2.6667, 92.0], [True, False, True]),
        ([5.3333, 2.6667, 92.0], [False, True, False]),
        ([33.3333, 33.3333, 33.3333], [True, True, False]),
        ([0.5, 99.5], [True, False]),
        ([100.0], [False]),
        ([14.2857] * 7, [True, False, True, False, True, False, True]),
    ],
)
def test_the_reporter_tells_one_mark(worth: list[float], passed: list[bool]) -> None:
    """Whatever checks are worth, the table and the notice of the reporter agree with the report."""
    holds_for_autograding(Case(made_report(worth, passed), Page()))


def test_a_result_for_the_reporter_fits_into_a_variable() -> None:
    """However much is wrong, is said, and however long the name of the file is."""
    case = Case(made_report([0.5] * 200, [False, True] * 100, message="wrong " * 300), Page())
    long = replace(case.report, submission_name=f"{'é' * 120}.py")
    holds_for_autograding(Case(long, Page()))


def test_a_large_report_is_cut_for_prairielearn() -> None:
    """Under 1 MB, with a note, and with all points."""
    count = 30
    case = Case(made_report([1.0] * count, [False] * count, output="é" * 60_000), Page())
    holds_for_prairielearn(case)
    data = data_of("prairielearn", case)
    assert "1 MB" in data["message"]
    assert len(data["tests"]) == count
    assert "more characters]" in data["tests"][0]["output"]


def test_a_long_report_is_cut_between_failures_for_a_comment() -> None:
    """No fence is left open, and the number of missing parts is told."""
    many = 300
    case = Case(made_report([1.0] * many, [False] * many, output="x" * 300), Page())
    holds_for_markdown(case)
    text = render("markdown", case)
    assert re.search(r"\d+ more parts are left out here", text)
    assert text.count("```text") * 2 == text.count("```")


def test_gradescope_tells_nothing_of_what_is_hidden(cases: Mapping[str, Case]) -> None:
    """Checks have the visibility of their group, and the text for students keeps to it."""
    report, page = cases["failing"].report, cases["failing"].page
    later = [
        replace(c, visibility="after_due_date") if c.group == "bias-gradient" else c
        for c in report.checks
    ]
    data = json.loads(reporter("gradescope").render(replace(report, checks=tuple(later)), page))
    shown = {test["visibility"] for test in data["tests"] if test["tags"] == ["bias-gradient"]}
    assert shown == {"after_due_date"}
    for told in ("bias", "92"):
        assert told not in data["output"].replace("bias_gradient_mean.py", "")
    assert "bias" in json.loads(render("gradescope", cases["failing"]))["output"]


def test_result_survives_an_output_of_a_step(cases: Mapping[str, Case]) -> None:
    """Base64, as the reporter decodes it: any text goes through."""
    text = render("autograding", cases["hostile"])
    assert json.loads(base64.b64decode(base64.b64encode(text.encode())).decode()) == json.loads(
        text
    )
