"""One judge as a process of its own, grading what :mod:`grader.grading.pool` hands it.

The first line of standard input is the setup. Then lines of JSON cross a socket: a submission in,
an answer out: ``{"report": ...}``, or ``{"ended": ...}`` with what has put an end to this judge:
``{"problem": [path, line, what]}``, ``{"open": [area]}``, ``{"usage": message}`` or
``{"fault": message}``. When the
socket closes, the coordinator has gone, for whatever reason, and so does this process, in the
middle of a check if need be.
"""

from __future__ import annotations

import base64
import json
import os
import queue
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from grader.errors import ProblemError, Unisolated, UsageError
from grader.grading.in_process import grade_all
from grader.model.problem import Library
from grader.model.report import Report
from grader.model.submission import Submission


def submission_as_data(submission: Submission) -> dict[str, Any]:
    """Return what crosses to a judge for a submission."""
    source = base64.b64encode(submission.source).decode("ascii")
    return {
        "name": submission.name,
        "source": source,
        "problem_with_file": submission.problem_with_file,
        "line": submission.line,
        "notes": submission.notes,
        "cells": submission.cells,
    }


def submission_from_data(data: dict[str, Any]) -> Submission:
    """The inverse of :func:`submission_as_data`."""
    source = base64.b64decode(data["source"])
    notes, cells = tuple(data["notes"]), tuple((cell, line) for cell, line in data["cells"])
    return Submission(**{**data, "source": source, "notes": notes, "cells": cells})


def main() -> None:
    """Entry point of ``python -c``; see :class:`grader.grading.pool._Judge`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the coordinator's to handle
    setup = json.loads(sys.stdin.buffer.readline())
    if setup["processors"]:
        os.sched_setaffinity(0, setup["processors"])
    channel = _channel(setup)
    work: queue.SimpleQueue[Submission] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(channel.makefile("rb"), work), daemon=True).start()
    _send(channel, {"ended": _judge(channel, work, setup)})


def _channel(setup: dict[str, Any]) -> socket.socket:
    if sys.platform == "win32":  # pragma: no cover
        return socket.fromshare(bytes.fromhex(setup["share"]))
    return socket.socket(fileno=setup["channel"])


def _listen(lines: IO[bytes], work: queue.SimpleQueue[Submission]) -> None:
    """Queue what comes, and leave the process when nothing can come any more.

    The zygote notices the end of its judge, and the workers that of their zygote. A coordinator
    that is killed while it sends leaves half a line, or resets the connection.
    """
    try:
        for line in lines:
            work.put(submission_from_data(json.loads(line)))
    finally:
        os._exit(0)


def _judge(
    channel: socket.socket, work: queue.SimpleQueue[Submission], setup: dict[str, Any]
) -> dict[str, Any]:
    """Grade for ever; return what put an end to it, by whose blame it is."""

    def submissions() -> Iterator[Submission]:
        while True:
            try:
                submission = work.get(timeout=setup["idle_seconds"])
            except queue.Empty:
                os._exit(0)  # nobody waits for an answer
            yield submission

    def answer(report: Report) -> None:
        from grader.model.report_json import as_data

        _send(channel, {"report": as_data(report)})

    try:
        problem = Library.find(Path(setup["library"])).load(setup["slug"])
        given = {name: setup[name] for name in ("seed", "only", "isolated", "brief")}
        grade_all(problem, submissions(), answer, **given)
    except ProblemError as error:
        return {"problem": [str(error.path), error.line, error.what]}
    except Unisolated as error:
        return {"open": error.opened}
    except UsageError as error:
        return {"usage": str(error)}
    except Exception as error:
        return {"fault": f"{type(error).__name__}: {error}"}
    return {"fault": "the judge stopped by itself"}


def _send(channel: socket.socket, message: dict[str, Any]) -> None:
    channel.sendall(json.dumps(message, allow_nan=False).encode() + b"\n")
