"""Settings of the judge's process: memory, garbage collection, the environment."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import sys
from collections.abc import Iterator


def give_back_large_blocks() -> None:
    """Have malloc return what was large to the system as soon as it is free (glibc).

    By itself it ceases to after the first large answer of a worker, and a judge that has graded
    thousands of submissions then holds many times what it uses.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, 256 << 10)


_M_MMAP_THRESHOLD = -3  # of malloc.h


@contextlib.contextmanager
def no_collections() -> Iterator[None]:
    """Collect no garbage in the block, and afterwards none of what was there before it.

    In it hypothesis begins to time collections. That ends with it: Ctrl-C during a collection would
    be raised inside of what is called then, where Python drops every exception, and so be lost.
    """
    called = list(gc.callbacks)
    gc.disable()
    gc.freeze()  # else every full collection goes through all of pytest and hypothesis
    try:
        yield
    finally:
        gc.callbacks[:] = called
        gc.enable()  # also for those who waited for this point


@contextlib.contextmanager
def own_pytest_environment() -> Iterator[None]:
    """Keep the caller's pytest settings and plugins out of the judge."""
    ours = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    names = [*ours, "PYTEST_ADDOPTS", "PYTEST_PLUGINS"]
    before = {name: os.environ.pop(name, None) for name in names}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
