"""Which submissions are the same program, whatever its names, comments and layout."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import Any

import numpy as np

from grader.model.submission import Submission
from grader.sandbox import codec
from grader.sandbox.failures import WorkerFailure
from grader.sandbox.launch import start_workers
from grader.sandbox.process import Limits, Worker

_LIMITS = Limits(call_seconds=5.0, cpu_seconds=3600, memory_mb=512, output_kb=4)


def normal_forms(submissions: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, str]]:
    """Yield each submission's key and the fingerprint of its normal form.

    The source is parsed in a locked worker, for student code may break a parser. A submission that
    does has an empty fingerprint, as has one that is no Python.

    Args:
        submissions: Pairs of a key and the source.

    Raises:
        Fault: No worker could be started.
    """
    with contextlib.closing(start_workers()) as workers:
        worker: Worker | None = None
        try:
            for key, source in submissions:
                worker = worker or _ready(workers.spawn(_LIMITS))
                try:
                    yield key, _normal_form(worker, Submission("", source).utf8)
                except WorkerFailure:
                    worker.kill()
                    worker = None
                    yield key, ""
        finally:
            if worker is not None:
                worker.kill()


def _ready(worker: Worker) -> Worker:
    writer = codec.Writer()
    text = files("grader.sandbox.worker").joinpath("fingerprint.py").read_bytes()
    source: list[Any] = [np.frombuffer(text, np.uint8), {}, []]
    values = [writer.value(value) for value in source]
    worker.request([["load", "normal_form", *values]], writer)
    return worker


def _normal_form(worker: Worker, source: bytes) -> str:
    writer = codec.Writer()
    arguments = writer.value([np.frombuffer(source, np.uint8)])
    call = ["call", codec.MODULE, "normal_form", arguments, codec.NO_KEYWORDS, 0]
    (outcome,) = worker.request([call], writer)
    return str(outcome[1]) if outcome[0] == "ok" else ""  # MemoryError and RecursionError
