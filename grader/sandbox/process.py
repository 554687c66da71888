"""The judge's end of an untrusted process: asking, waiting, killing.

Every wait has a deadline. A worker that breaks the protocol, overruns or dies is killed and
described by one :class:`WorkerFailure`; it is never asked anything again.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from grader.errors import Fault
from grader.sandbox import codec, outcomes
from grader.sandbox.captured_output import Output
from grader.sandbox.channel import Channel
from grader.sandbox.failures import WorkerFailure
from grader.sandbox.patience import Patience
from grader.sandbox.transcript import (
    Ahead,
    Exchange,
    Transcript,
    digest_of,
    new_nonce,
    with_nonce,
    without_nonce,
)

if TYPE_CHECKING:
    from grader.sandbox.allowance import Allowance

MAX_CALLBACKS = 5_000
"""Calls of judge-side objects within one request; a correct layer makes two for a pass.

One that updates each of 12 weights and 3 biases for each of 300 rows makes 4,500, and is still told
what is wrong with that.
"""
_TOO_MANY_CALLS = f"more than {MAX_CALLBACKS:,} calls of the objects that it was given"
_NEWS = ([int, int], [int, str, list, dict])

_START_SECONDS = 60.0
_DYING_SECONDS = 1.0
"""Between the moment when a dying process hangs up and its end there are microseconds."""

_SIGKILL = getattr(signal, "SIGKILL", 9)
_SIGXCPU = getattr(signal, "SIGXCPU", 24)
_KILLED = "was killed from outside (SIGKILL; often because the machine ran out of memory)"


class Limits(msgspec.Struct, frozen=True):
    """What a worker may use.

    Attributes:
        call_seconds: Wall time that one request may take.
        cpu_seconds: Processor time of one worker, over all its requests.
        memory_mb: Memory beyond what Python and NumPy take by themselves.
        output_kb: Printed text that is kept; more is read and dropped.
        reply_mb: Array data in one answer; an array that is larger is not sent.
    """

    call_seconds: float = 5.0
    cpu_seconds: int = 60
    memory_mb: int = 1024
    output_kb: int = 64
    reply_mb: int = 16

    def for_worker(self) -> dict[str, int]:
        """The part that the worker's own process enforces."""
        return {
            "cpu_seconds": self.cpu_seconds,
            "memory_bytes": self.memory_mb << 20,
            "file_bytes": 4 << 20,
            "reply_bytes": self.reply_mb << 20,
        }


class Ended(msgspec.Struct, frozen=True):
    """How a process ended.

    Attributes:
        status: Its exit code, or minus the signal; None where nobody is left who could tell.
        cpu_seconds: Processor time that it had used, 0 where that is not known.
    """

    status: int | None
    cpu_seconds: float = 0.0


class Callbacks(Protocol):
    """Answers calls that the worker makes to objects of the judge."""

    def copied(self, original: int, copy: int) -> None:
        """The worker copied a judge-side object and numbered the copy."""

    def called(self, number: int, method: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Run a method; ValueError is passed on to the student's code."""


class Worker:
    """One untrusted process, from the judge's side. Used by one thread.

    Attributes:
        callbacks: Answers the worker's calls to judge-side objects; set by the user of it.
        alive: False once it has failed or been killed.
        record: Where exchanges are recorded; None after one that cannot be repeated.
    """

    def __init__(
        self,
        channel: socket.socket,
        output: int,
        limits: Limits,
        send_signal: Callable[[signal.Signals], None],
        ends_within: Callable[[float], bool],
        wait: Callable[[], Ended],
        pid: int | None = None,
    ) -> None:
        self.callbacks: Callbacks | None = None
        self.alive = True
        self.subclasses: list[str] = []
        self.record: list[Exchange] | None = None
        self._ahead: deque[Ahead] = deque()
        self._locked_up = False
        self._was_asked = False
        self._limits = limits
        self._send_signal = send_signal
        self._ends_within = ends_within
        self._wait_for_exit = wait
        self._pid = pid
        self._captured = Output(output, limits.output_kb << 10)
        self._channel = Channel(channel, self._captured, limits.reply_mb)
        self._allowance: Allowance | None = None

    def request(
        self,
        operations: Sequence[Any],
        writer: codec.Writer,
        seconds: float | None = None,
        allowance: Allowance | None = None,
    ) -> list[Any]:
        """Have the worker carry out ``operations``; return one outcome for each.

        Args:
            operations: As :mod:`grader.sandbox.worker.server` describes them.
            writer: Has made the nodes of the values in them, in order.
            seconds: Wall time it may take; that of the limits by default.
            allowance: Of the submission; nothing of it outlasts, or adds up to more, than that.

        Raises:
            WorkerFailure: The worker overran, died or broke the protocol, and is gone.
        """
        if not self.alive:
            raise WorkerFailure("crashed", "had already ended its process")
        if not self._locked_up:
            self._await_lock()
        seconds = self._limits.call_seconds if seconds is None else seconds
        deadline = self._deadline(seconds, allowance)
        ahead = self._ahead.popleft() if self._ahead else None
        nonce = new_nonce() if ahead is None else ahead.nonce
        frame = writer.frame([nonce, operations])
        record, self.record, digests = self.record, None, list[bytes]()
        try:
            if ahead is None:
                self._channel.send(frame, deadline)
                self._was_asked = True
            elif ahead.frame != frame:
                raise WorkerFailure("crashed", "was asked something else before", lost=True)
            self._heard = 0
            for _ in range(MAX_CALLBACKS):
                body = self._next_body(ahead, deadline)
                if record is not None:
                    digests.append(digest_of(body, nonce))
                numbers = (self._limits.reply_mb << 20) // codec.NUMBER_SIZE
                message = codec.decode(body, self.subclasses, numbers)
                if type(message) is not list or message[:1] != [nonce]:
                    raise codec.ProtocolError("an answer to nothing that was asked")
                if message[1:2] == ["done"] and len(message) == 4:
                    _, _, replies, news = message
                    self._hear(news)
                    if self._channel.has_more and not self._ahead:
                        raise codec.ProtocolError("more than one answer")
                    if record is not None:
                        record.append(Exchange(without_nonce(frame), tuple(digests)))
                        self.record = record
                    return outcomes.checked(replies, len(operations))
                if message[1:2] == ["news"] and len(message) == 3:
                    self._hear(message[2])
                else:
                    self._answer(message, deadline)
                    record = None
            raise codec.ProtocolError(_TOO_MANY_CALLS)
        except codec.ProtocolError as error:
            self.kill()
            reason = f"sent something that is not an answer ({error})"
            raise WorkerFailure("crashed", reason) from None
        except TimeoutError:
            place = self._ask_for_place()
            self.kill()
            if allowance is not None:
                allowance.seconds(seconds)  # what is over is the submission's time
            raise WorkerFailure("timeout", f"did not return within {seconds:g} s", *place) from None
        except OSError:
            raise self._describe_exit() from None
        except BaseException:  # Ctrl-C among them: never leave a worker behind
            self.kill()
            raise
        finally:
            self._captured.drain()

    def rehearse(
        self, known: Sequence[Transcript], allowance: Allowance | None = None
    ) -> Transcript | None:
        """Ask what others were asked, as long as the answers are those of one of them.

        What is answered otherwise, and all before it, is kept for when :meth:`request` comes to it.

        Returns:
            The transcript with which all answers agree; None without one.
        """
        for place in range(max(map(len, known), default=0)):
            ahead = Ahead(nonce := new_nonce(), with_nonce(known[0][place].request, nonce))
            self._ahead.append(ahead)
            try:
                deadline = self._deadline(self._limits.call_seconds, allowance)
                self._channel.send(ahead.frame, deadline)
                self._was_asked = True
                known = self._agreeing(known, place, ahead, deadline)
            except (OSError, codec.ProtocolError, WorkerFailure) as error:
                ahead.answers.append(error)
                return None
            except BaseException:
                self.kill()
                raise
            finally:
                self._captured.drain()
            if not known or self.printed:
                return None
            if len(known[0]) == place + 1:
                self._ahead.clear()
                return known[0]
        return None

    def _agreeing(
        self, known: Sequence[Transcript], place: int, ahead: Ahead, deadline: Patience
    ) -> Sequence[Transcript]:
        """Those with whose answers to a request what comes agrees."""
        count = 0
        while known and count < len(known[0][place].answers):
            ahead.answers.append(body := self._channel.receive(deadline, self._allowance))
            digest = digest_of(body, ahead.nonce)
            known = [each for each in known if each[place].answers[count : count + 1] == (digest,)]
            count += 1
        if known and self._channel.has_more:
            ahead.answers[-1] = codec.ProtocolError("more than one answer")
            return []
        return known

    def _next_body(self, ahead: Ahead | None, deadline: Patience) -> bytes:
        """The next message; what came ahead of the question comes first."""
        if ahead is None or not ahead.answers:
            return self._channel.receive(deadline, self._allowance)
        body = ahead.answers.popleft()
        if isinstance(body, Exception):
            raise body
        return body

    def _deadline(self, seconds: float, allowance: Allowance | None) -> Patience:
        """When a request has to be answered that may take so long by itself."""
        self._allowance = allowance
        most = None if allowance is None else allowance.seconds(Patience.MOST_TIMES * seconds)
        return Patience(seconds, self._pid, most)

    @property
    def printed(self) -> str:
        """What was printed since the last :meth:`take_output`."""
        return self._captured.text

    def take_output(self) -> str:
        """Return what was printed since the last call, cut to the limit, as text."""
        return self._captured.take()

    def kill(self) -> Ended:
        """End the process, if it has not ended; return how it did."""
        if not self.alive:
            return Ended(None)
        self.alive = False
        self._send_signal(signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
        self._channel.close()
        ended = self._wait_for_exit()
        self._captured.close()
        return ended

    def _await_lock(self) -> None:
        """Wait until the worker is in its jail; up to there nothing is the submission's fault."""
        try:
            first = self._channel.first_byte(Patience(_START_SECONDS))
            self._locked_up = first == codec.LOCKED_UP
        except OSError:
            pass  # said below, together with a channel that closed
        except BaseException:
            self.kill()
            raise
        if not self._locked_up:
            alone = self._ends_within(_DYING_SECONDS)
            ended = self.kill()
            if alone and ended.status in (None, -_SIGKILL):
                raise WorkerFailure("crashed", _KILLED, lost=True, started=False)
            told = self.take_output().strip()
            raise Fault(f"a worker could not be locked up; see 'grader doctor'\n{told}".strip())

    # -- calls of the judge's objects ----------------------------------------------------

    def _answer(self, message: list[Any], deadline: Patience) -> None:
        if message[1:2] != ["callback"] or len(message) != 7 or self.callbacks is None:
            raise codec.ProtocolError("neither an answer nor a call")
        _, _, number, method, args, kwargs, news = message
        if (type(number), type(method), type(args), type(kwargs)) != (int, str, list, dict):
            raise codec.ProtocolError("a malformed call")
        self._hear(news)
        writer = codec.Writer()
        try:
            answer = ["ok", writer.value(self.callbacks.called(number, method, args, kwargs))]
        except ValueError as error:
            answer = ["raise", writer.value(str(error))]
        self._channel.send(writer.frame(answer), deadline)

    def _hear(self, news: Any) -> None:
        """Take note of copies of judge-side objects; repeat the calls that were made of them."""
        if type(news) is not list:
            raise codec.ProtocolError("news")
        self._heard += len(news)
        if self._heard > MAX_CALLBACKS:
            raise codec.ProtocolError(_TOO_MANY_CALLS)
        for item in news:
            kinds = [type(part) for part in item] if type(item) is list else []
            if self.callbacks is None or kinds not in _NEWS:
                raise codec.ProtocolError("news")
            if len(item) == 2:
                self.callbacks.copied(*item)
            else:
                with contextlib.suppress(ValueError):  # the student's code has met it already
                    self.callbacks.called(*item)

    # -- when it goes wrong --------------------------------------------------------------

    def _ask_for_place(self) -> tuple[int | None, str, int | None]:
        """Have a stuck worker print where it is: the line, and the function that was called."""
        if not hasattr(signal, "SIGUSR1"):
            return None, "", None
        self._captured.drain()
        self._send_signal(signal.SIGUSR1)
        return self._captured.read_dump(time.monotonic() + 0.25) or (None, "", None)

    def _describe_exit(self) -> WorkerFailure:
        alone = self._ends_within(_DYING_SECONDS)
        ended = self.kill()
        if not alone:
            return WorkerFailure("crashed", "closed its connection to the grader")
        status = ended.status
        place = self._captured.cut_crash() or (None, "", None)
        if status is not None and status >= 0:
            how = f"ended its process (exit code {status}; os._exit?)"
            return WorkerFailure("crashed", how, *place)
        # Beyond the soft limit comes SIGXCPU, and SIGKILL for those who do not listen.
        if status == -_SIGXCPU or ended.cpu_seconds >= self._limits.cpu_seconds:
            used = f"used more than {self._limits.cpu_seconds} s of processor time"
            return WorkerFailure("timeout", used, *place)
        # In the jail no process can send SIGKILL, not even to itself.
        if status is None or status == -_SIGKILL:
            return WorkerFailure("crashed", _KILLED, lost=True, started=self._was_asked)
        known = -status in list(signal.Signals)
        name = signal.Signals(-status).name if known else f"signal {-status}"
        hint = "; often endless recursion" if name == "SIGSEGV" else ""
        return WorkerFailure("crashed", f"crashed its process ({name}{hint})", *place)
