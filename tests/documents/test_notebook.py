"""Notebooks: their code in order, what only Jupyter understands left out in place."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.documents.notebook import NotANotebook, python_of
from grader.model.submission import READ_LIMIT, read_submission, submission_from
from tests.conftest import ROOT, Run
from tests.intake.packing import notebook


def lines_of(*cells: str) -> list[str]:
    """The lines that a notebook's cells become, without the line that declares the encoding."""
    submission = submission_from("dense.ipynb", notebook(*cells))
    assert submission.problem_with_file == ""
    ast.parse(submission.source)
    return submission.text.splitlines()[1:]


def test_cells_come_in_order_under_their_numbers() -> None:
    """Code cells are counted as on the screen; empty ones are left out."""
    assert lines_of("a = 1\nb = 2", "", "c = 3") == [
        *("# code cell 1", "a = 1", "b = 2"),
        *("# code cell 3", "c = 3"),
    ]


def test_notes_say_where_cells_begin_and_what_is_left_out() -> None:
    """A line of the report can be found in the notebook, and nothing is dropped silently."""
    submission = submission_from("dense.ipynb", notebook("%matplotlib inline\na = 1", "b = 2"))
    assert submission.notes == (
        "left out, because only Jupyter understands it: %matplotlib inline (cell 1)",
    )
    assert submission.cells == ((1, 2), (2, 5))
    assert [submission.place(line) for line in (1, 2, 3, 4, 6, 7)] == [
        *(None, None, (1, 1), (1, 2), (2, 1), None)
    ]


@pytest.mark.parametrize(
    "line",
    [
        *("%matplotlib inline", "!pip install numpy", "?Dense", "Dense?", "Dense.forward_pass??"),
        *("files = !ls", "t = %timeit -o f()", "%time", "a, b = !ls", "%%time"),
    ],
)
def test_magics_become_comments(line: str) -> None:
    """The line keeps its place and what it said."""
    assert lines_of(f"{line}\nx = 1")[1:] == [f"# {line}", "x = 1"]


def test_each_cell_may_begin_with_imports_from_the_future() -> None:
    """They are made where a file has to have them, and every line keeps its place."""
    one, two = "from __future__ import annotations", "from __future__ import (division)  # old"
    assert lines_of("x = 1", f"\n# types\n{one}\n{two}\n%time\n{one}\ny = 1") == [
        "from __future__ import annotations, division  # code cell 1",
        *("x = 1", "# code cell 2", "", "# types"),
        *(f"# {one}", f"# {two}", "# %time", f"# {one}", "y = 1"),
    ]


def test_what_jupyter_displays_is_printed() -> None:
    """`display` needs no import in a notebook, and has nowhere to show things here."""
    lines = lines_of("x = 1", "for y in range(2):\n    display(y)")
    assert lines[0] == "display = print  # code cell 1"
    assert lines_of("x = 1", "a.display(x)")[0] == "# code cell 1"


@pytest.mark.parametrize(
    "cell", ["x = 1\nfrom __future__ import annotations", "from __future__ import braces"]
)
def test_what_no_cell_may_import_from_the_future_is_told(cell: str) -> None:
    """It stays where it is, for Python to refuse."""
    submission = submission_from("dense.ipynb", notebook("a = 1", cell))
    assert submission.text.splitlines()[4:] == cell.splitlines()


def test_a_magic_alone_in_a_block_leaves_the_block_whole() -> None:
    """`pass` stands for it."""
    assert lines_of("if True:\n    %time f()\nx = 1")[1:] == [
        *("if True:", "    pass  # %time f()", "x = 1")
    ]


def test_a_shell_command_over_several_lines_is_left_out_whole() -> None:
    """A backslash takes the next line with it."""
    assert lines_of("!pip install \\\n  numpy\nx = 1")[2:] == ["  # numpy", "x = 1"]


@pytest.mark.parametrize(
    "cell",
    [
        "x = (7\n  % 4)",
        "x = 7 \\\n  % 4",
        "text = '''\n%time\n!ls\n'''",
        'text = """a \\""" \n%time\n"""',
        'text = """a \\"""\n%time\n"""',
        'text = """\\\n%time\\"\n"""',
        "text = 'a=%s' % 1\nx = f'({x}'\ny = 1",
        "x = 8  # a comment with ( and '''\ny = 9",
    ],
)
def test_what_only_looks_like_a_magic_stays(cell: str) -> None:
    """In brackets, in long strings and after a backslash a line goes on with the one above."""
    assert lines_of(cell)[1:] == cell.split("\n")


def test_cells_in_other_languages_are_left_out() -> None:
    """%%bash takes its cell with it; %%time does not."""
    assert lines_of("%%bash\nls -l", "%%time\nx = 1") == [
        *("# code cell 1", "# %%bash", "# ls -l"),
        *("# code cell 2", "# %%time", "x = 1"),
    ]


def test_markdown_and_outputs_do_not_count() -> None:
    """Only code cells are taken, and their outputs change nothing, not even the fingerprint."""
    document = json.loads(notebook("x = 1"))
    plain = submission_from("a.ipynb", json.dumps(document).encode())
    document["cells"].insert(0, {"cell_type": "markdown", "metadata": {}, "source": "# Title"})
    document["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1"}]
    assert submission_from("a.ipynb", json.dumps(document).encode()) == plain


def test_old_notebooks_are_read() -> None:
    """Version 3 kept cells in worksheets."""
    cell: dict[str, Any] = {
        "cell_type": "code",
        "input": ["x = 1\n", "y = 2"],
        "language": "python",
    }
    cell |= {"outputs": [], "collapsed": False, "metadata": {}}
    old: dict[str, Any] = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}}
    old |= {"worksheets": [{"cells": [cell], "metadata": {}}]}
    submission = submission_from("old.ipynb", json.dumps(old).encode())
    assert submission.text.splitlines()[1:] == ["# code cell 1", "x = 1", "y = 2"]


@given(st.lists(st.text(alphabet="ax=\n 1", max_size=9), max_size=4), st.booleans())
def test_nbformat_reads_the_same(cells: list[str], as_lines: bool) -> None:
    """The library that defines the format is the measure, whichever way sources are kept."""
    document = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    written = document if as_lines else json.loads(json.dumps(document))
    text = nbformat.writes(document) if as_lines else json.dumps(written)
    theirs = nbformat.reads(text, as_version=4)
    wanted = "".join(
        f"# code cell {n}\n{c['source']}\n"
        for n, c in enumerate(theirs.cells, 1)
        if c["source"].strip()
    )
    try:
        ours = python_of(text.encode()).source.decode().partition("\n")[2]
    except NotANotebook:
        ours = ""
    assert ours == wanted


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "not JSON"),
        (b"class Dense: pass", "not JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[]", "lacks what every notebook has"),
        (b"null", "lacks what every notebook has"),
        (b'{"nbformat": 99, "cells": []}', "lacks what every notebook has"),
        (b'{"nbformat": 4, "metadata": 3, "cells": 7}', "lacks what every notebook has"),
        (notebook(), "no code cells with anything in them"),
        (notebook("", "  \n"), "no code cells with anything in them"),
        (notebook("x <- 1", kernelspec={"language": "R"}), "not in Python but in r"),
        (notebook("x\0 = 1"), "NUL bytes"),
        (notebook("x = '\ud800'"), "not utf-8"),
        (notebook("#" * (1 << 20), "#"), "more than 1 MiB of code"),
        (b" " * (16 << 20) + b"{}", "larger than 16 MiB; clear its outputs"),
    ],
)
def test_what_cannot_be_read_is_explained(content: bytes, complaint: str) -> None:
    """It is a result for the student, never an exception."""
    assert complaint in submission_from("dense.ipynb", content).problem_with_file


def test_a_source_under_a_notebooks_name_has_a_fingerprint_of_its_own() -> None:
    """Results are kept by fingerprint: the same bytes as .py may be worth full marks."""
    source = b"class Dense:\n    pass\n"
    assert submission_from("a.ipynb", source).sha256 != submission_from("a.py", source).sha256


def test_a_cell_cannot_declare_an_encoding() -> None:
    """The source is UTF-8, whatever its first lines say."""
    submission = submission_from("a.ipynb", notebook("# coding: latin-1\ns = 'größer'"))
    assert "größer" in submission.text
    assert submission.problem_with_file == ""


@given(st.text(alphabet="%!?#()[]{}'\"\\=ab \n", max_size=60))
def test_every_line_keeps_its_number(cell: str) -> None:
    """Whatever a cell holds, its lines stay as many, and each says what it said."""
    source = python_of(notebook(f"a = 1\n{cell}\nb = 1")).source.decode()
    written = f"a = 1\n{cell}\nb = 1".split("\n")
    taken = source.split("\n")[2:-1]
    assert len(taken) == len(written)
    assert all(line.strip() in now for line, now in zip(written, taken, strict=True))


def test_limits_leave_room_for_pictures(tmp_path: Path) -> None:
    """A notebook's file may be larger than a source, its code may not."""
    document = json.loads(notebook("x = 1"))
    document["metadata"]["picture"] = "A" * (2 << 20)
    path = tmp_path / "dense.ipynb"
    path.write_text(json.dumps(document), "utf-8")
    assert path.stat().st_size < READ_LIMIT
    assert read_submission(path).text.splitlines()[-1] == "x = 1"


def test_a_notebook_is_checked_like_a_file(grader: Run, tmp_path: Path) -> None:
    """`grader check` grades the layer in a notebook, and its scripts load what it became."""
    samples = ROOT / "submissions" / "dense"
    right = (samples / "accepted" / "einsum.py").read_text("utf-8")
    (tmp_path / "right.ipynb").write_bytes(notebook("%matplotlib inline", right))
    done = grader("check", "dense", "right.ipynb", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert "left out" in "".join(json.loads(done.stdout)["notes"])
    wrong = (samples / "rejected" / "bias_not_added.py").read_text("utf-8")
    (tmp_path / "wrong.ipynb").write_bytes(notebook("!ls", wrong))
    done = grader("check", "dense", "wrong.ipynb", "--reproduce", "scripts")
    assert done.returncode == 1, done.stderr
    assert (tmp_path / "scripts" / "wrong.py").read_text("utf-8").startswith("# -*- coding")
    assert "scripts/wrong.py" in done.stderr


def test_without_nbformat_the_extra_is_named(grader: Run, tmp_path: Path) -> None:
    """Old notebooks need it: a missing library is no fault of the grader, nor of the student."""
    (tmp_path / "a.ipynb").write_bytes(b'{"nbformat": 3, "metadata": {}, "worksheets": []}')
    hidden = tmp_path / "hidden" / "sitecustomize.py"
    hidden.parent.mkdir()
    hidden.write_text("import sys\nsys.modules['nbformat'] = None\n", "utf-8")
    done = grader("check", "dense", "a.ipynb", env={"PYTHONPATH": f"{hidden.parent}:{ROOT}"})
    assert done.returncode == 2
    assert "pip install 'dense-grader[notebook]'" in done.stderr
