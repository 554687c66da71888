"""What a worker was asked and has answered, byte for byte, so that others can be asked the same.

A judge asks by what it has been answered. As long as two submissions answer alike they are asked
alike, so the questions of one can be put to another without working them out again.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import deque

import msgspec

from grader.sandbox import codec

_FIRST, _DIGITS = 10**18, 19
"""Nonces have as many digits each, so that messages differ in nothing else."""
_START = codec.LENGTH.size + len("[")
"""Where the nonce is in the body of a message, behind the length of its header."""


class Exchange(msgspec.Struct, frozen=True):
    """A request and the answers to it, all without their nonces; of answers a digest."""

    request: bytes
    answers: tuple[bytes, ...]


Transcript = tuple[Exchange, ...]


class Ahead(msgspec.Struct):
    """A request that was sent before the judge came to it.

    Attributes:
        answers: What came, in order; what went wrong last, if something did.
    """

    nonce: int
    frame: bytes
    answers: deque[bytes | Exception] = msgspec.field(default_factory=deque)


def new_nonce() -> int:
    """A number that no worker can know beforehand."""
    return _FIRST + secrets.randbelow(8 * _FIRST)


def without_nonce(frame: bytes) -> bytes:
    """A whole message without its nonce."""
    start = codec.LENGTH.size + _START
    return frame[:start] + frame[start + _DIGITS :]


def with_nonce(request: bytes, nonce: int) -> bytes:
    """A whole message, from one without a nonce."""
    start = codec.LENGTH.size + _START
    return b"%b%d%b" % (request[:start], nonce, request[start:])


def digest_of(body: bytes, nonce: int) -> bytes:
    """What bodies of answers share that differ in the nonce only; empty if it is wrong."""
    if body[_START : _START + _DIGITS] != b"%d" % nonce:
        return b""
    digest = hashlib.blake2b(body[:_START], digest_size=16)
    digest.update(memoryview(body)[_START + _DIGITS :])
    return digest.digest()
