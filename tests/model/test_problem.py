"""Problem packages: what is read from them, and how what is wrong with them is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import ExitCode, ProblemError, UsageError
from grader.model.problem import Library

SETTINGS = """\
title = "Title"
summary = "Summary"
entry = "Dense"

[limits]
call_seconds = 2.5
memory_mb = 512

[provided]
modules = ["layer"]

[provided.names]
np = "numpy"
Layer = "layer:Layer"

[[groups]]
id = "forward"
points = 40
title = "Forward"

[[groups]]
id = "input-gradient"
points = 60
title = "Backward"
"""


def library_with(root: Path, settings: str | bytes = SETTINGS, slug: str = "dense") -> Library:
    """Write a library of one problem and return it."""
    folder = root / "problems" / slug
    (folder / "provided").mkdir(parents=True)
    raw = settings.encode() if isinstance(settings, str) else settings
    (folder / "problem.toml").write_bytes(raw)
    (folder / "statement.md").write_text("# Statement\n")
    (folder / "starter.py").write_text("class Dense: ...\n")
    (folder / "checks.py").write_text("def test_nothing(): ...\n")
    (folder / "expected.json").write_text('{"seeded": [1, 2]}\n')
    (folder / "provided" / "layer.py").write_text("class Layer: ...\n")
    (root / "reference").mkdir()
    (root / "reference" / f"{slug.replace('-', '_')}.py").write_text("class Dense: ...\n")
    for verdict in ("accepted", "rejected"):
        (root / "submissions" / slug / verdict).mkdir(parents=True)
    return Library.find(root)


def broken(root: Path, settings: str | bytes) -> ProblemError:
    """Load a library whose settings are wrong; return the complaint."""
    with pytest.raises(ProblemError) as caught:
        library_with(root, settings).load("dense")
    error = caught.value
    assert error.path == root.resolve() / "problems" / "dense" / "problem.toml"
    where = f"{error.path}:{error.line}" if error.line else f"{error.path}"
    assert str(error) == f"{where}: {error.what}"
    assert error.exit_code is ExitCode.BROKEN_PROBLEM
    return error


def line_of(text: str, settings: str, nth: int = 1) -> int:
    """The number of the nth line that holds ``text``."""
    return [n for n, line in enumerate(settings.splitlines(), 1) if text in line][nth - 1]


# -- what is read --------------------------------------------------------------------------


def test_settings_are_read(tmp_path: Path) -> None:
    """Values, defaults, nested tables and the list of groups."""
    settings = library_with(tmp_path).load("dense").settings
    assert (settings.title, settings.entry, settings.seed) == ("Title", "Dense", 0)
    assert (settings.limits.call_seconds, settings.limits.memory_mb) == (2.5, 512)
    assert settings.limits.output_kb == 64
    assert [(group.id, group.points) for group in settings.groups] == [
        ("forward", 40.0),
        ("input-gradient", 60.0),
    ]


def test_files_are_found(tmp_path: Path) -> None:
    """Everything in a problem is reached by name; the reference's name has no hyphens."""
    library = library_with(tmp_path, slug="dense-layer")
    problem = library.load("dense-layer")
    assert library.slugs() == ["dense-layer"]
    assert problem.reference_path.name == "dense_layer.py"
    assert problem.statement.startswith("# Statement")
    assert problem.expected == {"seeded": [1, 2]}
    assert problem.provided_sources == {"layer": "class Layer: ...\n"}
    assert problem.provided_names == (("np", "numpy", ""), ("Layer", "layer", "Layer"))
    assert problem.checks_path.is_file()
    assert problem.starter_path.is_file()


def test_samples_are_sorted(tmp_path: Path) -> None:
    """Sample submissions come in the order of their names, and only Python files."""
    problem = library_with(tmp_path).load("dense")
    folder = tmp_path / "submissions" / "dense" / "rejected"
    for name in ("b.py", "a.py", "notes.txt"):
        (folder / name).write_text("x = 1\n")
    assert [path.name for path in problem.samples("rejected")] == ["a.py", "b.py"]
    assert problem.samples("accepted") == []


def test_a_problem_needs_no_expected_values(tmp_path: Path) -> None:
    """Without `expected.json` there are none."""
    problem = library_with(tmp_path).load("dense")
    problem.expected_path.unlink()
    assert problem.expected is None


def test_the_dense_problem_is_sound() -> None:
    """The library that comes with the package has the problem, with 100 points."""
    problem = Library.find().load("dense")
    assert sum(group.points for group in problem.settings.groups) == 100
    assert set(problem.provided_sources) == {"layer", "optimizers"}


def test_groups_say_when_students_may_see_them(tmp_path: Path) -> None:
    """At once, unless they say otherwise."""
    later = SETTINGS.replace('title = "Backward"', 'title = "Back"\nvisibility = "after_due_date"')
    problem = library_with(tmp_path, later).load("dense")
    assert problem.visibility("forward") == "visible"
    assert problem.visibility("input-gradient") == "after_due_date"


# -- what is wrong in problem.toml ---------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("memory_mb = 512", "memory_gb = 1", "memory_gb"),
        ('entry = "Dense"', 'entry = "Dense"\ncolour = 1', "colour"),
        ('title = "Backward"', 'title = "Backward"\nweight = 2', "weight"),
        ("[limits]", "[limit]", "limit"),
    ],
)
def test_unknown_keys(tmp_path: Path, old: str, new: str, shown: str) -> None:
    """A key that nobody reads is a mistake, in each table, and is named with its line."""
    settings = SETTINGS.replace(old, new)
    error = broken(tmp_path, settings)
    assert error.line == line_of(shown, settings)
    assert f"`{shown}`" in error.what
    assert "unknown" in error.what


@pytest.mark.parametrize(
    ("old", "group", "shown"),
    [
        ('entry = "Dense"\n', None, "entry"),
        ('title = "Title"\n', None, "title"),
        ("points = 40\n", 1, "points"),
        ('title = "Backward"\n', 2, "title"),
        (SETTINGS[SETTINGS.index("[[groups]]") :], None, "groups"),
    ],
)
def test_missing_keys(tmp_path: Path, old: str, group: int | None, shown: str) -> None:
    """A key that has to be there is named, with the line of the table that lacks it."""
    settings = SETTINGS.replace(old, "")
    error = broken(tmp_path, settings)
    assert error.line == (line_of("[[groups]]", settings, group) if group else 1)
    assert f"`{shown}`" in error.what
    assert "missing" in error.what


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ('summary = "Summary"', "summary = 5", ("summary", "str", "int")),
        ('entry = "Dense"', 'entry = "two words"', ("entry",)),
        ('entry = "Dense"', 'entry = "Dense"\nseed = -1', ("seed", ">= 0")),
        ("memory_mb = 512", 'memory_mb = "much"', ("limits.memory_mb", "int", "str")),
        ("memory_mb = 512", "memory_mb = 0", ("limits.memory_mb", ">= 1")),
        ("call_seconds = 2.5", "call_seconds = -1", ("limits.call_seconds", "> 0")),
        ("call_seconds = 2.5", "call_seconds = nan", ("limits.call_seconds", "> 0")),
        ('modules = ["layer"]', "modules = [5]", ("provided.modules", "str", "int")),
        ('modules = ["layer"]', 'modules = "layer"', ("provided.modules", "array")),
        ("points = 40", 'points = "40"', ("groups.0.points", "float", "str")),
        ("points = 60", "points = []", ("groups.1.points", "float", "array")),
        ('title = "Backward"', "title = 5", ("groups.1.title", "str", "int")),
        ('id = "input-gradient"', 'id = "Input gradient"', ("groups.1.id",)),
    ],
)
def test_wrong_values(tmp_path: Path, old: str, new: str, shown: tuple[str, ...]) -> None:
    """A value of the wrong kind is told with its full name, what it is and what it has to be."""
    settings = SETTINGS.replace(old, new)
    error = broken(tmp_path, settings)
    assert error.line == line_of(new.splitlines()[-1], settings)
    assert [text for text in shown if text not in error.what] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('np = "numpy"', "np = 5"),
        ('np = "numpy"', 'np = "import numpy"'),
        ('np = "numpy"', '"n p" = "numpy"'),
    ],
)
def test_wrong_names(tmp_path: Path, old: str, new: str) -> None:
    """What is wrong in the table of names is told with that table or the very line."""
    settings = SETTINGS.replace(old, new)
    error = broken(tmp_path, settings)
    assert error.line in (line_of("[provided.names]", settings), line_of(new, settings))
    assert "provided.names" in error.what
    assert "$" not in error.what.partition("regex")[0]


def test_wrong_values_in_an_inline_table(tmp_path: Path) -> None:
    """However the table is written, the line is that of the table."""
    start, end = SETTINGS.index("[limits]"), SETTINGS.index("[provided]")
    settings = f'{SETTINGS[:start]}limits = {{memory_mb = "x"}}\n{SETTINGS[end:]}'
    assert broken(tmp_path, settings).line == line_of("limits", settings)


@pytest.mark.parametrize("wrong", ["points = 'many'", "'no-such' = 1"])
def test_wrong_values_in_an_array_of_inline_tables(tmp_path: Path, wrong: str) -> None:
    """The line is that of the group, wherever else its keys are written."""
    groups = [
        "groups = [",
        '    {id = "forward", points = 40, title = """',
        """points = 'many'""",
        "[[groups]]",
        '"""},',
        f'    {{id = "backward", title = "Backward", {wrong}}},',
        "]",
    ]
    settings = "\n".join([*groups, SETTINGS[: SETTINGS.index("[[groups]]")]])
    assert broken(tmp_path, settings).line == 6


def test_an_endless_limit_is_refused(tmp_path: Path) -> None:
    """Infinity is a number in TOML, and no time that one can wait."""
    error = broken(tmp_path, SETTINGS.replace("call_seconds = 2.5", "call_seconds = inf"))
    assert error.line == line_of("call_seconds", SETTINGS)


def test_a_group_listed_twice(tmp_path: Path) -> None:
    """The second of two equal groups is named with its line."""
    settings = SETTINGS.replace("input-gradient", "forward")
    error = broken(tmp_path, settings)
    assert error.line == line_of('id = "forward"', settings, 2)
    assert "'forward'" in error.what
    assert "twice" in error.what


@pytest.mark.parametrize(("points", "total"), [("59", "99"), ("60.5", "100.5"), ("600", "640")])
def test_points_that_do_not_add_up(tmp_path: Path, points: str, total: str) -> None:
    """The groups share exactly 100 points; the sum that was found is told."""
    error = broken(tmp_path, SETTINGS.replace("points = 60", f"points = {points}"))
    assert error.line == line_of("[[groups]]", SETTINGS)
    assert f" {total}," in error.what
    assert "100" in error.what


def test_thirds_add_up(tmp_path: Path) -> None:
    """Points need not be whole, and rounding of their sum is forgiven."""
    groups = "".join(
        f'[[groups]]\nid = "g{n}"\npoints = 14.285714285714286\ntitle = "G"\n' for n in range(7)
    )
    settings = SETTINGS[: SETTINGS.index("[[groups]]")] + groups
    assert len(library_with(tmp_path, settings).load("dense").settings.groups) == 7


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('"Title"', '"Title', 1),
        ("memory_mb = 512", "memory_mb = ", 7),
        ("memory_mb = 512", "call_seconds = 3", 7),
        ("[limits]", "[limits", 5),
    ],
)
def test_toml_syntax(tmp_path: Path, old: str, new: str, line: int) -> None:
    """A file that is not TOML is told with the line where the parser stopped, once."""
    error = broken(tmp_path, SETTINGS.replace(old, new))
    assert error.line == line
    assert "line" not in error.what


def test_not_utf8(tmp_path: Path) -> None:
    """A file in another encoding is told as that."""
    error = broken(tmp_path, SETTINGS.encode().replace(b"Title", b"\xdcbung"))
    assert "UTF-8" in error.what


# -- what is wrong in other files ----------------------------------------------------------


def test_a_missing_provided_module(tmp_path: Path) -> None:
    """The module's name, the file that was looked for, and the line that asks for it."""
    problem = library_with(tmp_path).load("dense")
    (problem.provided_folder / "layer.py").unlink()
    with pytest.raises(ProblemError) as caught:
        problem.provided_sources  # noqa: B018
    assert caught.value.line == line_of("modules =", SETTINGS)
    assert "'layer'" in caught.value.what
    assert str(problem.provided_folder / "layer.py") in caught.value.what


@pytest.mark.parametrize("name", ["checks.py", "starter.py", "statement.md"])
def test_missing_files(tmp_path: Path, name: str) -> None:
    """A file that a problem has to have is named by its path."""
    problem = library_with(tmp_path).load("dense")
    (problem.folder / name).unlink()
    attribute = {"checks.py": "checks_path", "starter.py": "starter_path"}.get(name, "statement")
    with pytest.raises(ProblemError) as caught:
        getattr(problem, attribute)
    assert caught.value.path == problem.folder / name


def test_a_missing_reference(tmp_path: Path) -> None:
    """A problem without reference solution cannot be graded."""
    problem = library_with(tmp_path).load("dense")
    (tmp_path / "reference" / "dense.py").unlink()
    with pytest.raises(ProblemError, match=r"dense\.py: the reference"):
        problem.reference_path  # noqa: B018


def test_expected_values_that_are_not_json(tmp_path: Path) -> None:
    """The line where the JSON parser stopped."""
    problem = library_with(tmp_path).load("dense")
    problem.expected_path.write_text('{\n  "seeded": [1,\n}\n')
    with pytest.raises(ProblemError) as caught:
        problem.expected  # noqa: B018
    assert (caught.value.path, caught.value.line) == (problem.expected_path, 3)


@pytest.mark.parametrize(
    ("file", "attribute"),
    [
        ("expected.json", "expected"),
        ("statement.md", "statement"),
        ("provided/layer.py", "provided_sources"),
    ],
)
def test_other_files_that_are_not_utf8(tmp_path: Path, file: str, attribute: str) -> None:
    """Each file in another encoding is the problem's fault, and named."""
    problem = library_with(tmp_path).load("dense")
    (problem.folder / file).write_bytes(b'"\xdcbung"')
    with pytest.raises(ProblemError) as caught:
        getattr(problem, attribute)
    assert caught.value.path == problem.folder / file
    assert "UTF-8" in caught.value.what


# -- libraries -----------------------------------------------------------------------------


def test_an_unknown_problem(tmp_path: Path) -> None:
    """The names that there are, are told."""
    library = library_with(tmp_path)
    (tmp_path / "problems" / "not-a-problem").mkdir()
    with pytest.raises(UsageError, match=r"no problem named 'dens' \(there are: dense\)"):
        library.load("dens")


def test_a_library_without_problems(tmp_path: Path) -> None:
    """An empty library has no problems, which is told as well."""
    (tmp_path / "problems").mkdir()
    with pytest.raises(UsageError, match="none"):
        Library.find(tmp_path).load("dense")


def test_a_folder_that_is_no_library(tmp_path: Path) -> None:
    """A folder without `problems` is named, with what it lacks."""
    with pytest.raises(UsageError) as caught:
        Library.find(tmp_path)
    assert str(tmp_path) in str(caught.value)
    assert "'problems'" in str(caught.value)


# -- digests -------------------------------------------------------------------------------

FILES = ["problem.toml", "checks.py", "expected.json", "statement.md", "provided/layer.py"]


def digest(library: Library) -> str:
    """The digest of the problem as it is now."""
    return library.load("dense").digest


@pytest.mark.parametrize("name", [*FILES, "../../reference/dense.py"])
def test_the_digest_changes_with_each_file(tmp_path: Path, name: str) -> None:
    """A byte more in any file that decides a mark is another digest; taken back, it is not."""
    library = library_with(tmp_path)
    before = digest(library)
    path = library.load("dense").folder / name
    content = path.read_bytes()
    path.write_bytes(content + b"\n")
    assert digest(library) != before
    path.write_bytes(content)
    assert digest(library) == before


def test_the_digest_changes_with_names(tmp_path: Path) -> None:
    """A file that is moved or added is another problem, even if no byte of it is new."""
    library = library_with(tmp_path)
    folder = library.load("dense").folder
    digests = [digest(library)]
    (folder / "diagnoses.py").write_text("x = 1\n")
    digests.append(digest(library))
    (folder / "diagnoses.py").rename(folder / "diagnosis.py")
    digests.append(digest(library))
    assert len(set(digests)) == 3


def test_the_digest_does_not_change_with_caches(tmp_path: Path) -> None:
    """What Python writes beside the files is not part of a problem."""
    library = library_with(tmp_path)
    before = digest(library)
    for folder in ("", "provided"):
        cache = library.load("dense").folder / folder / "__pycache__"
        cache.mkdir()
        (cache / "layer.cpython-311.pyc").write_bytes(b"cached")
    assert digest(library) == before


def test_the_digest_does_not_change_with_the_place(tmp_path: Path) -> None:
    """Two copies of a library have equal problems."""
    one, other = library_with(tmp_path / "one"), library_with(tmp_path / "other")
    assert digest(one) == digest(other)


def test_problems_read_their_files_when_asked(tmp_path: Path) -> None:
    """A problem may be looked at while files that are not asked for are missing."""
    library = library_with(tmp_path)
    (library.root / "problems" / "dense" / "statement.md").unlink()
    assert library.load("dense").provided_sources == {"layer": "class Layer: ...\n"}


def test_an_unknown_visibility_is_told_with_its_line_and_the_known_ones(tmp_path: Path) -> None:
    """As Gradescope has them, in the spelling of Gradescope."""
    wrong = SETTINGS.replace('title = "Backward"', 'title = "Backward"\nvisibility = "later"')
    error = broken(tmp_path, wrong)
    assert error.line == line_of('visibility = "later"', wrong)
    assert error.what.startswith("groups.1.visibility: ")
    for value in ("visible", "after_due_date", "after_published", "hidden"):
        assert value in error.what
