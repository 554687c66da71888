"""Notebooks, run by a kernel of their own: ``%%check``, and classes of cells."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.conftest import ROOT
from tests.small_problem import make_small, thing

WRONG = ROOT / "submissions" / "dense" / "rejected" / "bias_gradient_mean.py"

RIGHT_VALUE = """
class Thing:
    def value(self):
        return one()
    def word(self):
        return ''
"""

Outputs = list[dict[str, Any]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run cells in a kernel that is started in an empty folder; return the outputs of each."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))  # with no other kernel
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    make_small(tmp_path / "library")

    def execute(*cells: str, allow_errors: bool = False) -> list[Outputs]:
        made = [nbformat.v4.new_code_cell(cell) for cell in cells]
        notebook = nbformat.v4.new_notebook(cells=made)
        client = NotebookClient(
            notebook,
            timeout=120,
            kernel_name="python3",
            allow_errors=allow_errors,
            resources={"metadata": {"path": str(tmp_path)}},
        )
        client.execute()
        return [cell.outputs for cell in notebook.cells]

    return execute


def report_of(outputs: Outputs) -> str:
    """The report's text; there is a page as well, and nothing else under the cell."""
    (result,) = outputs
    assert result["output_type"] == "execute_result"
    assert result["data"]["text/html"].startswith('<iframe sandbox="" srcdoc="&lt;!doctype html')
    text = result["data"]["text/plain"]
    assert isinstance(text, str)
    return text


PROBLEM = "library/problems/small"


def test_a_cell_is_run_and_graded(run: Any) -> None:
    """Both: the class is there afterwards, its output as ever, and the report is the result."""
    cells = run(
        "%load_ext grader\nfrom math import nan",
        "def one():\n    return 2",
        f"%%check {PROBLEM}\n{RIGHT_VALUE}\nprint('printed')\nfiles = !ls",
        "def one():\n    return 1",
        "raise_it = 1 / 0",
        f"%%check {PROBLEM} --only one\n{RIGHT_VALUE}",
        "print(Thing().value(), _.score)",
        f"import grader\ngrader.check({PROBLEM!r}, Thing)",
        allow_errors=True,
    )
    printed, result = cells[2]
    assert printed["text"] == "printed\n"
    assert "40 / 100" in report_of([result])
    assert "60 / 60" in report_of(cells[5])
    assert cells[6][0]["text"] == "1 60.0\n"
    text = " ".join(report_of(cells[7]).split())
    assert "100 / 100" in text
    assert "In [4] from line 1, In [6] from line 3" in text
    assert "printed" not in text


def test_a_cell_that_fails_is_not_graded(run: Any) -> None:
    """Its own error is shown, then a line of the grader's; running all cells stops there."""
    _, _, failed, unknown = run(
        "%load_ext grader",
        "import os; os.environ['NO_COLOR'] = '1'",
        f"%%check {PROBLEM}\n{RIGHT_VALUE}\nThing().value()",
        "%%check nothing\nnever_run = 1",
        allow_errors=True,
    )
    assert [output["ename"] for output in failed] == ["NameError", "CellFailed"]
    assert failed[1]["traceback"] == ["grader: the cell ended with an error, so it was not graded"]
    assert unknown[0]["text"].startswith("UsageError: no problem named 'nothing'")


def test_the_kernel_stays_as_it_was(run: Any) -> None:
    """Its code is not run here once more, and no module is taken from the notebook's folder."""
    cells = run(
        "import gc, os, sys, grader\nfrom pathlib import Path\n"
        "for name in ('random', 'numpy', 'checks'):\n"
        "    _ = Path(name + '.py').write_text('raise SystemExit')\n"
        "count = 0",
        f"def one(): return 1\n{RIGHT_VALUE}",
        "count += 1\nbefore = [gc.isenabled(), gc.get_freeze_count(), dict(os.environ)]",
        f"grader.check({PROBLEM!r}, Thing).status",
        "print(count, before == [gc.isenabled(), gc.get_freeze_count(), dict(os.environ)])",
    )
    assert cells[3][0]["data"]["text/plain"] == "'passed'"
    assert cells[4][0]["text"] == "1 True\n"


@pytest.mark.skipif(sys.platform == "win32", reason="kernels are interrupted otherwise there")
def test_an_interrupted_check_leaves_nothing_behind(run: Any) -> None:
    """The stop button of a notebook, pressed while the submission runs; then it goes on."""
    endless = thing(value="[0 for _ in iter(int, 1)]").text
    cells = run(
        "import os, signal, threading, grader\nfrom pathlib import Path\n"
        "def tree(pid):\n"
        "    tasks = Path(f'/proc/{pid}/task').glob('*/children')\n"
        "    found = [int(child) for task in tasks for child in task.read_text().split()]\n"
        "    return found + [deep for child in found for deep in tree(child)]\n"
        "def press():\n"
        "    while len(tree(os.getpid())) < 3: pass\n"
        "    os.killpg(os.getpgid(0), signal.SIGINT)",
        f"threading.Thread(target=press).start()\ngrader.check({PROBLEM!r}, {endless!r})",
        "tree(os.getpid())",
        f"grader.check({PROBLEM!r}, {thing().text!r}).status",
        allow_errors=True,
    )
    assert cells[1][-1]["ename"] == "KeyboardInterrupt"
    assert cells[2][0]["data"]["text/plain"] == "[]"
    assert cells[3][0]["data"]["text/plain"] == "'passed'"


def test_what_the_guide_shows_works(run: Any, tmp_path: Path) -> None:
    """Every block of docs/python.md, one after the other, as cells of a notebook."""
    guide = (ROOT / "docs" / "python.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    assert len(blocks) == guide.count("```") // 2 > 6
    (tmp_path / "submissions").mkdir()
    for place in ("dense.py", "submissions/ada.py"):
        (tmp_path / place).write_bytes(WRONG.read_bytes())
    allowed = '"results", allow_unisolated=True)'  # whatever this machine keeps them from
    cells = run(*(block.replace('"results")', allowed) for block in blocks))
    assert "The bias gradient is the mean over the batch" in cells[0][0]["text"]
    assert "method-missing" not in report_of(cells[2])
    assert (tmp_path / "report.json").stat().st_size > 1000
    assert (tmp_path / "results" / "gradebook.csv").exists()
    assert cells[-1][0]["text"] == "nowhere.py: no such file\n"
