"""What macOS and Windows have for a jail, as far as each can be tried where the tests run."""

from __future__ import annotations

import ctypes
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from grader.sandbox.jail import macos, windows
from tests.conftest import ROOT


def test_the_rules_of_seatbelt_end_with_what_is_private(tmp_path: Path) -> None:
    """The last rule decides, so a library inside of Python's own folders stays closed."""
    text = macos.profile(["/opt/py/library"], str(tmp_path), ["/opt/py"])
    rules = text.splitlines()
    assert rules[:2] == ["(version 1)", "(allow default)"]
    assert rules[-2:] == [
        '(allow file-read* (subpath "/opt/py"))',
        '(deny file-read* (subpath "/opt/py/library"))',
    ]
    for denied in ("network*", "process-fork", "process-exec*", "signal", "file-write*"):
        assert f"(deny {denied})" in rules


def test_a_path_cannot_end_a_rule_of_seatbelt() -> None:
    """Quotes and backslashes in the name of a folder are data."""
    hostile = '/tmp/a") (allow network*) (subpath "\\b'
    rule = macos.profile([hostile], "/h", []).splitlines()[-1]
    body = re.fullmatch(r'\(deny file-read\* \(subpath "((?:[^"\\]|\\.)*)"\)\)', rule)
    assert body is not None
    assert re.sub(r"\\(.)", r"\1", body[1]) == os.path.realpath(hostile)


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="sizes of 64-bit systems")
def test_the_limits_of_a_job_have_the_size_that_windows_expects() -> None:
    """144 bytes, of which 64 are the basic ones (winnt.h, 64 bit)."""
    assert ctypes.sizeof(windows.BasicLimits) == 64
    assert ctypes.sizeof(windows.ExtendedLimits) == 144


def test_the_limits_of_a_job_are_those_of_the_problem() -> None:
    """Seconds in units of 100 ns, memory beyond what Python uses, and one process."""
    limits = windows.job_limits({"cpu_seconds": 3, "memory_bytes": 1 << 20}, in_use=1 << 24)
    assert limits.BasicLimitInformation.PerProcessUserTimeLimit == 30_000_000
    assert limits.BasicLimitInformation.ActiveProcessLimit == 1
    assert limits.ProcessMemoryLimit == (1 << 24) + (1 << 20)


SHUT_IN = """
import os, socket, sys
from grader.sandbox import macos
if not macos.enter([sys.argv[1]]):
    sys.exit(9)
def refused(action, *arguments):
    try:
        action(*arguments)
    except OSError:
        return True
tried = [
    refused(open, sys.argv[1]),
    refused(open, sys.argv[1] + ".new", "w"),
    refused(os.fork),
    refused(socket.create_connection, ("127.0.0.1", 9), 1),
]
sys.exit(0 if all(tried) else 1)
"""


@pytest.mark.skipif(sys.platform != "darwin", reason="Seatbelt is for macOS")
def test_seatbelt_refuses(tmp_path: Path) -> None:
    """A process that has shut itself in reads nothing private, writes, forks and connects not."""
    private = tmp_path / "private"
    private.write_text("secret", "utf-8")
    done = subprocess.run([sys.executable, "-c", SHUT_IN, private], cwd=ROOT, check=False)
    if done.returncode == 9:
        pytest.skip("this system has no sandbox_init")
    assert done.returncode == 0


FULL = """
import subprocess, sys
from grader.sandbox import windows
if not windows.enter({"cpu_seconds": 5, "memory_bytes": 64 << 20}):
    sys.exit(9)
try:
    bytearray(1 << 30)
    sys.exit(1)
except MemoryError:
    pass
try:
    subprocess.run([sys.executable, "-c", "pass"])
    sys.exit(2)
except OSError:
    sys.exit(0)
"""


@pytest.mark.skipif(sys.platform != "win32", reason="job objects are for Windows")
def test_a_job_bounds_memory_and_processes() -> None:
    """A process in a job of one gets no gigabyte and no child."""
    done = subprocess.run([sys.executable, "-c", FULL], cwd=ROOT, check=False)
    assert done.returncode == 0
