"""A Dask cluster on this machine, as its command line starts it: real processes, to be killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).resolve().parents[3]
Running = subprocess.Popen[str]
_MAIN = "from distributed.cli.dask_{} import main; main()"


@contextmanager
def _running(
    code: str,
    *arguments: str,
    under: tuple[str, ...] = (),
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Running]:
    """Run Python until the end of the block, perhaps by another command."""
    started = subprocess.Popen(
        [*under, sys.executable, "-c", code, *arguments],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            # A task that was lost is the coordinator's to try again, and not Dask's three times.
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
            **environment,
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield started
    finally:
        started.terminate()
        started.communicate()


@contextmanager
def scheduler(
    *options: str, environment: Mapping[str, str] = MappingProxyType({})
) -> Iterator[tuple[str, Running]]:
    """A scheduler without workers: its address, and its process."""
    options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", *options)
    with _running(_MAIN.format("scheduler"), *options, environment=environment) as started:
        assert started.stderr is not None
        while "Scheduler at:" not in (line := started.stderr.readline()):
            assert line, "the scheduler did not start"
        yield line.split()[-1], started


@contextmanager
def workers(
    address: str,
    folder: Path,
    *options: str,
    before: str = "",
    under: tuple[str, ...] = (),
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Running]:
    """Workers for a scheduler, with one thread each; those under a nanny are replaced.

    Args:
        before: Statements that the worker runs first, if it has no nanny.
        under: A command that runs it.
    """
    code = f"{before}\n{_MAIN.format('worker')}"
    options = (
        address,
        "--nthreads",
        "1",
        "--no-dashboard",
        "--local-directory",
        f"{folder}",
        *options,
    )
    with _running(code, *options, under=under, environment=environment) as started:
        yield started
