"""The connection to a Dask scheduler, and what can be wrong with it."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import os
import socket
import ssl
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from grader.errors import Fault, UsageError

if TYPE_CHECKING:
    from distributed import Client, Security

_CONNECT_SECONDS = 10.0
_WORKER_SECONDS = 10.0
_PORT = 8786
_ENCRYPTED = ("tls", "wss")
_PLAIN = ("tcp", "ws", "ucx")
_EXAMPLE = f"tls://host:{_PORT}"


@contextlib.contextmanager
def connected(address: str, *, trust_network: bool = False) -> Iterator[Client]:
    """Connect to the scheduler at an address; there is at least one worker then.

    TLS is set up as always with Dask, in its configuration.

    Args:
        address: Of the scheduler.
        trust_network: Connect also where others could listen, or answer in its place.

    Raises:
        UsageError: It is no address, or not a safe one, or Dask is not installed.
        Fault: Nobody answers there, or there are no workers.
    """
    full = safe_address(address, trust_network=trust_network)
    _require_listener(address, full)
    try:
        from distributed import Client
    except ImportError:
        what = "--cluster needs Dask: pip install 'dense-grader[cluster]'"
        raise UsageError(what) from None
    _quiet()
    security = _security(full)
    with warnings.catch_warnings():
        # Dask compares the versions of its own parts; those that matter here are compared later.
        warnings.simplefilter("ignore")
        try:
            kind = asyncio.run(asyncio.wait_for(_kind_of(full, security), _CONNECT_SECONDS))
            if kind != "Scheduler":
                raise ValueError(f"but a {kind}")
            client = Client(full, timeout=_CONNECT_SECONDS, set_as_default=False, security=security)
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


async def _kind_of(address: str, security: Security) -> str:
    """Ask what is there. A client would wait for ever for what does not speak Dask's language."""
    from distributed import rpc

    arguments = security.get_connection_args("client")
    async with rpc(address, connection_args=arguments) as peer:
        return str((await peer.identity())["type"])


def safe_address(address: str, *, trust_network: bool = False) -> str:
    """Return the address of a scheduler with all its parts, if it is a safe one.

    Whoever can talk to Dask can run programs as its user. So it has to be this very machine, or an
    encrypted connection, which only holders of a key can make.

    Raises:
        UsageError: It is no address, or neither of the two, and the network is not trusted.
    """
    if Path(address).is_file():
        raise UsageError(f"{address}: is a file; give the address that stands in it ({_EXAMPLE})")
    try:
        parts = urlsplit(address if "://" in address else f"tcp://{address}")
        host, port = parts.hostname, parts.port or _PORT
    except ValueError:
        host, port = None, 0
    if not host or parts.scheme not in (*_ENCRYPTED, *_PLAIN):
        raise UsageError(f"{address}: not the address of a Dask scheduler ({_EXAMPLE})")
    full = f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}"
    if not trust_network:
        require_private(full)
    return full


def require_private(address: str) -> None:
    """Return if nobody else can listen, or answer, at the address of a scheduler or worker.

    Raises:
        UsageError: Somebody may.
    """
    parts = urlsplit(address)
    if parts.scheme not in (*_ENCRYPTED, "inproc") and not _is_loopback(parts.hostname or ""):
        raise UsageError(
            f"{address}: not encrypted, and whoever can reach a Dask scheduler or worker can run"
            f" programs there. Use TLS ({_EXAMPLE}; docs/scale.md says how), or, in a network that"
            " only you can reach, --trust-network."
        )


def _is_loopback(host: str) -> bool:
    """Whether a host is this machine; of names only the one that cannot be another's."""
    if host == "localhost":
        return True
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback


def _require_listener(address: str, full: str) -> None:
    """Return if something listens at an address.

    Dask tries for half a minute before it says anything, and then says little.
    """
    parts = urlsplit(full)
    try:
        socket.create_connection((parts.hostname, parts.port), _CONNECT_SECONDS).close()
    except OSError as error:
        what = error.strerror or str(error)
        raise Fault(f"{address}: no Dask scheduler can be reached there ({what})") from None


def _security(address: str) -> Security:
    """What Dask's configuration says of certificates; an encrypted address needs some."""
    import dask
    from distributed import Security

    if urlsplit(address).scheme not in _ENCRYPTED:
        return Security()
    names = [f"distributed.comm.tls.{name}" for name in ("ca-file", "client.cert", "client.key")]
    if missing := [name for name in names if not dask.config.get(name)]:
        what = f"TLS needs certificates: set {' and '.join(missing)} in Dask's configuration"
        raise UsageError(f"{address}: {what} (docs/scale.md says how)")
    security = Security(require_encryption=True)
    try:
        security.get_connection_args("client")
    except (OSError, ssl.SSLError) as error:
        what = "the certificates in Dask's configuration cannot be used"
        raise UsageError(f"{address}: {what} ({error})") from None
    return security


def _quiet() -> None:
    """Keep Dask's log off the terminal: what matters there is told by exceptions."""
    if "GRADER_DEBUG" not in os.environ:
        for name in ("distributed", "distributed.client", "tornado", "tornado.application"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
