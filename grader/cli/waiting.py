"""A line on standard error that says how long a command has been at work."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 1.0
"""After which the line appears, and between its changes: most files are graded before."""


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Say that ``what`` is being done, and for how long, while the block runs.

    Nothing is written unless standard error is a terminal. Where that knows no escape sequences
    (``TERM=dumb``) the line is written once and stays.
    """
    if not sys.stderr.isatty():
        yield
        return
    dumb = os.environ.get("TERM", "dumb") == "dumb"
    done = threading.Event()
    teller = threading.Thread(target=_tell, args=(what, dumb, done), daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()


def _tell(what: str, dumb: bool, done: threading.Event) -> None:
    started, shown = time.monotonic(), False
    while not done.wait(SECONDS):
        if dumb and shown:
            continue
        text = what if dumb else f"{what} … {time.monotonic() - started:.0f} s"
        sys.stderr.write(f"{text}\n" if dumb else f"\r{text}")
        sys.stderr.flush()
        shown = True
    if shown and not dumb:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
