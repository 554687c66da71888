"""Forbidden things, each tried once. Sent to a worker as if it were a submission.

:mod:`grader.sandbox.selftest.probe` loads this file's text in a worker and asks for
:func:`attempt`. It imports nothing of the grader, does no harm where it succeeds, and undoes what
it does: signal 0, files that are removed at once, memory that is asked for and not touched.

A function that returns has succeeded. One that raises was refused, and says how.
``Absent`` means that there is nothing here to be tried.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
from collections.abc import Callable

import numpy as np


class Absent(Exception):
    """What would be tried does not exist on this system."""


def attempt(name: str, *arguments: object) -> list[str]:
    """Try one thing: ``["open" | "refused" | "absent", how]``."""
    action: Callable[..., None] = globals()[name]
    try:
        action(*arguments)
    except (Absent, FileNotFoundError, AttributeError, ImportError) as error:
        return ["absent", _brief(error)]
    except BaseException as error:
        return ["refused", _brief(error)]
    return ["open", ""]


def _brief(error: BaseException) -> str:
    code = getattr(error, "errno", None)
    name = errno.errorcode.get(code, "") if isinstance(code, int) else ""
    return f"{type(error).__name__} {name}".strip()


def _libc() -> ctypes.CDLL:
    try:
        return ctypes.CDLL(None, use_errno=True)
    except TypeError:  # Windows
        raise Absent("no libc") from None


def _raise_errno() -> None:
    number = ctypes.get_errno()
    raise OSError(number, os.strerror(number))


def process_number() -> int:
    return os.getpid()


# -- files ---------------------------------------------------------------------------------


def read_file(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.read(descriptor, 1)
    finally:
        os.close(descriptor)


def list_folder(path: str) -> None:
    os.listdir(path)


def write_file(folder: str) -> None:
    path = os.path.join(folder, f".grader-probe-{os.getpid()}")
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    os.unlink(path)


def change_mode(path: str) -> None:
    os.chmod(path, os.stat(path).st_mode & 0o7777)


def open_device(path: str) -> None:
    os.close(os.open(path, os.O_RDWR | getattr(os, "O_NONBLOCK", 0)))


# -- network -------------------------------------------------------------------------------


def connect_tcp() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as client:
        client.settimeout(0.2)
        try:
            client.connect(("127.0.0.1", 9))
        except (ConnectionRefusedError, TimeoutError):
            pass  # that was somebody's answer


def send_udp() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b"", ("127.0.0.1", 9))


def make_unix_socket() -> None:
    socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).close()


# -- processes -----------------------------------------------------------------------------


def fork() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def execute() -> None:
    try:
        os.execv("/nonexistent/program", ["program"])
    except FileNotFoundError:
        pass  # it looked for the program, so it would have started it


def read_memory(pid: int) -> None:
    """Ask for a byte at address 0: the answer is EFAULT for those who may ask."""

    class Vector(ctypes.Structure):
        _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))

    target = ctypes.create_string_buffer(1)
    mine = Vector(ctypes.addressof(target), 1)
    theirs = Vector(0, 1)
    read = _libc().process_vm_readv
    count = read(pid, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0)
    if count < 0 and ctypes.get_errno() != errno.EFAULT:
        _raise_errno()


def read_limits(pid: int) -> None:
    """Who may read another process's limits may change them."""
    import resource

    resource.prlimit(pid, resource.RLIMIT_CORE)


# -- signals -------------------------------------------------------------------------------


def signal_process(pid: int) -> None:
    os.kill(pid, 0)


def signal_by_descriptor(pid: int) -> None:
    import signal

    descriptor = os.pidfd_open(pid)
    try:
        signal.pidfd_send_signal(descriptor, 0)
    finally:
        os.close(descriptor)


def signal_by_owner(pid: int) -> None:
    """A pipe's owner is sent a signal when there is something to read."""
    import fcntl

    f_setown = 8
    fcntl.fcntl(1, f_setown, pid)
    fcntl.fcntl(1, f_setown, 0)


# -- memory --------------------------------------------------------------------------------


def allocate(size: int) -> None:
    np.zeros(size, np.uint8)  # asks for it, and does not touch it


def raise_limits() -> None:
    import resource

    kind = resource.RLIMIT_AS
    soft, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        resource.setrlimit(kind, (soft, hard + 4096))
        resource.setrlimit(kind, (soft, hard))


def make_shared_memory() -> None:
    """A segment that would outlive the process."""
    libc = _libc()
    private, size, mode, remove = 0, 4096, 0o600, 0
    segment = libc.shmget(private, size, mode)
    if segment < 0:
        _raise_errno()
    libc.shmctl(segment, remove, None)


def make_memory_file() -> None:
    os.close(os.memfd_create("probe"))


# -- time ----------------------------------------------------------------------------------


def run_for_ever() -> None:
    while True:
        pass
