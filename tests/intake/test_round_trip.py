"""Any set of names and contents, packed in any form, comes back as it was."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.intake.collect import collect
from grader.intake.sources.ignored import junk_in
from grader.intake.student_files import folded
from grader.model.problem import Library
from tests.intake.packing import Files, folder, sources, take, tarred, zipped

DENSE = Library.find(Path(__file__).resolve().parents[2]).load("dense")

Class = dict[str, bytes]


def flat(students: Class) -> Files:
    """``anna.py``."""
    return {f"{name}.py": content for name, content in students.items()}


def per_student(students: Class) -> Files:
    """``anna/dense.py``."""
    return {f"{name}/dense.py": content for name, content in students.items()}


def wrapped(students: Class) -> Files:
    """``class/anna/dense.py``."""
    return {f"class/{name}/dense.py": content for name, content in students.items()}


def canvas(students: Class) -> Files:
    """``anna_1000_70000_dense-1.py``."""
    return {
        f"{name}_{1000 + n}_{70000 + n}_dense-1.py": content
        for n, (name, content) in enumerate(students.items())
    }


def moodle(students: Class) -> Files:
    """``Anna_17_assignsubmission_file/dense.py``."""
    return {
        f"{name}_{17 + n}_assignsubmission_file/dense.py": content
        for n, (name, content) in enumerate(students.items())
    }


def moodle_flat(students: Class) -> Files:
    """``Anna_17_assignsubmission_file_dense.py``."""
    return {
        f"{name}_{17 + n}_assignsubmission_file_dense.py": content
        for n, (name, content) in enumerate(students.items())
    }


def gradescope(students: Class) -> Files:
    """``assignment_1_export/submission_1/dense.py`` and its metadata."""
    import yaml

    top = "assignment_1_export"
    files = {f"{top}/submission_{n}/dense.py": c for n, c in enumerate(students.values())}
    people = {
        f"submission_{n}": {":submitters": [{":name": name, ":email": f"{n}@example.org"}]}
        for n, name in enumerate(students)
    }
    metadata = yaml.safe_dump(people, allow_unicode=True).encode()
    return {f"{top}/submission_metadata.yml": metadata, **files}


FORMS = [flat, per_student, wrapped, canvas, moodle, moodle_flat, gradescope]


def as_folder(path: Path, files: Files) -> Path:
    """A folder on disk."""
    return folder(path / "class-folder", files)


def as_zip(path: Path, files: Files) -> Path:
    """A zip."""
    (path / "all.zip").write_bytes(zipped(files))
    return path / "all.zip"


def as_tar(path: Path, files: Files) -> Path:
    """A tar."""
    (path / "all.tar").write_bytes(tarred(files))
    return path / "all.tar"


def as_compressed_tar(path: Path, files: Files) -> Path:
    """A tar.xz."""
    (path / "all.tar.xz").write_bytes(tarred(files, "xz"))
    return path / "all.tar.xz"


names = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="/"), min_size=1, max_size=30
).filter(
    lambda name: (
        name not in (".", "..")
        and junk_in((name,)) is None
        and "_assignsubmission_" not in name
        and len(name.encode()) < 100
    )
)
# What Canvas makes of names: lower case, nothing but letters and digits (and rare underscores).
canvas_names = st.text(st.characters(categories=("Ll", "Lo", "Nd")), min_size=1, max_size=20)


def classes_of(form: Callable[[Class], Files]) -> st.SearchStrategy[Class]:
    """Classes of one to six students with names that the form can have."""
    some = st.lists(
        canvas_names if form is canvas else names, min_size=1, max_size=6, unique_by=folded
    )
    # Lines that only Jupyter understands, which are left out, begin or end with one of these.
    content = st.binary(max_size=60).filter(lambda source: not set(b"%!?") & set(source))
    return some.flatmap(lambda chosen: st.fixed_dictionaries(dict.fromkeys(chosen, content)))


@pytest.mark.parametrize("pack", [as_folder, as_zip, as_tar, as_compressed_tar])
@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=25)
@given(data=st.data())
def test_names_and_contents_come_back(
    form: Callable[[Class], Files], pack: Callable[[Path, Files], Path], data: st.DataObject
) -> None:
    """Every student is there once, under the right name, with every byte, in a sorted order."""
    students = data.draw(classes_of(form))
    with tempfile.TemporaryDirectory() as scratch:
        source = pack(Path(scratch), form(students))
        with collect(source, problem=DENSE) as intake:
            first, again = list(intake), list(intake)
            assert len(intake) == len(first)
            assert intake.skipped == ()
    assert sources(first) == students
    assert first == again
    assert [entry.student for entry in first] == sorted(students, key=lambda n: (folded(n), n))


@pytest.mark.parametrize(
    ("form", "called"),
    [
        (flat, "files"),
        (per_student, "folders"),
        (canvas, "Canvas"),
        (moodle, "Moodle"),
        (moodle_flat, "Moodle"),
        (gradescope, "Gradescope"),
    ],
)
def test_the_form_is_named(form: Callable[[Class], Files], called: str, tmp_path: Path) -> None:
    """An instructor sees what the source was taken for."""
    source = as_folder(tmp_path, form({"Anna": b"1", "bo": b"2", "Cy": b"3"}))
    entries, intake = take(source, DENSE)
    assert (intake.form, len(entries)) == (called, 3)
