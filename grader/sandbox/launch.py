"""Where workers come from: forked by a zygote, or each started by exec.

Every source finds out by trying what its workers are kept from: see
:mod:`grader.sandbox.selftest.probe`.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import select
import signal
import socket
import subprocess
import sys
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from grader.errors import Fault
from grader.sandbox.python_command import NEUTRAL_FOLDER, this_package

if TYPE_CHECKING:
    # Not loaded here: NumPy comes with it, and the zygote should be on its way before.
    from grader.sandbox.process import Ended, Limits, Worker
    from grader.sandbox.selftest.probe import Attempt

_START_SECONDS = 60.0

ONE_THREAD = dict.fromkeys(
    (
        "OPENBLAS_NUM_THREADS",
        "OMP_NUM_THREADS",
        "MKL_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
    ),
    "1",
)
"""Environment that keeps linear algebra on small arrays from starting a thread per processor."""


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
        from grader.sandbox.selftest import probe

        return probe.try_everything(self, self.private)

    @property
    def isolation(self) -> dict[str, bool]:
        """For each kind of forbidden thing, whether all of it was refused."""
        from grader.sandbox.selftest import probe

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
        **ONE_THREAD,
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
    theirs = str(Path(numpy.origin).parents[1])
    # This very package, whichever others are installed; its folder's neighbours are not for the
    # student's code. What imports make is there to stay: the garbage collector need not look
    # through it meanwhile.
    code = (
        "import gc, sys; gc.disable()\n"
        f"if {theirs!r} not in sys.path: sys.path.append({theirs!r})\n"
        f"{this_package()}"
        f"from grader.sandbox.worker.{module} import main; import grader.sandbox.worker.server\n"
        "gc.enable()\n"
        "main()"
    )
    # -I without -E: the environment is ours and clean, and PYTHONHASHSEED must count.
    return [sys.executable, "-s", "-P", "-c", code, *arguments]


@contextlib.contextmanager
def one_processor(workers: Workers) -> Iterator[None]:
    """Keep this process and its workers to the processor that it runs on now.

    Judge and worker take turns, never both at once. On two processors every turn wakes an idle
    one, which is dear on virtual machines (measured on one: a bare round trip over a pipe 110 to
    300 µs against 9 µs, one small call of a worker 0.45 ms against 0.15 ms).
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
    """Forks workers from a process that has NumPy loaded (:mod:`grader.sandbox.worker.zygote`).

    Attributes:
        layers: Of the jail around its workers, known once the first of them was asked for.
    """

    def __init__(self, private: Sequence[Path] = ()) -> None:
        from grader.sandbox.jail import linux

        self.private = _private_paths(private)
        self.layers: tuple[str, ...] = ()
        self._control, self._process = self._start()
        linux.forbid_inspection()  # of the judge, which knows the expected values
        self._ready = False
        self._spawned = 0
        self._exits: dict[int, Ended] = {}

    def _start(self) -> tuple[socket.socket, subprocess.Popen[bytes]]:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = subprocess.Popen(
                _command("zygote", str(theirs.fileno())),
                env=_environment(),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                cwd=NEUTRAL_FOLDER,
            )
        # Not among the arguments: these can be read by the workers, and by everybody else.
        given = {"judge": os.getpid(), "private": [str(path) for path in self.private]}
        with contextlib.suppress(OSError):  # one that has died is noticed when it is needed
            ours.send(json.dumps(given).encode())
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
        from grader.sandbox.process import Ended, Worker

        pidfd, control = descriptors[0], self._control

        def send_signal(number: signal.Signals) -> None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(pidfd, number)

        def ends_within(seconds: float) -> bool:
            return bool(select.select([pidfd], [], [], seconds)[0])

        def wait() -> Ended:
            os.close(pidfd)
            if control is not self._control:
                return Ended(None)  # its zygote has died meanwhile, and knows no more
            return self._exit_of(number)

        return Worker(channel, output, limits, send_signal, ends_within, wait, message["pid"])

    def _receive(self) -> tuple[dict[str, Any], list[int]]:
        packet, descriptors, _, _ = socket.recv_fds(self._control, 4096, 1)
        if not packet:
            raise ConnectionError("the zygote has died")
        message = json.loads(packet)
        if "exited" in message:
            from grader.sandbox.process import Ended

            self._exits[message["exited"]] = Ended(message["status"], message["cpu_seconds"])
        return message, descriptors

    def _exit_of(self, number: int) -> Ended:
        """Wait until the kernel has taken worker ``number`` back; not if the zygote is gone."""
        from grader.sandbox.process import Ended

        try:
            while number not in self._exits:
                self._receive()
        except OSError:
            return Ended(None)
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
        from grader.sandbox.process import Ended, Worker

        channel, theirs = socket.socketpair()
        posix = sys.platform != "win32"
        with theirs:
            process = subprocess.Popen(
                _command("exec_entry"),
                env=_environment(),
                cwd=NEUTRAL_FOLDER,
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

        def ends_within(seconds: float) -> bool:
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                return False
            return True

        def wait() -> Ended:
            return Ended(process.wait())

        send_signal = process.send_signal
        return Worker(channel, output, limits, send_signal, ends_within, wait, process.pid)

    def pin(self, processor: int) -> None:
        """Leave it to the system."""

    def close(self) -> None:
        """Nothing outlives its worker here."""
