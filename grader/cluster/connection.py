"""Room: the connection to a Dask scheduler, and what can be wrong with it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from grader.errors import Fault, UsageError

if TYPE_CHECKING:
    from distributed import Client

_CONNECT_SECONDS = 10.0
_WORKER_SECONDS = 10.0
_PORT = 8786


@contextlib.contextmanager
def connected(address: str) -> Iterator[Client]:
    """Connect to the scheduler at an address; there is at least one worker then.

    TLS is set up as always with Dask, in its configuration.

    Raises:
        UsageError: It is no address, or Dask is not installed.
        Fault: Nobody answers there, or there are no workers.
    """
    full = _require_listener(address)
    try:
        from distributed import Client
    except ImportError:
        what = "--cluster needs Dask: pip install 'dense-grader[cluster]'"
        raise UsageError(what) from None
    _quiet()
    with warnings.catch_warnings():
        # Dask compares the versions of its own parts; those that matter here are compared later.
        warnings.simplefilter("ignore")
        try:
            kind = asyncio.run(asyncio.wait_for(_kind_of(full), _CONNECT_SECONDS))
            if kind != "Scheduler":
                raise ValueError(f"but a {kind}")
            client = Client(full, timeout=_CONNECT_SECONDS, set_as_default=False)
        except Exception as error:
            said = str(error) or f"nothing within {_CONNECT_SECONDS:g} s"
            raise Fault(f"{address}: no Dask scheduler answers there ({said})") from None
    try:
        try:
            client.wait_for_workers(1, timeout=_WORKER_SECONDS)
        except TimeoutError:
            what = f"the Dask scheduler has no workers; start some: dask worker {full}"
            raise Fault(f"{address}: {what}") from None
        yield client
    finally:
        with contextlib.suppress(Exception):
            client.close(timeout=_CONNECT_SECONDS)


async def _kind_of(address: str) -> str:
    """Ask what is there. A client would wait for ever for what does not speak Dask's language."""
    from distributed import Security, rpc

    arguments = Security().get_connection_args("client")
    async with rpc(address, connection_args=arguments) as peer:
        return str((await peer.identity())["type"])


def _require_listener(address: str) -> str:
    """Return the address with all its parts, if something listens there.

    Dask tries for half a minute before it says anything, and then says little.
    """
    full = address if "://" in address else f"tcp://{address}"
    try:
        parts = urlsplit(full)
        host, port = parts.hostname, parts.port or _PORT
    except ValueError:
        host, port = None, 0
    if not host:
        raise UsageError(f"{address}: not the address of a Dask scheduler (tcp://host:{_PORT})")
    try:
        socket.create_connection((host, port), _CONNECT_SECONDS).close()
    except OSError as error:
        what = error.strerror or str(error)
        raise Fault(f"{address}: no Dask scheduler can be reached there ({what})") from None
    return full if parts.port else f"{full}:{port}"


def _quiet() -> None:
    """Keep Dask's log off the terminal: what matters there is told by exceptions."""
    if "GRADER_DEBUG" not in os.environ:
        for name in ("distributed", "distributed.client", "tornado", "tornado.application"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
