"""Finds a layer's parameters and gradients by what they are: shapes, and what the output needs.

What they are called costs points where names are checked, and nowhere else; so does a bias of
shape (n,) in place of (1, n), which is free. The sizes that a layer is tried with are all
different, so that shapes tell what is what.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from grader.checks.expect import CheckFailed, expect_array
from grader.remote.answers import Pending
from grader.remote.liberties import Liberties, as_array
from grader.remote.student import Student

Shapes = Sequence[tuple[int, ...]]
N_INPUTS, N_UNITS, ROWS = 2, 3, 5
WEIGHTS: Shapes = [(N_INPUTS, N_UNITS)]
BIASES: Shapes = [(1, N_UNITS), (N_UNITS,)]


def find_parameters(
    student: Student,
    make: Callable[[], Any],
    wanted: Mapping[str, Shapes],
    run: Callable[[Any], Any] | None = None,
    gradients: Mapping[str, Shapes] | None = None,
    flat: str = "",
    arrays: Sequence[str] = (),
    with_them: Sequence[str] = (),
    turned_costs: Sequence[str] = (),
) -> Liberties:
    """Find what a submission calls its parameters and their gradients, and how it keeps them.

    Flat, and with the axes of the weights exchanged, if the forward pass works so.

    Args:
        make: Makes a layer that has its parameters, in a program block.
        wanted: The parameters by the statement's names, with the shapes that they may have.
        run: Runs a forward pass of a layer; of several arrays that may be a parameter it is the
            one that the output depends on. With ``gradients``, a backward pass as well. Returns
            the output.
        gradients: Likewise, for what there is after both passes.
        flat: What is told, as a note, of an array of shape (n,) where ``(1, n)`` comes first.
        arrays: What gives arrays, as :class:`Liberties` names it.
        with_them: What else is turned round if the weights are, as :class:`Liberties` names it.
        turned_costs: The groups that lose their points if the weights are turned round.
    """
    with student.program():
        layer = make()
        stated = {name: _get(layer, name) for name in wanted}
        before = student.attributes(layer)
        if run is not None and gradients:
            run(layer)
        stated |= {name: _get(layer, name) for name in gradients or ()}
        after = student.attributes(layer)
    found = {} if before.error else before.value
    names: dict[str, str] = {}
    flats = set()
    for name, shapes in wanted.items():
        if not _is_there(stated[name], found, name):
            fitting = _fitting(found, name, shapes, {*wanted, *names.values()})
            if len(fitting) > 1:
                fitting = _used(student, make, run, fitting)
            if len(fitting) == 1:
                (names[name],) = fitting
        if _is_flat(_value(stated[name], found, names.get(name, name)), shapes):
            flats.add(name)
            if flat:
                student.note(flat)
    turned = {
        name
        for name, shapes in wanted.items()
        if _is_turned(_value(stated[name], found, names.get(name, name)), shapes)
    }
    turned = turned if turned and _gives_output(student, make, run) else set()

    def found_so() -> Liberties:
        return Liberties(
            names,
            frozenset(flats),
            turned=frozenset(turned),
            turned_costs=frozenset(turned_costs),
            arrays=frozenset(arrays),
        )

    if after.error:
        return found_so()
    changed = {
        name: value
        for name, value in after.value.items()
        if name not in found or not np.array_equal(found[name], value)
    }
    for name, shapes in (gradients or {}).items():
        if not _is_there(stated[name], after.value, name):
            fitting = _fitting(changed, name, shapes, {*stated, *names.values()})
            if len(fitting) == 1:
                (names[name],) = fitting
        if _is_flat(_value(stated[name], after.value, names.get(name, name)), shapes):
            flats.add(name)
        if turned and _is_turned(_value(stated[name], after.value, names.get(name, name)), shapes):
            turned.add(name)
    turned |= set(with_them) if turned else set()
    return found_so()


def as_kept(student: Student, name: str, weights: Any) -> Any:
    """Weights (n_inputs, n_units) in the shape in which a submission keeps them."""
    return student.liberties.outgoing(name, weights)


def expect_kept_shape(
    student: Student, name: str, weights: Any, what: str, shape: tuple[int, ...]
) -> None:
    """Fail unless weights are kept in a shape, which is where the other layout costs points."""
    try:
        expect_array(as_kept(student, name, weights), what, shape)
    except CheckFailed as error:
        error.yours = weights  # the value that a script that shows it can find
        raise


def seen_as_kept(student: Student, name: str, pending: Pending) -> Any:
    """What a promise gives, for an aspect that looks at the shape in which weights are kept."""
    if name not in student.liberties.turned or pending.error:
        return pending
    return as_kept(student, name, pending.value)


def as_drawn(student: Student, name: str, weights: Any) -> Any:
    """Weights with their numbers in the order in which a submission has drawn them.

    Whoever keeps them with a row for each unit draws the same numbers, which are in other places.
    """
    kept = as_kept(student, name, weights)
    return kept.reshape(weights.shape) if isinstance(kept, np.ndarray) else weights


def _get(layer: Any, name: str) -> Any:
    """An attribute; nothing for an item of a dictionary, which is seen among the arrays."""
    return None if "." in name else getattr(layer, name)


def _value(stated: Any, arrays: Mapping[str, Any], name: str) -> Any:
    """What an attribute is, under the statement's name or else under ``name``; None if it is none.

    What is no array counts as well: it is there, and wrong.
    """
    usual = None if stated is None or stated.error else as_array(stated.value)
    return arrays.get(name) if usual is None else usual


def _is_there(stated: Any, arrays: Mapping[str, Any], name: str) -> bool:
    """Whether there is something under the statement's name, right or wrong."""
    return _value(stated, arrays, name) is not None


def _fitting(arrays: Mapping[str, Any], name: str, shapes: Shapes, taken: set[str]) -> list[str]:
    """Names of arrays that may be what is called ``name``; items of the same dictionary, if so."""
    owner, _, _ = name.rpartition(".")
    return [
        other
        for other, value in arrays.items()
        if other not in taken
        and other.rpartition(".")[0] == owner
        and value.shape in shapes
        and value.dtype.kind in "fiu"
    ]


def _is_flat(value: Any, shapes: Shapes) -> bool:
    usual, *_ = shapes
    return isinstance(value, np.ndarray) and usual[0] == 1 and value.shape == usual[1:]


def _is_turned(value: Any, shapes: Shapes) -> bool:
    usual, *_ = shapes
    is_table = len(usual) == 2 and min(usual) > 1  # which biases are not
    return is_table and isinstance(value, np.ndarray) and value.shape == usual[::-1]


def _gives_output(
    student: Student, make: Callable[[], Any], run: Callable[[Any], Any] | None
) -> bool:
    """Whether a forward pass gives an output of the right shape with parameters as they are."""
    if run is None:
        return False
    with student.program():
        output = run(make())
    return output.error is None and np.shape(as_array(output.value)) == (ROWS, N_UNITS)


def _used(
    student: Student, make: Callable[[], Any], run: Callable[[Any], Any] | None, names: list[str]
) -> list[str]:
    """Those of several arrays that the output of a forward pass depends on."""
    if run is None or any("." in name for name in names):
        return []
    used = []
    for name in names:
        with student.program():
            layer = make()
            run(layer)
            array = getattr(layer, name)
        if array.error:
            continue
        with student.program():
            layer = make()
            usual = run(layer)
            setattr(layer, name, array.value + 1.0)
            moved = run(layer)
        outputs = [each.value for each in (usual, moved) if not each.error]
        if len(outputs) == 2 and not np.array_equal(*outputs):
            used.append(name)
    return used
