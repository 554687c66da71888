"""What is used of Dask that is not documented. Tried with distributed 2025.1.0 and 2026.8.0.

Nothing else of the grader uses such names; ``tests/grading/cluster/test_dask_private.py`` says
which of them is gone, or means something else, in a version that is newer than these.
"""

from __future__ import annotations

from distributed import KilledWorker, Worker, WorkerPlugin, get_worker


def scratch_of(worker: Worker) -> str:
    """The folder for what a worker writes."""
    return str(worker.local_directory)


def threads_of(worker: Worker) -> int:
    """How many threads a worker has for tasks."""
    return int(worker.state.nthreads)


def own_plugin(name: str) -> WorkerPlugin | None:
    """A plugin of the worker that runs this task."""
    plugin: WorkerPlugin | None = get_worker().plugins.get(name)
    return plugin


def deaths(error: KilledWorker) -> int:
    """How many workers have died of a task."""
    return int(error.allowed_failures) + 1
