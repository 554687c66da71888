"""Room: affine layers, Y = X W + b: what every problem about a dense layer shares.

From here ``checks.py`` has cases to try a layer on, and what an aspect hands to predictions; layers
with an activation have theirs in :mod:`grader.judge.affine.activated`. ``diagnoses.py``, which is
read only when something has failed, has its own: :mod:`grader.judge.affine.names` and
:mod:`grader.judge.affine.mistakes`.
"""

from __future__ import annotations

from grader.judge.affine.activations import (
    ACTIVATIONS,
    LINEAR,
    RELU,
    SIGMOID,
    TANH,
    Activation,
)
from grader.judge.affine.cases import (
    CORNERS,
    AffineCase,
    affine_cases,
    each_case,
    some_cases,
)
from grader.judge.affine.looking import as_row, looks, looks_at_start
from grader.judge.draws import Draw

__all__ = [
    "ACTIVATIONS",
    "CORNERS",
    "LINEAR",
    "RELU",
    "SIGMOID",
    "TANH",
    "Activation",
    "AffineCase",
    "Draw",
    "affine_cases",
    "as_row",
    "each_case",
    "looks",
    "looks_at_start",
    "some_cases",
]
