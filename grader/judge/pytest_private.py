"""What is used of pytest that is not documented. Tried with 8.3.5 and 9.2.0.

Nothing else of the grader uses such names; ``tests/judge/test_pytest_private.py`` says which of
them is gone, or means something else, in a version that is newer than these.
"""

from __future__ import annotations

from typing import Any


def renew_request(item: Any) -> None:
    """Let an item be set up again, as plugins that run tests again do."""
    item._initrequest()


def scopes_of(item: Any) -> set[str]:
    """The scopes of the fixtures that an item uses, directly or not."""
    used = item._fixtureinfo.name2fixturedefs.values()
    return {fixture.scope for fixtures in used for fixture in fixtures}
