"""The names of pytest that are not documented: a test for each, that fails if it is gone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.judge import pytest_private as private

SOURCE = """
import pytest

@pytest.fixture(scope="module")
def lasting(): return 1

@pytest.fixture
def fresh(lasting): return []

def test_both(fresh): fresh.append(1); assert fresh == [1]
def test_lasting(lasting): pass
def test_nothing(): pass
"""


class Loop:
    """Does something with pytest's items in place of running them."""

    def __init__(self, use: Callable[[list[Any]], None]) -> None:
        self._use = use

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Called by pytest."""
        self._use(session.items)
        return True


def with_items(folder: Path, use: Callable[[list[Any]], None]) -> None:
    """Have pytest collect the source and give the items to a function."""
    path = folder / "test_them.py"
    path.write_text(SOURCE, "utf-8")
    options = ["-q", "-c", os.devnull, "--rootdir", str(folder), "-p", "no:cacheprovider"]
    options += ["--import-mode=importlib", "-p", "no:randomly"]  # in their order, if it is there
    assert pytest.main([*options, str(path)], plugins=[Loop(use)]) == pytest.ExitCode.OK


def test_an_item_is_run_again(tmp_path: Path) -> None:
    """After ``_initrequest`` an item is set up anew, with fixtures of its own."""
    lists = []

    def twice(items: list[Any]) -> None:
        for _ in range(2):
            private.renew_request(items[0])
            items[0].ihook.pytest_runtest_setup(item=items[0])
            items[0].ihook.pytest_runtest_call(item=items[0])
            lists.append(items[0].funcargs["fresh"])
            items[0].ihook.pytest_runtest_teardown(item=items[0], nextitem=None)

    with_items(tmp_path, twice)
    assert lists[0] is not lists[1]
    assert lists == [[1], [1]]


def test_the_scopes_of_fixtures(tmp_path: Path) -> None:
    """``_fixtureinfo.name2fixturedefs`` has all that an item uses, with their scopes."""
    scopes: list[set[str]] = []
    with_items(tmp_path, lambda items: scopes.extend(map(private.scopes_of, items)))
    assert scopes == [{"function", "module"}, {"module"}, set()]
