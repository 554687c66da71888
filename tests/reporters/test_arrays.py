"""Arrays as they are shown: windows, marks, differences, shades, lines of a submission."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.checks.expect import CheckFailed, expect_close
from grader.model.evidence import Evidence, Frame
from grader.reporters.parts import arrays
from grader.reporters.parts.excerpts import MAX_LINES, excerpts
from grader.reporters.parts.heat_maps import MAX_COLUMNS, MAX_ROWS, gauge, heat_maps

SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=1, max_side=6)
FLOATS = st.floats(width=64) | st.integers(-3, 3).map(float)
PAIRS = SHAPES.flatmap(
    lambda shape: st.tuples(
        hnp.arrays(np.float64, shape, elements=FLOATS),
        hnp.arrays(np.float64, shape, elements=FLOATS),
    )
)


def evidence_of(yours: Any, expected: Any, **more: Any) -> Evidence:
    """What the judge writes down when these are compared; empty if they are equal."""
    try:
        expect_close(yours, expected, what="it", **more)
    except CheckFailed as failed:
        return failed.evidence
    return {}


@given(PAIRS)
def test_marks_agree_with_the_judge(pair: tuple[Any, Any]) -> None:
    """As many cells are marked as the judge found wrong, the first of them among those shown."""
    evidence = evidence_of(*pair)
    compared = arrays.compare(evidence)
    assert (compared is not None) == bool(evidence)
    if compared is None:
        return
    assert len(compared.wrong_yours) == len(compared.wrong_expected) == evidence["wrong"]
    expected, yours, difference = heat_maps(evidence)
    marked = [cell.wrong for _, row in yours.rows for cell in row]
    assert any(marked)
    assert marked == [cell.wrong for _, row in difference.rows for cell in row]
    assert not any(cell.wrong for _, row in expected.rows for cell in row)


@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_the_first_difference_is_in_the_window(rows: int, columns: int, data: Any) -> None:
    """However large the array; the headers count as the array does."""
    index = data.draw(st.tuples(st.integers(0, rows - 1), st.integers(0, columns - 1)))
    expected, yours = np.zeros((rows, columns)), np.zeros((rows, columns))
    yours[index] = 2.5
    evidence = evidence_of(yours, expected)
    shown = heat_maps(evidence)[1]
    assert len(shown.rows) <= MAX_ROWS
    assert all(len(row) <= MAX_COLUMNS for _, row in shown.rows)
    cells = {(i, j): c for i, row in shown.rows for j, c in zip(shown.columns, row, strict=True)}
    in_evidence = max(index) < len(evidence["yours"]["values"]) or rows * columns <= 400
    if in_evidence:
        assert (cells[index].text, cells[index].wrong) == ("2.5", True)
    assert bool(shown.part) == (len(cells) < rows * columns)


def test_a_shape_that_is_accepted_as_well_is_compared() -> None:
    """A flat bias gradient beside one with a row: marks are where the numbers are."""
    evidence = evidence_of(np.array([1.0, 5.0]), np.array([[1.0, 2.0]]), or_shapes=[(2,)])
    expected, yours, difference = heat_maps(evidence)
    assert [cell.wrong for cell in yours.rows[0][1]] == [False, True]
    assert [cell.text for cell in difference.rows[0][1]] == ["0", "+3"]
    assert (expected.rows[0][0], yours.rows[0][0]) == (0, None)


def test_shades_grow_with_the_numbers_and_keep_their_sign() -> None:
    """Expected and yours share one scale."""
    evidence = evidence_of(np.array([10.0, -1.0, 0.0, math.nan]), np.array([5.0, -1, 0, 0]))
    expected, yours, difference = heat_maps(evidence)
    assert [cell.shade for cell in expected.rows[0][1]] == ["p3", "n1", "", ""]
    assert [cell.shade for cell in yours.rows[0][1]] == ["p5", "n1", "", ""]
    assert [cell.text for cell in difference.rows[0][1]] == ["+5", "0", "0", "≠"]


def test_digits_tell_right_from_wrong() -> None:
    """As many as are needed, and as few."""
    evidence = evidence_of(np.array([1.23456789, 2.0]), np.array([1.23456788, 2.0]))
    expected, yours, _ = heat_maps(evidence)
    assert [cell.text for cell in expected.rows[0][1]] == ["1.23456788", "2"]
    assert [cell.text for cell in yours.rows[0][1]] == ["1.23456789", "2"]
    evidence = evidence_of(np.array([1.23456789]), np.array([1.3]))
    assert [cell.text for cell in heat_maps(evidence)[1].rows[0][1]] == ["1.23457"]


@given(st.floats(1e-8, 1e300))
def test_the_gauge_puts_the_error_right_of_what_is_allowed(error: float) -> None:
    """Both are on the scale."""
    found = gauge(evidence_of(np.array([error]), np.array([0.0])))
    assert found is not None
    assert 0 <= found.allowed_at < found.error_at <= 1


@pytest.mark.parametrize("yours", [math.nan, math.inf])
def test_what_is_no_number_has_no_gauge(yours: float) -> None:
    """There is no place for it on a scale."""
    assert gauge(evidence_of(np.array([yours]), np.array([0.0]))) is None


def test_whole_numbers_have_no_gauge() -> None:
    """They have to be equal: no error is allowed."""
    assert gauge(evidence_of(np.array([1]), np.array([2]))) is None


SOURCE = """\
import numpy as np

class Dense:
    def forward_pass(self, X):
        def inner(
            a,
        ):
            return a

        # a comment
        return inner(X) \\
            + 1

    def other(self): return 1

print(Dense().other())
"""


def test_the_function_around_a_line() -> None:
    """All of it, and the lines that lead to the failure apart from the one that failed."""
    frames: list[Frame] = [
        {"line": 11, "function": "f", "source": ""},
        {"line": 8, "function": "", "source": ""},
    ]
    outer, inner = excerpts(SOURCE, {"traceback": frames})
    assert (outer.function, outer.lines[0].number, outer.lines[-1].number) == (
        "forward_pass", 4, 12,
    )  # fmt: skip
    assert {line.number: line.mark for line in outer.lines if line.mark} == {
        8: "failed",
        11: "called",
    }
    assert not outer.followed
    assert inner.function == "inner"
    assert [line.text for line in inner.lines] == ["def inner(", "    a,", "):", "    return a"]


def test_the_functions_that_ran() -> None:
    """Where nothing was raised: whole functions, with the lines that ran; inner ones within."""
    (outer, other) = excerpts(SOURCE, {"kind": "value", "lines": [8, 11, 14, 99]})
    assert (outer.function, other.function) == ("forward_pass", "other")
    assert [line.number for line in outer.lines if line.mark == "ran"] == [8, 11]
    assert [line.text for line in other.lines] == ["def other(self): return 1"]
    assert outer.followed
    assert excerpts(SOURCE, {"kind": "value"}) == []
    assert excerpts("", {"kind": "value", "lines": [1]}) == []


ODD_TEXT = st.lists(
    st.sampled_from(
        ["def f(x):", "class A:", "  def g(self):", "\treturn 1", "", ")", "    #", "é"]
    )
    | st.text(max_size=5),
    max_size=25,
).map("\n".join)


@given(ODD_TEXT, st.integers(-2, 30))
def test_any_line_of_any_text_is_found(source: str, number: int) -> None:
    """The marked line is shown if there is one of that number, and little else."""
    found = excerpts(source, {"traceback": [{"line": number, "function": "", "source": ""}]})
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    there = bool(source) and 0 < number <= len(lines)
    assert [line.number for block in found for line in block.lines if line.mark] == (
        [number] if there else []
    )
    for block in found:
        assert len(block.lines) <= MAX_LINES
        for line in block.lines:
            assert line.text.strip() in lines[line.number - 1].expandtabs(4)
