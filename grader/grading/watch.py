"""Grading a file again whenever it is saved, in a judge that stays warm.

``watchfiles`` watches: it uses what each system has for this, and waits until an editor that
writes in several steps has finished.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from grader.errors import UsageError
from grader.grading.in_process import grade_all
from grader.model.problem import Problem
from grader.model.report import Report
from grader.model.submission import Submission, read_submission

LOOK_EVERY_MS = 1000
"""Where a system says nothing of a change (a network drive), and for what was saved meanwhile."""

Show = Callable[[Submission, Report, Report | None], None]
"""Told of a version of the file, its report, and the report before it, if there was one."""


def watch(
    problem: Problem,
    file: Path,
    show: Show,
    *,
    gone: Callable[[str], None],
    seed: int | None = None,
    only: str | None = None,
) -> None:
    """Grade ``file`` now and after every change, until the caller is interrupted.

    Args:
        show: Called with each report.
        gone: Told, once, that the file cannot be read any more; it is waited for.
        seed, only: As in :func:`grader.grading.in_process.grade_all`.

    Raises:
        UsageError: ``watchfiles`` is not installed, or there is no such file to begin with.
        KeyboardInterrupt: As it is meant to end.
    """
    graded: list[Submission] = []
    last: Report | None = None

    def versions() -> Iterator[Submission]:
        for submission in _versions(file, gone):
            graded.append(submission)
            yield submission

    def sink(report: Report) -> None:
        nonlocal last
        show(graded.pop(), report, last)
        last = report

    grade_all(problem, versions(), sink, seed=seed, only=only)


def _versions(file: Path, gone: Callable[[str], None]) -> Iterator[Submission]:
    """The file as it is, and after each change of its contents."""
    digest, missing = _digest(file) if file.is_file() else b"", False
    yield read_submission(file)
    for _ in _moments(file):
        try:
            present = _digest(file)
            if present == digest:
                missing = False
                continue
            digest, missing = present, False
            submission = read_submission(file)
        except (OSError, UsageError) as error:
            if not missing:
                gone(f"{file}: {error.strerror}" if isinstance(error, OSError) else str(error))
            missing = True
            continue
        yield submission


def _digest(file: Path) -> bytes:
    return hashlib.sha256(file.read_bytes()).digest()


def _moments(file: Path) -> Iterator[object]:
    """When to look at the file: after something has changed in its folder, and now and then."""
    try:
        import watchfiles
    except ImportError:
        what = "watching a file needs watchfiles: pip install 'dense-grader[watch]'"
        raise UsageError(what) from None
    # The folder, not the file: editors put a new file in the place of the old one.
    yield from watchfiles.watch(
        file.absolute().parent,
        watch_filter=None,
        recursive=False,
        yield_on_timeout=True,
        rust_timeout=LOOK_EVERY_MS,
    )
