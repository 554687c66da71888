"""Kernels that lack a layer: ``python tests/sandbox/kernels.py landlock,seccomp -- COMMAND ...``.

A seccomp filter on this process, which all that it starts inherits, answers the system calls of a
layer as a kernel does that does not have it.
"""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

_LANDLOCK = (444, 445, 446)
_PRCTL = {"x86_64": 157, "aarch64": 167}
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_PR_SET_SECCOMP = 22
_ENOSYS, _EINVAL = 38, 22
_LOAD, _IF_EQUAL, _RETURN, _FAIL, _ALLOW = 0x20, 0x15, 0x06, 0x00050000, 0x7FFF0000
_CALL, _FIRST_ARGUMENT = 0, 16


def lack(layers: Iterable[str]) -> None:
    """Have this process, and all that it starts, find a kernel without these layers."""
    from grader.sandbox.jail import linux

    machine = os.uname().machine
    program: list[tuple[int, int, int, int]] = [(_LOAD, 0, 0, _CALL)]
    if "landlock" in layers:
        for call in _LANDLOCK:
            program += [(_IF_EQUAL, 0, 1, call), (_RETURN, 0, 0, _FAIL | _ENOSYS)]
    if "seccomp" in layers:
        program += [(_IF_EQUAL, 0, 1, _SECCOMP[machine]), (_RETURN, 0, 0, _FAIL | _ENOSYS)]
        program += [(_IF_EQUAL, 0, 3, _PRCTL[machine]), (_LOAD, 0, 0, _FIRST_ARGUMENT)]
        program += [(_IF_EQUAL, 0, 1, _PR_SET_SECCOMP), (_RETURN, 0, 0, _FAIL | _EINVAL)]
    program.append((_RETURN, 0, 0, _ALLOW))
    linux.forbid_new_privileges()
    linux.install_filter(b"".join(struct.pack("<HBBI", *line) for line in program))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    lack(sys.argv[1].split(","))
    os.execv(sys.argv[3], sys.argv[3:])
