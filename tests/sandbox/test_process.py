"""Untrusted processes from the judge's side: whatever they do, it is described and survived."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.remote.loadable import Loadable
from grader.remote.steps import StudentError
from grader.remote.student import Student
from grader.sandbox import codec, launch, process
from grader.sandbox.failures import WorkerFailure
from grader.sandbox.launch import SingleWorkers, Workers, Zygote, start_workers
from grader.sandbox.patience import Patience
from grader.sandbox.process import Limits

LINUX = sys.platform == "linux"
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX")
proc_only = pytest.mark.skipif(not LINUX, reason="needs /proc")

KINDS = [pytest.param(Zygote, marks=pytest.mark.skipif(not LINUX, reason="Linux only"))]
KINDS += [pytest.param(SingleWorkers)]

LIMITS = Limits(call_seconds=10, memory_mb=256, output_kb=4, reply_mb=64)
HURRY = Limits(call_seconds=0.3, memory_mb=256, output_kb=4, reply_mb=64)

SOURCE = '''\
import ctypes, os, signal, stat, sys
import numpy as np

def fine():  # loops
    return 42  # loops

def endless():
    os.write(1, b"started\\n")
    while True:  # loops
        fine()  # loops

def deaf():
    for number in {signal.SIGUSR1, signal.SIGXCPU}:
        signal.signal(number, signal.SIG_IGN)
    while True:
        pass

def channel():
    """The descriptor that leads to the judge."""
    for number in range(3, 64):
        try:
            mode = os.fstat(number).st_mode
        except OSError:
            continue
        if stat.S_ISSOCK(mode):
            return number

def open_descriptors():
    found = []
    for number in range(256):
        try:
            os.fstat(number)
        except OSError:
            continue
        found.append(number)
    return found

def write(data, times=1):
    for _ in range(times):
        os.write(channel(), data.tobytes())
    return "returned"

def write_and_wait(data):
    write(data)
    while True:
        pass

def hang_up():
    os.close(channel())

def leave(code):
    os._exit(code)

def raise_signal(number):
    os.kill(os.getpid(), number)

def dereference_null():
    ctypes.string_at(0)

def large_list():
    return len([0] * 10**9)

def large_array():
    return np.ones((10**5, 10**5))

def nearly_all_memory():
    kept, size = [], 1 << 23
    answer = np.ones(size // 2)
    while size > 1 << 16:
        try:
            kept.append(np.empty(size, np.uint8))
        except MemoryError:
            size //= 2
    globals()["kept"] = kept
    return answer

def say(text, repeat=1):
    print(text * repeat)

def say_on_stderr(text):
    print(text, file=sys.stderr)

def say_and_loop(text):
    print(text)
    while True:  # waits
        pass  # waits

def say_surrogate():
    print("\\ud800")

def close_output():
    sys.stdout.close()
    os.close(1)

def environment():
    return dict(os.environ)

def import_path():
    return sys.path

def modules():
    return sorted(sys.modules)

def fork():
    pid = os.fork()
    while pid == 0:
        signal.pause()
    return pid
'''


def lines_with(text: str) -> set[int]:
    """The numbers of the lines of :data:`SOURCE` that hold ``text``."""
    return {number for number, line in enumerate(SOURCE.splitlines(), 1) if text in line}


def as_bytes(text: str | bytes) -> Any:
    """Bytes as they can be handed to the student's functions."""
    return np.frombuffer(text.encode() if isinstance(text, str) else text, np.uint8)


@pytest.fixture(scope="module", params=KINDS)
def workers(request: pytest.FixtureRequest) -> Iterator[Workers]:
    """Each source of workers, started while the judge's environment holds a secret."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUDGE_SECRET", "expected.json")
        patch.setenv("PYTHONPATH", "/secret/path")
        source = request.param()
        yield source
        source.close()


@pytest.fixture(scope="module")
def fastest() -> Iterator[Workers]:
    """The source that this system uses, for what does not depend on how a worker is started."""
    with contextlib.closing(start_workers()) as source:
        yield source


@pytest.fixture(scope="module")
def patient(workers: Workers) -> Iterator[Student]:
    """The source above with all the time it needs."""
    with loaded(workers, LIMITS) as remote:
        yield remote


@pytest.fixture(scope="module")
def impatient(workers: Workers) -> Iterator[Student]:
    """The source above with little time."""
    with loaded(workers, HURRY) as remote:
        yield remote


@pytest.fixture
def student(patient: Student) -> Student:
    """The source above at the beginning of a check, with all the time it needs."""
    patient.begin()
    return patient


@pytest.fixture
def hurried(impatient: Student) -> Student:
    """The source above at the beginning of a check, with little time."""
    impatient.begin()
    return impatient


@pytest.fixture(scope="module")
def lasting(fastest: Workers) -> Iterator[Student]:
    """The source above in the fastest worker that there is."""
    with loaded(fastest, LIMITS) as remote:
        yield remote


@pytest.fixture
def anyone(lasting: Student) -> Student:
    """The source above at the beginning of a check, in whatever kind of worker is fastest."""
    lasting.begin()
    return lasting


@contextlib.contextmanager
def loaded(
    workers: Workers, limits: Limits, source: str = SOURCE, name: str = "work"
) -> Iterator[Student]:
    """Give a student whose worker is ended afterwards."""
    remote = Student(workers, Loadable(name, source.encode()), limits)
    try:
        remote.begin()
        yield remote
    finally:
        remote.close()


def failure_of(call: Any, *args: Any) -> WorkerFailure:
    """Make a call that ends the worker; return what is said about it."""
    with pytest.raises(WorkerFailure) as caught:
        call(*args)
    assert caught.value.reason
    return caught.value


def assert_replaced(student: Student) -> None:
    """The lost worker answers nothing any more, and the next check has a new one."""
    assert failure_of(student.fine).kind == "crashed"
    student.begin()
    assert student.fine() == 42


def relatives() -> set[int]:
    """Processes that descend from this one, the zombies among them."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    found = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


# -- what works ----------------------------------------------------------------------------


def test_a_worker_answers(student: Student) -> None:
    """The plain case: a call goes out and its value comes back."""
    assert student.fine() == 42


def test_workers_are_independent(workers: Workers) -> None:
    """Two workers live side by side, and the end of one is nothing to the other."""
    with loaded(workers, LIMITS) as one, loaded(workers, LIMITS) as other:
        failure_of(one.leave, 0)
        assert other.fine() == 42


def test_the_environment_holds_nothing_of_the_callers(student: Student) -> None:
    """No variable of the judge's own reaches the student's code, nor its import path."""
    environment = student.environment()
    assert "expected.json" not in "".join(environment.values())
    assert not {"JUDGE_SECRET", "PYTHONPATH", "HOME", "PATH"} & set(environment)
    assert environment["PYTHONHASHSEED"] == "0"
    assert "/secret/path" not in student.import_path()


def test_the_graders_own_folder_is_not_importable(student: Student) -> None:
    """The path that the worker needed for its two imports is taken away again."""
    assert str(Path(launch.__file__).resolve().parents[2]) not in student.import_path()


def test_the_worker_holds_no_module_of_the_judge(student: Student) -> None:
    """Of the grader there is only the untrusted side, and of the judge's tools nothing."""
    tops = {"grader", "pytest", "_pytest", "hypothesis", "click", "msgspec", "rich"}
    loaded_modules = [name for name in student.modules() if name.partition(".")[0] in tops]
    allowed = {"grader", "grader.sandbox"}
    outside = [name for name in loaded_modules if not name.startswith("grader.sandbox.")]
    assert set(outside) == allowed
    assert not {"grader.sandbox.process", "grader.remote.student"} & set(loaded_modules)


@posix_only
def test_the_worker_inherits_no_descriptor(student: Student, tmp_path: Path) -> None:
    """A file that the judge has open, even inheritably, is not open in the worker."""
    with (tmp_path / "expected.json").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        student.close()
        student.begin()
        assert len(student.open_descriptors()) == 4  # three standard streams and the channel


# -- what goes wrong -----------------------------------------------------------------------


@posix_only
def test_an_endless_loop_is_ended_and_located(hurried: Student) -> None:
    """The failure names the time and one of the lines that loop."""
    failure = failure_of(hurried.endless)
    assert failure.kind == "timeout"
    assert "0.3 s" in str(failure)
    assert failure.line in lines_with("# loops")
    assert failure.function == "endless"
    assert str(failure.line) in str(failure)
    assert_replaced(hurried)


@posix_only
def test_the_line_is_found_in_a_file_with_any_name(fastest: Workers) -> None:
    """A file name with letters beyond ASCII does not hide the line that loops."""
    with loaded(fastest, HURRY, name="übung größe") as student:
        assert failure_of(student.say_and_loop, "").line in lines_with("# waits")


@posix_only
def test_a_process_that_ignores_signals_is_ended(fastest: Workers) -> None:
    """No line can be named then, and the worker is gone all the same."""
    with loaded(fastest, HURRY) as student:
        failure = failure_of(student.deaf)
        assert (failure.kind, failure.line) == ("timeout", None)
        assert_replaced(student)


def test_leaving_the_process_is_a_crash(student: Student) -> None:
    """`os._exit` is described with its exit code."""
    failure = failure_of(student.leave, 17)
    assert failure.kind == "crashed"
    assert "17" in failure.reason
    assert_replaced(student)


@posix_only
@pytest.mark.parametrize("name", ["SIGTERM", "SIGABRT", "SIGXCPU"])
def test_a_signal_is_described(anyone: Student, name: str) -> None:
    """A worker that is ended by a signal is gone, and the signal or its meaning is named."""
    failure = failure_of(anyone.raise_signal, int(signal.Signals[name]))
    assert failure.kind == ("timeout" if name == "SIGXCPU" else "crashed")
    assert name in failure.reason or failure.kind == "timeout"
    assert_replaced(anyone)


@proc_only
def test_a_signal_without_name_is_described(anyone: Student) -> None:
    """Real-time signals have numbers only, and end a process like others."""
    failure = failure_of(anyone.raise_signal, 40)
    assert failure.kind == "crashed"
    assert "40" in failure.reason
    assert_replaced(anyone)


@posix_only
def test_a_segmentation_fault_is_described(student: Student) -> None:
    """Memory that is not there ends the worker and nothing else."""
    failure = failure_of(student.dereference_null)
    assert failure.kind == "crashed"
    assert "SIGSEGV" in failure.reason
    assert failure.line in lines_with("string_at")
    assert failure.function == "dereference_null"
    assert_replaced(student)
    assert student.take_output() == ""


@proc_only
@pytest.mark.parametrize("function", ["large_list", "large_array"])
def test_memory_beyond_the_limit_is_an_exception(student: Student, function: str) -> None:
    """The student's code gets a MemoryError, and the worker lives on."""
    with pytest.raises(StudentError) as caught:
        getattr(student, function)()
    assert caught.value.type_name == "MemoryError"
    assert student.fine() == 42


@proc_only
def test_an_answer_that_memory_has_no_room_for_is_an_exception(student: Student) -> None:
    """It was made and cannot be sent: that is told like any other want of memory."""
    with pytest.raises(StudentError) as caught:
        student.nearly_all_memory()
    assert caught.value.type_name == "MemoryError"
    student.close()


@proc_only
def test_processor_time_is_limited(fastest: Workers) -> None:
    """A worker that has used up its processor time has run into a limit; it did not crash."""
    with loaded(fastest, Limits(call_seconds=20, cpu_seconds=1)) as student:
        failure = failure_of(student.endless)
        assert "thread" not in student.take_output()
    assert failure.kind == "timeout"
    assert "1 s" in failure.reason
    assert failure.line in lines_with("# loops")


@proc_only
def test_processor_time_is_limited_for_the_deaf(fastest: Workers) -> None:
    """Who does not listen to the warning is killed, and the reason given is the same."""
    with loaded(fastest, Limits(call_seconds=20, cpu_seconds=1)) as student:
        failure = failure_of(student.deaf)
    assert (failure.kind, failure.lost) == ("timeout", False)
    assert "1 s" in failure.reason


@posix_only
@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xff\xff\xff",
        b"\0\0\0\0",
        b"\x04\0\0\0\0\0\0\0",
        b"\x06\0\0\0\x02\0\0\0[]",
        b'\x16\0\0\0\x12\0\0\0[0,"done",[[],[]]]',
        b"Hello, judge! I have finished all checks and passed.",
        bytes(range(255, -1, -1)),
    ],
    ids=["4 GiB", "empty frame", "empty header", "list", "answer", "text", "noise"],
)
def test_garbage_on_the_channel_is_a_crash(anyone: Student, data: bytes) -> None:
    """What the student's code writes to the judge cannot be taken for an answer."""
    failure = failure_of(anyone.write, as_bytes(data))
    assert failure.kind == "crashed"
    assert_replaced(anyone)


@posix_only
def test_an_announced_frame_that_does_not_come_is_a_timeout(fastest: Workers) -> None:
    """The judge waits for 64 MB no longer than for anything else."""
    with loaded(fastest, HURRY) as student:
        failure = failure_of(student.write_and_wait, as_bytes(b"\0\0\0\x04half"))
        assert failure.kind == "timeout"
        assert_replaced(student)


@posix_only
def test_an_endless_answer_is_cut_off(anyone: Student) -> None:
    """A worker that goes on writing is ended at its first frame that is none."""
    failure = failure_of(anyone.write, as_bytes(b" " * 4096), 1000)
    assert failure.kind == "crashed"
    assert_replaced(anyone)


@posix_only
def test_a_closed_channel_is_a_crash(student: Student) -> None:
    """A worker that hangs up is ended, and was not killed by anybody else."""
    failure = failure_of(student.hang_up)
    assert (failure.kind, failure.lost) == ("crashed", False)
    assert_replaced(student)


@posix_only
def test_hanging_up_and_staying_is_a_crash(fastest: Workers) -> None:
    """A worker that hangs up and goes on is ended; it was not killed by anybody else."""
    source = f"{SOURCE}\n\ndef hang_up_and_stay():\n    hang_up()\n    endless()\n"
    with loaded(fastest, LIMITS, source) as student:
        failure = failure_of(student.hang_up_and_stay)
    assert (failure.kind, failure.lost) == ("crashed", False)
    assert "closed its connection" in failure.reason


class Clock:
    """An object of the judge that the student's code may ask."""

    def __init__(self) -> None:
        self.asked = 0

    def time(self) -> int:
        """Return how often it was asked."""
        self.asked += 1
        return self.asked


def test_callbacks_are_counted(fastest: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Student code that calls back without end is ended, however fast the calls are."""
    monkeypatch.setattr(process, "MAX_CALLBACKS", 20)
    clock = Clock()
    with loaded(fastest, LIMITS, "def ask(clock):\n    while True: clock.time()\n") as student:
        failure = failure_of(student.ask, student.expose(clock, "time"))
    assert failure.kind == "crashed"
    assert clock.asked == 20


@pytest.mark.parametrize("call", ["use(0.5)", "use(array)"])
def test_posted_calls_are_counted(
    fastest: Workers, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """So are calls for whose answer nobody waits, long before they fill anybody's memory."""
    monkeypatch.setattr(process, "MAX_CALLBACKS", 300)
    source = (
        f"import numpy as np\narray = np.ones(100_000)\ndef ask(use):\n    while True: use.{call}\n"
    )
    sink = Sink()
    with loaded(fastest, LIMITS, source) as student:
        failure = failure_of(student.ask, student.expose(sink, "use", local=True))
    assert failure.kind == "crashed"
    assert "more than" in failure.reason
    assert 0 < sink.used <= 300


def test_posted_calls_come_in_several_messages(fastest: Workers) -> None:
    """All are heard, also where the next message is there before the last one was read."""
    source = (
        "import numpy as np\ndef ask(use):\n    for n in range(300): use.use(np.ones(50_000))\n"
    )
    for _ in range(3):
        sink = Sink()
        with loaded(fastest, LIMITS, source) as student:
            student.ask(student.expose(sink, "use", local=True))
        assert sink.used == 300


class Sink:
    """An object of the judge that takes anything."""

    def __init__(self) -> None:
        self.used = 0

    def use(self, value: object) -> None:
        """Count."""
        self.used += 1


ANSWERS = """
import numpy as np

def zeros(size):
    return np.zeros(size)

def texts(count):
    return ["x" * 1000] * count

def fine():
    return 42
"""


def test_an_array_that_is_too_large_for_an_answer_is_not_sent(fastest: Workers) -> None:
    """It stands in its place what it was; the limit is in megabytes of one answer."""
    with loaded(fastest, Limits(reply_mb=1), ANSWERS) as student:
        assert student.zeros(1 << 17).shape == (1 << 17,)
        stand_in = student.zeros((1 << 17) + 1)
        assert isinstance(stand_in, codec.Opaque)
        assert "1 MB" in stand_in.why


@pytest.mark.parametrize(("call", "size", "fit"), [("zeros", 100_000, 5), ("texts", 100, 2)])
def test_answers_are_limited_in_all(fastest: Workers, call: str, size: int, fit: int) -> None:
    """Checks keep what they are told. What is no array weighs more: it takes more memory."""
    with loaded(fastest, Limits(reply_mb=1), ANSWERS) as student:
        for _ in range(fit):
            getattr(student, call)(size)
        failure = failure_of(getattr(student, call), size)
        assert failure.kind == "memory"
        assert failure.reason == "returned more than 4 MB in all"
        assert_replaced(student)


def test_garbage_is_collected(workers: Workers) -> None:
    """It is put off while a process loads what it needs, and not for ever."""
    source = "import gc\ndef collects():\n    return gc.isenabled()\n"
    with loaded(workers, LIMITS, source) as student:
        assert student.collects() is True


# -- nothing stays behind ------------------------------------------------------------------


@proc_only
def test_no_process_stays_behind(workers: Workers) -> None:
    """After each kind of end the worker is gone, and nobody has to collect it."""
    before = relatives()
    with loaded(workers, HURRY) as student:
        for call in ("endless", "dereference_null", "hang_up"):
            assert len(relatives() - before) == 1
            failure_of(getattr(student, call))
            assert relatives() <= before
            student.begin()
    assert relatives() == before


@proc_only
def test_no_descriptor_stays_open(workers: Workers) -> None:
    """Workers that come and go leave no open files in the judge."""
    counts = []
    for _ in range(3):
        with loaded(workers, LIMITS) as student:
            failure_of(student.leave, 0)
        counts.append(len(list(Path("/proc/self/fd").iterdir())))
    assert counts[1:] == counts[:2]


@proc_only
def test_what_the_student_forks_ends_with_the_worker(student: Student) -> None:
    """A child of the worker, if it may have one at all, does not outlive it."""
    try:
        child = student.fork()
    except StudentError:
        return  # not allowed: nothing can stay behind
    descriptor = os.pidfd_open(child)
    try:
        student.close()
        ended, _, _ = select.select([descriptor], [], [], 2)
        assert ended
    finally:
        os.close(descriptor)
        if Path(f"/proc/{child}").exists():
            os.kill(child, signal.SIGKILL)


@proc_only
def test_a_lost_zygote_is_started_again() -> None:
    """The process that forks the workers may die; the next check has a new one."""
    with contextlib.closing(Zygote()) as zygote, loaded(zygote, LIMITS) as student:
        os.kill(zygote._process.pid, signal.SIGKILL)
        assert failure_of(student.endless).kind == "crashed"
        student.begin()
        assert student.fine() == 42


@proc_only
def test_closing_ends_everything() -> None:
    """A source of workers that is closed leaves no process, whatever its workers were doing."""
    before = relatives()
    zygote = Zygote()
    worker = zygote.spawn(LIMITS)
    zygote.close()
    worker.kill()
    assert relatives() == before


@posix_only
def test_a_slow_start_is_not_the_students_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of a call does not include that of starting Python and loading NumPy."""
    command = launch._command("exec_entry")
    command[-1] = f"sum(range(8_000_000))\n{command[-1]}"
    monkeypatch.setattr(launch, "_command", lambda module: command)
    with loaded(SingleWorkers(), Limits(call_seconds=0.15)) as student:
        assert student.fine() == 42


# -- what is printed -----------------------------------------------------------------------


def test_output_comes_with_its_request(student: Student) -> None:
    """What a call prints is there when the call returns, on both streams, and only once."""
    student.say("first ä€")
    assert student.take_output() == "first ä€\n"
    student.say_on_stderr("second")
    student.say("third")
    assert student.take_output() == "second\nthird\n"
    student.fine()
    assert student.take_output() == ""


def test_long_output_is_cut_and_counted(student: Student) -> None:
    """Five megabytes are read, a few kilobytes kept, and the rest is said to be missing."""
    student.say("x", 5_000_000)
    kept, _, notice = student.take_output().partition("\n")
    assert kept == "x" * (LIMITS.output_kb << 10)
    assert f"{5_000_001 - len(kept):,}" in notice
    student.say("again")
    assert student.take_output() == "again\n"


def test_output_need_not_be_text(student: Student) -> None:
    """Characters that no encoding has arrive as something readable."""
    student.say_surrogate()
    assert "d800" in student.take_output()


def test_output_may_be_closed(student: Student) -> None:
    """Code that closes its streams has nothing shown, and still gives answers."""
    student.close_output()
    assert student.fine() == 42
    assert student.take_output() == ""
    student.close()  # the next test needs another worker


@posix_only
def test_output_before_an_endless_loop_is_kept(hurried: Student) -> None:
    """What was printed before the end is what the student looks for; our stack dump is not."""
    failure_of(hurried.say_and_loop, "i = 3")
    assert hurried.take_output() == "i = 3\n"


# -- patience ------------------------------------------------------------------------------


@pytest.fixture
def endless() -> Iterator[subprocess.Popen[bytes]]:
    """A process that computes for ever."""
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as process:
        yield process
        process.kill()


def test_patience_ends_without_a_process() -> None:
    """Where nothing is known of the process, wall time alone counts."""
    assert Patience(1000.0).left() > 0
    with pytest.raises(TimeoutError):
        Patience(0.0).left()


@proc_only
def test_patience_goes_on_for_a_process_that_had_no_time(
    endless: subprocess.Popen[bytes],
) -> None:
    """One that could run and has not used what it was granted gets more, but not for ever."""
    with pytest.raises(TimeoutError):
        Patience(0.0, endless.pid).left()  # nothing was granted, so nothing is owed
    patience = Patience(0.2, endless.pid)
    with pytest.raises(TimeoutError):
        while patience.left() > 0:
            endless.poll()


@proc_only
def test_patience_does_not_wait_for_one_that_sleeps() -> None:
    """Waiting is not computing: a process that sleeps has used its time all the same."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        while Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] != "S":
            assert process.poll() is None
        patience = Patience(0.01, process.pid)
        with pytest.raises(TimeoutError):
            while patience.left() > 0:
                process.poll()
        process.communicate(b"\n")
