"""Room: affine layers, Y = X W + b: what every problem about a dense layer shares.

Importable from here: cases to try a layer on, what is right for them, the words of a problem, and
what an aspect hands to predictions. The known mistakes (:mod:`grader.judge.affine.mistakes`) are
imported by a problem's ``diagnoses.py`` alone, which is read only when something has failed.
"""

from __future__ import annotations

from grader.judge.affine.activated import ActivatedCase, activated, each_activated_case
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
from grader.judge.affine.names import Draw, Names

__all__ = [
    "ACTIVATIONS",
    "CORNERS",
    "LINEAR",
    "RELU",
    "SIGMOID",
    "TANH",
    "ActivatedCase",
    "Activation",
    "AffineCase",
    "Draw",
    "Names",
    "activated",
    "affine_cases",
    "as_row",
    "each_activated_case",
    "each_case",
    "looks",
    "looks_at_start",
    "some_cases",
]
