"""Write ``docs/page-*.png``, pictures of the page that ``grader check --format html`` writes.

Run ``python -m docs.page_pictures CHROMIUM`` in the root of a clone, with the path of a Chromium.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from grader.grading.in_process import grade
from grader.model.problem import Library
from grader.model.submission import Submission
from grader.reporters import Page, reporter
from tests.reporters.browser import tab

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "submissions" / "dense"
PICTURES = {  # what is graded, width, height, dark
    "page-mistake": ("rejected/bias_gradient_mean.py", 1000, 1180, False),
    "page-phone": ("rejected/frozen_gradient_unbound.py", 390, 1180, True),
    "page-full-marks": ("accepted/matmul_operator.py", 1000, 420, False),
}


def main(chromium: str) -> None:
    """Draw all of them."""
    library = Library.find(ROOT)
    problem = library.load("dense")
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        tab(Path(folder), chromium) as browser,
    ):
        for name, (sample, width, height, dark) in PICTURES.items():
            submission = Submission("dense.py", (SAMPLES / sample).read_bytes())
            page = Page(source=submission.text, next_problem=library.after("dense"))
            page_file = Path(folder) / "page.html"
            html = reporter("html").render(grade(problem, submission), page)
            page_file.write_text(html, "utf-8")
            browser.show(page_file, width, dark=dark)
            picture = ROOT / "docs" / f"{name}.png"
            picture.write_bytes(browser.picture(width, height, dark=dark))
            print(f"wrote {picture}")


if __name__ == "__main__":
    main(sys.argv[1])
