"""Reports to be rendered: one warm judge grades a few files, once for all tests here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import pytest

from grader.errors import Fault
from grader.grading import grade_all
from grader.onsite import or_fault
from grader.problem import LimitSettings, Problem
from grader.report import Report
from grader.reporters import Page
from grader.submission import Submission, read_submission, submission_from
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


def _files() -> dict[str, Submission]:
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


KINDS = [*_files(), "fault"]


@pytest.fixture(scope="session")
def cases(dense: Problem) -> Mapping[str, Case]:
    """A case for each of KINDS."""
    limits = LimitSettings(call_seconds=0.5, submission_seconds=2.0, memory_mb=512)
    quick = Problem(
        dense.library, dense.slug, msgspec.structs.replace(dense.settings, limits=limits)
    )
    files, reports = _files(), list[Report]()
    grade_all(quick, files.values(), reports.append)
    made = {
        kind: Case(report, Page(source=file.text, file=f"work/{file.name}"))
        for (kind, file), report in zip(files.items(), reports, strict=True)
    }

    def broken() -> Report:
        raise Fault("the disk is full: @canary <canary>")

    fault, _ = or_fault(broken, "dense")
    return {**made, "fault": Case(fault, Page(file="work/dense.py"))}
