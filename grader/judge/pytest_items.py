"""One pytest item, run by pytest's own hooks and without its reports."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from grader.judge import pytest_private


def run_item(item: Any, next_item: pytest.Item) -> None:
    """Run an item, and raise what it raised.

    This is ``pytest_runtest_protocol`` without its reports, which would format tracebacks that
    nobody reads; a request of its own for each run is what plugins that run tests again use.
    An item that is given nothing of its own keeps what it was given.
    """
    if item.stash.get(_SET_UP, False):
        item.ihook.pytest_runtest_call(item=item)
        return
    pytest_private.renew_request(item)
    # Where it is the only one, its module stays, but not what it has set up itself.
    following = item.parent if next_item is item else next_item
    try:
        item.ihook.pytest_runtest_setup(item=item)
        item.ihook.pytest_runtest_call(item=item)
    finally:
        item.ihook.pytest_runtest_teardown(item=item, nextitem=following)
    item.stash[_SET_UP] = "function" not in pytest_private.scopes_of(item)


_SET_UP = pytest.StashKey[bool]()
"""Whether an item need not be set up again, which takes longer than some checks do."""


def given_by_pytest(item: pytest.Function) -> dict[str, Any]:
    """The values of the arguments of an item's function that are fixtures or parameters."""
    wanted = parameters(item.obj)
    return {name: value for name, value in item.funcargs.items() if name in wanted}


@cache
def parameters(function: Callable[..., Any]) -> frozenset[str]:
    """Names of the arguments that pytest supplies, for a ``@given`` test as well."""
    return frozenset(inspect.signature(function).parameters)


def place(item: pytest.Item) -> int:
    """The line of the file at which the item is defined, or what it was made of."""
    _, line, _ = item.location
    declared: int = getattr(getattr(item, "obj", None), "declared_at", (line or 0) + 1)
    return declared


def origin(error: BaseException) -> tuple[str, int] | None:
    """File and line that raised."""
    walker = error.__traceback__
    if walker is None:
        return None
    while walker.tb_next is not None:
        walker = walker.tb_next
    return walker.tb_frame.f_code.co_filename, walker.tb_lineno
