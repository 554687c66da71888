"""What the documents show and promise."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator

import jsonschema
import msgspec
import pytest

from grader.grading.in_process import grade_all
from grader.model.problem import Problem
from grader.model.problem_toml import Convention, Demo, Group, LimitSettings, Provided, Settings
from grader.model.report import Report
from grader.model.report_json import as_data
from grader.model.submission import read_submission, submission_from
from tests.conftest import ROOT


def test_the_picture_in_the_readme_is_current() -> None:
    """docs/picture.py draws what is committed; the last lines tell of this machine's isolation."""
    path = ROOT / "docs" / "picture.py"
    spec = importlib.util.spec_from_file_location("picture", path)
    assert spec is not None
    assert spec.loader is not None
    picture = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(picture)

    def words(svg: str) -> list[str]:
        text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", svg, flags=re.S)
        return text.replace("&#160;", " ").partition("practice:")[0].split()

    committed = (ROOT / "docs" / "failing-report.svg").read_text("utf-8")
    assert words(picture.draw()) == words(committed), "run: python docs/picture.py"


def test_pictures_of_pages_are_small_and_shown() -> None:
    """docs/page_pictures.py draws them; each is in a document, and quick to load."""
    shown = "".join(
        path.read_text("utf-8") for path in (ROOT / "README.md", ROOT / "docs" / "results.md")
    )
    source = (ROOT / "docs" / "page_pictures.py").read_text("utf-8")
    pictures = sorted((ROOT / "docs").glob("page-*.png"))
    assert [path.stem for path in pictures] == sorted(re.findall(r'"(page-[\w-]+)": ', source))
    for path in pictures:
        assert f"{path.name})" in shown
        assert path.stat().st_size <= 150_000


def test_reports_follow_the_schema(dense: Problem) -> None:
    """Passing, failing, unloadable and hostile reports are valid."""
    samples = ROOT / "submissions" / "dense"
    submissions = [
        read_submission(samples / "accepted" / "einsum.py"),
        read_submission(samples / "rejected" / "output_squeezed.py"),
        submission_from("empty.py", b""),
        submission_from("nan.py", b"class Dense:\n    def __init__(self, **k): self.W = 0 / 0\n"),
    ]
    reports: list[Report] = []
    grade_all(dense, submissions, reports.append)
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))
    for report in reports:
        jsonschema.validate(json.loads(json.dumps(as_data(report), allow_nan=False)), schema)


@pytest.mark.parametrize(
    "document",
    [
        "README.md",
        *(
            f"docs/{name}.md"
            for name in (
                "architecture decisions grading-a-class integrations python report results"
                " scale writing-problems"
            ).split()
        ),
    ],
)
def test_links_lead_somewhere(document: str) -> None:
    """Every relative link in a document names a file that is there."""
    path = ROOT / document
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), f"{document} links to {target}"


def test_architecture_lists_every_package() -> None:
    """The table has every package, and what it points at is there."""
    plan = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    packages = {path.parent for path in (ROOT / "grader").glob("*/__init__.py")}
    assert {f"`{package.name}/`" for package in packages} <= set(re.findall(r"`[\w/]+/`", plan))
    named = re.findall(r"`((?:grader/)?[a-z]+/[\w/]+\.py)`", plan)
    assert len(named) > 12
    for path in named:
        assert (ROOT / "grader" / path.removeprefix("grader/")).exists() or (ROOT / path).exists()


def test_the_guide_describes_every_key() -> None:
    """Every key that a problem.toml can have is in the table of docs/writing-problems.md."""
    guide = (ROOT / "docs" / "writing-problems.md").read_text("utf-8")
    described = set(re.findall(r"^\| `\[*([a-z_.]+)\]*`", guide, re.M))

    def keys(kind: type[msgspec.Struct], prefix: str = "") -> Iterator[str]:
        for field in msgspec.structs.fields(kind):
            yield prefix + field.name
            inner = next((s for s in parts if s.__name__ in str(field.type)), None)
            if inner is not None:
                yield from keys(inner, f"{field.name}.")

    parts = (Group, LimitSettings, Provided, Convention, Demo)
    assert set(keys(Settings)) - described == set()


def test_the_guide_names_what_verify_claims() -> None:
    """The table of claims has the words that verify prints, and the anchors lead somewhere."""
    guide = (ROOT / "docs" / "writing-problems.md").read_text("utf-8")
    titles = re.findall(r"^## (.*)$", guide, re.M)
    slugs = {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in titles}
    assert set(re.findall(r"\]\(#([^)]+)\)", guide)) <= slugs
    source = "".join(
        (ROOT / "grader" / "authoring" / name).read_text("utf-8")
        for name in ("claims.py", "diagnosis_claims.py", "verify.py", "distortion/judged.py")
    )
    claims = re.findall(r'(?:claim = |CLAIM = |Finding\(|counted\()"([^"]+)"', source)
    assert len(claims) > 8
    for claim in claims:
        if not claim.startswith("there are no"):
            assert f"| {claim} |" in guide, f"docs/writing-problems.md does not mention: {claim}"


def test_workflows_are_shown_as_they_should_be_used() -> None:
    """Pinned to commits, with a token that can only read, on no event that hands out secrets."""
    text = (ROOT / "docs" / "integrations.md").read_text("utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    shown = [block for block in blocks if re.search(r"^on:", block, re.MULTILINE)]
    assert len(shown) == 2
    for workflow in shown:
        assert re.search(r"^permissions:\s*\{?contents: read", workflow, re.MULTILINE)
        assert "pull_request_target" not in workflow
        assert "OWNER/dense-grader@COMMIT" in workflow
    used = [line for block in shown for line in re.findall(r"uses: (\S+)", block)]
    used += re.findall(r"uses: (\S+)", (ROOT / "action.yml").read_text("utf-8"))
    pinned = re.compile(
        r"actions/[\w-]+@[0-9a-f]{40}|OWNER/dense-grader@COMMIT|classroom-resources/.*"
    )
    assert [one for one in used if not pinned.fullmatch(one)] == []
    assert "pull_request_target" in text
