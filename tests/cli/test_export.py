"""A class handed on: a file for every student in every format, and a page for all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.reporters import FORMATS, reporter
from grader.results.store import Store
from grader.views.class_reports import CLASS_PAGE, export_class, file_name
from tests.conftest import Run
from tests.reporters.browser import Tab, tab
from tests.reporters.pages import parsed, words
from tests.reporters.test_html import needs_browser
from tests.small_problem import grade_files, thing

NAMES = {
    "ada": thing().source,
    "bob": thing(value="2").source,
    "cyd": thing(value="2").source + b"# by cyd\n",
    "eve": b"class",
    "fay": thing("fault").source,
    "CON": thing(value="3").source,
    "class": thing(value="[1] * 50").source,
    "<script>alert(1)<!--": thing(value="'<b>\\x1b[2J'").source,
    "=1+1\u202e": thing(value="1 / 0").source,
    "김" * 60: thing().source,
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a small class with difficult names."""
    return grade_files(tmp_path_factory.mktemp("class"), NAMES)


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_has_a_file_for_every_student(
    format_: str, results: Path, tmp_path: Path
) -> None:
    """It is the student's own report, and no two students share a file."""
    with Store(results) as store:
        assert export_class(tmp_path, store, format_) == len(NAMES)
    suffix = reporter(format_).SUFFIX
    files = {path.name for path in tmp_path.iterdir()} - {CLASS_PAGE}
    assert len({name.casefold() for name in files}) == len(NAMES)
    assert all(name.endswith(suffix) for name in files)
    right, wrong = ((tmp_path / f"{name}{suffix}").read_text("utf-8") for name in ("ada", "bob"))
    assert right != wrong


def test_a_place_in_a_file_is_in_the_students_file(results: Path, tmp_path: Path) -> None:
    """Equal files are graded once, whatever they are called; reports have each student's name."""
    with Store(results) as store:
        export_class(tmp_path, store, "sarif")
    (run,) = json.loads((tmp_path / "eve.sarif").read_text("utf-8"))["runs"]
    (found,) = run["results"]
    assert found["message"]["text"].startswith("eve.py:1: SyntaxError"), found["message"]
    place = found["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "eve.py"
    assert place["region"]["startLine"] == 1


def test_the_page_of_a_class(results: Path, tmp_path: Path) -> None:
    """What the summary knows is on it, every student is linked, and names are text."""
    with Store(results) as store:
        export_class(tmp_path, store, "html")
    page = (tmp_path / CLASS_PAGE).read_text("utf-8")
    root = parsed(page)
    text = words(root)
    assert "Not gradable 1" in text
    assert "Could not be graded, through no fault of theirs 1" in text
    links = {unquote(a.get("href")): words(a) for a in root.find("body/main").iter("a")}
    assert set(links) == {path.name for path in tmp_path.iterdir()} - {CLASS_PAGE}
    assert "<script>alert(1)<!--" in links.values()
    assert "=1+1\\u202e" in links.values()
    (table,) = (t for t in root.iter("table") if "students" in t.get("class"))
    assert len(list(table.find("tbody"))) == len(NAMES)
    same = next(s for s in root.iter("section") if s.get("aria-labelledby") == "identical")
    assert [words(item) for item in same.iter("li")][-2:] == ["bob", "cyd"]
    for path in tmp_path.iterdir():
        parsed(path.read_text("utf-8"))


def test_the_command(results: Path, tmp_path: Path, grader: Run) -> None:
    """It says what it has written; what cannot be written is wrong usage."""
    done = grader("export", results, "--to", "html", tmp_path / "pages")
    assert done.returncode == 0, done.stderr
    assert f"wrote {len(NAMES)} reports" in done.stdout
    assert (tmp_path / "pages" / CLASS_PAGE).exists()
    (tmp_path / "file").write_text("")
    done = grader("export", results, "--to", "json", tmp_path / "file" / "under")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert grader("export", tmp_path, "--to", "json", tmp_path / "x").returncode == 2


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_names_of_files_are_safe(student: str) -> None:
    """One part of a path, visible, not too long, no device of Windows."""
    name = file_name(student)
    assert not set(name) & set('/\\:*?"<>|\0')
    assert len(f"{name}.html".encode()) < 200
    assert name
    assert not name.startswith(".")
    assert name.partition(".")[0].casefold() not in ("con", "nul", "com1", "aux")


@given(st.lists(st.text("aA./é\u0301e:", max_size=4), unique=True, min_size=2, max_size=5))
def test_students_keep_files_of_their_own(students: list[str]) -> None:
    """Different names give different files."""
    assert len(set(map(file_name, students))) == len(students)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with tab(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@needs_browser
@pytest.mark.parametrize("width", [360, 1200])
def test_the_page_of_a_class_fits(width: int, results: Path, browser: Tab, tmp_path: Path) -> None:
    """Nothing has to be scrolled sideways, and its links lead to pages."""
    with Store(results) as store:
        export_class(tmp_path, store, "html")
    browser.show(tmp_path / CLASS_PAGE, width)
    browser.run("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert browser.run("document.documentElement.scrollWidth") == width
    link = browser.run(
        "(a => [a.getAttribute('href'), a.textContent])(document.querySelector('th a'))"
    )
    browser.show(tmp_path / unquote(link[0]), width)
    assert browser.run("document.title").startswith(link[1])
