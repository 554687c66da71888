"""Room: resource limits that a worker puts on itself before it sees any student code (POSIX)."""

from __future__ import annotations

import resource
import sys
from pathlib import Path


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
    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: limits["cpu_seconds"],
        resource.RLIMIT_FSIZE: limits["file_bytes"],
        resource.RLIMIT_NOFILE: 64,
    }
    if sys.platform == "linux":  # macOS accepts RLIMIT_AS and ignores it
        wanted[resource.RLIMIT_AS] = baseline + limits["memory_bytes"]
    for kind, value in wanted.items():
        hard = resource.getrlimit(kind)[1]
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        resource.setrlimit(kind, (value, value))
