"""The system calls that Python has no names for (Linux). Standard library only."""

from __future__ import annotations

import ctypes
import os
import signal
import struct

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_SECCOMP = 22
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_LINUX_CAPABILITY_VERSION_3 = 0x20080522


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def syscall(number: int, *arguments: int | bytes) -> int:
    """Make a system call; bytes are passed as a pointer to them.

    Raises:
        OSError: The kernel refused.
    """
    converted = [
        ctypes.c_long(argument) if isinstance(argument, int) else ctypes.c_char_p(argument)
        for argument in arguments
    ]
    return _checked(_libc.syscall(ctypes.c_long(number), *converted))


def _prctl(operation: int, *arguments: int) -> None:
    values = (*arguments, 0, 0, 0, 0)[:4]
    _checked(_libc.prctl(ctypes.c_int(operation), *map(ctypes.c_ulong, values)))


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when ``parent`` goes, however it goes.

    The request follows the *thread* that started this process, is not inherited by forks, and
    is forgotten when the user id changes: ask again then.
    """
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it went before we asked
        os._exit(0)


def forbid_inspection() -> None:
    """Keep processes of the same user from reading this one's memory and environment."""
    _prctl(_PR_SET_DUMPABLE, 0)


def forbid_new_privileges() -> None:
    """Set-uid programs lose their effect for good; the two layers after it ask for this."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def adopt_orphans(wanted: bool = True) -> None:
    """Become the parent of descendants whose own parents end, to see that none is left."""
    _prctl(_PR_SET_CHILD_SUBREAPER, int(wanted))


def drop_capabilities() -> None:
    """Give up every capability: containers hand some to processes that are not root."""
    header = struct.pack("<Ii", _LINUX_CAPABILITY_VERSION_3, 0)
    _checked(_libc.capset(ctypes.c_char_p(header), ctypes.c_char_p(bytes(24))))


class _FilterProgram(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def install_filter(instructions: bytes) -> None:
    """Filter this process's system calls from now on (8 bytes per instruction)."""
    program = _FilterProgram(len(instructions) // 8, instructions)
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(program))
