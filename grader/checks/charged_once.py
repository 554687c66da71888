"""Differences that cost points once: lists for arrays, single precision, weights turned round.

A value that differs from what is asked in such a respect, and is right otherwise, differs so in
every check. A comparison reports it and goes on with the numbers; the judge keeps account. One
check pays, the first that has met it or one that is about it, and that is the others' receipt.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar

LISTS = "lists"
SINGLE = "single"
TURNED = "turned"

NOTES = {
    LISTS: "Lists in place of arrays cost the points of one check and no more: all others looked at"
    " the numbers in them.",
    SINGLE: "Single precision (float32) costs the points of one check and no more: all others"
    " compared numbers only as exactly as that.",
    TURNED: "Weights with a row for each unit cost the points for their shape, and for the numbers"
    " that a seed gives, and no more: all else was looked at the other way round.",
}
"""What a report says of a difference that has been paid for."""


class CheckError(AssertionError):
    """What a check raises about a submission.

    Attributes:
        charged_once: The difference that is all there is to it, of NOTES; empty if it is another.
    """

    charged_once: str = ""


_account: ContextVar[Callable[[CheckError], None] | None] = ContextVar("account", default=None)


@contextlib.contextmanager
def accounted(account: Callable[[CheckError], None]) -> Iterator[None]:
    """In the block, have ``account`` called with differences that are charged once."""
    token = _account.set(account)
    try:
        yield
    finally:
        _account.reset(token)


@contextlib.contextmanager
def charged_here() -> Iterator[None]:
    """In the block, of a check that is about them, let such differences fail the check."""
    token = _account.set(None)
    try:
        yield
    finally:
        _account.reset(token)


def charge(error: CheckError, kind: str) -> None:
    """Report a difference and go on; raise it where nobody keeps account."""
    error.charged_once = kind
    account = _account.get()
    if account is None:
        raise error
    account(error)
