"""Resource limits that a worker puts on itself before it sees any student code (POSIX)."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

_STACK = 8 << 20


def address_space() -> int:
    """Bytes of address space in use now, 0 where the system does not tell."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[0]
        return int(pages) * resource.getpagesize()
    except OSError:
        return 0


def apply(limits: dict[str, int], baseline: int) -> None:
    """Lower this process's resource limits; it cannot raise them again.

    Args:
        limits: ``cpu_seconds``, ``memory_bytes`` (beyond ``baseline``) and ``file_bytes``.
        baseline: Bytes of address space that Python and NumPy use before any student code.
    """
    seconds = limits["cpu_seconds"]
    # At the soft limit comes SIGXCPU, which says what happened; at the hard one SIGKILL.
    _lower("RLIMIT_CPU", seconds, seconds + 1)
    for name, value in {
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": limits["file_bytes"],
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_NICE": 0,
        "RLIMIT_NOFILE": 64,
        "RLIMIT_NPROC": 0,  # counts for everybody but root
        "RLIMIT_RTPRIO": 0,
        "RLIMIT_STACK": _STACK,
    }.items():
        _lower(name, value, value)
    if sys.platform == "linux":  # macOS accepts RLIMIT_AS and ignores it
        allowed = baseline + limits["memory_bytes"]
        _lower("RLIMIT_AS", allowed, allowed)


def _lower(name: str, soft: int, hard: int) -> None:
    kind = getattr(resource, name, None)
    if kind is None:  # not every system has every limit
        return
    present = resource.getrlimit(kind)[1]
    if present != resource.RLIM_INFINITY:
        soft, hard = min(soft, present), min(hard, present)
    resource.setrlimit(kind, (soft, hard))
