"""What crosses between the coordinator and a Dask worker, as bytes: files, batches, answers.

JSON, never pickle: what is read here is data, whoever sent it. (Dask itself pickles what it sends
between its own processes.)
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.grading.judge_process import submission_as_data, submission_from_data
from grader.model.problem import Problem
from grader.model.report import Report
from grader.model.report_json import as_data, report_from_data
from grader.model.submission import Submission


def pack_problem(problem: Problem) -> bytes:
    """The files of a problem that decide a report, as a zip file of a library with nothing else."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in (*problem.files, *problem.files_of_neighbours):
            archive.writestr(problem.shown(path), path.read_bytes())
    return content.getvalue()


def unpack_problem(content: bytes, folder: Path) -> None:
    """Make a library of what :func:`pack_problem` has packed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)


def pack_batch(submissions: Sequence[Submission]) -> bytes:
    """Submissions on their way to a worker."""
    return json.dumps([submission_as_data(submission) for submission in submissions]).encode()


def unpack_batch(content: bytes) -> list[Submission]:
    """The inverse of :func:`pack_batch`."""
    return [submission_from_data(data) for data in json.loads(content)]


def pack_answer(**answer: Any) -> bytes:
    """What a worker has to say of a batch: ``reports``, or what has put an end to it."""
    return json.dumps(answer, allow_nan=False).encode()


def pack_reports(reports: Sequence[Report]) -> bytes:
    """The answer of a worker that has graded a batch."""
    return pack_answer(reports=[as_data(report) for report in reports])


def unpack_answer(content: bytes) -> dict[str, Any]:
    """The inverse of the two above."""
    answer: dict[str, Any] = json.loads(content)
    if "reports" in answer:
        answer["reports"] = [report_from_data(data) for data in answer["reports"]]
    return answer
