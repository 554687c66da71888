"""Frames to and from a worker, none of which may take too long, be too large or hold too much."""

from __future__ import annotations

import contextlib
import select
import socket
from typing import TYPE_CHECKING, Any

from grader.sandbox import codec
from grader.sandbox.captured_output import Output
from grader.sandbox.failures import WorkerFailure
from grader.sandbox.patience import Patience

if TYPE_CHECKING:
    from grader.sandbox.allowance import Allowance

MAX_REPLIES = 4
"""How many answers of full size a worker may send in all: checks keep what they are told."""
HEADER_WEIGHT = 16
"""What is not array data counts so many times more: about what lists and numbers take in memory."""
MAX_PARTS = 600_000
"""Commas and opening brackets of one answer: more than the largest that a worker writes by itself.

Three bytes can stand for a list, which takes twenty times as much in memory.
"""
_READ_SIZE = 1 << 16


class Channel:
    """The judge's end of the socket to a worker; what the worker prints is read meanwhile.

    Args:
        connection: The socket.
        output: Collects what is printed.
        reply_mb: Array data in one answer.
    """

    def __init__(self, connection: socket.socket, output: Output, reply_mb: int) -> None:
        connection.setblocking(False)
        self._socket = connection
        self._output = output
        self._reply_mb = reply_mb
        self._buffer = bytearray()
        self._received = 0

    @property
    def has_more(self) -> bool:
        """Whether something came together with the last message."""
        return bool(self._buffer)

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def first_byte(self, deadline: Patience) -> bytes:
        """What the worker sends before all messages."""
        self._wait(deadline)
        return self._socket.recv(1)

    def send(self, data: bytes, deadline: Patience) -> None:
        """Send all of it."""
        view = memoryview(data)
        while view:
            try:
                view = view[self._socket.send(view) :]
            except BlockingIOError:
                self._wait(deadline, writing=True)

    def receive(self, deadline: Patience, allowance: Allowance | None) -> bytes:
        """The next message; what came together with it stays for later."""
        size = codec.LENGTH.size
        self._fill(size, deadline)
        (length,) = codec.LENGTH.unpack_from(self._buffer)
        most = self._reply_mb << 20
        if length > codec.LENGTH.size + codec.MAX_HEADER + most:
            raise codec.ProtocolError(f"a frame of {length:,} bytes")
        self._fill(size + length, deadline)
        body = bytes(memoryview(self._buffer)[size : size + length])
        weight = length + HEADER_WEIGHT * codec.header_length(body)
        self._received += weight
        if self._received > MAX_REPLIES * most:
            returned = f"returned more than {MAX_REPLIES * self._reply_mb} MB in all"
            raise WorkerFailure("memory", returned)
        if allowance is not None:
            allowance.receive(weight)
        if codec.parts_of(body) > MAX_PARTS:
            raise codec.ProtocolError(f"an answer of more than {MAX_PARTS:,} parts")
        del self._buffer[: size + length]
        return body

    def _fill(self, wanted: int, deadline: Patience) -> None:
        """Read until ``wanted`` bytes are there."""
        while len(self._buffer) < wanted:
            self._wait(deadline)
            with contextlib.suppress(BlockingIOError):
                missing = min(wanted - len(self._buffer), 1 << 22)
                data = self._socket.recv(max(_READ_SIZE, missing))
                if not data:
                    raise ConnectionError("closed")
                self._buffer += data

    def _wait(self, deadline: Patience, writing: bool = False) -> None:
        """Return when the channel is ready; read what is printed meanwhile."""
        while True:
            left = deadline.left()
            read: list[Any] = [] if writing else [self._socket]
            write = [self._socket] if writing else []
            if self._output.pollable:
                read.append(self._output.descriptor)
            readable, writable, _ = select.select(read, write, [], left)
            if self._output.descriptor in readable:
                self._output.drain()
            if self._socket in readable or writable:
                return
