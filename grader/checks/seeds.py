"""The seed of a judge's session, and the numbers that are made of it.

Whatever a check draws comes from here. With another seed it is something else, so that answers
that were recorded with one seed earn nothing with another.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from contextvars import ContextVar

import numpy as np

_seed: ContextVar[int] = ContextVar("seed", default=0)


@contextlib.contextmanager
def session(seed: int) -> Iterator[None]:
    """In the block, numbers are those of ``seed``; outside of any, those of 0."""
    token = _seed.set(seed)
    try:
        yield
    finally:
        _seed.reset(token)


def current() -> int:
    """Return the seed of this session. What is kept of drawn numbers has to be kept by it."""
    return _seed.get()


def generator(*labels: int) -> np.random.Generator:
    """Return a generator of random numbers: others for every seed, and for all other labels."""
    return np.random.default_rng([_seed.get(), *labels])


def number(*labels: int) -> int:
    """Return a number, below 2**31, to seed a generator of the student's with.

    The seed cannot be told from it, as it could be from the state of a generator that was seeded
    with it: whoever knows the seed knows everything that is going to be asked.
    """
    told = repr((_seed.get(), labels)).encode()
    return int.from_bytes(hashlib.blake2b(told, digest_size=4).digest()) >> 1
