"""What a submission costs the judge is counted before it is spent."""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np
import pytest

from grader.sandbox import allowance
from grader.sandbox.allowance import Allowance, Spent, bounded, limited_memory, size_together
from grader.sandbox.patience import Patience


class Momentum:
    """An optimizer that remembers."""

    def __init__(self, velocity: Any = 0.0) -> None:
        self.velocity = velocity

    def update(self, w: Any, grad: Any) -> Any:
        """Return the next value of w."""
        self.velocity = 0.9 * self.velocity + grad
        return w - self.velocity


@pytest.mark.parametrize(
    ("velocity", "w", "grad"),
    [
        (0.0, np.ones((12_000, 1)), np.ones((1, 12_000))),
        (0.0, np.ones((300, 1, 1)), np.ones((1, 300, 300))),
        (0.0, [[1.0]] * 5_000, np.ones(5_000)),
        (np.ones((1, 5_000)), np.ones((5_000, 1)), np.ones((5_000, 1))),
    ],
)
def test_what_would_be_too_large_is_refused(velocity: Any, w: Any, grad: Any) -> None:
    """By the shapes of what is given and of what is remembered, before anything is computed."""
    optimizer = Momentum(velocity)
    with pytest.raises(ValueError, match="too large to be put together"):
        bounded(optimizer.update, w, grad)
    assert optimizer.velocity is velocity


def test_what_fits_is_computed() -> None:
    """Arrays of a layer, scalars, and what fits nothing, which is for the function to say."""
    optimizer = Momentum()
    assert bounded(optimizer.update, np.ones((2, 3)), grad=np.ones(3)).shape == (2, 3)
    assert size_together(optimizer.update, [np.ones((500, 500)), 1.0]) == 250_000
    assert size_together(print, [[[1.0], [1.0, 2.0]], "text", None]) == 1


@pytest.mark.parametrize(
    ("spend", "told"),
    [
        (lambda a: a.receive(allowance.MAX_RECEIVED + 1), "sent more than 64 MB"),
        (lambda a: a.compute(allowance.MAX_COMPUTED + 1), "more than 4,000,000 numbers"),
        (lambda a: [a.call() for _ in range(allowance.MAX_CALLS + 1)], "more than 100,000 times"),
    ],
)
def test_what_is_used_up_stays_used_up(spend: Any, told: str) -> None:
    """From then on nothing is granted, and the reason stays the same."""
    left = Allowance(1000.0)
    assert left.seconds(2.0) == 2.0
    with pytest.raises(Spent, match=told):
        spend(left)
    with pytest.raises(Spent, match=told):
        left.seconds(2.0)
    assert left.is_over
    assert told in left.told


def test_a_request_has_no_more_time_than_its_submission() -> None:
    """Whatever a request may take by itself."""
    assert Allowance(1.0).seconds(5.0) <= 1.0
    with pytest.raises(Spent, match="the time for one submission was used up"):
        Allowance(0.0).seconds(5.0)


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_DATA counts this on Linux")
def test_memory_beyond_the_net_is_refused() -> None:
    """In the block, and as ever behind it."""
    with limited_memory(), pytest.raises(MemoryError):
        np.ones(2 * allowance.MEMORY, np.uint8)
    assert np.zeros(2 * allowance.MEMORY, np.uint8).size == 2 * allowance.MEMORY


def patience(monkeypatch: pytest.MonkeyPatch, *looks: tuple[float, float]) -> list[float | None]:
    """What is left at each look (time, seconds that the process has waited by then) of 2 s."""
    now, waited = [0.0], [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(Patience, "_waited", lambda self: waited[0])
    one, found = Patience(2.0, 1), list[float | None]()
    now[0] = 0.5
    one.left()
    for now[0], waited[0] in looks:
        try:
            found.append(round(one.left(), 6))
        except TimeoutError:
            found.append(None)
    return found


def test_only_waiting_for_a_processor_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the kernel has added up is granted, once; the longest wait is ten times the limit."""
    assert patience(monkeypatch, (1.5, 0.0), (2.0, 0.0)) == [0.5, None]
    assert patience(monkeypatch, (2.0, 0.5), (2.5, 0.5)) == [0.5, None]
    assert patience(monkeypatch, (2.0, 1.0), (3.0, 1.5), (3.5, 1.5)) == [1.0, 0.5, None]
    assert patience(monkeypatch, (2.0, 900.0), (19.0, 900.0), (20.0, 900.0)) == [18.0, 1.0, None]
