"""The jail changes no report; and workers without one, whose lines a coverage run can count."""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from grader.authoring.reproducibility import timeless
from grader.grading.in_process import grade_all
from grader.model.problem import Problem
from grader.model.report import Report
from grader.model.report_json import as_data
from grader.model.submission import read_submission, submission_from
from grader.sandbox.launch import Workers, start_workers
from grader.sandbox.process import Ended, Limits, Worker
from grader.sandbox.worker import server

if TYPE_CHECKING:
    from grader.sandbox.selftest.probe import Attempt

if sys.platform != "linux":
    pytest.skip("workers are forked on Linux", allow_module_level=True)


class Unjailed:
    """Forks workers from this very process, without limits. For files that can be trusted."""

    attempts: list[Attempt] = []  # noqa: RUF012  (as in the protocol)
    isolation: dict[str, bool] = {}  # noqa: RUF012

    def spawn(self, limits: Limits) -> Worker:
        """Fork a worker, which leaves by itself when its channel is closed, and is never killed."""
        channel, theirs = socket.socketpair()
        output, their_output = os.pipe()
        pid = os.fork()
        if pid == 0:
            channel.close()
            server.run(theirs, their_output, limits.for_worker()["reply_bytes"])
        theirs.close()
        os.close(their_output)
        descriptor = os.pidfd_open(pid)

        def send_signal(number: signal.Signals) -> None:
            if number != signal.SIGKILL:
                signal.pidfd_send_signal(descriptor, number)

        def ends_within(seconds: float) -> bool:
            return bool(select.select([descriptor], [], [], seconds)[0])

        def wait() -> Ended:
            os.close(descriptor)
            return Ended(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))

        return Worker(channel, output, limits, send_signal, ends_within, wait, pid)

    def pin(self, processor: int) -> None:
        """Leave it to the system."""

    def close(self) -> None:
        """Nothing outlives its worker here."""


def reports(problem: Problem, workers: Workers) -> list[Report]:
    """What right, wrong and broken files get, but for what took time or tells of the jail."""
    paths = [*problem.samples("accepted")[::40], *problem.samples("rejected")[::40]]
    source = problem.reference_path.read_bytes()
    broken = [
        submission_from("raises.py", source + b"\nprint('so far')\n1 / 0\n"),
        submission_from("absent.py", b"import torch\n" + source),
        submission_from("exits.py", b"import sys\nsys.exit(2)\n" + source),
        submission_from("nothing.py", b"x = 1\n"),
    ]
    found: list[Report] = []
    grade_all(problem, [*map(read_submission, paths), *broken], found.append, workers=workers)
    return [replace(report, isolation={}) for report in found]


def test_the_jail_changes_no_report(dense: Problem) -> None:
    """Marks, messages, output: a file is judged by what it does, wherever it runs."""
    jailed = reports(dense, start_workers(dense.private_paths))
    for inside, outside in zip(jailed, reports(dense, Unjailed()), strict=True):
        assert timeless(as_data(inside)) == timeless(as_data(outside))
