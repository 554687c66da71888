"""Names and parameters of a submission's own: what is translated, and what is made up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.remote.liberties import (
    REQUIRED,
    Liberties,
    given_in,
    is_size,
    named_arrays,
    read_needs,
    unfilled,
)

SIGNATURES: dict[str, dict[str, Any]] = {
    "__init__": {"n_units": REQUIRED, "seed": None},
    "forward": {"X": REQUIRED, "training": True},
}
OWN = Liberties({"w0": "beta", "p.b": "p.bias"}, frozenset({"w0", "p.b"}))


@pytest.mark.parametrize("shape", [(3,), (1, 3)])
def test_flat_arrays_are_rows_for_the_judge(shape: tuple[int, ...]) -> None:
    """Whatever shape the submission has it in by now."""
    assert OWN.incoming("w0", np.ones(shape)).shape == (1, 3)


def test_what_is_set_is_flat_and_what_is_read_is_a_row() -> None:
    """Items of dictionaries are renamed on both ways; other values stay what they are."""
    sent = OWN.outgoing("p", {"W": np.eye(2), "b": np.ones((1, 2))})
    assert {key: value.shape for key, value in sent.items()} == {"W": (2, 2), "bias": (2,)}
    read = OWN.incoming("p", sent)
    assert {key: value.shape for key, value in read.items()} == {"W": (2, 2), "b": (1, 2)}
    assert OWN.outgoing("w0", np.ones((4, 1, 3)), stacked=True).shape == (4, 3)
    assert OWN.outgoing("w0", None) is None


def test_source_of_the_judges_has_the_names_of_the_submission() -> None:
    """Attributes, and nothing that only begins alike."""
    assert OWN.renamed_in("layer.w0 -= layer.w00 * w0") == "layer.beta -= layer.w00 * w0"


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("forward training", True),
        ("forward verbose", False),
        ("forward keep bool", True),
        ("backward learning_rate", 0.01),
        ("__init__ n_features", 1),
        ("__init__ depth int", 1),
        ("__init__ label", "label"),
        ("__init__ regulariser", None),
        ("__init__ seed", None),
        ("forward *debug", False),
    ],
)
def test_a_parameter_too_many_is_given_a_value(line: str, value: Any) -> None:
    """By the statement's default, the annotation or the name."""
    (needed,) = (each for needs in read_needs((line,)).values() for each in needs)
    found = unfilled([needed], 0, {}, SIGNATURES)
    assert found == {needed.name: value}


def test_what_a_method_works_on_is_never_made_up() -> None:
    """An input stays missing, so that the call is refused and the student is told."""
    needs = read_needs(
        (
            "backward G",
            "backward X",
        )
    )["backward"]
    assert unfilled(needs, 1, {}, SIGNATURES) == {}


def test_arguments_that_are_given_are_not_made_up() -> None:
    """By place or by name."""
    needs = read_needs(
        (
            "forward X",
            "forward training",
        )
    )["forward"]
    assert unfilled(needs, 2, {}, SIGNATURES) == {}
    assert unfilled(needs, 1, {"training": False}, SIGNATURES) == {}
    assert unfilled(needs, 1, {}, SIGNATURES) == {"training": True}


@pytest.mark.parametrize("name", ["n_units", "units", "input_size", "dim", "hidden_dim"])
def test_names_of_sizes(name: str) -> None:
    """Numbers of inputs and units, whose values an input shows."""
    assert is_size(name)
    assert not is_size("input_shape")
    assert not is_size("name")


def test_source_of_the_judges_sees_classes_that_can_be_called() -> None:
    """In source that the judge sends, the student's methods are given the same values."""

    class Half:
        def forward(self, x: float, scale: float) -> float:
            return x * scale

    source = given_in("made = student.Half()", {"Half": {"forward": {"scale": 0.5}}})
    there: dict[str, Any] = {"student": type("Module", (), {"Half": Half})()}
    there["student"].__dict__["Half"] = Half
    exec(source, there)
    assert there["made"].forward(3.0) == 1.5
    assert given_in("x = 1", {}) == "x = 1"


@pytest.mark.parametrize("name", ["W=0;quit()", "W\n", "class", "W" * 200, "a-b", "", "p.\n", 1])
def test_what_is_no_name_is_no_parameter(name: Any) -> None:
    """It would become code in scripts; words of a dictionary are between quotes there."""
    array = np.ones(2)
    assert named_arrays({name: array, "W": array, "p.W 1": array, "b": None}).keys() == {
        "W",
        "p.W 1",
    }
    assert read_needs((f"forward {name}",)) == {}


def test_a_worker_may_say_anything_about_attributes() -> None:
    """It is not believed to be a dictionary."""
    assert named_arrays([1, 2]) == {}


def test_odd_names_do_not_change_source_of_the_judges() -> None:
    """Words of dictionaries are not written as attributes are, and may hold anything."""
    odd = Liberties({"p.W": "p.\\g<9>", "W": "weights"})
    assert odd.renamed_in("layer.W + layer.p.W") == "layer.weights + layer.p.weights"
