"""Kills processes of the sandbox at chosen moments, for the tests of what that costs."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

from grader.remote.exposures import Exposures
from grader.sandbox.channel import Channel
from grader.sandbox.launch import Zygote
from grader.sandbox.process import Worker

Kill = Callable[[Zygote, Worker | None], None]


def kill_worker(zygote: Zygote, worker: Worker | None) -> None:
    """Kill the present worker; without one, nothing."""
    if worker is not None and worker.alive:
        worker._send_signal(signal.SIGKILL)
        assert worker._ends_within(60)


def kill_zygote(zygote: Zygote, worker: Worker | None) -> None:
    """Kill the zygote, and so its worker."""
    zygote._process.kill()
    zygote._process.wait()
    if worker is not None and worker.alive:
        assert worker._ends_within(60)


def kill_judge(zygote: Zygote, worker: Worker | None) -> None:
    """Kill this process."""
    os.kill(os.getpid(), signal.SIGKILL)


class Saboteur:
    """Counts moments at which a process could be killed, and does it at some.

    Attributes:
        moments: What was about to happen at each moment since :meth:`plan`.
        used: How often it killed since then.
    """

    def __init__(self, zygote: Zygote, kill: Kill) -> None:
        self.moments: list[str] = []
        self.used = 0
        self._zygote = zygote
        self._kill = kill
        self._at: frozenset[int | str] = frozenset()
        self._each = ""
        self._worker: Worker | None = None

    def plan(self, *at: int | str, each: str = "") -> None:
        """Kill at these moments, by number or at the first of a name; at each of another."""
        self.moments.clear()
        self.used = 0
        self._at = frozenset(at)
        self._each = each

    def moment(self, name: str) -> None:
        """Something happens now."""
        number = len(self.moments)
        first = name not in self.moments
        self.moments.append(name)
        if number in self._at or name == self._each or (first and name in self._at):
            self.used += 1
            self._kill(self._zygote, self._worker)

    @contextlib.contextmanager
    def at_work(self) -> Iterator[Saboteur]:
        """Watch what the sandbox does in the block."""
        spawn, send, called = Zygote._spawn, Channel.send, Exposures.called
        saboteur = self

        def watched_spawn(zygote: Zygote, limits: Any) -> Worker:
            saboteur.moment("a worker is asked for")
            saboteur._worker = spawn(zygote, limits)
            saboteur.moment("a worker is forked")
            return saboteur._worker

        def watched_send(channel: Channel, data: bytes, deadline: Any) -> None:
            saboteur.moment("something is sent")
            send(channel, data, deadline)
            saboteur.moment("the worker computes")

        def watched_call(exposures: Exposures, *arguments: Any) -> Any:
            saboteur.moment("the optimizer is called")
            return called(exposures, *arguments)

        with (
            mock.patch.object(Zygote, "_spawn", watched_spawn),
            mock.patch.object(Channel, "send", watched_send),
            mock.patch.object(Exposures, "called", watched_call),
        ):
            yield self
