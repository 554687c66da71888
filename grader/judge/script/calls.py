"""The calls of a script: a line for each step, one of which fetches what the check is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from grader.judge.script.exposed_classes import NEVER_ANEW, flat_class, noting
from grader.judge.script.source_text import bare, literal
from grader.model.evidence import Evidence
from grader.remote.answers import Pending
from grader.remote.exposures import Exposure, sources_of
from grader.remote.steps import (
    Call,
    Define,
    Draw,
    Expose,
    GetAttribute,
    Import,
    Invocation,
    Make,
    Named,
    NewArray,
    ReadValue,
    RemoteObject,
    Seed,
    SetAttribute,
    Step,
)

MAX_LITERAL = 20_000
"""Array elements that a script may spell out; where more are needed there is no script."""


class Calls:
    """Turns steps into lines of Python.

    Attributes:
        found: Whether one of the lines assigns ``yours``.
        classes: Source of the classes of exposed objects.
        modules: That is imported from.
        elements: How many array elements the lines spell out.
    """

    def __init__(self, steps: Sequence[Step], yours: Any, evidence: Evidence) -> None:
        self.steps = steps
        self.yours, self.what = yours, str(evidence.get("what", ""))
        self.found = False
        self.classes: dict[str, None] = {}
        self._raised = evidence.get("kind") == "raised"
        self._never_anew = "cannot be made anew" in str(evidence.get("text", ""))
        self._timeout = evidence.get("kind") == "timeout"
        self._noted: Exposure | None = None
        self._result = False
        self.modules: set[str] = set()
        self.elements = 0
        self._names: dict[int, str] = {}
        self._count: dict[str, int] = {}
        sources = [step.source for step in steps if isinstance(step, Define)]
        self._defined = set(re.findall(r"^(?:class|def) (\w+)", "\n".join(sources), re.M))
        self._referred = {id(arg.step) for step in self.steps for arg in _promised(step.args)}

    def lines(self) -> Iterator[str]:
        """Yield one line for each step, and one that fetches ``yours`` from a recorded call."""
        place = self._in_recorded_call()
        self._noted, self._result = None, False
        if place is not None:
            self._noted, self._result = place[0], place[2] == len(place[0].calls[place[1]].values)
        if self._timeout:
            yield "faulthandler.dump_traceback_later(10, exit=True)  # it does not return"
        for number, step in enumerate(self.steps):
            if isinstance(step, SetAttribute) and self._set_again(step, self.steps[number + 1 :]):
                continue
            line = self._line(step)
            part = self._part_of(step)
            if part is not None:
                self.found = True
                yield f"yours = {line}{part}"
            elif id(step) in self._referred:
                yield f"{self._new_name(step, 'result')} = {line}"
            elif not isinstance(step, GetAttribute | ReadValue) or (
                self._raised and step is self.steps[-1]
            ):
                yield line
        if not self.found and place is not None:
            self.found = True
            exposure, number, position = place
            yield f"yours = {self._value(exposure)}.calls[{number}][{position}]"

    def _set_again(self, step: SetAttribute, later: Sequence[Step]) -> bool:
        """Whether an attribute is given another value before anything is done with this one."""
        about = (step.target, step.name)
        for other in later:
            if not isinstance(other, SetAttribute | Seed | NewArray):
                return False
            if isinstance(other, SetAttribute) and (other.target, other.name) == about:
                return True
        return False

    def _part_of(self, step: Step) -> str | None:
        """Where in what a step gave ``yours`` is: nothing behind it, an index, or a key."""
        if not isinstance(step, Call | GetAttribute | ReadValue | Draw):
            return None
        if isinstance(step.result, tuple | list) and self.yours is not None:
            for number, value in enumerate(step.result):
                if value is self.yours:
                    return f"[{number}]"
        if step.gave(self.yours, self.what):
            return ""
        if isinstance(step.result, dict):
            for key, value in step.result.items():
                if value is self.yours:
                    return f"[{key!r}]"
        return None

    def _in_recorded_call(self) -> tuple[Exposure, int, int] | None:
        """The object of the judge whose call had ``yours``; which call, and where in it."""
        if self.yours is None:
            return None
        for exposure in (step.exposure for step in self.steps if isinstance(step, Expose)):
            for number, call in enumerate(exposure.calls):
                for position, value in enumerate([*call.values, call.result]):
                    if value is self.yours:
                        return exposure, number, position
        return None

    def _new_name(self, thing: Any, base: str) -> str:
        name = ""
        while not name or name in self._defined:
            count = self._count[base] = self._count.get(base, 0) + 1
            name = self._names[id(thing)] = base if count == 1 else f"{base}{count}"
        return name

    def _line(self, step: Step) -> str:
        args = [self._value(arg) for arg in step.args]
        if isinstance(step, Invocation):
            args += [f"{key}={self._value(value)}" for key, value in step.kwargs.items()]
        listed = ", ".join(args)
        match step:
            case Make():
                return f"{self._new_name(step.result, 'layer')} = {self._member(step)}({listed})"
            case Call():
                return f"{self._member(step)}({listed})"
            case GetAttribute():
                return self._member(step)
            case SetAttribute():
                return f"{self._member(step)} = {listed}"
            case ReadValue():
                return self._value(step.target)
            case Define():
                self.modules.update(re.findall(r"^ *(?:from|import) (\w+)", step.source, re.M))
                self._names[id(step.result)] = ""
                return bare(step.source)
            case NewArray():
                return f"{self._new_name(step.result, 'array')} = {_in_layout(listed, step.layout)}"
            case Expose():
                return self._expose(step.exposure)
            case Import():
                return self._import(step)
            case _:
                return step.expression  # of NumPy's generator

    def _member(self, step: Named) -> str:
        """What a step is about, as source: a name in what it was asked of, or that itself."""
        owner = self._value(step.target)
        if step.name == "__call__":
            return owner
        return f"{owner}.{step.name}" if owner else step.name

    def _import(self, step: Import) -> str:
        self.modules.add(step.module)
        name = self._new_name(step.result, step.name)
        line = f"from {step.module} import {step.name}"
        return line + (f" as {name}" if name != step.name else "")

    def _expose(self, exposure: Exposure) -> str:
        kind: type = type(exposure.real)
        name, noted = kind.__name__, exposure is self._noted
        taken = re.compile(rf"^class {name}\b", re.M)
        flat = flat_class(exposure, noted, self._result)
        if flat is not None and not any(
            taken.search(text) for text in self.classes if text != flat
        ):
            made = f"{name}()"
            if self._never_anew:
                flat += NEVER_ANEW.format(name)
                made = f"object.__new__({name})"
            self.classes[flat] = None
        else:
            made = repr(exposure.real)
            for text in map(bare, sources_of(kind).values()):
                self.classes[text] = None
            if noted:
                self.classes[noting(exposure)] = None
                made = f"Noted{made}"
        return f"{self._new_name(exposure, exposure.variable)} = {made}"

    def _value(self, value: Any) -> str:
        if isinstance(value, RemoteObject | Exposure):
            return self._names.get(id(value), "student")
        if isinstance(value, Pending):
            return self._names.get(id(value.step), "None")
        if isinstance(value, np.ndarray):
            self.elements += value.size
            return literal(value) if self.elements <= MAX_LITERAL else "..."
        if type(value) in (list, tuple):
            listed = ", ".join(map(self._value, value))
            return f"[{listed}]" if type(value) is list else f"({listed}{',' * (len(value) == 1)})"
        if isinstance(value, dict):
            items = [f"{key!r}: {self._value(item)}" for key, item in value.items()]
            return f"{{{', '.join(items)}}}"
        return repr(value)


def _promised(values: Sequence[Any]) -> Iterator[Pending]:
    """The promises among values, and in lists of them."""
    for value in values:
        if isinstance(value, Pending):
            yield value
        elif type(value) in (list, tuple):
            yield from _promised(value)


def _in_layout(array: str, layout: str) -> str:
    if layout == "fortran":
        return f"np.asfortranarray({array})"
    if layout == "strided":
        return f"np.repeat({array}, 2, axis=-1)[..., ::2]"
    return array
