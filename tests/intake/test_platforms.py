"""The bulk downloads of Canvas, Moodle and Gradescope, in their details."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.model.problem import Problem
from tests.intake.packing import (
    code,
    folder,
    notebook,
    problems,
    skipped,
    sources,
    take,
    tarred,
    zipped,
)

# -- Canvas -------------------------------------------------------------------------------


def test_canvas_names_say_who_when_and_what(tmp_path: Path, dense: Problem) -> None:
    """Name, user id and lateness are read off; the student's own file name is what is reported."""
    source = folder(
        tmp_path / "c",
        {
            "doejane_LATE_12345_67890_dense-1.py": code("late"),
            "roebob_222_333_my_dense.ipynb": notebook("class Dense: pass"),
            "anon_Ab3dE_777_dense.py": code("anonymous"),
            "LATE_anon_Zz9_778_dense.py": code("anonymous and late"),
        },
    )
    entries, intake = take(source, dense)
    assert intake.form == "Canvas"
    assert [(e.student, e.ids["lms"], e.submission.name, e.notes) for e in entries] == [
        ("anon_Ab3dE", "Ab3dE", "dense.py", ()),
        ("anon_Zz9", "Zz9", "dense.py", ("late, says Canvas",)),
        ("doejane", "12345", "dense-1.py", ("late, says Canvas",)),
        ("roebob", "222", "my_dense.ipynb", ()),
    ]


def test_canvas_namesakes_stay_apart(tmp_path: Path, dense: Problem) -> None:
    """Two students of one name are told apart by their ids."""
    files = {"doejane_1_10_dense.py": code("1"), "doejane_2_11_dense.py": code("2")}
    entries, _ = take(folder(tmp_path / "c", files), dense)
    assert sources(entries) == {"doejane (1)": code("1"), "doejane (2)": code("2")}


def test_canvas_text_and_links(tmp_path: Path, dense: Problem) -> None:
    """What was typed into the text box is taken as code; a web address is not a file."""
    page = (
        b'<!DOCTYPE html PUBLIC "x"\n "y">\n<html xmlns="z">\n'
        b"<head>\n<title>T: J</title>\n</head>\n"
        b'<body>\n<h1>T: Jane Doe</h1>\n<div style="w">\n  <p>class Dense:</p>\n'
        b"<p>&nbsp; &nbsp; x = 1 &lt; 2<br />&nbsp; &nbsp; y = 'a'</p>\n</div>\n</body>\n</html>"
    )
    files = {"doejane_1_text.html": page, "roebob_2_link.html": b"<html>", "a_3_4_d.py": code()}
    entries, _ = take(folder(tmp_path / "c", files), dense)
    assert sources(entries)["doejane"] == b"class Dense:\n    x = 1 < 2\n    y = 'a'\n"
    assert problems(entries)["roebob"] == "no Python file was handed in, only link.html"


def test_names_that_only_look_like_canvas(tmp_path: Path, dense: Problem) -> None:
    """One user id with two names is no user id: nobody's file is taken for somebody else's."""
    files = {"alice_2024_1_dense.py": code("a"), "bob_2024_1_dense.py": code("b")}
    entries, intake = take(folder(tmp_path / "c", files), dense)
    assert intake.form == "files"
    assert len(entries) == 2


def test_a_file_added_by_hand_is_taken(tmp_path: Path, dense: Problem) -> None:
    """It came by mail; the rest of the folder is Canvas'."""
    files = {"a_1_2_d.py": code(), "b_3_4_d.py": code(), "late by mail.py": code("mail")}
    entries, intake = take(folder(tmp_path / "c", files), dense)
    assert sources(entries)["late by mail"] == code("mail")
    assert intake.form == "Canvas and files"


@pytest.mark.parametrize("name", ["dense.zip", "dense.tar-1.gz", "my stuff.TAR.GZ"])
def test_archives_in_a_download(name: str, tmp_path: Path, dense: Problem) -> None:
    """Students hand in archives; one level is opened. Canvas numbers them in odd places."""
    files = {"proj/dense.py": code("in"), "proj/test.py": b"", "__MACOSX/proj/._dense.py": b"\0"}
    packed = zipped(files) if name.endswith("zip") else tarred(files, "gz")
    source = folder(tmp_path / "c", {f"doejane_1_2_{name}": packed, "roebob_3_4_d.py": code()})
    entries, _ = take(source, dense)
    assert entries[0].submission.source == code("in")
    assert entries[0].file == f"doejane_1_2_{name}/proj/dense.py"
    assert "by its name, left" in entries[0].notes[0]


# -- Moodle -------------------------------------------------------------------------------


def test_moodle_names_and_identifiers(tmp_path: Path, dense: Problem) -> None:
    """The participant's number is kept for the grading worksheet; old and new folders are read."""
    files = {
        "Jane Doe_123_assignsubmission_file_/src/dense.py": code("jane"),
        "Zoë O'Neil_7_assignsubmission_file/dense.py": code("zoë"),
        "Group A_assignsubmission_file/dense.py": code("group"),
        "Participant_55_assignsubmission_file/dense.py": code("blind"),
    }
    entries, intake = take(folder(tmp_path / "m", files), dense)
    assert intake.form == "Moodle"
    assert {e.student: e.ids.get("lms") for e in entries} == {
        "Group A": None,
        "Jane Doe": "123",
        "Participant": "55",
        "Zoë O'Neil": "7",
    }


def test_moodle_online_text(tmp_path: Path, dense: Problem) -> None:
    """It is taken where there is no file, and a note says that layout may have suffered."""
    page = b'<!DOCTYPE html><html><head><meta charset="UTF-8"></head><body>%s</body></html>'
    text = page % b"<pre>class Dense:\n    pass</pre>"
    files = {
        "Jane_1_assignsubmission_onlinetext/onlinetext.html": text,
        "Bob_2_assignsubmission_onlinetext_onlinetext.html": page % b"<p>class Dense: pass</p>",
        "Cy_3_assignsubmission_onlinetext/onlinetext.html": page % b"<p>see my file</p>",
        "Cy_3_assignsubmission_file/dense.py": code("file"),
    }
    entries, _ = take(folder(tmp_path / "m", files), dense)
    assert sources(entries) == {
        "Bob": b"class Dense: pass\n",
        "Cy": code("file"),
        "Jane": b"class Dense:\n    pass\n",
    }
    assert "text box" in entries[0].notes[0]
    assert entries[1].notes == ()


# -- Gradescope ---------------------------------------------------------------------------

METADATA = b"""---
submission_1:
  :submitters:
  - :name: Jane Doe
    :sid: 0042
    :email: jane@example.org
  - :name: Bob Roe
    :sid:
    :email: bob@example.org
  :created_at: 2020-02-27 06:58:05.746365000 Z
  :score: 17.5
submission_2:
  :submitters: []
submission_3:
  :submitters:
  - :name: Never There
"""


def test_gradescope_groups_and_gaps(tmp_path: Path, dense: Problem) -> None:
    """Each member of a group gets an entry; ids stay as written; what is missing is named."""
    files = {
        "submission_metadata.yml": METADATA,
        "submission_1/dense.py": code("1"),
        "submission_2/dense.py": code("2"),
        "submission_9/dense.py": code("9"),
    }
    entries, intake = take(folder(tmp_path / "g", files), dense)
    assert sources(entries) == {
        "Bob Roe": code("1"),
        "Jane Doe": code("1"),
        "submission_2": code("2"),
        "submission_9": code("9"),
    }
    assert entries[1].ids == {"name": "Jane Doe", "sis": "0042", "email": "jane@example.org"}
    assert entries[1].notes == ("handed in together with Bob Roe",)
    assert skipped(intake) == {
        "Never There": "submission_3 is in submission_metadata.yml, but not there"
    }


@pytest.mark.parametrize(
    ("metadata", "complaint"),
    [
        (b"a: b\n\tc: [", "submission_metadata.yml:2: not the YAML that Gradescope writes"),
        (b"- just\n- a list\n", "submission_metadata.yml:1: not what Gradescope writes"),
        (b"\xff\xfe\xff", "submission_metadata.yml: not the YAML"),
        (b"{" * 5_000, "submission_metadata.yml"),
    ],
)
def test_bad_metadata_is_refused(
    metadata: bytes, complaint: str, tmp_path: Path, dense: Problem
) -> None:
    """Without it nobody knows whose is what: the line is named."""
    files = {"submission_metadata.yml": metadata, "submission_1/dense.py": code()}
    with pytest.raises(UsageError) as caught:
        take(folder(tmp_path / "g", files), dense)
    assert complaint in str(caught.value)
