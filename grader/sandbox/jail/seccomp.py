"""Seccomp, the layer that decides which system calls may be made (x86_64 and aarch64).

The list names what is allowed: to compute, to read and write what is open already, to look at
files (which of them, Landlock decides), to sleep, to handle one's own signals. All else fails
with EPERM, so that Python raises an ordinary exception: starting processes and threads, sockets,
other processes, changing files, limits, clocks, namespaces, and whatever kernels add. Calls made
as another architecture would make them (32 bit, x32) have other numbers: they end the process.
"""

from __future__ import annotations

import errno
import os
import signal
import struct
import sys
from collections.abc import Iterable, Iterator, Sequence

_ALWAYS = """
    call              x86_64  aarch64

    read                   0       63
    write                  1       64
    readv                 19       65
    writev                20       66
    pread64               17       67
    pwrite64              18       68
    lseek                  8       62
    close                  3       57
    close_range          436      436
    dup                   32       23
    dup2                  33        -
    dup3                 292       24
    pipe                  22        -
    pipe2                293       59
    poll                   7        -
    ppoll                271       73
    select                23        -
    pselect6             270       72
    recvfrom              45      207

    stat                   4        -
    fstat                  5       80
    lstat                  6        -
    newfstatat           262       79
    statx                332      291
    access                21        -
    faccessat            269       48
    faccessat2           439      439
    readlink              89        -
    readlinkat           267       78
    getdents64           217       61
    getcwd                79       17
    chdir                 80       49
    umask                 95      166

    brk                   12      214
    mmap                   9      222
    munmap                11      215
    mremap                25      216
    mprotect              10      226
    madvise               28      233
    futex                202       98
    membarrier           324      283
    rseq                 334      293
    set_robust_list      273       99

    rt_sigaction          13      134
    rt_sigprocmask        14      135
    rt_sigpending        127      136
    rt_sigtimedwait      128      137
    rt_sigsuspend        130      133
    rt_sigreturn          15      139
    sigaltstack          131      132
    restart_syscall      219      128
    pause                 34        -
    alarm                 37        -
    getitimer             36      102
    setitimer             38      103

    nanosleep             35      101
    clock_nanosleep      230      115
    clock_gettime        228      113
    clock_getres         229      114
    gettimeofday          96      169
    time                 201        -
    times                100      153
    getrusage             98      165
    sched_yield           24      124
    sched_getaffinity    204      123

    getpid                39      172
    getppid              110      173
    gettid               186      178
    getpgrp              111        -
    getuid               102      174
    geteuid              107      175
    getgid               104      176
    getegid              108      177
    getresuid            118      148
    getresgid            120      150
    getgroups            115      158
    getrlimit             97      163
    uname                 63      160
    sysinfo               99      179
    getrandom            318      278
    exit                  60       93
    exit_group           231       94
"""

_OPENING = """
    open                   2        -
    openat               257       56
"""

_BY_ARGUMENT = """
    fcntl                 72       25
    ioctl                 16       29
    kill                  62      129
    tgkill               234      131
    prlimit64            302      261
    sendto                44      206
"""

_FCNTL_COMMANDS = (0, 1, 2, 3, 4, 1030)  # F_DUPFD, F_[GS]ETFD, F_[GS]ETFL, F_DUPFD_CLOEXEC
_IOCTL_COMMANDS = (0x5401, 0x5413, 0x5450, 0x5451, 0x5421, 0x541B)
# TCGETS (isatty), TIOCGWINSZ, FIONCLEX, FIOCLEX, FIONBIO, FIONREAD

ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""The column in the tables, and the kernel's name for the calling convention."""
_FIRST_X32_CALL = 0x40000000

# Where the kernel shows a filter the call, its architecture and its arguments.
_CALL, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_KILL_PROCESS, _FAIL, _ALLOW = 0x80000000, 0x00050000 | errno.EPERM, 0x7FFF0000

Instruction = tuple[int, int, int, int]
"""Code, how many to skip if true, if false, and a value."""


def architecture() -> str | None:
    """The name under which this process's system calls are listed here, if they are."""
    machine = os.uname().machine
    return machine if machine in ARCHITECTURES and sys.maxsize > 2**32 else None


def _numbers(table: str, column: int) -> dict[str, int]:
    rows = [line.split() for line in table.splitlines() if line and "x86_64" not in line]
    return {row[0]: int(row[1 + column]) for row in rows if row and row[1 + column] != "-"}


class Filter:
    """The program that the kernel runs at each system call of a worker.

    Args:
        machine: A key of :data:`ARCHITECTURES`.
        opening: Whether files may be opened; False where Landlock does not say which.
    """

    def __init__(self, machine: str, *, opening: bool) -> None:
        column, convention = ARCHITECTURES[machine]
        calls = _numbers(_ALWAYS + (_OPENING if opening else ""), column)
        special = _numbers(_BY_ARGUMENT, column)
        self._pid_places: list[int] = []
        self._program: list[Instruction] = [
            _load(_ARCHITECTURE),
            (_IF_EQUAL, 1, 0, convention),
            _end(_KILL_PROCESS),
            _load(_CALL),
            # No call of aarch64 has such a number either.
            (_IF_AT_LEAST, 0, 1, _FIRST_X32_CALL),
            _end(_KILL_PROCESS),
        ]
        for low, high in _ranges(calls.values()):
            self._program += [
                (_IF_AT_LEAST, 0, 2, low),
                (_IF_AT_LEAST, 1, 0, high + 1),
                _end(_ALLOW),
            ]
        self._if_argument(special["fcntl"], 1, _FCNTL_COMMANDS)
        self._if_argument(special["ioctl"], 1, _IOCTL_COMMANDS)
        # 0 is the caller itself; it may look at its limits and set none.
        self._if_argument(special["prlimit64"], 0, (0,), first=_refuse_pointer(2))
        # Nobody in here can send SIGKILL: who dies of it was killed from outside.
        for name, signal_number in (("kill", 1), ("tgkill", 2)):
            refused = _refuse(signal_number, signal.SIGKILL)
            self._pid_places.append(self._if_argument(special[name], 0, (0,), first=refused))
        # No address: the socket that is there has its other end, and gets no new one.
        self._if_argument(special["sendto"], 4, (0,), first=_refuse_pointer(4))
        self._program.append(_end(_FAIL))
        self._packed = b"".join(struct.pack("<HBBI", *item) for item in self._program)

    def _if_argument(
        self, call: int, number: int, values: tuple[int, ...], *, first: Sequence[Instruction] = ()
    ) -> int:
        """Allow ``call`` if its argument is one of ``values``; return the place of the first.

        The kernel takes these arguments as 32 bits, with the exception of pointers.
        ``first`` may refuse the call for what another argument is.
        """
        body = [*first, _load(_ARGUMENTS + 8 * number)]
        place = len(self._program) + 1 + len(body)
        for left, value in zip(range(len(values), 0, -1), values, strict=True):
            body.append((_IF_EQUAL, left, 0, value))
        body += [_end(_FAIL), _end(_ALLOW)]
        self._program += [(_IF_EQUAL, 0, len(body), call), *body]
        return place

    def for_process(self, pid: int) -> bytes:
        """The program that lets process ``pid`` signal itself, and nobody else."""
        packed = bytearray(self._packed)
        for place in self._pid_places:
            struct.pack_into("<I", packed, 8 * place + 4, pid)
        return bytes(packed)


def _load(offset: int) -> Instruction:
    return (_LOAD, 0, 0, offset)


def _end(verdict: int) -> Instruction:
    return (_RETURN, 0, 0, verdict)


def _refuse(argument: int, value: int) -> list[Instruction]:
    """Have a call fail if an argument, taken as 32 bits, is ``value``."""
    return [_load(_ARGUMENTS + 8 * argument), (_IF_EQUAL, 0, 1, value), _end(_FAIL)]


def _refuse_pointer(argument: int) -> list[Instruction]:
    """Have a call fail unless an argument is the null pointer."""
    where = _ARGUMENTS + 8 * argument
    halves = [_load(where), (_IF_EQUAL, 1, 0, 0), _end(_FAIL)]
    return [*halves, _load(where + 4), *halves[1:]]


def _ranges(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Join neighbouring numbers: (first, last) of each run, ascending."""
    ordered = sorted(numbers)
    first = 0
    for i, number in enumerate(ordered):
        if i + 1 == len(ordered) or ordered[i + 1] != number + 1:
            yield ordered[first], number
            first = i + 1
