"""The names of Dask that are not documented: a test for each, that fails if it is gone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import Client, KilledWorker, Worker, WorkerPlugin

from grader.grading.cluster import dask_private as private
from tests.grading.cluster import processes


class Noting(WorkerPlugin):
    """Keeps what a worker says of itself."""

    name = "noting"

    def setup(self, worker: Worker) -> None:
        """Called by Dask."""
        self.found = private.scratch_of(worker), private.threads_of(worker)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A cluster of one worker with three threads and the plugin."""
    here = {"PYTHONPATH": os.pathsep.join([str(processes.ROOT), str(Path(__file__).parent)])}
    scratch = tmp_path_factory.mktemp("dask")
    with (
        processes.scheduler(environment=here) as (address, _),
        processes.workers(address, scratch, "--nthreads", "3", environment=here),
        Client(address, timeout=60, set_as_default=False) as connected,
    ):
        connected.register_plugin(Noting())
        yield connected


def noted() -> tuple[str, int]:
    """What the plugin has kept; run by a worker."""
    plugin = private.own_plugin("noting")
    assert isinstance(plugin, Noting)
    return plugin.found


def test_the_plugin_of_a_task(client: Client) -> None:
    """``Worker.plugins`` has each under its name, and None is what is not there."""
    assert client.submit(noted).result(timeout=60)
    assert client.submit(private.own_plugin, "another").result(timeout=60) is None


def test_the_scratch_folder(client: Client) -> None:
    """``Worker.local_directory`` is a folder that is there."""
    scratch, _ = client.submit(noted).result(timeout=60)
    assert Path(scratch).is_dir()


def test_the_threads(client: Client) -> None:
    """``Worker.state.nthreads`` is what the worker was started with."""
    _, threads = client.submit(noted).result(timeout=60)
    assert threads == 3


def test_deaths() -> None:
    """``KilledWorker.allowed_failures`` is one less than the workers that died."""
    assert private.deaths(KilledWorker("task", None, 2)) == 3  # type: ignore[arg-type]
