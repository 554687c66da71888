"""A report as a page: what is on it, and that nothing on it but our own script does anything."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from grader.api.report import Report as ReportInNotebook
from grader.grading.in_process import grade_all
from grader.model.evidence import Evidence, Frame
from grader.model.problem import Problem
from grader.model.report import CheckResult, Report
from grader.model.safe_text import inert
from grader.model.submission import Submission, read_submission, submission_from
from grader.reporters import Page
from grader.reporters.html import MAX_DRAWN, render
from tests.conftest import ROOT, Run
from tests.reporters.browser import CHROMIUM, Tab, tab
from tests.reporters.pages import SVG, Element, parsed, words
from tests.reporters.test_json import REPORTS

SAMPLES = ROOT / "submissions" / "dense"
ATTACKS = ROOT / "tests" / "attacks"
FILES = {
    "passing": SAMPLES / "accepted" / "einsum.py",
    "notes": SAMPLES / "accepted" / "flat_bias.py",
    "two mistakes": SAMPLES / "rejected" / "two_bias_not_added_and_weight_gradient_mean.py",
    "shape": SAMPLES / "rejected" / "output_squeezed.py",
    "large": SAMPLES / "rejected" / "rows_beyond_128_stay_zero.py",
    "rounded": SAMPLES / "rejected" / "output_cast_to_float32.py",
    "blocking": SAMPLES / "rejected" / "method_without_self.py",
    "raised": SAMPLES / "rejected" / "frozen_gradient_unbound.py",
    "syntax": SAMPLES / "rejected" / "paste_cut_off.py",
    "bytes": SAMPLES / "rejected" / "undecodable_bytes.py",
    "escapes": ATTACKS / "81_escapes.py",
    "nan": ATTACKS / "26_nan_inf.py",
    "directions": ATTACKS / "56_bidi_homoglyph.py",
}

FORWARD = "    def forward_pass(self, X, training=True):\n"

needs_browser = pytest.mark.skipif(
    CHROMIUM is None or sys.platform != "linux",
    reason="looks at pages in chromium or google-chrome, on Linux",
)


@pytest.fixture(scope="module")
def graded(dense: Problem) -> dict[str, tuple[Report, Submission]]:
    """What these files get, and files that print, raise or return the odd."""
    submissions = {name: read_submission(path) for name, path in FILES.items()}
    text = submissions["passing"].text.replace(
        FORWARD, FORWARD + "        raise ValueError('x' * 500_000)\n"
    )
    submissions["long"] = submission_from("long.py", text.encode())
    text = submissions["passing"].text + "print('=1' * 30_000)\n"
    submissions["flood"] = submission_from("flood.py", text.encode())
    wrong = read_submission(SAMPLES / "rejected" / "bias_gradient_mean.py").text
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": wrong}]
    notebook = {"cells": [*cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    submissions["notebook"] = submission_from("dense.ipynb", json.dumps(notebook).encode())
    text = submissions["passing"].text.replace(FORWARD, FORWARD + "        return X[:0]\n")
    submissions["empty"] = submission_from("empty.py", text.encode())
    reports: list[Report] = []
    grade_all(dense, submissions.values(), reports.append)
    return dict(zip(submissions, zip(reports, submissions.values(), strict=True), strict=True))


Graded = dict[str, tuple[Report, Submission]]


def page_of(graded: Graded, name: str) -> str:
    report, submission = graded[name]
    return render(report, Page(command="grader check dense FILE", source=submission.text))


@pytest.mark.parametrize("name", [*FILES, "notebook", "flood", "empty", "long"])
def test_pages_are_valid_accessible_and_inert(name: str, graded: Graded) -> None:
    """A strict parser takes them; they say the marks and every title, and refer to nothing."""
    report, _ = graded[name]
    text = words(parsed(page_of(graded, name)))
    assert f"{report.score:g} / {report.max_score:g}" in text
    for told in (c for c in report.checks if c.status != "passed" and c.max_points):
        assert " ".join(inert(told.title).split()) in text
    for diagnosis in report.diagnoses:
        for part in (diagnosis.title, diagnosis.why, diagnosis.hint, diagnosis.stronger):
            assert " ".join(inert(part).split()) in text


def texts(root: Element, path: str) -> list[str]:
    return [words(element) for element in root.findall(path)]


def test_the_mistake_comes_before_the_marks(graded: Graded) -> None:
    """The first thing to read is what is wrong, and the stronger hint is folded away."""
    root = parsed(page_of(graded, "two mistakes"))
    assert texts(root, ".//h2") == ["What to fix", "Marks", "About this report"]
    folded = texts(root, ".//details")
    report, _ = graded["two mistakes"]
    for diagnosis in report.diagnoses:
        assert any(diagnosis.stronger in text for text in folded)
        assert not any(diagnosis.hint in text for text in folded)


def test_the_top_says_how_much_is_right_and_links_what_is_not(graded: Graded) -> None:
    """A sentence, and a list that leads to each thing to fix, named or not, in their order."""
    root = parsed(page_of(graded, "two mistakes"))
    assert "12 of 14 groups are right, 2 things to fix." in words(root.find("body/header"))
    links = root.findall(".//nav//a")
    ids = [article.get("id") for article in root.iter("article")]
    assert [link.get("href") for link in links] == [f"#{id_}" for id_ in ids]
    report, _ = graded["two mistakes"]
    assert [words(link) for link in links] == [told.title for told in report.diagnoses]


def test_what_follows_from_a_mistake_is_one_line(graded: Graded) -> None:
    """Checks that it makes fail or impossible are counted, and listed where that is unfolded."""
    report, _ = graded["blocking"]
    blocked = [check for check in report.checks if check.status == "blocked"]
    root = parsed(page_of(graded, "blocking"))
    (article,) = root.iter("article")
    (follows,) = (e for e in article.iter("details") if e.get("class") == "others")
    assert words(follows.find("summary")) == (
        f"{len(blocked)} checks need it and could not be tried."
    )
    listed = texts(follows, "ul/li")
    assert len(listed) == len(blocked)
    assert all(text.startswith(each.title) for text, each in zip(listed, blocked, strict=True))


def test_a_file_that_does_not_load_is_explained_first(graded: Graded) -> None:
    """The named mistake, its hint, and only then what Python said."""
    report, _ = graded["syntax"]
    (told,) = report.diagnoses
    text = words(parsed(page_of(graded, "syntax")).find(".//main"))
    parts = [told.title, told.why, told.hint, report.message]
    found = [text.index(part) for part in parts]
    assert found == sorted(found)


@pytest.mark.parametrize("kind", [*FILES, "notebook", "empty", "long"])
def test_nothing_is_empty(kind: str, graded: Graded) -> None:
    """No heading, list, table or section without words, and no section with a heading only."""
    root = parsed(page_of(graded, kind))
    for tag in "h1 h2 h3 h4 p pre ul ol li dl dd table section article nav summary code".split():
        assert all(words(element) for element in root.iter(tag)), tag
    for section in root.iter("section"):
        assert len(section) > 1 or words(section.find("h2")) == words(section)


def test_full_marks_are_a_joy(graded: Graded) -> None:
    """With the next exercise, where there is one."""
    report, _ = graded["passing"]
    root = parsed(render(report, Page(next_problem="relu")))
    (joy,) = (e for e in root.iter("section") if e.get("class") == "joy")
    assert words(joy) == "All 14 groups are right. Well done! Next exercise: grader show relu"
    assert "Next exercise" not in words(parsed(render(report, Page())))
    assert not any(e.get("class") == "joy" for e in parsed(page_of(graded, "raised")).iter())


def table_of(root: Element, name: str) -> list[list[str]]:
    tables = (t for t in root.iter("table") if words(t.find("caption")).startswith(name))
    return [[words(cell) for cell in row.iter("td")] for row in next(tables).find("tbody")]


def test_small_arrays_are_written_in_brackets(graded: Graded) -> None:
    """As Python writes them, with what differs in bold; a drawing would say no more."""
    root = parsed(page_of(graded, "two mistakes"))
    assert [words(table.find("caption")) for table in root.iter("table")] == [
        "Points by group of checks"
    ]
    expected, yours = next(e for e in root.iter("dl") if "values" in e.get("class")).findall("dd")
    assert words(expected) == "[[3.75]] shape (1, 1)"
    assert words(yours) == "[[2.5]] shape (1, 1)"
    assert texts(yours, ".//b") == ["2.5"]
    text = words(root)
    assert "The largest error is 1.25, about 10⁹ times the 3.75e-09 that is allowed." in text


def test_large_arrays_are_drawn_with_a_legend(graded: Graded) -> None:
    """Expected, yours and the difference are tables of numbers; marks say what differs."""
    root = parsed(page_of(graded, "large"))
    assert table_of(root, "Expected")[-1] == ["22.25"]
    assert table_of(root, "Yours")[-2:] == [["-13.75"], ["0* differs"]]
    assert table_of(root, "Difference")[-2:] == [["0"], ["-22.25* differs"]]
    assert "Warm colours are numbers above zero, cold ones below" in words(root)
    assert "Warm colours" not in words(parsed(page_of(graded, "two mistakes")))


def test_a_gauge_is_drawn_where_it_is_close(graded: Graded) -> None:
    """An error of rounding is drawn against what is allowed; one of a billion times that is not."""
    gauges = {
        kind: sum(e.get("class") == "gauge" for e in parsed(page_of(graded, kind)).iter(SVG))
        for kind in ("rounded", "large")
    }
    assert gauges["rounded"] > 0
    assert gauges["large"] == 0


def test_not_a_number_has_no_difference(graded: Graded) -> None:
    """NaN is shown as what it is, and as different, without arithmetic on it."""
    report, submission = graded["large"]
    check = next(check for check in report.checks if check.evidence.get("wrong"))
    values = [[1.0]] * 3
    evidence = {
        **check.evidence,
        "expected": {"shape": [3, 1], "dtype": "float64", "values": values},
        "yours": {"shape": [3, 1], "dtype": "float64", "values": [["nan"], ["inf"], [1.0]]},
    }
    changed = replace(report, checks=(replace(check, evidence=evidence),), diagnoses=())
    root = parsed(render(changed, Page(source=submission.text)))
    assert table_of(root, "Yours") == [["nan* differs"], ["inf* differs"], ["1"]]
    assert table_of(root, "Difference") == [["≠* differs"], ["≠* differs"], ["0"]]


def test_an_array_without_elements(graded: Graded) -> None:
    """It is said to have none."""
    assert "no elements" in words(parsed(page_of(graded, "empty")))


def lines_of(root: Element, mark: str) -> list[str]:
    """The lines of the first excerpt that contains ``mark``."""
    code = next(e for e in root.iter("code") if len(e) and mark in words(e))
    return ["".join(line.itertext()).rstrip("\n") for line in code]


def test_the_guilty_line_is_marked(graded: Graded) -> None:
    """Where an exception came from: the whole function, what ran in it, and the one line."""
    report, submission = graded["raised"]
    lines = lines_of(parsed(page_of(graded, "raised")), "← here")
    (frame,) = next(check for check in report.checks if check.message).evidence["traceback"]
    number, source = frame["line"], submission.lines[frame["line"] - 1][4:]
    assert [line for line in lines if "← here" in line] == [f"{number}{source} ← here"]
    assert lines[0].endswith("def backward_pass(self, accum_grad):")


def test_what_raised_is_underlined(graded: Graded) -> None:
    """The expression in the line, not all of it."""
    assert texts(parsed(page_of(graded, "raised")), ".//mark") == ["W_before"]


def test_what_did_not_run_is_grey(graded: Graded) -> None:
    """And said, for those who do not see it; docstrings and heads of functions are not meant."""
    page = parsed(page_of(graded, "raised"))
    lines = lines_of(page, "← here")
    idle = [line for line in lines if "(did not run)" in line]
    assert idle[0].split()[1:3] == ["W_before", "="]
    assert len(idle) == 5
    assert "Grey lines did not run in the last call." in words(page)
    assert "did not run" not in words(parsed(page_of(graded, "two mistakes")))


@pytest.mark.parametrize(
    ("kind", "where", "line"),
    [
        ("two mistakes", "Line 31, in your forward_pass", "31    return X.dot(self.W)"),
        ("notebook", "Cell 1, line 34, in your backward_pass", "34        grad_w0 = np.mean("),
    ],
)
def test_the_line_that_made_a_wrong_value_is_marked(
    kind: str, where: str, line: str, graded: Graded
) -> None:
    """One line, where it can be told; and the heading names it."""
    root = parsed(page_of(graded, kind))
    mark = "← it comes from here"
    lines = [each for each in lines_of(root, mark) if mark in each]
    assert len(lines) == 1
    assert lines[0].startswith(line)
    assert where in texts(root, ".//h4")


def test_what_is_hostile_is_shown_as_text(graded: Graded) -> None:
    """Markup, escapes and formulas that were printed and raised are read on the page."""
    page = page_of(graded, "escapes")
    text = words(parsed(page))
    assert "\\x1b[2J\\x1b[31m100 / 100" in text
    assert "\\u202e</pre><script>alert(1)</script>]]>&#0;\\x00\\x0b\\ufffe" in text
    assert "<script>alert" not in page
    assert "[bold red]x[/bold red]=cmd|' /C calc'!A1" in text


def test_overlong_text_is_cut(graded: Graded) -> None:
    """No page grows with what a submission prints or raises."""
    for name in (*FILES, "long", "flood"):
        assert len(page_of(graded, name)) < 250_000
    assert "more characters]" in page_of(graded, "flood")


def test_a_page_ends_whatever_fails(graded: Graded) -> None:
    """Beyond a number of failures there are no examples; a line of many signs has no colours."""
    report, _ = graded["raised"]
    check = next(check for check in report.checks if check.message)
    source = "def backward_pass(self):\n" + ("    " + "1,'<'," * 25 + "\n") * 3000
    frames = [{"line": n, "function": "f", "source": "x"} for n in (3000, 2000, 1000, 5)]
    evidence = {"traceback": frames, "calls": ["f(<" + "1, " * 300] * 1000}
    checks = [
        replace(
            check,
            id=f"test_{n}",
            title=f"<{n}>",
            message=f"{n}<" * 9000,
            evidence={**evidence, "text": str(n)},
        )
        for n in range(100)
    ]
    changed = replace(report, checks=tuple(checks), diagnoses=())
    page = render(changed, Page(source=source))
    assert len(page) < 2_000_000
    root = parsed(page)
    assert len(texts(root, ".//article")) == len(texts(root, ".//nav//li")) == 100
    assert words(root).count("is left out here: fix what is above first.") == 100 - MAX_DRAWN


def test_any_file_name_is_inert(graded: Graded) -> None:
    """The name of a file is its author's choice."""
    report, _ = graded["passing"]
    nasty = "</title><script>alert(1)</script>\x1b[2J\u202e.py"
    root = parsed(render(replace(report, submission_name=nasty), Page(command=f"check {nasty}")))
    assert words(root.find("body/header//h1")) == inert(nasty)


SIGNS = "<>&'\"/=`{}%#\\\n\t ab1\x00\x1b\u202e\u2028"
MARKUP = st.lists(st.sampled_from(["</pre>", "<script>", "'", '"""', "{{ 7 }}", "&lt;", "\n"]))
SOURCES = st.text() | st.text(SIGNS) | MARKUP.map("".join)


@given(SOURCES, st.integers(1, 4), st.booleans())
@settings(max_examples=60)
def test_any_source_is_text(source: str, line: int, raised: bool) -> None:
    """Whatever stands in the lines that are shown and coloured, or in the part that raised."""
    frame: Frame = {"line": line, "function": "<f>", "source": source.split("\n")[0].strip()}
    evidence: Evidence = {
        "lines": [1, 2, 3, 4],
        "what": source[:20],
        "calls": [source, "layer.f()"],
        "marked": [0, line],
    }
    if raised:
        evidence["traceback"] = [frame]
    check = CheckResult("test_f", "<title>", "<group>", 0, 1, "failed", source, evidence, source)
    report = Report("<p>", "", "<f>", "", "failed", 0, 1, (check,), output=source)
    parsed(render(report, Page(source=source, command=source, next_problem=source)))


@given(REPORTS)
@settings(max_examples=60)
def test_any_report_is_a_valid_page(report: Report) -> None:
    """Whatever texts are in it."""
    parsed(render(report, Page()))


def test_the_same_report_is_the_same_page(graded: Graded) -> None:
    """Nothing on it depends on when or where it is made."""
    assert page_of(graded, "two mistakes") == page_of(graded, "two mistakes")


def test_check_writes_a_page(grader: Run, tmp_path: Path) -> None:
    """grader check --format html, with the lines of the submission in it."""
    path = SAMPLES / "rejected" / "frozen_gradient_unbound.py"
    done = grader("check", "dense", path, "--format", "html", "-o", tmp_path / "page.html")
    assert done.returncode == 1, done.stderr
    assert "← here" in words(parsed((tmp_path / "page.html").read_text("utf-8")))


@pytest.mark.parametrize(("kind", "needed"), [("html", True), ("json", False)])
def test_jinja_is_imported_for_pages_only(kind: str, needed: bool, tmp_path: Path) -> None:
    """Who wants no page does not wait for what writes pages."""
    path = SAMPLES / "accepted" / "einsum.py"
    options = ["--format", kind, "-o", str(tmp_path / "report")]
    command = [sys.executable, "-X", "importtime", "-m", "grader", "check", "dense", str(path)]
    done = subprocess.run(
        [*command, *options], cwd=ROOT, capture_output=True, text=True, check=True
    )
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "grader.model.problem" in imported
    assert ("jinja2" in imported) is needed


# -- in a browser ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with tab(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@needs_browser
@pytest.mark.parametrize(
    "name", ["two mistakes", "escapes", "long", "nan", "syntax", "large", "passing"]
)
@pytest.mark.parametrize("width", [360, 390, 1280])
def test_pages_fit(name: str, width: int, graded: Graded, browser: Tab, tmp_path: Path) -> None:
    """Nothing has to be scrolled sideways, on a phone or a desk, with everything unfolded."""
    (tmp_path / "page.html").write_text(page_of(graded, name), "utf-8")
    browser.show(tmp_path / "page.html", width)
    browser.run("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert browser.run("document.documentElement.scrollWidth") == width


@needs_browser
def test_the_button_copies_the_script(graded: Graded, browser: Tab, tmp_path: Path) -> None:
    """What lands on the clipboard is the script, to the byte; what was done is said."""
    report, _ = graded["two mistakes"]
    (tmp_path / "page.html").write_text(page_of(graded, "two mistakes"), "utf-8")
    browser.show(tmp_path / "page.html", 1200)
    browser.ask("Emulation.setFocusEmulationEnabled", enabled=True)
    granted = ["clipboardReadWrite", "clipboardSanitizedWrite"]
    browser.ask("Browser.grantPermissions", permissions=granted)
    browser.run("document.querySelector('button.copy').closest('details').open = true")
    assert browser.run("document.querySelector('button.copy').checkVisibility()")
    browser.run("document.querySelector('button.copy').click()")
    told = "document.querySelector('button.copy').nextElementSibling.textContent"
    waiting = f"new Promise(go => setInterval(() => {told} && go({told}), 5))"
    assert browser.run(waiting) == "Copied."
    example = next(check for check in report.checks if check.reproduce)
    assert browser.run("navigator.clipboard.readText()") == example.reproduce


@needs_browser
def test_without_scripts_there_is_no_dead_button(
    graded: Graded, browser: Tab, tmp_path: Path
) -> None:
    """The page is complete where scripts are not run."""
    (tmp_path / "page.html").write_text(page_of(graded, "two mistakes"), "utf-8")
    browser.ask("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.show(tmp_path / "page.html", 1200)
        shown = "[...document.querySelectorAll('button')].filter(b => b.checkVisibility()).length"
        browser.run("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert browser.run(shown) == 0
        assert browser.run("document.querySelectorAll('pre[id]').length") > 0
    finally:
        browser.ask("Emulation.setScriptExecutionDisabled", value=False)


@needs_browser
def test_nothing_is_asked_of_a_network(graded: Graded, browser: Tab, tmp_path: Path) -> None:
    """The browser loads the page and nothing else, whatever the submission wrote."""
    (tmp_path / "page.html").write_text(page_of(graded, "escapes"), "utf-8")
    browser.show(tmp_path / "page.html", 1200)
    found = browser.run("performance.getEntriesByType('resource').map(e => e.name)")
    assert json.dumps(found) == "[]"


@needs_browser
def test_links_stay_in_the_frame_of_a_notebook(
    graded: Graded, browser: Tab, tmp_path: Path
) -> None:
    """Links lead to a place on the page; without an address of its own, to the notebook."""
    report, submission = graded["two mistakes"]
    frame = ReportInNotebook.of(report, submission.text)._repr_html_()
    opened = frame.replace('sandbox=""', 'sandbox="allow-same-origin"')  # to look into it
    (tmp_path / "notebook.html").write_text(f"<!doctype html>{opened}", "utf-8")
    browser.show(tmp_path / "notebook.html", 1280)
    inside = "document.querySelector('iframe').contentDocument"
    browser.run(f"{inside}.querySelectorAll('nav a')[1].click()")
    found = browser.run(f"[{inside}.location.href, {inside}.querySelector(':target').id]")
    assert found == ["about:srcdoc#fix-2", "fix-2"]


@needs_browser
@pytest.mark.parametrize("name", ["two mistakes", "raised", "large", "passing", "syntax"])
def test_the_keyboard_reaches_everything_in_order(
    name: str, graded: Graded, browser: Tab, tmp_path: Path
) -> None:
    """Tab goes down the page, from the link that skips to the content, and never to nothing."""
    (tmp_path / "page.html").write_text(page_of(graded, name), "utf-8")
    browser.show(tmp_path / "page.html", 1280)
    places = []
    for _ in range(60):
        for kind in ("rawKeyDown", "keyUp"):
            browser.ask(
                "Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9
            )
        place = browser.run(
            "(e => e === document.body ? null : [e.className, e.textContent.trim() !== '',"
            " e.getBoundingClientRect().y + scrollY])(document.activeElement)"
        )
        if place is None or place in places:  # the browser's own, or the top again
            break
        places.append(place)
    assert places[0][0] == "skip"
    heights = [height for _, _, height in places[1:]]
    assert heights
    assert heights == sorted(heights)
    assert all(text for _, text, _ in places)
