"""Room: the judge's end of the untrusted processes: starting, asking, waiting, killing.

Every wait has a deadline. A worker that breaks the protocol, overruns or dies is killed and
described by one :class:`WorkerFailure`; it is never asked anything again.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import secrets
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from grader.errors import Fault
from grader.sandbox import wire

if TYPE_CHECKING:
    from grader.sandbox.probe import Attempt

MAX_CALLBACKS = 10_000
"""Calls of judge-side objects within one request; a correct layer makes two."""

LOCKED_UP = b"\x01"  # as grader.sandbox.worker sends it

_START_SECONDS = 60.0
_READ_SIZE = 1 << 16

FailureKind = Literal["timeout", "memory", "crashed"]


@dataclass
class WorkerFailure(Exception):
    """A worker is gone.

    Attributes:
        reason: For the student, to be read behind "it": ``did not return within 2 s``.
        line: The last line of the student's file that was seen to run.
    """

    kind: FailureKind
    reason: str
    line: int | None = None

    def __str__(self) -> str:
        where = f"; last line run: {self.line}" if self.line else ""
        return f"{self.reason}{where}"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a worker may use.

    Attributes:
        call_seconds: Wall time that one request may take.
        cpu_seconds: Processor time of one worker, over all its requests.
        memory_mb: Memory beyond what Python and NumPy take by themselves.
        output_kb: Printed text that is kept; more is read and dropped.
    """

    call_seconds: float = 5.0
    cpu_seconds: int = 60
    memory_mb: int = 1024
    output_kb: int = 64

    def for_worker(self) -> dict[str, int]:
        """The part that the worker's own process enforces."""
        return {
            "cpu_seconds": self.cpu_seconds,
            "memory_bytes": self.memory_mb << 20,
            "file_bytes": 4 << 20,
        }


class Callbacks(Protocol):
    """Answers calls that the worker makes to objects of the judge."""

    def copied(self, original: int, copy: int) -> None:
        """The worker copied a judge-side object and numbered the copy."""

    def called(self, number: int, method: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Run a method; ValueError is passed on to the student's code."""


class Workers(Protocol):
    """A source of fresh workers.

    Attributes:
        attempts: Forbidden things, each tried in a worker, and what became of it.
        isolation: For each kind of thing that student code might do, whether it is refused.
    """

    @property
    def attempts(self) -> list[Attempt]: ...  # noqa: D102
    @property
    def isolation(self) -> dict[str, bool]: ...  # noqa: D102

    def spawn(self, limits: Limits) -> Worker:
        """Start a worker that has seen no student code."""

    def pin(self, processor: int) -> None:
        """Keep the workers to one processor, where the system can."""

    def close(self) -> None:
        """End everything that was started."""


def start_workers(private: Sequence[Path] = ()) -> Workers:
    """Return the fastest source of workers that this system has.

    On Linux the zygote process starts loading NumPy at once and is waited for by the first
    :meth:`Workers.spawn`, so that the judge can do its own imports meanwhile.

    Args:
        private: Files and folders that student code must not read, wherever they are; the
            grader's own package and the library beside it are always among them.
    """
    return Zygote(private) if sys.platform == "linux" else SingleWorkers(private)


class _Probed:
    """A source of workers that finds out by trying what its workers are kept from."""

    private: list[Path]

    @cached_property
    def attempts(self) -> list[Attempt]:
        """Each forbidden thing, tried in a worker when this is first asked for."""
        from grader.sandbox import probe

        return probe.try_everything(self, self.private)

    @property
    def isolation(self) -> dict[str, bool]:
        """For each kind of forbidden thing, whether all of it was refused."""
        from grader.sandbox import probe

        return probe.summarize(self.attempts)

    @abstractmethod
    def spawn(self, limits: Limits) -> Worker:
        """Start a worker that has seen no student code."""

    @abstractmethod
    def pin(self, processor: int) -> None:
        """Keep the workers to one processor, where the system can."""

    @abstractmethod
    def close(self) -> None:
        """End everything that was started."""


def _private_paths(given: Sequence[Path]) -> list[Path]:
    """What student code must not read: what the caller says, and the grader itself."""
    return [Path(__file__).resolve().parents[1], *(path.resolve() for path in given)]


def _environment() -> dict[str, str]:
    """A clean environment: no secrets of the caller, one thread, one hash seed."""
    clean = {
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "LC_ALL": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "VECLIB_MAXIMUM_THREADS": "1",
    }
    # What Python or a BLAS may need to start at all on this machine.
    for name in ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "OPENBLAS_CORETYPE"):
        if name in os.environ:
            clean[name] = os.environ[name]
    return clean


def _command(module: str, *arguments: str) -> list[str]:
    """The command line that runs ``main`` of one of our modules in a clean interpreter."""
    numpy = importlib.util.find_spec("numpy")
    if numpy is None or numpy.origin is None:
        raise Fault("NumPy is not installed for this Python; install it and try again")
    ours = str(Path(__file__).resolve().parents[2])
    theirs = str(Path(numpy.origin).parents[1])
    # Our own folder is needed for two imports, and must not be there for the student's code.
    code = (
        "import sys; before = sys.path[:]\n"
        f"if {theirs!r} not in before: before.append({theirs!r})\n"
        f"sys.path[:] = [*before, {ours!r}]\n"
        f"from grader.sandbox.{module} import main; import grader.sandbox.worker\n"
        "sys.path[:] = before\n"
        "main()"
    )
    # -I without -E: the environment is ours and clean, and PYTHONHASHSEED must count.
    return [sys.executable, "-s", "-P", "-c", code, *arguments]


@contextlib.contextmanager
def one_processor(workers: Workers) -> Iterator[None]:
    """Keep this process and its workers to the processor that it runs on now.

    Judge and worker take turns, never both at once. On two processors every turn wakes an idle
    one, which on virtual machines costs ten times the switch on one (measured: a bare round trip
    over a pipe 110 to 300 µs against 9 µs; grading the reference 2.0 times faster).
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    here = _current_processor()
    if here in before:
        os.sched_setaffinity(0, {here})
        workers.pin(here)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _current_processor() -> int:
    """The number of the processor that runs this thread: field 39 of proc_pid_stat(5)."""
    try:
        return int(Path("/proc/thread-self/stat").read_text().rpartition(")")[2].split()[36])
    except (OSError, IndexError, ValueError):
        return -1


class Zygote(_Probed):
    """Forks workers from a process that has NumPy loaded (:mod:`grader.sandbox.zygote`).

    Attributes:
        layers: Of the jail around its workers, known once the first of them was asked for.
    """

    def __init__(self, private: Sequence[Path] = ()) -> None:
        from grader.sandbox import linux

        self.private = _private_paths(private)
        self.layers: tuple[str, ...] = ()
        self._control, self._process = self._start()
        linux.forbid_inspection()  # of the judge, which knows the expected values
        self._ready = False
        self._spawned = 0
        self._exits: dict[int, int] = {}

    def _start(self) -> tuple[socket.socket, subprocess.Popen[bytes]]:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            given = {
                "control": theirs.fileno(),
                "judge": os.getpid(),
                "private": [str(path) for path in self.private],
            }
            process = subprocess.Popen(
                _command("zygote", json.dumps(given)),
                env=_environment(),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                cwd="/",
            )
        ours.settimeout(_START_SECONDS)
        return ours, process

    def spawn(self, limits: Limits) -> Worker:
        """Fork a worker; a zygote that has died is started again, once."""
        try:
            return self._spawn(limits)
        except OSError:
            self.close()
            self._control, self._process = self._start()
            self._ready = False
            try:
                return self._spawn(limits)
            except OSError as error:
                raise Fault(f"no worker process could be started: {error}") from error

    def _spawn(self, limits: Limits) -> Worker:
        if not self._ready:
            self.layers = tuple(self._receive()[0]["layers"])
            self._ready = True
        self._spawned += 1
        number = self._spawned
        channel, their_channel = socket.socketpair()
        output, their_output = os.pipe()
        request = {"spawn": number, "limits": limits.for_worker()}
        try:
            with their_channel:
                ends = [their_channel.fileno(), their_output]
                socket.send_fds(self._control, [json.dumps(request).encode()], ends)
            while True:
                message, descriptors = self._receive()
                if message.get("spawned") == number:
                    break
        except BaseException:
            channel.close()
            os.close(output)
            raise
        finally:
            os.close(their_output)
        pidfd = descriptors[0]

        def send_signal(number: signal.Signals) -> None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(pidfd, number)

        def wait() -> int | None:
            os.close(pidfd)
            return self._exit_status(number)

        return Worker(channel, output, limits, send_signal, wait)

    def _receive(self) -> tuple[dict[str, Any], list[int]]:
        packet, descriptors, _, _ = socket.recv_fds(self._control, 4096, 1)
        if not packet:
            raise ConnectionError("the zygote has died")
        message = json.loads(packet)
        if "exited" in message:
            self._exits[message["exited"]] = message["status"]
        return message, descriptors

    def _exit_status(self, number: int) -> int | None:
        """Wait until the kernel has taken worker ``number`` back; None if the zygote is gone."""
        try:
            while number not in self._exits:
                self._receive()
        except OSError:
            return None
        return self._exits.pop(number)

    def pin(self, processor: int) -> None:
        """Keep the zygote, and so its workers, to one processor."""
        with contextlib.suppress(OSError):
            os.sched_setaffinity(self._process.pid, {processor})

    def close(self) -> None:
        """End the zygote, and with it whatever workers it still has."""
        self._process.kill()
        self._process.wait()
        self._control.close()


class SingleWorkers(_Probed):
    """Starts each worker as a process of its own, where forking is not to be had."""

    def __init__(self, private: Sequence[Path] = ()) -> None:
        self.private = _private_paths(private)

    def spawn(self, limits: Limits) -> Worker:
        """Start one worker by exec."""
        channel, theirs = socket.socketpair()
        posix = sys.platform != "win32"
        with theirs:
            process = subprocess.Popen(
                _command("single"),
                env=_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=[theirs.fileno()] if posix else [],
            )
            assert process.stdin and process.stdout
            configuration: dict[str, Any] = {"limits": limits.for_worker()}
            configuration["private"] = [str(path) for path in self.private]
            if posix:
                configuration["channel"] = theirs.fileno()
            else:  # pragma: no cover (Windows)
                configuration["share"] = theirs.share(process.pid).hex()  # type: ignore[attr-defined]
            process.stdin.write(json.dumps(configuration).encode() + b"\n")
            process.stdin.close()
        output = os.dup(process.stdout.fileno())
        process.stdout.close()
        return Worker(channel, output, limits, process.send_signal, process.wait)

    def pin(self, processor: int) -> None:
        """Leave it to the system."""

    def close(self) -> None:
        """Nothing outlives its worker here."""


class Worker:
    """One untrusted process, from the judge's side. Used by one thread.

    Attributes:
        callbacks: Answers the worker's calls to judge-side objects; set by the user of it.
        alive: False once it has failed or been killed.
    """

    def __init__(
        self,
        channel: socket.socket,
        output: int,
        limits: Limits,
        send_signal: Callable[[signal.Signals], None],
        wait: Callable[[], int | None],
    ) -> None:
        self.callbacks: Callbacks | None = None
        self.alive = True
        self.subclasses: list[str] = []
        self._locked_up = False
        self._channel = channel
        self._limits = limits
        self._send_signal = send_signal
        self._wait_for_exit = wait
        self._buffer = bytearray()
        self._captured = _Output(output, limits.output_kb << 10)
        channel.setblocking(False)

    def request(
        self, operations: Sequence[Any], writer: wire.Writer, seconds: float | None = None
    ) -> list[Any]:
        """Have the worker carry out ``operations``; return one outcome for each.

        Args:
            operations: As :mod:`grader.sandbox.worker` describes them.
            writer: Has made the nodes of the values in them, in order.
            seconds: Wall time it may take; that of the limits by default.

        Raises:
            WorkerFailure: The worker overran, died or broke the protocol, and is gone.
        """
        if not self.alive:
            raise WorkerFailure("crashed", "had already ended its process")
        if not self._locked_up:
            self._await_lock()
        seconds = self._limits.call_seconds if seconds is None else seconds
        deadline = time.monotonic() + seconds
        nonce = secrets.randbits(62)
        try:
            self._send(writer.frame([nonce, operations]), deadline)
            for _ in range(MAX_CALLBACKS):
                message = wire.decode(self._receive(deadline), self.subclasses)
                if type(message) is not list or message[:1] != [nonce]:
                    raise wire.ProtocolError("an answer to nothing that was asked")
                if message[1:2] == ["done"] and len(message) == 4:
                    _, _, outcomes, copies = message
                    self._note_copies(copies)
                    return _checked_outcomes(outcomes, len(operations))
                self._answer(message, deadline)
            raise wire.ProtocolError(f"more than {MAX_CALLBACKS:,} calls of the optimizer")
        except wire.ProtocolError as error:
            self.kill()
            reason = f"sent something that is not an answer ({error})"
            raise WorkerFailure("crashed", reason) from None
        except TimeoutError:
            line = self._ask_for_line()
            self.kill()
            raise WorkerFailure("timeout", f"did not return within {seconds:g} s", line) from None
        except OSError:
            raise self._describe_exit() from None
        except BaseException:  # Ctrl-C among them: never leave a worker behind
            self.kill()
            raise
        finally:
            self._captured.drain()

    def take_output(self) -> str:
        """Return what was printed since the last call, cut to the limit, as text."""
        return self._captured.take()

    def kill(self) -> int | None:
        """End the process; return its exit status where the system tells it."""
        if not self.alive:
            return None
        self.alive = False
        self._send_signal(signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
        self._channel.close()
        status = self._wait_for_exit()
        self._captured.close()
        return status

    def _await_lock(self) -> None:
        """Wait until the worker is in its jail; up to there nothing is the submission's fault."""
        try:
            self._wait(time.monotonic() + _START_SECONDS)
            self._locked_up = self._channel.recv(1) == LOCKED_UP
        except OSError:
            pass  # said below, together with a channel that closed
        except BaseException:
            self.kill()
            raise
        if not self._locked_up:
            self.kill()
            told = self.take_output().strip()
            raise Fault(f"a worker could not be locked up; see 'grader doctor'\n{told}".strip())

    # -- the channel ---------------------------------------------------------------------

    def _send(self, data: bytes, deadline: float) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[self._channel.send(view) :]
            except BlockingIOError:
                self._wait(deadline, writing=True)

    def _receive(self, deadline: float) -> bytes:
        buffer = self._buffer
        size = wire.LENGTH.size
        wanted = size
        while len(buffer) < wanted:
            self._wait(deadline)
            with contextlib.suppress(BlockingIOError):
                data = self._channel.recv(max(_READ_SIZE, min(wanted - len(buffer), 1 << 22)))
                if not data:
                    raise ConnectionError("closed")
                buffer += data
            if wanted == size and len(buffer) >= size:
                (length,) = wire.LENGTH.unpack_from(buffer)
                if length > wire.MAX_FRAME:
                    raise wire.ProtocolError(f"a frame of {length:,} bytes")
                wanted = size + length
        if len(buffer) > wanted:
            raise wire.ProtocolError("more than one answer")
        body = bytes(memoryview(buffer)[size:])
        buffer.clear()
        return body

    def _wait(self, deadline: float, writing: bool = False) -> None:
        """Return when the channel is ready; read what is printed meanwhile."""
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            read: list[Any] = [] if writing else [self._channel]
            write = [self._channel] if writing else []
            if self._captured.pollable:
                read.append(self._captured.descriptor)
            readable, writable, _ = select.select(read, write, [], left)
            if self._captured.descriptor in readable:
                self._captured.drain()
            if self._channel in readable or writable:
                return

    def _answer(self, message: list[Any], deadline: float) -> None:
        if message[1:2] != ["callback"] or len(message) != 7 or self.callbacks is None:
            raise wire.ProtocolError("neither an answer nor a call")
        _, _, number, method, args, kwargs, copies = message
        if (type(number), type(method), type(args), type(kwargs)) != (int, str, list, dict):
            raise wire.ProtocolError("a malformed call")
        self._note_copies(copies)
        writer = wire.Writer()
        try:
            answer = ["ok", writer.value(self.callbacks.called(number, method, args, kwargs))]
        except ValueError as error:
            answer = ["raise", writer.value(str(error))]
        self._send(writer.frame(answer), deadline)

    def _note_copies(self, copies: Any) -> None:
        if type(copies) is not list or len(copies) > MAX_CALLBACKS:
            raise wire.ProtocolError("copies")
        for pair in copies:
            if type(pair) is not list or [type(item) for item in pair] != [int, int]:
                raise wire.ProtocolError("copies")
            if self.callbacks is not None:
                self.callbacks.copied(*pair)

    # -- when it goes wrong --------------------------------------------------------------

    def _ask_for_line(self) -> int | None:
        """Have a stuck worker print where it is; return the innermost line of the student's."""
        if not hasattr(signal, "SIGUSR1"):
            return None
        self._captured.drain()
        self._send_signal(signal.SIGUSR1)
        return self._captured.read_line_number(time.monotonic() + 0.25)

    def _describe_exit(self) -> WorkerFailure:
        status = self.kill()
        if status is None:
            return WorkerFailure("crashed", "ended its process")
        if status >= 0:
            return WorkerFailure("crashed", f"ended its process (exit code {status}; os._exit?)")
        known = -status in list(signal.Signals)
        name = signal.Signals(-status).name if known else f"signal {-status}"
        if name == "SIGXCPU":
            used = f"used more than {self._limits.cpu_seconds} s of processor time"
            return WorkerFailure("timeout", used)
        hint = "; often endless recursion" if name == "SIGSEGV" else ""
        return WorkerFailure("crashed", f"crashed its process ({name}{hint})")


class _Output:
    """Collects what a worker prints, up to a limit; the rest is read and dropped."""

    _FRAME = re.compile(rb'File "(?!<)[^"\n/]*\.py", line (\d+)')

    def __init__(self, descriptor: int, limit: int) -> None:
        self.descriptor = descriptor
        self.pollable = sys.platform != "win32"
        self._limit = limit
        self._kept = bytearray()
        self._dropped = 0
        self._tail = bytearray()
        self._watching = False
        if self.pollable:
            os.set_blocking(descriptor, False)
        else:  # pragma: no cover (Windows has no select for pipes)
            threading.Thread(target=self._drain_blocking, daemon=True).start()

    def drain(self) -> None:
        """Read what is there now."""
        while self.pollable and self.descriptor >= 0:
            try:
                data = os.read(self.descriptor, _READ_SIZE)
            except BlockingIOError:
                return
            if not data:
                self.pollable = False
                return
            self._add(data)

    def _drain_blocking(self) -> None:  # pragma: no cover (Windows)
        with contextlib.suppress(OSError):
            while data := os.read(self.descriptor, _READ_SIZE):
                self._add(data)

    def _add(self, data: bytes) -> None:
        if self._watching:
            self._tail = (self._tail + data)[-_READ_SIZE:]
            return
        room = max(0, self._limit - len(self._kept))
        self._kept += data[:room]
        self._dropped += len(data) - len(data[:room])

    def take(self) -> str:
        text = self._kept.decode("utf-8", "replace")
        if self._dropped:
            text += f"\n[... {self._dropped:,} more bytes were printed and are not shown]"
        self._kept.clear()
        self._dropped = 0
        return text

    def read_line_number(self, deadline: float) -> int | None:
        """Watch for a stack dump until ``deadline``; return the first line number in it."""
        self._watching = True
        while self.pollable and (left := deadline - time.monotonic()) > 0:
            if not select.select([self.descriptor], [], [], left)[0]:
                break
            self.drain()
            dump = self._tail.rpartition(b"(most recent call first)")[2]
            found = self._FRAME.search(dump) if b"most recent call first" in self._tail else None
            if found:
                return int(found[1][:9])
        return None

    def close(self) -> None:
        if self.descriptor >= 0:
            self._watching = False
            self.drain()
            os.close(self.descriptor)
            self.descriptor = -1
            self.pollable = False


def _checked_outcomes(outcomes: Any, count: int) -> list[Any]:
    """Return ``outcomes`` if they have the form that the judge relies on."""
    if type(outcomes) is not list or len(outcomes) != count:
        raise wire.ProtocolError("not one outcome for each operation")
    for outcome in outcomes:
        if type(outcome) is not list or not outcome:
            raise wire.ProtocolError("outcome")
        if outcome[0] == "ok" and len(outcome) == 2:
            continue
        if outcome[0] != "raised" or len(outcome) != 5:
            raise wire.ProtocolError("outcome")
        _, name, message, frames, detail = outcome
        if (type(name), type(message), type(frames), type(detail)) != (str, str, list, dict):
            raise wire.ProtocolError("exception")
        for frame in frames:
            if type(frame) is not list or [type(item) for item in frame] != [int, str]:
                raise wire.ProtocolError("frame")
    return outcomes
