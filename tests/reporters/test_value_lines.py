"""The line that a wrong value came from, told from the text of what ran."""

from __future__ import annotations

import pytest

from grader.model.evidence import Evidence
from grader.reporters.parts.excerpts import excerpts
from grader.reporters.parts.value_lines import MADE, with_value_line

SOURCE = """\
class Layer:
    def forward(self, x):
        out = x @ self.W
        if self.bias:
            out = out + self.b
        else:
            out = 0
        result = out
        return result

    def backward(self, g):
        grad = g.sum(axis=0)
        self.W = self.opt.update(self.W, grad)
        self.b = self.opt.update(self.b, g.mean())
        self.seen["g"] = g
        return g.dot(self.W.T)

    def nothing(self):
        self.W.fill(0)
"""
RAN = {"forward": [3, 4, 5, 8, 9], "backward": [12, 13, 14, 15, 16], "nothing": [19]}


def made(what: str, function: str, lines: list[int] | None = None) -> list[int]:
    """The numbers of the lines that are marked."""
    evidence: Evidence = {"what": what, "lines": lines or RAN[function]}
    found = with_value_line(excerpts(SOURCE, evidence), evidence)
    return [line.number for each in found for line in each.lines if line.mark == MADE]


@pytest.mark.parametrize(
    ("what", "function", "line"),
    [
        ("layer.forward(X)", "forward", 5),
        ("layer.forward(X) of type int64", "forward", 5),
        ("layer.backward(G)", "backward", 16),
        ("layer.W after backward", "backward", 13),
        ("layer.b", "backward", 14),
        ("layer.seen['g']", "backward", 15),
        ("the gradient given to the optimizer of W", "backward", 12),
        ("the gradient given to the optimizer of b, G of type int64", "backward", 14),
    ],
)
def test_it_is_followed_back_to_where_it_was_made(what: str, function: str, line: int) -> None:
    """Through names that only pass it on; never to a line that did not run."""
    assert made(what, function) == [line]


def test_lines_that_did_not_run_made_nothing() -> None:
    """The other branch has the blame."""
    assert made("layer.forward(X)", "forward", [3, 4, 7, 8, 9]) == [7]


@pytest.mark.parametrize(
    ("what", "function"),
    [
        ("layer.forward(X)", "backward"),
        ("layer.W of the first layer", "backward"),
        ("the new W after step 2", "backward"),
        ("layer.seen['h']", "backward"),
        ("layer.W", "nothing"),
        ("", "forward"),
    ],
)
def test_where_it_cannot_be_told_no_line_is_marked(what: str, function: str) -> None:
    """Better none than a wrong one."""
    assert made(what, function) == []
