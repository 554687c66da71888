"""Colours of Python on pages: nothing is lost or added, whatever the text, and it takes no time."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.reporters.parts.python_colours import MAX_LINE, pieces
from tests.conftest import ROOT

STYLE = (ROOT / "grader" / "reporters" / "parts" / "pages" / "page.css").read_text("utf-8")
LINES = st.lists(st.text(st.characters(exclude_characters="\n"), max_size=40), max_size=12)
SIGNS = "'\"#\\{}()[]%@:0_ rfbmatchdef="
CODE = st.lists(st.text(alphabet=SIGNS, max_size=60), max_size=12)


@given(LINES | CODE)
def test_no_character_is_lost(lines: list[str]) -> None:
    """The pieces of a line are the line, and there are as many lines."""
    found = pieces(lines) if lines else []
    assert ["".join(text for _, text in line) for line in found] == lines


def test_kinds_of_words() -> None:
    """Keywords, names that are defined, numbers, texts over several lines, comments."""
    found = pieces(["def f(x=1):", '    """A', '    B"""', "    return 'a'  # why"])
    kinds = [(kind, text.strip()) for line in found for kind, text in line if kind]
    assert kinds == [
        ("k", "def"),
        ("d", "f"),
        ("m", "1"),
        ("s", '"""A'),
        ("s", 'B"""'),
        ("k", "return"),
        ("s", "'a'"),
        ("c", "# why"),
    ]


@pytest.mark.parametrize("unit", ["'%000", "'%(aaa", "((((", "\\\\", "{", "match "])
def test_long_lines_are_left_without_colours(unit: str) -> None:
    """Patterns that take the square of a line's length are never tried on a long one."""
    line = unit * 20_000
    assert pieces([line]) == [[("", line)]]
    assert len(unit) < MAX_LINE


# -- what can be read ----------------------------------------------------------------------


def _colour(text: str) -> tuple[float, ...]:
    if text.startswith("#"):
        digits = text[1:] if len(text) == 7 else "".join(2 * each for each in text[1:])
        return tuple(int(digits[n : n + 2], 16) for n in (0, 2, 4))
    return tuple(map(float, text.split()))


def _luminance(colour: tuple[float, ...]) -> float:
    """As WCAG 2 defines it."""
    linear = [
        c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4
        for c in colour
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_every_text_has_contrast(theme: str) -> None:
    """At least 4.5 to 1, on the page, in boxes, in the marked line, and in shaded cells."""
    starts = [match.start() for match in re.finditer(r":root \{", STYLE)]
    blocks = [STYLE[a:].partition("}")[0] for a in starts]
    assert len(list(pairwise(starts))) == 2
    variables: dict[str, str] = {}
    for block in {"light": blocks[:1], "dark": blocks[:2], "print": [blocks[0], blocks[2]]}[theme]:
        variables |= dict(re.findall(r"--(\w+): ([^;]+);", block))
    own = {name: _colour(text) for name, text in variables.items() if name != "step"}

    def over(shade: str, alpha: float, below: str) -> tuple[float, ...]:
        pairs = zip(own[shade], own[below], strict=True)
        return tuple(alpha * a + (1 - alpha) * b for a, b in pairs)

    texts = "ink soft bad good wait link keyword text number defined".split()
    grounds = {name: own[name] for name in ("page", "card", "well")}
    measured = {(t, g): _contrast(own[t], ground) for t in texts for g, ground in grounds.items()}
    marked = over("hot", 0.13, "well")
    for text in "ink bad keyword text number defined soft".split():
        measured[text, "the marked line"] = _contrast(own[text], marked)
    strongest = 5 * float(variables["step"])
    for shade in ("warm", "cold", "hot"):
        measured["ink", shade] = _contrast(own["ink"], over(shade, strongest, "card"))
    assert {pair: round(ratio, 2) for pair, ratio in measured.items() if ratio < 4.5} == {}
