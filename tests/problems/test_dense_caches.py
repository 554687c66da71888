"""The problem `dense-caches`: its reference gives what the real EpyNN gave."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from grader.checks import gradients
from grader.judge.loading import load_reference
from grader.model.problem import Library

PROBLEM = Library.find(Path(__file__).resolve().parents[2]).load("dense-caches")
RECORDED = json.loads((PROBLEM.folder / "epynn.json").read_text("utf-8"))
CASES = {case["name"]: case for case in RECORDED["cases"]}


def same(yours: Any, wanted: Any) -> bool:
    """Whether two arrays have one shape, and numbers that differ by 1e-12 at the most."""
    difference = np.asarray(yours) - np.asarray(wanted)
    return np.shape(yours) == np.shape(wanted) and bool(np.abs(difference).max() <= 1e-12)


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    """The reference solution's module; what students find defined is in it as well."""
    return load_reference(PROBLEM)


def recorded_layer(reference: ModuleType, call: str) -> Any:
    """A layer as a recorded call makes it; what the call does with it afterwards is left out."""
    made = re.search(r"Dense\(.*?\}\)", call)
    seed = re.search(r"default_rng\(seed=(\d+)\)", call)
    assert made is not None
    assert seed is not None
    layer = eval(made.group(), vars(reference))
    layer.np_rng = np.random.default_rng(int(seed.group(1)))
    return layer


@pytest.mark.parametrize("name", CASES)
def test_the_reference_reproduces_a_recorded_case(reference: ModuleType, name: str) -> None:
    """Shapes, weights, output, caches, gradients and a step: all that EpyNN was asked for."""
    case = CASES[name]
    arrays = {key: np.array(value) for key, value in case["arrays"].items()}
    layer = recorded_layer(reference, case["call"])
    layer.compute_shapes(arrays["X"])
    assert layer.d == case["d"]
    assert layer.fs == {key: tuple(value) for key, value in case["fs_after_compute_shapes"].items()}
    assert layer.activation == case["activation"]
    layer.initialize_parameters()
    start = {key: value.copy() for key, value in layer.p.items()}
    output = layer.forward(arrays["X"])
    gradient = layer.backward(arrays["dA"])
    layer.compute_gradients()
    layer.update_parameters(0.1)
    found = start | layer.fc | layer.bc | layer.g
    found |= {f"{key}_after": value for key, value in layer.p.items()}
    assert set(found) == set(arrays)
    for key, value in arrays.items():
        assert same(found[key], value), key
    assert same(output, arrays["A"])
    assert same(gradient, arrays["dX"])


def test_the_reference_reproduces_the_two_layer_run(reference: ModuleType) -> None:
    """Five epochs on the training samples: the parameters, and the loss after each epoch."""
    run = RECORDED["end_to_end"]
    X = np.array([[float(bit) for bit in row] for row in run["data"]["X"]])
    Y = np.array([[float(bit)] for bit in run["data"]["Y"]])
    layers = [reference.Dense(4, reference.relu), reference.Dense(1, reference.sigmoid)]
    output = X[:33]
    for layer, seed in zip(layers, run["layer_seeds"][1:], strict=True):
        layer.np_rng = np.random.default_rng(seed)
        layer.compute_shapes(output)
        layer.initialize_parameters()
        output = layer.forward(output)
    for number, layer in enumerate(layers, 1):
        assert same(layer.p["W"], run[f"W{number}_init"])

    def predicted(samples: Any) -> Any:
        for layer in layers:
            samples = layer.forward(samples)
        return samples

    losses = []
    for _ in range(5):
        gradient = 2 * (predicted(X[:33]) - Y[:33])
        for layer in reversed(layers):
            gradient = layer.backward(gradient)
            layer.compute_gradients()
            layer.update_parameters(0.1)
        squares = (predicted(X) - Y) ** 2
        losses.append([squares[:33].mean(), squares[33:].mean()])
    for number, layer in enumerate(layers, 1):
        for name in ("W", "b"):
            assert same(layer.p[name], run[f"{name}{number}_after5"])
    assert same(np.transpose(losses), run["MSE"][:2])


def test_the_case_with_a_temperature_is_no_true_gradient(reference: ModuleType) -> None:
    """As the statement says: dZ is the slope with respect to Z / T, which is T times as large."""
    case = CASES["softmax_u4_n6_m2_seed3_T2"]
    arrays = {key: np.array(value) for key, value in case["arrays"].items()}
    layer = recorded_layer(reference, case["call"])
    layer.compute_shapes(arrays["X"])
    layer.p = {"W": arrays["W"], "b": arrays["b"]}
    slope = gradients.measured(layer.forward, arrays["X"], arrays["dA"], gradients.STEP)
    np.testing.assert_allclose(arrays["dX"], 2 * slope, rtol=0, atol=1e-8)
