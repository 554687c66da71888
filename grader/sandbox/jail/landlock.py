"""Landlock, the layer that decides which files may be opened (Linux 5.13 and later).

A ruleset is built once and can be put on any number of processes; none can take it off again.
What it handles is refused unless a rule allows it, and it handles all that the kernel offers:
every right to files, TCP, and signals and abstract sockets to processes that are not under it.

Not covered by any kernel so far: ``stat`` and ``chdir`` (names, sizes and times stay visible),
``chmod`` and the like, UDP and connecting to Unix sockets by path.
:mod:`grader.sandbox.jail.seccomp` covers all but the first. https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import fcntl
import os
import stat
import struct

from grader.sandbox.jail import linux

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # on every architecture
_GET_VERSION = 1
_PATH_BENEATH = 1
_LOG_NOTHING = 1  # or each refusal is a line in the host's audit log

_WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE = 1 << 1, 1 << 2, 1 << 3, 1 << 14
READ = _READ_FILE | _READ_DIR
READ_AND_WRITE_FILE = _READ_FILE | _WRITE_FILE | _TRUNCATE
_FOR_DIRECTORIES_ONLY = _READ_DIR

_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
"""How many rights to files a version of the interface knows; 16 from version 5 on."""
_NETWORK_SINCE, _SCOPES_SINCE, _QUIET_SINCE = 4, 6, 7
_TCP_BIND_AND_CONNECT = 0b11
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11

_OUT_OF_THE_WAY = 100
"""The ruleset's descriptor is at least this: workers give the low numbers to others."""


def version() -> int:
    """The version of the interface that the kernel offers, 0 for none."""
    try:
        return linux.syscall(_CREATE_RULESET, 0, 0, _GET_VERSION)
    except OSError:
        return 0


class Ruleset:
    """What processes under it may do with files.

    Attributes:
        descriptor: Keep it open until :meth:`restrict`.

    Raises:
        OSError: The kernel has no Landlock, or it is switched off.
    """

    def __init__(self) -> None:
        self._version = linux.syscall(_CREATE_RULESET, 0, 0, _GET_VERSION)
        self._handled = (1 << _FILE_RIGHTS.get(self._version, 16)) - 1
        fields = [self._handled]
        if self._version >= _NETWORK_SINCE:
            fields.append(_TCP_BIND_AND_CONNECT)
        if self._version >= _SCOPES_SINCE:
            fields.append(_ABSTRACT_SOCKETS_AND_SIGNALS)
        attributes = struct.pack(f"<{len(fields)}Q", *fields)
        low = linux.syscall(_CREATE_RULESET, attributes, len(attributes), 0)
        self.descriptor = fcntl.fcntl(low, fcntl.F_DUPFD_CLOEXEC, _OUT_OF_THE_WAY)
        os.close(low)

    def allow(self, path: str, rights: int) -> None:
        """Allow ``rights`` to ``path`` and all below it; no such path, no such rule."""
        try:
            target = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            return
        try:
            if not stat.S_ISDIR(os.fstat(target).st_mode):
                rights &= ~_FOR_DIRECTORIES_ONLY
            rule = struct.pack("<Qi", rights & self._handled, target)
            linux.syscall(_ADD_RULE, self.descriptor, _PATH_BENEATH, rule, 0)
        finally:
            os.close(target)

    def restrict(self) -> None:
        """Put this process under the ruleset, for good."""
        flags = _LOG_NOTHING if self._version >= _QUIET_SINCE else 0
        linux.syscall(_RESTRICT_SELF, self.descriptor, flags)
