"""The doctor: what student code is kept from on this machine, found out by trying.

It grades nothing. It starts a worker as grading does, has it try each forbidden thing, and says
for what was open what can be done about it.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox.launch import start_workers

_LINUX_ADVICE = {
    "separate_process": "This is a defect of the grader; please report it.",
    "wall_time": "This is a defect of the grader; please report it.",
    "files": "Landlock is missing: use Linux 5.13 or later with Landlock among its security"
    " modules (the boot option lsm=landlock,...), or a container runtime that lets it through.",
    "network": "System calls cannot be filtered: use x86-64 or ARM64 with seccomp, or grade where"
    " there is no network.",
    "processes": "System calls cannot be filtered, or files are open: use x86-64 or ARM64 with"
    " seccomp, and Linux 5.13 or later with Landlock.",
    "signals": "System calls cannot be filtered: use x86-64 or ARM64 with seccomp, or Linux 6.12"
    " or later, where Landlock keeps signals in.",
    "memory": "Memory can be had beyond the limit or outlive its process: use x86-64 or ARM64 with"
    " seccomp, or give the grader's container a limit.",
}
_ELSEWHERE = (
    "Only Linux keeps student code from this. Grade in a container or in WSL 2, or look at the"
    " files before you run them."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried.

    Attributes:
        area: The key in a report's ``isolation``.
        tried: To be read behind "student code tried to".
        refused: Whether it failed, as it should.
        detail: How it was refused.
        advice: What to do where it was not; else empty.
    """

    area: str
    tried: str
    refused: bool
    detail: str = ""
    advice: str = ""


def examine(private: Sequence[Path] = ()) -> list[Finding]:
    """Try each forbidden thing in a worker; what does not exist here is left out.

    Args:
        private: Files and folders that student code must not read, besides the grader's own.

    Raises:
        Fault: No worker could be started.
    """
    workers = start_workers(private)
    with contextlib.closing(workers):
        attempts = workers.attempts
    findings = []
    for attempt in attempts:
        if attempt.result != "absent":
            refused = attempt.result == "refused"
            advice = "" if refused else _advice(attempt.area)
            findings.append(Finding(attempt.area, attempt.what, refused, attempt.detail, advice))
    return findings


def _advice(area: str) -> str:
    return _LINUX_ADVICE[area] if sys.platform == "linux" else _ELSEWHERE
