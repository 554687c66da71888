"""The jail that a worker enters after the fork and before it sees any student code (Linux).

In this order, each layer where the system has it::

    user                 of root's children: a user id that nobody has, and no groups
    capabilities         none, whoever the user is
    (always)             killed when the zygote goes; closed to inspection; no new privileges
    landlock             may open what Python and NumPy need, to read; no TCP, no signals outside
    seccomp              may make harmless system calls; opens no file at all without Landlock

Each is there because of what the others leave open: Landlock does not know of limits of other
processes, sockets of the UDP kind or ``chmod``; seccomp cannot tell one file from another; the
user id keeps what is left (names and sizes of files, say) at what everybody may see.

Which layers there are is not inferred from versions. A child *tries* them all once, and from then
on each worker must enter what that child could, or it runs no student code at all.
Nothing here depends on user namespaces or control groups: where graders are deployed,
they are usually not to be had. Standard library and NumPy only.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence

from grader.sandbox.jail import landlock, linux, readable_paths, seccomp

_LAST_ORDINARY_ID = 65533
"""65534 is nobody's, and so somebody's; systemd hands out 61184 to 65519."""


class Jail:
    """The layers, prepared as far as one process can do it for all that it forks.

    Args:
        private: Folders that must stay closed even where system libraries are.

    Attributes:
        layers: Names of those that this system has, in the order in which they are entered.
        imports: Whether Python's own files can be opened inside. Not where there is no Landlock,
            nor by another user where Python is in a home directory that is closed to others.
    """

    def __init__(self, private: Sequence[str] = ()) -> None:
        self._ruleset = _build_ruleset(private)
        self._identity = _unused_identity()
        self._filter = _build_filter(opening=self._ruleset is not None)
        self.layers, self.imports = self._rehearse(("user", "capabilities", "landlock", "seccomp"))
        if "landlock" not in self.layers:
            self._filter = _build_filter(opening=False)
            self.imports = self._filter is None

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What a worker must not close before it has entered."""
        return () if self._ruleset is None else (self._ruleset.descriptor,)

    def enter(self, zygote: int) -> None:
        """Lock this process up, for good.

        Args:
            zygote: The process that forked it, with which it is to die.

        Raises:
            OSError: A layer that was there is not there now.
        """
        for name, layer in self._steps(zygote):
            if name in ("always", *self.layers):
                layer()
        for descriptor in self.descriptors:
            os.close(descriptor)

    def _steps(self, zygote: int) -> list[tuple[str, Callable[[], None]]]:
        return [
            ("user", self._change_user),
            ("capabilities", linux.drop_capabilities),
            ("always", lambda: linux.die_with_parent(zygote)),
            ("always", linux.forbid_inspection),
            ("always", linux.forbid_new_privileges),
            ("landlock", self._restrict_files),
            ("seccomp", self._filter_calls),
        ]

    def _rehearse(self, names: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
        """Have a child enter each of the layers that it can; return those, and `imports`."""
        zygote = os.getpid()
        bits = {name: 1 << number for number, name in enumerate([*names, "imports"])}
        pid = os.fork()
        if pid == 0:
            entered = 0
            try:
                for name, layer in self._steps(zygote):
                    with contextlib.suppress(OSError):
                        layer()
                        entered |= bits.get(name, 0)
                with contextlib.suppress(OSError), open(os.__file__, "rb"):
                    entered |= bits["imports"]
            finally:
                os._exit(entered)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        entered = max(status, 0)  # negative where a layer killed it: then none is to be had
        return tuple(name for name in names if entered & bits[name]), bool(
            entered & bits["imports"]
        )

    # -- the layers ----------------------------------------------------------------------

    def _change_user(self) -> None:
        if self._identity is None:
            raise PermissionError("only root can become somebody else")
        os.setgroups([])
        os.setresgid(self._identity, self._identity, self._identity)
        os.setresuid(self._identity, self._identity, self._identity)

    def _restrict_files(self) -> None:
        if self._ruleset is None:
            raise OSError("no Landlock here")
        self._ruleset.restrict()

    def _filter_calls(self) -> None:
        if self._filter is None:
            raise OSError("no list of system calls for this machine")
        linux.install_filter(self._filter.for_process(os.getpid()))


def _build_ruleset(private: Sequence[str]) -> landlock.Ruleset | None:
    try:
        ruleset = landlock.Ruleset()
    except OSError:
        return None
    for path in readable_paths.readable(private):
        ruleset.allow(path, landlock.READ)
    ruleset.allow(readable_paths.WRITABLE, landlock.READ_AND_WRITE_FILE)
    return ruleset


def _build_filter(*, opening: bool) -> seccomp.Filter | None:
    machine = seccomp.architecture()
    return seccomp.Filter(machine, opening=opening) if machine else None


def _unused_identity() -> int | None:
    """A number that is no user and no group here; None for those who cannot choose."""
    if os.geteuid() != 0:
        return None
    taken = set()
    for database in ("/etc/passwd", "/etc/group"):
        with contextlib.suppress(OSError), open(database, "rb") as lines:
            taken |= {line.split(b":")[2] for line in lines if line.count(b":") >= 3}
    free = (n for n in range(_LAST_ORDINARY_ID, 0, -1) if str(n).encode() not in taken)
    return next(free, None)
