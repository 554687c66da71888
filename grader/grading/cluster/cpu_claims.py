"""Which processors the judges of a Dask worker keep to, where a machine has several workers.

A judge keeps to the processor that it finds itself on (``spawning.one_processor``). Judges of
several Dask workers know nothing of each other and begin at the same time, so without this two may
find themselves on the same, and each takes twice as long.
"""

from __future__ import annotations

import contextlib
import logging
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout


@contextlib.contextmanager
def claimed(count: int) -> Iterator[list[int]]:
    """Claim ``count`` processors that no other Dask worker of this user has claimed.

    Yields none, which stands for all, if there are not so many, or no place where only we could
    claim some. The system lifts the claims of a process that has died.
    """
    with contextlib.ExitStack() as claims:
        found = list(_claim(count, claims)) if hasattr(os, "sched_getaffinity") else []
        yield found if len(found) == count else []


def _claim(count: int, claims: contextlib.ExitStack) -> Iterator[int]:
    folder = Path(tempfile.gettempdir(), f"grader-processors-{os.getuid()}")
    if not _is_ours(folder):
        what = "is not a folder of this user alone; remove it, or judges may share processors"
        logging.getLogger(__name__).warning("%s: %s", folder, what)
        return
    for processor in sorted(os.sched_getaffinity(0)):
        if count <= 0:
            return
        lock = FileLock(folder / f"{processor}.lock", thread_local=False)
        with contextlib.suppress(Timeout):
            claims.enter_context(lock.acquire(timeout=0))
            count -= 1
            yield processor


def _is_ours(folder: Path) -> bool:
    """Make a folder below one that all may write to; say whether it is ours alone, and no link."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return False
    private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
    return private and found.st_uid == os.getuid()
