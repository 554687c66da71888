"""Known mistakes of dense layers: in any problem's words, and wrong under its conventions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from grader.checks.misconceptions import Aspect, Mistake, Rules, Values
from grader.checks.observation import Seen
from grader.diagnosis.match import explain
from grader.layers import (
    ACTIVATIONS,
    CORNERS,
    AffineCase,
    Draw,
    as_row,
    looks,
    looks_at_start,
    mistakes,
)
from grader.layers.activated_cases import activated
from grader.layers.vocabulary import Names

Array = np.ndarray[Any, Any]

PASSES = ("output", "input-gradient", "weight-gradient", "bias-gradient")
STARTS = ("draw", "first-bias")

SUMS = Names(
    "forward_pass",
    "backward_pass",
    start="initialize",
    b="w0",
    upstream="accum_grad",
    stepper="the optimizer",
    updates=True,
    draw=Draw("uniform", lambda n_inputs, n_units: 1 / np.sqrt(n_inputs), "1/√n_inputs"),
)
MEANS = Names(
    "step_on",
    "step_back",
    start="prepare",
    X="A",
    W="weights",
    b="biases",
    G="dZ",
    upstream="dA",
    at_z="the gradient at Z",
    n_inputs="size_in",
    n_units="size_out",
    mean=True,
    activation=True,
    draw=Draw("normal", lambda n_inputs, n_units: np.sqrt(2 / n_inputs), "√(2/size_in)"),
)
NO_SLOPE = "weight-without-derivative"
OF_SUMS = ("forward_pass", "backward_pass", "initialize", "w0", "accum_grad", "optimizer", "X", "W")
SIZES = [(2, 3), (3, 2), (4, 4), (1, 5), (9, 6)]


def known(names: Names, *aspects: str, **changes: Any) -> Rules:
    """Everything that is known of the aspects."""
    rules = Rules()
    mistakes.add(rules, names, *(aspects or (*PASSES, *STARTS)), **changes)
    return rules


def views(names: Names) -> Iterator[tuple[str, Seen]]:
    """What aspects show of a right layer, for many cases."""
    activations = ("linear", "relu", "sigmoid", "tanh") if names.activation else ("linear",)
    for case in (*CORNERS, AffineCase(5, 4, 3, integers=False, seed=9)):
        for name in activations:
            yield from _views(names, activated(case, name) if names.activation else case, name)
    for n_inputs, n_units in SIZES:
        assert names.draw is not None
        given = looks_at_start(names.draw, 8, n_inputs, n_units)
        W = names.draw(given["random"](), n_inputs, n_units)
        yield "draw", Seen(W, W, **given)
        zeros = np.zeros((1, n_units))
        yield "first-bias", Seen(zeros, zeros, **given)


def _views(names: Names, case: AffineCase, activation: str) -> Iterator[tuple[str, Seen]]:
    given = looks(case, mean=names.mean, activation=ACTIVATIONS[activation])
    D, over = given["D"], given["over"]
    right = {
        "output": given["Y"],
        "input-gradient": D @ case.W.T,
        "weight-gradient": case.X.T @ D / over,
        "bias-gradient": D.sum(axis=0, keepdims=True) / over,
    }
    extra = {"new_W": case.W - case.X.T @ D, "output": given["Y"]}
    for aspect, value in right.items():
        yield aspect, Seen(value, value, **given, **extra)


def variants(rules: Rules) -> Iterator[tuple[Mistake, Values]]:
    """Every mistake, with each of the values that it can differ in."""
    for mistake in rules.mistakes:
        for values in mistake.each:
            yield mistake, values


# -- what they say -------------------------------------------------------------------------


@pytest.mark.parametrize("names", [SUMS, MEANS], ids=["sums", "means"])
def test_texts_are_whole_sentences(names: Names) -> None:
    """Nothing is left open, and each text begins and ends as a sentence does."""
    rules = known(names)
    assert len(rules.ids) == len(set(rules.ids)) > 80
    for mistake, values in variants(rules):
        text = mistake.told(values)
        for part in (text.title, text.why, text.hint, text.stronger):
            assert not set("{}") & set(part), mistake.id
            assert part == part.strip(), mistake.id
        assert text.title.endswith("."), mistake.id
        assert text.why.endswith("."), mistake.id
        assert text.hint[-1] in ".?", mistake.id


def test_texts_use_the_words_of_the_problem() -> None:
    """None of another problem's names, and no word of its convention."""
    for mistake in known(MEANS).mistakes:
        text = mistake.text
        said = " ".join((text.title, text.why, text.hint, text.stronger))
        for word in OF_SUMS:
            assert not re.search(rf"\b{word}\b", said), (mistake.id, word)
        assert "asks for the sum" not in said
    assert "step_on returns nothing." in [m.text.title for m in known(MEANS).mistakes]


# -- what they predict ---------------------------------------------------------------------


@pytest.mark.parametrize("names", [SUMS, MEANS], ids=["sums", "means"])
def test_no_mistake_is_right(names: Names) -> None:
    """For each there is a case in which it does not give what a right layer gives."""
    told: dict[str, list[Seen]] = {}
    for aspect, seen in views(names):
        told.setdefault(aspect, []).append(seen)
    for mistake in known(names).mistakes:
        shown = told[mistake.aspect]
        right = [all(mistake.predicts(one, values) for one in shown) for values in mistake.each]
        assert not all(right), mistake.id


@pytest.mark.parametrize("names", [SUMS, MEANS], ids=["sums", "means"])
def test_predictions_do_not_spoil_what_they_are_given(names: Names) -> None:
    """The next prediction sees the same values."""
    for aspect, seen in views(names):
        before = {k: v.copy() for k, v in vars(seen.given).items() if isinstance(v, np.ndarray)}
        for mistake, values in variants(known(names, aspect)):
            mistake.predicts(seen, values)
        for name, value in before.items():
            assert np.array_equal(getattr(seen.given, name), value), (aspect, name)


def named(names: Names, aspect: str, code: Callable[..., Any], **changes: Any) -> str:
    """The diagnosis of a layer that computes ``code(X, G, D, Z, W)`` for an aspect."""

    def look(case: tuple[AffineCase, str]) -> Seen:
        plain, activation = case
        chosen = activated(plain, activation) if names.activation else plain
        ((_, right),) = [v for v in _views(names, chosen, activation) if v[0] == aspect]
        g = right.given
        yours = as_row(code(g.X, g.G, g.D, g.Z, g.W), chosen.n_units)
        return Seen(yours, right.right, **vars(g))

    used = ("linear", "relu", "sigmoid") if names.activation else ("linear",)
    cases = [(corner, name) for corner in CORNERS for name in used]
    rules = known(names, aspect, **changes)
    found = explain(Aspect(aspect, ("g",), "It"), look, cases, rules, ["g"], again=look)
    return found[0].diagnosis.id if found else "none"


def _relu(z: Array) -> Array:
    return np.maximum(z, 0)


@pytest.mark.parametrize(
    ("names", "aspect", "code", "expected"),
    [
        (SUMS, "weight-gradient", lambda X, G, D, Z, W: X.T @ D, "none"),
        (SUMS, "weight-gradient", lambda X, G, D, Z, W: X.T @ D / len(X), "weight-mean"),
        (SUMS, "bias-gradient", lambda X, G, D, Z, W: D.mean(0), "bias-mean"),
        (MEANS, "weight-gradient", lambda X, G, D, Z, W: X.T @ D / len(X), "none"),
        (MEANS, "weight-gradient", lambda X, G, D, Z, W: X.T @ D, "weight-sum"),
        (MEANS, "weight-gradient", lambda X, G, D, Z, W: D.T @ X / len(X), "weight-transposed"),
        (
            MEANS,
            "weight-gradient",
            lambda X, G, D, Z, W: X.T @ G / len(X),
            "weight-without-derivative",
        ),
        (MEANS, "bias-gradient", lambda X, G, D, Z, W: D.mean(0), "none"),
        (MEANS, "bias-gradient", lambda X, G, D, Z, W: D.sum(0), "bias-sum"),
        (MEANS, "bias-gradient", lambda X, G, D, Z, W: D.mean(1), "bias-mean-axis1"),
        (MEANS, "bias-gradient", lambda X, G, D, Z, W: np.mean(D), "bias-mean-all"),
        (MEANS, "input-gradient", lambda X, G, D, Z, W: D @ W.T / len(X), "input-gradient-mean"),
        (MEANS, "input-gradient", lambda X, G, D, Z, W: G, "returns-incoming-gradient"),
        (MEANS, "input-gradient", lambda X, G, D, Z, W: D, "returns-gradient-at-z"),
        (MEANS, "output", lambda X, G, D, Z, W: Z, "activation-missing"),
        (MEANS, "output", lambda X, G, D, Z, W: _relu(Z), "always-relu"),
    ],
)
def test_mistakes_are_named_by_the_convention(
    names: Names, aspect: str, code: Callable[..., Any], expected: str
) -> None:
    """What is right under one convention is the mistake under the other."""
    assert named(names, aspect, code) == expected


def test_what_an_aspect_does_not_show_is_not_predicted() -> None:
    """A prediction from the updated weights fits nothing where they are not known."""
    (mistake,) = [m for m in known(SUMS).mistakes if m.id == "post-update-w"]
    case = AffineCase(2, 3, 2)
    value = case.G @ (case.W + 1).T
    assert not mistake.predicts(Seen(value, None, **looks(case)))
    assert mistake.predicts(Seen(value, None, **looks(case), new_W=case.W + 1))


@pytest.mark.parametrize(
    ("draw", "absent"),
    [
        (
            Draw("normal", lambda n_inputs, n_units: 0.01, "0.01"),
            {"init-times-0-01", "init-fan-out"},
        ),
        (MEANS.draw, {"init-he-normal"}),
        (SUMS.draw, set[str]()),
    ],
)
def test_the_right_draw_is_no_mistake(draw: Draw, absent: set[str]) -> None:
    """Whichever it is: the others stay."""
    everything = {"init-times-0-01", "init-fan-out", "init-he-normal"}
    ids = set(known(Names("f", "b", draw=draw), "draw").ids)
    assert not ids & absent
    if draw.family == "normal":
        assert everything - absent <= ids
    assert {"init-zeros", "init-drawn-twice"} <= ids


# -- what a problem settles ----------------------------------------------------------------


def test_a_problem_leaves_out_and_rewords() -> None:
    """By id; everything else stays as it is."""
    texts = {"bias-mean": {"hint": "Look again."}}
    rules = known(SUMS, "bias-gradient", without=["bias-zero"], texts=texts)
    usual = {mistake.id: mistake for mistake in known(SUMS, "bias-gradient").mistakes}
    assert set(usual) - set(rules.ids) == {"bias-zero"}
    (reworded,) = [mistake for mistake in rules.mistakes if mistake.id == "bias-mean"]
    assert reworded.text.hint == "Look again."
    assert reworded.text.title == usual["bias-mean"].text.title


def test_slips_are_reported() -> None:
    """An unknown aspect, an unknown id, a draw that is not settled."""
    with pytest.raises(ValueError, match="'outputs'"):
        known(SUMS, "outputs")
    with pytest.raises(ValueError, match="'bias-men'"):
        known(SUMS, "bias-gradient", without=["bias-men"])
    with pytest.raises(ValueError, match="'draw'"):
        known(Names("f", "b"), "draw")


def test_rows_are_laid_as_predictions_have_them() -> None:
    """Flat biases become a row; what has another size or type is left alone."""
    assert as_row(np.zeros(3), 3).shape == (1, 3)
    assert as_row(np.zeros(2), 3).shape == (2,)
    assert as_row(None, 3) is None
