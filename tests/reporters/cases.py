"""What is graded to be rendered: right, wrong, unloadable and hostile files."""

from __future__ import annotations

from dataclasses import dataclass

from grader.model.report import Report
from grader.model.submission import Submission, read_submission, submission_from
from grader.reporters import Page
from tests.conftest import ROOT

SAMPLES = ROOT / "submissions" / "dense"
ATTACKS = ROOT / "tests" / "attacks"

CANARY = "canary"
"""In all that hostile files say: what is taken for markup would show by where it ends up."""
NASTY = (
    "@canary-user #1 [canary](https://canary.example) ![canary](//canary.example/x.png) {0}"
    " <canary onload=x> <!-- canary --> www.canary.example canary@canary.example"
    "\\n::error file=canary::canary\\n  ::stop-commands::canary\\n##[add-mask]canary"
    "\\n```\\n# canary\\n~~~~\\n````````\\ncanary|canary\\n=canary()\\n@canary\\n-canary\\n+canary"
    "\\n]]></system-out><canary/>&canary;\\r\\x00\\x1b[31mcanary\\u202e\\ud800\\ufffe\\u2028canary"
)
HOSTILE_NAME = "=canary @canary-user `<canary>`,:%\n::error::canary\u202e.py"


@dataclass(frozen=True)
class Case:
    """A report, and the page on which it is written."""

    report: Report
    page: Page


def files_to_grade() -> dict[str, Submission]:
    right = (SAMPLES / "accepted" / "matmul_operator.py").read_text("utf-8")
    raises = f"\n\n    def output_shape(self):\n        print('{NASTY}')\n"
    raises += f"        raise ValueError('{NASTY}')\n"
    hostile = f"print('{NASTY}')\n{right.rstrip()}{raises}"
    huge = hostile.replace("raise ValueError('", "raise ValueError('x' * 300_000 + '")
    attacks = ("81_escapes", "56_bidi_homoglyph", "11_stdout_flood")
    return {
        "passing": read_submission(SAMPLES / "accepted" / "matmul_operator.py"),
        "failing": read_submission(SAMPLES / "rejected" / "bias_gradient_mean.py"),
        "half": read_submission(SAMPLES / "rejected" / "output_squeezed.py"),
        "empty": submission_from("empty.py", b""),
        "syntax": submission_from("syntax.py", b"class Dense:\n    def f(self)\n        pass\n"),
        "unloadable": submission_from(HOSTILE_NAME, f"raise ValueError('{NASTY}')".encode()),
        "hostile": submission_from(HOSTILE_NAME, hostile.encode()),
        "huge": submission_from("huge.py", huge.encode()),
        **{name: read_submission(ATTACKS / f"{name}.py") for name in attacks},
    }


KINDS = [*files_to_grade(), "fault"]
