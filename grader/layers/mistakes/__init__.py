"""The known mistakes of dense layers, in the words of the problem that asks for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec.structs import replace

from grader.checks.misconceptions import Mistake, Predicts, Rules
from grader.checks.observation import Seen
from grader.layers.aspects import looks_at_start
from grader.layers.mistakes import (
    activation,
    bias_gradient,
    first_bias,
    input_gradient,
    normal,
    output,
    uniform,
    weight_gradient,
)
from grader.layers.vocabulary import Names

_CATALOGUES = (
    output.known,
    input_gradient.known,
    weight_gradient.known,
    bias_gradient.known,
    uniform.known,
    normal.known,
    first_bias.known,
    *activation.catalogues,
)

_RIGHT: Mapping[str, Predicts] = {
    "output": lambda s: s.act(s.X @ s.W + s.b),
    "input-gradient": lambda s: s.D @ s.W.T,
    "weight-gradient": lambda s: s.X.T @ s.D / s.over,
    "bias-gradient": lambda s: s.D.sum(axis=0, keepdims=True) / s.over,
}
"""The right values, of what :func:`grader.layers.looks` gives."""

_CONSEQUENCES: Mapping[str, frozenset[str]] = {
    "init-w-transposed": frozenset(
        {
            "weights-transposed-in-forward",
            "missing-transpose",
            "missing-transpose-post-update",
            "weight-transposed",
        }
    )
}
"""What is right with weights as the mistake leaves them, and wrong with those of the statement."""


def add(
    rules: Rules,
    names: Names,
    *aspects: str,
    without: Collection[str] = (),
    texts: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Add to a problem's rules what is known of the aspects, in its words.

    Args:
        rules: Of the problem; what it adds itself afterwards is tried after these.
        names: The problem's words and conventions.
        aspects: ``output``, ``input-gradient``, ``weight-gradient``, ``bias-gradient``; and, where
            ``names.draw`` is given, ``draw`` and ``first-bias``. The problem's own aspects have
            these names, and hand on what :func:`grader.layers.looks` gives.
        without: Ids of mistakes that are none in this problem, or cannot happen.
        texts: By id, other words for ``title``, ``why``, ``hint`` or ``stronger``.

    Raises:
        ValueError: An aspect or an id is not known.
    """
    texts = texts or {}
    found = [mistake for aspect in aspects for mistake in _of(aspect, names)]
    unknown = sorted({*without, *texts} - {mistake.id for mistake in found})
    if unknown:
        raise ValueError(f"no mistake of {', '.join(aspects)} is called {unknown[0]!r}")
    rules.formulas |= {aspect: _RIGHT[aspect] for aspect in aspects if aspect in _RIGHT}
    rules.consequences |= _CONSEQUENCES
    for mistake in found:
        if mistake.id not in without:
            text = replace(mistake.text, **texts.get(mistake.id, {}))
            rules.mistakes.append(replace(mistake, text=text))


def _of(aspect: str, names: Names) -> list[Mistake]:
    known = [catalogue for catalogue in _CATALOGUES if catalogue.aspect == aspect]
    found = [mistake for catalogue in known for mistake in catalogue.under(names)]
    if not found:
        raise ValueError(f"no mistakes are known of {aspect!r}, as these Names have it")
    if aspect == "draw":
        return [mistake for mistake in found if not _is_right(mistake, names)]
    return found


def _is_right(mistake: Mistake, names: Names) -> bool:
    """Whether what is a mistake elsewhere is how this statement has the weights drawn."""
    if names.draw is None:
        return False
    for sizes in ((3, 5), (5, 3)):
        given = looks_at_start(names.draw, 1, *sizes)
        right = names.draw(given["random"](), *sizes)
        if not mistake.predicts(Seen(right, right, **given)):
            return False
    return True
