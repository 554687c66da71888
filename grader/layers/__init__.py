"""Affine layers, Y = X W + b: what every problem about a dense layer shares.

From here ``checks.py`` has cases to try a layer on, and what an aspect hands to predictions;
``diagnoses.py``, which is read only when something has failed, has :class:`Names` and the known
mistakes (:mod:`grader.layers.mistakes`). What not every problem needs is imported when it is
asked for: the first check of a file waits for all imports.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from grader.layers.activations import ACTIVATIONS, LINEAR, RELU, SIGMOID, TANH, Activation
from grader.layers.aspects import as_row, looks, looks_at_start
from grader.layers.cases import CORNERS, FAR, AffineCase, affine_cases, each_case, some_cases
from grader.layers.distributions import Draw

if TYPE_CHECKING:
    from grader.layers.activated_cases import (
        ActivatedCase,
        activated,
        each_activated_case,
        far_cases,
    )
    from grader.layers.vocabulary import Names

__all__ = [
    "ACTIVATIONS",
    "CORNERS",
    "FAR",
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
    "far_cases",
    "looks",
    "looks_at_start",
    "some_cases",
]

_LATER = {
    "ActivatedCase": "activated_cases",
    "Names": "vocabulary",
    "activated": "activated_cases",
    "each_activated_case": "activated_cases",
    "far_cases": "activated_cases",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
    globals()[name] = found
    return found
