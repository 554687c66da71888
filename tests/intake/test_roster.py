"""Rosters in the exports that instructors have, and who of them handed what in."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.intake.describe import describe
from grader.intake.roster import read_roster
from grader.model.problem import Problem
from tests.intake.packing import Files, code, folder, take

CANVAS = """\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,HW 1 (42)
,,,,,Manual Posting
    Points Possible,,,,,100
"Doe, Jane",12345,S1,jdoe,Sec A,90
"O'Neil-Müller, Zoë",222,S2,zoe,Sec B,
"Doe, Jane",999,S3,jdoe2,Sec A,
"Student, Test",1,,,Sec A,
"""
MOODLE = """Identifier,Full name,Email address,Status,Grade
Participant 123,Jane Doe,jane@example.org,Submitted,-
Participant 7,Zoë O'Neil,zoe@example.org,No submission,-
"""
GRADESCOPE = """First Name,Last Name,SID,Email,Role,Sections
Jane,Doe,0042,jane@example.org,Student,A
Zoë,O'Neil,0043,zoe@example.org,Student,A
Prof,Essor,,prof@example.org,Instructor,
"""
OWN = "Name;E-Mail;Student ID\r\nDoe, Jane;jane@example.org;0042\r\nZoë O'Neil;zoe@x.org;43\r\n"


def written(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write a roster."""
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode(encoding))
    return path


def matched(
    tmp_path: Path, problem: Problem, roster: str, files: Files
) -> tuple[dict[str, str], list[str], dict[str, tuple[str, ...]]]:
    """Return full names by student, who is missing, and the notes."""
    source = folder(tmp_path / "c", files)
    entries, intake = take(source, problem, roster=written(tmp_path, roster))
    names = {entry.student: entry.ids.get("name", "") for entry in entries}
    notes = {entry.student: entry.notes for entry in entries if entry.notes}
    return names, [student.name for student in intake.missing], notes


def test_canvas_ids_tell_namesakes_apart(tmp_path: Path, dense: Problem) -> None:
    """The user id decides; what a gradebook needs is kept."""
    files = {"doejane_12345_1_dense.py": code(), "oneilmüllerzoë_222_2_dense.py": code()}
    source = folder(tmp_path / "c", files)
    entries, intake = take(source, dense, roster=written(tmp_path, CANVAS))
    assert entries[0].ids == {
        "name": "Doe, Jane",
        "lms": "12345",
        "sis": "S1",
        "login": "jdoe",
        "section": "Sec A",
    }
    assert entries[1].ids["name"] == "O'Neil-Müller, Zoë"
    assert [(m.name, m.ids["lms"], m.line) for m in intake.missing] == [("Doe, Jane", "999", 6)]
    assert intake.listed == 3


def test_a_name_is_not_given_to_the_wrong_namesake(tmp_path: Path, dense: Problem) -> None:
    """Somebody of the same name whose id is not in the roster is nobody of the roster."""
    files = {"doejane_12345_1_d.py": code(), "doejane_999_2_d.py": code(), "doejane_5_3_d.py": b""}
    names, missing, notes = matched(tmp_path, dense, CANVAS, files)
    assert names["doejane (5)"] == ""
    assert notes["doejane (5)"] == ("not in the roster",)
    assert missing == ["O'Neil-Müller, Zoë"]


def test_moodle_participants(tmp_path: Path, dense: Problem) -> None:
    """The number in "Participant 123" is the one in the folder's name."""
    files = {"Participant_123_assignsubmission_file/d.py": code()}
    names, missing, _ = matched(tmp_path, dense, MOODLE, files)
    assert (names, missing) == ({"Participant": "Jane Doe"}, ["Zoë O'Neil"])


@pytest.mark.parametrize("roster", [GRADESCOPE, OWN, OWN.replace(";", "\t")])
@pytest.mark.parametrize(
    "name", ["Jane Doe", "jane_doe", "DoeJane", "doe, jane", "0042", "jane@example.org", "JANE"]
)
def test_names_are_recognised_however_written(
    name: str, roster: str, tmp_path: Path, dense: Problem
) -> None:
    """A file may be called by the name in either order, by the id or by the mail address."""
    names, missing, _ = matched(tmp_path, dense, roster, {f"{name}/dense.py": code()})
    assert list(names.values()) in (["Jane Doe"], ["Doe, Jane"])
    assert missing == ["Zoë O'Neil"]


def test_what_is_not_certain_is_not_guessed(tmp_path: Path, dense: Problem) -> None:
    """A name that two have is nobody's; one student under two names is noted with both."""
    names, missing, notes = matched(tmp_path, dense, CANVAS, {"jane doe.py": code()})
    assert names == {"jane doe": ""}
    assert notes == {"jane doe": ("the roster has several of this name (line 4 and line 6)",)}
    assert len(missing) == 3
    files = {"jdoe.py": code(), "S1/dense.py": code()}
    _, missing, notes = matched(tmp_path / "2", dense, CANVAS, files)
    assert len(missing) == 2
    assert "has also handed in as jdoe" in notes["S1"][0]
    assert "has also handed in as S1" in notes["jdoe"][0]


def test_excels_unicode_text_is_read(tmp_path: Path) -> None:
    """UTF-16 with tabs."""
    path = written(tmp_path, OWN.replace(";", "\t"), "utf-16")
    assert [student.ids["sis"] for student in read_roster(path).students] == ["0042", "43"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", ":1: no column says who a student is; known headers are Name"),
        ("Colour,Shoe size\nred,42\n", ":1: no column says who a student is"),
        ("Name,Email\n", ":1: the roster lists no students"),
        ("Name,Email\nA,a@x\n,\nB,b@x\n,b@x\n", ":5: 'b@x' has the same email as line 4"),
        ("Name,Section\nA,1\n,1\n", ":3: this line does not say who it is about"),
        ("Name\nA\nB\na\n", ":4: 'a' has the same name as line 2"),
        ('Name,Email\n"A"x,a\n', ":2: not CSV"),
        ("Name\nA\0\n", ":2: not a CSV file"),
    ],
)
def test_a_bad_roster_is_refused_with_its_line(text: str, complaint: str, tmp_path: Path) -> None:
    """Grading a class against half a roster would call students missing that are not."""
    path = written(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        read_roster(path)
    assert str(caught.value).startswith(f"{path}{complaint}")


def test_a_roster_in_another_encoding_is_refused(tmp_path: Path) -> None:
    """Guessing would garble names; the line and what to do are named."""
    path = written(tmp_path, "Name\nAnna\nZoë\n", "latin-1")
    with pytest.raises(UsageError, match=r"roster.csv:3: the byte 0xeb is not UTF-8; save it as"):
        read_roster(path)
    with pytest.raises(UsageError, match="cannot be read"):
        read_roster(tmp_path / "nothing.csv")


@given(st.binary(max_size=300) | st.text(alphabet='Name,;"\n\tID x1', max_size=200))
def test_no_bytes_make_a_roster_raise_anything_else(content: bytes | str) -> None:
    """Whatever the file holds."""
    import tempfile

    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "r.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        try:
            assert read_roster(path).students
        except UsageError as error:
            assert str(error).startswith(f"{path}:")


def test_an_intake_in_a_few_lines(tmp_path: Path, dense: Problem) -> None:
    """What is printed before grading: counts first, then some names, made inert."""
    files = {"Jane Doe.py": code(), "\x1b[2J\n.md": b"", **{f"{n}.txt": b"" for n in range(9)}}
    source = folder(tmp_path / "c", files)
    _, intake = take(source, dense, roster=written(tmp_path, OWN))
    lines = describe(intake)
    assert lines[0] == "1 submission (files), 10 skipped, 1 of 2 missing"
    assert lines[1] == "skipped \\x1b[2J\\n.md: not Python, a notebook or an archive"
    assert lines[-2:] == ["… and 5 more skipped", "missing Zoë O'Neil"]
    assert all(line.isprintable() for line in lines)
