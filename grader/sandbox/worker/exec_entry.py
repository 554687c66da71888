"""One worker in a process of its own, started by exec where there is no zygote.

On standard input comes one line of JSON: the limits, folders that stay closed, and how to get
at the channel.
"""

from __future__ import annotations

import json
import os
import socket
import sys


def main() -> None:
    """Entry point of ``python -I -c``; see :mod:`grader.sandbox.process`."""
    # A byte at a time: a buffered reader would not matter today, but would eat what follows.
    line = bytearray()
    while not line.endswith(b"\n"):
        line += os.read(0, 1) or b"\n"
    configuration = json.loads(line)
    if sys.platform == "win32":
        from grader.sandbox.jail import windows

        channel = socket.fromshare(bytes.fromhex(configuration["share"]))
        windows.enter(configuration["limits"])
    else:
        from grader.sandbox.jail import rlimits

        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.close(null)
        channel = socket.socket(fileno=configuration["channel"])
        os.setsid()
        if sys.platform == "linux":
            from grader.sandbox.jail import lockdown
            from grader.sandbox.worker.preload import preload

            jail = lockdown.Jail(configuration["private"])
            preload(rare=not jail.imports)
            rlimits.apply(configuration["limits"], rlimits.address_space())
            jail.enter(os.getppid())
        else:
            rlimits.apply(configuration["limits"], rlimits.address_space())
        if sys.platform == "darwin":
            from grader.sandbox.jail import macos

            macos.enter(configuration["private"])
    from grader.sandbox.worker import server

    server.run(channel, 1, configuration["limits"]["reply_bytes"])
