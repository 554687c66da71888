"""What Windows has for a jail: a job object that bounds memory, time and processes.

The structures are those of ``winnt.h`` (JOBOBJECT_EXTENDED_LIMIT_INFORMATION). Files and the
network stay open: a job knows nothing of them.
"""

from __future__ import annotations

import ctypes
from typing import Any

_EXTENDED_LIMIT_INFORMATION = 9
_UI_RESTRICTIONS = 4
_PROCESS_TIME, _ACTIVE_PROCESS, _PROCESS_MEMORY = 0x2, 0x8, 0x100
_DIE_ON_UNHANDLED_EXCEPTION = 0x400
_EVERY_UI_RESTRICTION = 0xFF
_TICKS = 10_000_000
"""FILETIME counts in 100 ns."""


class BasicLimits(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION."""

    _fields_ = (
        ("PerProcessUserTimeLimit", ctypes.c_int64),
        ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", ctypes.c_uint32),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", ctypes.c_uint32),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", ctypes.c_uint32),
        ("SchedulingClass", ctypes.c_uint32),
    )


class ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (
        ("BasicLimitInformation", BasicLimits),
        ("IoInfo", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    )


def job_limits(limits: dict[str, int], in_use: int) -> ExtendedLimits:
    """Return the limits of a job for one worker.

    Args:
        limits: ``cpu_seconds`` and ``memory_bytes``, beyond ``in_use``.
        in_use: Bytes that Python and NumPy have committed before any student code.
    """
    job = ExtendedLimits()
    basic = job.BasicLimitInformation
    basic.LimitFlags = (
        _PROCESS_TIME | _ACTIVE_PROCESS | _PROCESS_MEMORY | _DIE_ON_UNHANDLED_EXCEPTION
    )
    basic.PerProcessUserTimeLimit = limits["cpu_seconds"] * _TICKS
    basic.ActiveProcessLimit = 1
    job.ProcessMemoryLimit = in_use + limits["memory_bytes"]
    return job


def enter(limits: dict[str, int]) -> bool:  # pragma: no cover (Windows)
    """Put this process into a job of its own, for good; return whether the system did so.

    The handle is closed at once: the job lasts as long as the process, and nobody in it can reach
    it to raise its limits.
    """
    kernel: Any = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined]
    for name in ("CreateJobObjectW", "GetCurrentProcess"):
        getattr(kernel, name).restype = ctypes.c_void_p
    job = ctypes.c_void_p(kernel.CreateJobObjectW(None, None))
    if not job.value:
        return False
    try:
        wanted = job_limits(limits, _committed(kernel))
        restrictions = ctypes.c_uint32(_EVERY_UI_RESTRICTION)
        process = ctypes.c_void_p(kernel.GetCurrentProcess())
        return bool(
            kernel.SetInformationJobObject(
                job, _EXTENDED_LIMIT_INFORMATION, ctypes.byref(wanted), ctypes.sizeof(wanted)
            )
            and kernel.SetInformationJobObject(
                job, _UI_RESTRICTIONS, ctypes.byref(restrictions), ctypes.sizeof(restrictions)
            )
            and kernel.AssignProcessToJobObject(job, process)
        )
    finally:
        kernel.CloseHandle(job)


class _MemoryCounters(ctypes.Structure):
    """PROCESS_MEMORY_COUNTERS of ``psapi.h``."""

    _fields_ = (
        ("cb", ctypes.c_uint32),
        ("PageFaultCount", ctypes.c_uint32),
        *((f"size{number}", ctypes.c_size_t) for number in range(6)),
        ("PagefileUsage", ctypes.c_size_t),
        ("PeakPagefileUsage", ctypes.c_size_t),
    )


def _committed(kernel: Any) -> int:  # pragma: no cover (Windows)
    """Bytes that this process has committed."""
    counters = _MemoryCounters(cb=ctypes.sizeof(_MemoryCounters))
    process = ctypes.c_void_p(kernel.GetCurrentProcess())
    kernel.K32GetProcessMemoryInfo(process, ctypes.byref(counters), counters.cb)
    return int(counters.PagefileUsage)
