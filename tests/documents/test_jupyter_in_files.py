"""Notebooks under other names, and files with what only Jupyter understands."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from grader.documents.notebook import without_jupyter
from grader.model.problem import Problem
from grader.model.submission import submission_from
from tests.conftest import ROOT
from tests.intake.packing import folder, notebook, problems, take, zipped


@pytest.mark.parametrize("name", ["dense.ipynb.json", "dense.ipynb.txt", "a.json", "a.txt", "a.py"])
def test_a_notebook_is_one_under_any_name(name: str) -> None:
    """Browsers and forms change names; what is in the file tells."""
    submission = submission_from(name, notebook("x = 1"))
    assert submission.problem_with_file == ""
    assert submission.text.splitlines()[-1] == "x = 1"
    assert submission.python_name == ("a.py" if name.startswith("a") else "dense.py")


@pytest.mark.parametrize(
    "magic",
    [
        "%%writefile dense.py",
        "%%file dense.py",
        "%%writefile -a src/dense.py",
        "\n%%file 'dense.py'",
    ],
)
def test_a_cell_that_writes_a_module_is_code(magic: str) -> None:
    """Its names are there, and can be imported from the module that it writes."""
    cell = f"{magic}\nfrom __future__ import annotations\nclass Dense:\n    pass"
    submission = submission_from("a.ipynb", notebook(cell, "from dense import Dense as D\nx = D()"))
    assert "left out, because only Jupyter understands it: %%" in submission.notes[-1]
    module = ModuleType("submission")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "submission", module)
        patch.delitem(sys.modules, "dense", raising=False)
        exec(submission.text, module.__dict__)
        del sys.modules["dense"]
    assert type(module.x) is module.Dense


def test_a_cell_that_writes_no_module_is_none() -> None:
    """A list of requirements is no Python."""
    submission = submission_from("a.ipynb", notebook("%%writefile needs.txt\nnumpy>=1", "x = 1"))
    assert "# numpy>=1" in submission.text.splitlines()


def test_what_only_jupyter_waits_for_is_left_out() -> None:
    """Up to the bracket that ends it; what waits within a function stays."""
    cell = "x = 1\nawait run(\n    x,\n)\ny = await run(x)\nasync def f():\n    await run(x)"
    assert submission_from("a.ipynb", notebook(cell)).text.splitlines()[2:] == [
        *("x = 1", "# await run(", "    # x,", "# )", "# y = await run(x)"),
        *("async def f():", "    await run(x)"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        *("%matplotlib inline", "!pip install numpy", "%%time", "Dense?", "?Dense", "files = !ls"),
        *("get_ipython().run_line_magic('matplotlib', 'inline')", "%load_ext autoreload\r"),
        *("%%writefile dense.py", "get_ipython().system('pip install numpy')", "%cd /content"),
    ],
)
def test_a_file_may_have_lines_of_jupyter(line: str) -> None:
    """Saved as .py, a notebook still has them; the note names each with its line."""
    submission = submission_from("a.py", f"# In[3]:\n{line}\nx = 1\n".encode())
    assert submission.text == f"# In[3]:\n# {line}\nx = 1\n"
    assert submission.notes == (
        f"left out, because only Jupyter understands it: {line.strip()} (line 2)",
    )


def test_a_file_keeps_its_encoding() -> None:
    """What is left out changes nothing else."""
    source = "# coding: latin-1\n%matplotlib inline\ns = 'größer'\n"
    submission = submission_from("a.py", source.encode("latin-1"))
    assert submission.text == source.replace("%", "# %")


@pytest.mark.parametrize(
    "source",
    [
        "x = (7\n% 4)\n",
        "x = 7 \\\n% 4\n",
        "text = '''\n%time\n!ls\nget_ipython().x\n'''\n",
        "def f():\n    !ls\n",
        "% a comment of another language\n",
        "x = 3 %y\nz = x != 2\n",
        "! not this\n",
    ],
)
def test_other_lines_of_a_file_stay(source: str) -> None:
    """Only what is Jupyter's beyond doubt is left out of a file; Python refuses the rest."""
    submission = submission_from("a.py", source.encode())
    assert submission.text == source
    assert submission.notes == ()


def test_a_class_is_graded_from_such_notebooks(tmp_path: Path, dense: Problem) -> None:
    """In folders and in archives, but never in place of a Python file."""
    book = notebook("class Dense: pass", "x = 1")
    handed = {
        "anna/dense.json": book,
        "anna/data.json": b'{"a": 1}',
        "bert/dense.txt": b"{" + book[1:],
        "carl/work.zip": zipped({"dense.ipynb.json": book}),
        "dora/work.zip": zipped({"readme.txt": b"hello", "dense.json": book}),
        "emil/dense.json": book,
        "emil/other.py": b"class Dense: pass\n",
    }
    folder(tmp_path / "class", handed)
    entries, _ = take(tmp_path / "class", dense)
    assert {entry.student: entry.file for entry in entries} == {
        "anna": "anna/dense.json",
        "bert": "bert/dense.txt",
        "carl": "carl/work.zip/dense.ipynb.json",
        "dora": "dora/work.zip/dense.json",
        "emil": "emil/other.py",
    }
    assert not any(problems(entries).values())


def test_right_layers_in_odd_styles_are_left_alone() -> None:
    """Nothing of any accepted sample is taken for Jupyter's."""
    samples = sorted((ROOT / "submissions").glob("*/accepted/*.py"))
    assert len(samples) > 20
    for path in samples:
        assert submission_from(path.name, path.read_bytes()).source == path.read_bytes()


def test_a_million_empty_lines_are_read_once() -> None:
    """Read from each line on to the end of the file, this would take hours."""
    text = "\n" * 1_000_000 + "x = 1\n"
    assert without_jupyter(text) == (text, [])
