"""Write ``docs/failing-report.svg``, the picture in the README: a terminal with a failing report.

Run ``python docs/picture.py``; ``tests/test_docs.py`` checks that the picture is current.
"""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.grading.in_process import grade
from grader.model.problem import Library
from grader.model.submission import Submission
from grader.reporters import Page, reporter

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "failing-report.svg"
SAMPLE = ROOT / "submissions" / "dense" / "rejected" / "bias_gradient_mean.py"
COMMAND = "grader check dense dense.py"


def draw() -> str:
    """Return the picture as SVG."""
    problem = Library.find(ROOT).load("dense")
    submission = Submission("dense.py", SAMPLE.read_bytes())
    page = Page(width=80, color=True, command=COMMAND, source=submission.text)
    text = reporter("terminal").render(grade(problem, submission), page)
    console = Console(record=True, width=84, file=io.StringIO(), force_terminal=True)
    console.print(f"$ {COMMAND}\n", markup=False, highlight=False)
    console.print(Text.from_ansi(text))
    return console.export_svg(title="grader", unique_id="report")


if __name__ == "__main__":
    PICTURE.write_text(draw() + "\n", "utf-8")
    print(f"wrote {PICTURE}")
