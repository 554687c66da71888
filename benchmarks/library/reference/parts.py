"""Answers with what it is given."""

from typing import Any


class Echo:
    """Something to call."""

    def same(self, value: Any) -> Any:
        """Return the argument."""
        return value
