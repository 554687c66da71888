"""Room: the known mistakes of dense layers, in the words of the problem that asks for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from grader.judge.affine.mistakes import (
    bias_gradient,
    first_bias,
    input_gradient,
    output,
    uniform,
    weight_gradient,
)
from grader.judge.affine.names import Names
from grader.judge.diagnosis import Mistake, Rules

_CATALOGUES = (
    output.known,
    input_gradient.known,
    weight_gradient.known,
    bias_gradient.known,
    uniform.known,
    first_bias.known,
)


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
            these names, and hand on what :func:`grader.judge.affine.looks` gives.
        without: Ids of mistakes that are none in this problem, or cannot happen.
        texts: By id, other words for ``title``, ``why``, ``hint`` or ``stronger``.

    Raises:
        ValueError: An aspect or an id is not known.
    """
    texts = texts or {}
    found: list[Mistake] = []
    for aspect in aspects:
        of_aspect = [
            m for known in _CATALOGUES if known.aspect == aspect for m in known.under(names)
        ]
        if not of_aspect:
            raise ValueError(
                f"no mistakes are known of the aspect {aspect!r} as it is settled here"
            )
        found += of_aspect
    unknown = sorted({*without, *texts} - {mistake.id for mistake in found})
    if unknown:
        raise ValueError(f"no mistake of {', '.join(aspects)} is called {unknown[0]!r}")
    for mistake in found:
        if mistake.id not in without:
            text = replace(mistake.text, **texts.get(mistake.id, {}))
            rules.mistakes.append(replace(mistake, text=text))
