"""What a submission calls its parameters, and what its methods ask for: costing points once.

The judge reads and sets attributes by the names of the statement. Where a submission keeps one
under another name, or a bias as (n,) instead of (1, n), what is read and set is translated; where
a method has a parameter too many, it is given a value. What is translated or given is known, and
a check that is about names looks at the submission without it (``student.as_written()``).
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np

REQUIRED = object()
"""In place of a default value: the parameter has none."""

Signatures = Mapping[str, Mapping[str, Any]]
"""Parameters of each method as the statement has it, in order, with their default values."""


class Liberties(msgspec.Struct, frozen=True):
    """How a submission differs from the statement without being wrong.

    Attributes:
        names: What is kept under another name: as the statement has it, and as it is. What is an
            item of a dictionary has the dictionary's name in front: ``p.W``.
        flat: Names, as the statement has them, of arrays that are kept without the first axis.
        turned: Names of arrays that are kept with their axes exchanged; what a method takes or
            returns in a dictionary has the method's name in front.
        turned_costs: Groups that lose their points for it: those about the shape of the weights
            and about the numbers that a seed gives, which are in other places then.
        numbers: Arguments that work as a number only, where the statement gives a tuple of one:
            parameters by their names, and methods of which it is the only argument; and the group
            that has to have lost points for it.
        arrays: What gives arrays by the statement: attributes, those that are dictionaries of
            arrays, methods, and what a method returns in a dictionary, with the method's name in
            front. A list that comes in the place of one is :class:`Listed`.
    """

    names: Mapping[str, str] = msgspec.field(default_factory=dict)
    flat: frozenset[str] = frozenset()
    turned: frozenset[str] = frozenset()
    turned_costs: frozenset[str] = frozenset()
    numbers: Mapping[str, str] = msgspec.field(default_factory=dict)
    arrays: frozenset[str] = frozenset()

    def name(self, stated: str) -> str:
        """What an attribute is called here."""
        return self.names.get(stated, stated)

    def given(self, method: str, args: Sequence[Any], named: Mapping[str, Any]) -> tuple[Any, Any]:
        """The arguments of a call, as they are taken here."""
        if not (self.numbers or self.turned):
            return args, named
        own = method.rpartition(".")[2]
        args = [self._handed(own, value) for value in args]
        plain = [_only(value) if method in self.numbers else value for value in args]
        by_name = {n: _only(value) if n in self.numbers else value for n, value in named.items()}
        return plain, by_name

    def _handed(self, method: str, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        turned = {key for key in value if f"{method}.{key}" in self.turned}
        return {key: _turned(item) if key in turned else item for key, item in value.items()}

    def renamed_in(self, source: str) -> str:
        """Source of the judge's, with the attributes as they are called here."""
        for stated, name in self.names.items():
            if is_name(name):  # items of dictionaries are written in another way
                source = re.sub(rf"\.{stated}\b", f".{name}", source)
        return source

    def outgoing(self, stated: str, value: Any, stacked: bool = False) -> Any:
        """A value that is to be set, as it is kept here.

        Args:
            stacked: Whether it is several values, along one axis more.
        """
        if isinstance(value, dict):
            full = {key: f"{stated}.{key}" for key in value}
            own = {key: self.names.get(name, name) for key, name in full.items()}
            return {
                own[key].removeprefix(f"{stated}."): self.outgoing(full[key], item)
                for key, item in value.items()
            }
        if stated in self.turned:
            return _turned(value)
        axis = 1 if stacked else 0
        fits = isinstance(value, np.ndarray) and value.ndim == 2 + axis and value.shape[axis] == 1
        return value.squeeze(axis) if stated in self.flat and fits else value

    def incoming(self, stated: str, value: Any) -> Any:
        """A value that was read, as the statement has it."""
        if isinstance(value, dict):
            back = {own: full for full, own in self.names.items()}
            full = {key: back.get(f"{stated}.{key}", f"{stated}.{key}") for key in value}
            return {
                full[key].removeprefix(f"{stated}."): self.incoming(full[key], item)
                for key, item in value.items()
            }
        if stated.partition(".")[0] in self.arrays:
            value = as_array(value)
        if stated in self.turned:
            return _turned(value)
        fits = isinstance(value, np.ndarray) and value.ndim == 1
        return value.reshape(1, -1) if stated in self.flat and fits else value

    def returned(self, method: str, value: Any) -> Any:
        """What a method has returned, with arrays where the statement asks for them."""
        if isinstance(value, dict):
            return {key: self._item(f"{method}.{key}", item) for key, item in value.items()}
        return as_array(value) if method in self.arrays else value

    def _item(self, name: str, value: Any) -> Any:
        value = as_array(value) if name in self.arrays else value
        return _turned(value) if name in self.turned else value


def _only(value: Any) -> Any:
    return value[0] if isinstance(value, tuple) and len(value) == 1 else value


def _turned(value: Any) -> Any:
    """An array of two dimensions or more with its last two exchanged; a list of lists likewise."""
    if isinstance(value, list) and all(isinstance(row, list) for row in value):
        even = len({len(row) for row in value}) == 1
        return [list(column) for column in zip(*value, strict=True)] if even else value
    fits = isinstance(value, np.ndarray) and value.ndim >= 2
    return value.swapaxes(-1, -2).copy(order="C") if fits else value


class Listed(np.ndarray[Any, Any]):
    """An array of what came as a list of numbers, or as lists of lists."""


def as_array(value: Any) -> Any:
    """A list of numbers, or of lists or arrays of equal lengths, as an array; else the value."""
    if not isinstance(value, list):
        return value
    try:
        array = np.array(value)
    except (ValueError, OverflowError):  # of lists that are not of one length, or too deep
        return value
    return array.view(Listed) if array.size and array.dtype.kind in "fiu" else value


MAX_NAME = 100
"""Characters of a name that is set, shown and written into scripts."""


def is_name(text: Any) -> bool:
    """Whether a worker's word for a name is one that a program can spell."""
    good = type(text) is str and len(text) <= MAX_NAME and text.isidentifier()
    return good and not keyword.iskeyword(text)


def named_arrays(told: Any) -> dict[str, np.ndarray[Any, Any]]:
    """The arrays of an instance, as a worker tells them, as far as their names are names.

    Attributes can have any text for a name, which nobody writes by accident: such a text would
    become code in what repeats a failure. Of an item of a dictionary, it is between quotes there.
    """
    if type(told) is not dict:
        return {}
    found = {}
    for name, value in told.items():
        owner, dot, key = name.partition(".") if type(name) is str else ("", "", "")
        fits = key.isprintable() and len(key) <= MAX_NAME if dot else True
        if isinstance(value, np.ndarray) and is_name(owner) and fits:
            found[name] = value
    return found


# -- parameters too many -------------------------------------------------------------------


def as_item(name: str) -> str:
    """The name of an attribute, or of an item of one (``p.W``), as it is written."""
    owner, _, key = name.partition(".")
    return f"{owner}[{key!r}]" if key else owner


class Needed(msgspec.Struct, frozen=True):
    """A parameter of a method of a submission's that has no default value."""

    method: str
    name: str
    annotation: str = ""
    by_name_only: bool = False


@lru_cache(64)  # it is asked before each call of a method
def read_needs(told: tuple[str, ...]) -> dict[str, list[Needed]]:
    """The parameters without default values, by method, of what a worker says of a class."""
    found: dict[str, list[Needed]] = {}
    for line in told:
        method, name, annotation = [*line.split(" "), "", ""][:3]
        needed = Needed(method, name.lstrip("*"), annotation, name.startswith("*"))
        if is_name(needed.name):
            found.setdefault(method, []).append(needed)
    return found


def unfilled(
    needs: Sequence[Needed], count: int, named: Mapping[str, Any], signatures: Signatures
) -> dict[str, Any]:
    """What to give a method besides ``count`` arguments and the ``named`` ones; empty if unknown.

    What the statement hands to a method, such as its input, is never made up.
    """
    by_place = [needed for needed in needs if not needed.by_name_only]
    missing = [n for n in needs if n not in by_place[:count] and n.name not in named]
    found = {needed.name: _value_for(needed, signatures) for needed in missing}
    return {} if any(value is REQUIRED for value in found.values()) else found


def given_in(source: str, too_much: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    """Source of the judge's in which classes of the student's are given what they ask for.

    Args:
        too_much: By class and method, the parameters too many and their values.
    """
    lines = []
    for kind, methods in too_much.items():
        own = f"student.{kind}"
        filled = [
            f"{method!r}: partialmethod({own}.{method}, **{given!r})"
            for method, given in methods.items()
            if not any(callable(value) for value in given.values())
        ]
        lines.append(f"{own} = type({kind!r}, ({own},), {{{', '.join(filled)}}})")
    if not lines:
        return source
    start = "from functools import partialmethod\nfrom types import SimpleNamespace\n\n"
    return f"{start}student = SimpleNamespace(**vars(student))\n" + "\n".join([*lines, "", source])


_SWITCHES = re.compile(r"(is_?)?(train|training|fit|learn|trainable|use_bias)|mode", re.I)
_OFF = re.compile(r"verbose|debug|log|test|testing|eval|inference|frozen", re.I)
_RATE = re.compile(r"lr|rate|learning_rate|eta|alpha|eps|epsilon|momentum|decay|slope|scale", re.I)
_SIZE = re.compile(
    r"n|(n|num|number)_\w+|\w+_(size|dim|units|features|neurons)|units?|neurons?|dims?|size|width"
    r"|features",
    re.I,
)
_TEXT = re.compile(r"name|label|title", re.I)
_DATA = frozenset(
    "x xs z a y d g g_out dx dy dz da grad grads gradient input inputs output outputs data batch"
    " cache weights bias biases w b dout d_out upstream accum_grad layer_input".split()
)


def required(stated: Mapping[str, Any]) -> int:
    """How many parameters of a method the statement always gives it."""
    return sum(default is REQUIRED for default in stated.values())


def is_size(name: str) -> bool:
    """Whether a parameter is a number of inputs or units, as its name has it."""
    return bool(_SIZE.fullmatch(name))


def _value_for(needed: Needed, signatures: Signatures) -> Any:
    """What a parameter is given: by the statement's default, its annotation, or its name."""
    name = needed.name
    stated = signatures.get(needed.method, {}).get(name, REQUIRED)
    if stated is not REQUIRED:
        return stated
    handed = {p.lower() for own in signatures.values() for p, v in own.items() if v is REQUIRED}
    sizes = {p.lower() for p, v in signatures.get("__init__", {}).items() if v is REQUIRED}
    if name.lower() in (handed if needed.method == "__init__" else handed - sizes) | _DATA:
        return REQUIRED
    by_annotation = {"bool": not _OFF.fullmatch(name), "int": 1, "float": 0.01, "str": name}
    if needed.annotation in by_annotation:
        return by_annotation[needed.annotation]
    for pattern, value in (
        (_SWITCHES, True),
        (_OFF, False),
        (_RATE, 0.01),
        (_SIZE, 1),
        (_TEXT, name),
    ):
        if pattern.fullmatch(name):
            return value
    return None
