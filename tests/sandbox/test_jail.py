"""The jail, layer by layer, and the probe that says what holds."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import select
import signal
import struct
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.errors import Fault
from grader.remote.loadable import Loadable
from grader.remote.student import Student
from grader.sandbox import codec, launch
from grader.sandbox.failures import WorkerFailure
from grader.sandbox.launch import SingleWorkers, Workers, Zygote
from grader.sandbox.process import Limits
from grader.sandbox.selftest.doctor import examine
from tests.conftest import ROOT

if sys.platform != "linux":
    pytest.skip("the jail is for Linux", allow_module_level=True)

from grader.sandbox.jail import landlock, linux, lockdown, readable_paths, seccomp
from grader.sandbox.worker import preload

needs_landlock = pytest.mark.skipif(not landlock.version(), reason="no Landlock here")
needs_seccomp = pytest.mark.skipif(seccomp.architecture() is None, reason="no list of calls")

LIMITS = Limits(call_seconds=5, cpu_seconds=5, memory_mb=256)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with contextlib.closing(launch.start_workers([ROOT / "reference" / "dense.py"])) as source:
        yield source


def loaded(workers: Workers, source: str) -> Student:
    student = Student(workers, Loadable("submission", textwrap.dedent(source).encode()), LIMITS)
    student.load()
    student.begin()
    return student


def in_child(action: Callable[[], object]) -> int:
    """Run ``action`` in a fork; 0 if it returned, else the number of its OSError."""
    pid = os.fork()
    if pid == 0:
        code = 255
        try:
            action()
            code = 0
        except OSError as error:
            code = error.errno or 254
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


# -- what holds ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Zygote, SingleWorkers])
def test_every_attempt_is_refused(kind: type[Zygote | SingleWorkers]) -> None:
    with contextlib.closing(kind([ROOT / "reference" / "dense.py"])) as source:
        opened = [attempt for attempt in source.attempts if attempt.result == "open"]
        assert opened == []
        assert all(source.isolation.values())


def test_the_probe_is_run_once(workers: Workers) -> None:
    assert workers.attempts is workers.attempts


def test_the_probe_tries_every_area(workers: Workers) -> None:
    assert {attempt.area for attempt in workers.attempts} == set(workers.isolation)
    assert not any(attempt.detail.startswith("ModuleNotFound") for attempt in workers.attempts)


def test_the_zygote_names_its_layers(workers: Workers) -> None:
    workers.spawn(LIMITS).kill()
    assert isinstance(workers, Zygote)
    assert "capabilities" in workers.layers
    assert ("user" in workers.layers) == (os.getuid() == 0)
    assert ("landlock" in workers.layers) == bool(landlock.version())


def test_the_doctor_finds_nothing_open() -> None:
    findings = examine()
    assert findings
    assert [finding for finding in findings if not finding.refused] == []


def test_what_is_open_is_reported_as_open() -> None:
    """The attempts succeed where nothing holds them back: a probe that cannot fail is no probe."""
    from grader.sandbox.selftest import attempts

    for name, arguments in {
        "read_file": (str(ROOT / "reference" / "dense.py"),),
        "list_folder": (str(ROOT),),
        "fork": (),
        "execute": (),
        "send_udp": (),
        "make_unix_socket": (),
        "signal_process": (os.getpid(),),
        "signal_by_descriptor": (os.getpid(),),
        "read_limits": (os.getpid(),),
        "make_memory_file": (),
        "allocate": (1 << 20,),
    }.items():
        assert attempts.attempt(name, *arguments) == ["open", ""], name


def test_a_worker_that_cannot_be_locked_up_is_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """A submission is not blamed for a jail that does not close, and is not run."""
    monkeypatch.setattr(codec, "LOCKED_UP", b"something else")
    with contextlib.closing(launch.start_workers()) as source, pytest.raises(Fault):
        loaded(source, "print('ran')")


@pytest.fixture
def orphans() -> Iterator[None]:
    """Processes that would otherwise be lost become children of this one."""
    linux.adopt_orphans()
    yield
    linux.adopt_orphans(False)


@pytest.mark.usefixtures("orphans")
def test_workers_end_with_their_judge() -> None:
    code = """
    import sys
    from grader.sandbox import launch, process
    workers = launch.start_workers()
    worker = workers.spawn(process.Limits())
    worker._await_lock()
    print(workers._process.pid, flush=True)
    sys.stdin.read()
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    paths = [str(ROOT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment) as judge:
        assert judge.stdout is not None
        zygote = int(judge.stdout.readline())
        judge.kill()
    descriptor = os.pidfd_open(zygote)
    ended = select.select([descriptor], [], [], 60)[0]
    os.close(descriptor)
    assert ended, "the zygote outlived its judge"
    os.waitpid(zygote, 0)  # it is this process's by adoption


# -- what students may do ----------------------------------------------------------------------


@pytest.mark.parametrize("names", [preload.MODULES, preload.RARE_MODULES], ids=["usual", "rare"])
def test_what_students_import_is_there(workers: Workers, names: list[str]) -> None:
    """Loaded before, or found in the jail."""
    source = """
    def load_all(names):
        for name in names:
            __import__(name)
        return len(names)
    """
    student = loaded(workers, source)
    assert student.load_all(names) == len(names)
    student.close()


def test_the_standard_library_works(workers: Workers) -> None:
    student = loaded(
        workers,
        """
        import datetime, json, logging, os, signal, sys, time
        import numpy as np

        def work():
            with open(os.devnull, "w") as nowhere:
                print("x", file=nowhere)
            np.testing.assert_allclose(np.linalg.inv(np.eye(2)), np.eye(2))
            np.random.default_rng().normal(size=3)
            logging.getLogger().warning("w")
            time.sleep(0.001)
            signal.setitimer(signal.ITIMER_REAL, 0)
            os.kill(os.getpid(), 0)
            sys.stdout.isatty()
            np.ones((300, 300)) @ np.ones((300, 300))
            return datetime.datetime(2020, 1, 1).isoformat(), json.dumps([1])
        """,
    )
    assert student.work() == ("2020-01-01T00:00:00", "[1]")
    student.close()


def test_other_packages_are_missing_and_not_forbidden(workers: Workers) -> None:
    source = """
    def look(name):
        try:
            __import__(name)
        except ImportError as error:
            return type(error).__name__
    """
    student = loaded(workers, source)
    assert student.look("pytest") == "ModuleNotFoundError"
    assert student.look("hypothesis") == "ModuleNotFoundError"
    student.close()


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("open('/etc/passwd')", "PermissionError"),
        ("open('x.txt', 'w')", "PermissionError"),
        ("threading.Thread(target=print).start()", "RuntimeError"),
        ("subprocess.run(['true'])", "PermissionError"),
        ("socket.socket()", "PermissionError"),
        ("ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)", "-1"),
        ("os.kill(os.getppid(), 0)", "PermissionError"),
        ("os.kill(os.getpid(), 9)", "PermissionError"),
        ("signal.raise_signal(9)", "PermissionError"),
        ("resource.getrlimit(resource.RLIMIT_CORE)", "(0, 0)"),
        ("resource.setrlimit(resource.RLIMIT_CPU, (1, 1))", "ValueError"),
        ("os.setuid(0)", "PermissionError"),
        ("os.memfd_create('x')", "PermissionError"),
        ("fcntl.fcntl(1, 1031, 1 << 20)", "PermissionError"),
    ],
)
def test_refusals_are_ordinary_exceptions(workers: Workers, code: str, text: str) -> None:
    source = f"""
    import ctypes, fcntl, os, resource, signal, socket, subprocess, threading
    def attempt():
        try:
            return str({code})
        except BaseException as error:
            return type(error).__name__
    """
    student = loaded(workers, source)
    assert student.attempt() == text
    student.close()


@needs_seccomp
@pytest.mark.skipif(os.uname().machine != "x86_64", reason="x86-64 has a second numbering")
def test_calls_of_another_architecture_end_the_process(workers: Workers) -> None:
    source = """
    import ctypes
    def call():
        ctypes.CDLL(None).syscall(0x40000000 + 39)
    """
    student = loaded(workers, source)
    with pytest.raises(WorkerFailure, match="SIGSYS"):
        student.call()


# -- the layers one by one --------------------------------------------------------------------


@needs_landlock
def test_landlock_alone_keeps_files_closed() -> None:
    def read(path: Path) -> None:
        linux.forbid_new_privileges()
        ruleset = landlock.Ruleset()
        ruleset.allow("/dev/null", landlock.READ)
        ruleset.restrict()
        path.read_bytes()

    assert in_child(lambda: read(Path("/dev/null"))) == 0
    assert in_child(lambda: read(ROOT / "pyproject.toml")) == errno.EACCES


@needs_seccomp
@pytest.mark.parametrize("opening", [True, False])
def test_seccomp_without_landlock_opens_nothing(opening: bool) -> None:
    machine = seccomp.architecture()
    assert machine is not None
    rules = seccomp.Filter(machine, opening=opening)

    def read() -> None:
        linux.forbid_new_privileges()
        linux.install_filter(rules.for_process(os.getpid()))
        Path(os.devnull).read_bytes()

    assert in_child(read) == (0 if opening else errno.EPERM)


@needs_seccomp
def test_seccomp_lets_a_process_signal_only_itself() -> None:
    machine = seccomp.architecture()
    assert machine is not None
    rules = seccomp.Filter(machine, opening=True)

    def locked(action: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            linux.forbid_new_privileges()
            linux.install_filter(rules.for_process(os.getpid()))
            action()

        return run

    assert in_child(locked(lambda: os.kill(os.getpid(), 0))) == 0
    assert in_child(locked(lambda: signal.raise_signal(signal.SIGCHLD))) == 0
    assert in_child(locked(lambda: os.kill(os.getppid(), 0))) == errno.EPERM


@needs_seccomp
def test_without_landlock_the_jail_denies_opening(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise OSError(errno.ENOSYS, "no Landlock")

    monkeypatch.setattr(landlock, "Ruleset", missing)
    jail = lockdown.Jail()
    zygote = os.getpid()
    assert "landlock" not in jail.layers
    assert not jail.imports

    def read() -> None:
        jail.enter(zygote)
        Path("/etc/passwd").read_bytes()

    assert in_child(read) == errno.EPERM


@pytest.mark.parametrize("machine", list(seccomp.ARCHITECTURES))
def test_programs_are_well_formed_on_every_architecture(machine: str) -> None:
    program = seccomp.Filter(machine, opening=True).for_process(1234)
    assert len(program) % 8 == 0
    count = len(program) // 8
    for place in range(count):
        code, true, false, _ = struct.unpack_from("<HBBI", program, 8 * place)
        if code in (0x15, 0x35):
            assert place + 1 + max(true, false) < count


HEADERS = {
    "x86_64": ["/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm/unistd_64.h"],
    "aarch64": ["/usr/include/asm-generic/unistd.h"],
}
"""Where systems keep the kernel's own lists of numbers; that of aarch64 is the generic one."""


def numbers_of_the_kernel(machine: str) -> dict[str, int]:
    """System calls by name, from the headers of the C library's package."""
    found = [path for path in map(Path, HEADERS[machine]) if path.exists()]
    if not found:
        pytest.skip(f"no kernel headers for {machine}")
    lines = re.findall(r"^#define __(NR\w*) (\w+)$", found[0].read_text("utf-8"), re.MULTILINE)
    defined = dict(lines)
    values = {name: defined.get(value.removeprefix("__"), value) for name, value in lines}
    return {name[3:]: int(value) for name, value in values.items() if value.isdigit()}


def verdict(program: bytes, call: int, convention: int, arguments: tuple[int, ...] = ()) -> int:
    """What the kernel would make of a call: runs a program of the four instructions in use."""
    padded = (*arguments, *(0,) * (6 - len(arguments)))
    data = struct.pack("<IIQ6Q", call, convention, 0, *padded)
    place = accumulator = 0
    while True:
        code, true, false, value = struct.unpack_from("<HBBI", program, 8 * place)
        place += 1
        if code == 0x06:
            return int(value)
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
        else:
            assert code in (0x15, 0x35)
            holds = accumulator == value if code == 0x15 else accumulator >= value
            place += true if holds else false


@pytest.mark.parametrize("machine", list(seccomp.ARCHITECTURES))
@pytest.mark.parametrize("opening", [True, False])
def test_exactly_the_listed_calls_are_allowed(machine: str, opening: bool) -> None:
    """On both architectures, whichever this one is; by the kernel's own numbers."""
    numbers = numbers_of_the_kernel(machine)
    column, convention = seccomp.ARCHITECTURES[machine]
    listed = seccomp._numbers(seccomp._ALWAYS + (seccomp._OPENING if opening else ""), column)
    special = seccomp._numbers(seccomp._BY_ARGUMENT, column)
    assert listed | special == {name: numbers[name] for name in (*listed, *special)}
    program = seccomp.Filter(machine, opening=opening).for_process(1234)
    refused = 0x00050000 | errno.EPERM
    for call in {*range(600), *numbers.values()} - set(special.values()):
        allowed = call in listed.values()
        assert verdict(program, call, convention) == (0x7FFF0000 if allowed else refused), call
    assert verdict(program, listed["getpid"], convention ^ 1) == 0x80000000
    assert verdict(program, special["kill"], convention, (1234, 15)) == 0x7FFF0000
    for target, number in ((1234, 9), (1, 15), (2**32 - 1, 15)):
        assert verdict(program, special["kill"], convention, (target, number)) == refused
    assert verdict(program, special["prlimit64"], convention, (0, 7, 0, 4096)) == 0x7FFF0000
    assert verdict(program, special["prlimit64"], convention, (0, 7, 2**32, 0)) == refused


# -- which files --------------------------------------------------------------------------------


def test_package_folders_are_not_readable_as_a_whole() -> None:
    paths = list(readable_paths.readable([str(ROOT)]))
    numpy = [path for path in paths if path.endswith("numpy")]
    assert numpy
    packages = Path(numpy[0]).parent
    assert not any(packages == Path(path) or Path(path) in packages.parents for path in paths)
    assert not any(Path(path) == ROOT or Path(path) in ROOT.parents for path in paths)


def test_a_private_folder_is_cut_out_of_what_is_readable(tmp_path: Path) -> None:
    for name in ("a/private", "a/public", "b"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "a" / "link").symlink_to(tmp_path / "a" / "private")
    kept = set(readable_paths._without(str(tmp_path), [str(tmp_path / "a" / "private")]))
    assert kept == {str(tmp_path / "a" / "public"), str(tmp_path / "b")}
