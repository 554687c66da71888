"""A file that ends its process says in which line, as one that crashes does.

Part of the worker.
"""

from __future__ import annotations

import builtins
import faulthandler
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

globals().update({name: it for name, it in vars(builtins).items() if not name.startswith("_")})


@contextmanager
def exits_leave_a_trace() -> Iterator[None]:
    """In the block, have ``os._exit`` print which line of the file called it, as crashes do."""
    genuine = os._exit
    descriptor = -1
    with suppress(BaseException):
        descriptor = sys.stdout.fileno()

    def leave(status: int) -> None:
        with suppress(BaseException):
            faulthandler.dump_traceback(descriptor, all_threads=False)
        genuine(status)

    os._exit = leave  # type: ignore[assignment]
    try:
        yield
    finally:
        if os._exit is leave:
            os._exit = genuine
