"""Room: scripts that show a failure with nothing but NumPy and the student's file."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.judge.evidence import ATOL, RTOL
from grader.sandbox.trace import Exposure, Pending, RemoteObject, Step

MAX_LITERAL = 20_000
"""Elements of the arrays that a script may spell out; beyond, there is no script."""

_HEADER = '''"""{title}

{message}

Run me beside your file:  python {{me}} [{file}]
I need nothing but NumPy. I exit with 0 once the difference is gone.
"""

import copy
import math
import sys
import types

import numpy as np
'''

_RECORDER = '''
class Recording:
    """Hands every call on to an optimizer, and keeps what it was called with."""

    def __init__(self, inner, calls):
        self.inner, self.calls = inner, calls

    def __copy__(self):
        return Recording(copy.deepcopy(self.inner), self.calls)

    def __deepcopy__(self, memo):
        return self.__copy__()

    def update(self, w, grad):
        self.calls.append((np.copy(w), np.copy(grad)))
        return self.inner.update(w, grad)
'''

_LOAD = """
path = sys.argv[1] if len(sys.argv) > 1 else {file!r}
student = types.ModuleType("student")
{names}
with open(path, "rb") as file:
    exec(compile(file.read(), path, "exec"), vars(student))

"""

_COMPARE = """
expected = {expected}
print("expected:", expected, sep="\\n")
print("yours:", yours, sep="\\n")
same = np.size(yours) == np.size(expected) and np.shape(yours) in {shapes} and np.allclose(
    np.reshape(yours, np.shape(expected)), expected, rtol={rtol}, atol={atol}
)
print("the same" if same else "different")
sys.exit(0 if same else 1)
"""


def write_script(
    *,
    title: str,
    message: str,
    steps: Sequence[Step],
    evidence: Mapping[str, Any],
    yours: Any,
    file: str,
    source: str,
    provided: Mapping[str, str],
    names: Sequence[tuple[str, str, str]],
) -> str | None:
    """Return a script that repeats ``steps`` and shows the failure, or None if it cannot be one.

    Args:
        title: The check's title.
        message: Why it failed.
        steps: What was done, in order.
        evidence: What the check found.
        yours: The value that was found wrong; matched with the steps' results by identity.
        file: The submission's name.
        source: Its text.
        provided: Source of the modules that students may import.
        names: Predefined names, as ``(name, module, attribute)``.
    """
    writer = _Writer(steps, yours)
    lines = writer.lines()
    if lines is None:
        return None
    text = _HEADER.format(title=_doc(title), message=_doc(message), file=file)
    text += "".join(f"\n\n{code}" for code in writer.classes.values())
    if writer.exposed:
        text += f"\n{_RECORDER}"
    text += "\n" + _LOAD.format(file=file, names=_names(source, provided, names))
    text += "\n".join(lines) + "\n"
    expected = evidence.get("expected")
    if writer.found and isinstance(expected, dict) and "values" in expected:
        if expected.get("corner"):
            return None
        accepted = [tuple(expected["shape"])]
        shape = evidence.get("yours", {}).get("shape")
        if shape is not None and evidence.get("kind") == "value":
            accepted.append(tuple(shape))
        tolerance = evidence.get("tolerance", {"rtol": RTOL, "atol": ATOL})
        values = _plain(expected["values"])
        text += _COMPARE.format(expected=f"np.array({values})", shapes=accepted, **tolerance)
    elif writer.found:
        text += 'print("yours:", yours, sep="\\n")\n'
        if isinstance(expected, dict) and "shape" in expected:
            shape_ = tuple(expected["shape"])
            text += f'print("expected shape:", {shape_})\n'
            text += f"sys.exit(0 if np.shape(yours) == {shape_} else 1)\n"
    return text


def _doc(text: str) -> str:
    """Text that cannot end the docstring it is put into, wrapped."""
    safe = text.replace("\\", "/").replace('"""', "'''").strip('"')
    safe = "".join(c if c.isprintable() or c == "\n" else "?" for c in safe)
    return "\n".join(textwrap.fill(line, 88) for line in safe.splitlines())


def _plain(values: Any) -> str:
    return re.sub(r"'(-?inf|nan)'", r'float("\1")', repr(values))


def _names(
    source: str, provided: Mapping[str, str], names: Sequence[tuple[str, str, str]]
) -> str:
    """Code that defines what the file uses of the provided names without defining it itself."""
    lines = []
    needed: set[str] = set()
    for name in provided:
        if re.search(rf"^\s*(from|import)\s+{name}\b", source, re.M):
            needed.add(name)
    local = []
    for name, module, attribute in names:
        if module in provided:
            defined = re.search(rf"^\s*class\s+{name}\b|import .*\b{name}\b", source, re.M)
            if defined or not re.search(rf"\b{name}\b", source):
                continue
            needed.add(module)
            local.append(f"student.{name} = sys.modules[{module!r}].{attribute}")
        else:
            local.append(f"student.{name} = {module}" if not attribute else "")
    for name in sorted(needed):
        lines.append(f"sys.modules[{name!r}] = types.ModuleType({name!r})")
        lines.append(f"exec({provided[name]!r}, vars(sys.modules[{name!r}]))")
    known = {"numpy": "np"}
    for line in local:
        for module, short in known.items():
            line = re.sub(rf"= {module}$", f"= {short}", line)
        if line:
            lines.append(line)
    return "\n".join(lines)


class _Writer:
    """Turns steps into lines of Python."""

    def __init__(self, steps: Sequence[Step], yours: Any) -> None:
        self.steps = [step for step in steps if step.kind != "reset"]
        self.yours = yours
        self.found = False
        self.exposed = False
        self.classes: dict[str, str] = {}
        self.variables: dict[int, str] = {}
        self.results: dict[int, str] = {}
        self.size = 0

    def lines(self) -> list[str] | None:
        lines = []
        used = {id(a) for step in self.steps for a in step.args if isinstance(a, Pending)}
        made = 0
        for step in self.steps:
            if step.kind == "make":
                made += 1
                self.variables[id(step.result)] = "layer" if made == 1 else f"layer{made}"
            elif step.kind == "array":
                self.variables[id(step.result)] = f"array{len(self.variables)}"
            elif step.kind == "expose":
                count = sum(name.startswith("optimizer") for name in self.variables.values())
                name = "optimizer" if not count else f"optimizer{count + 1}"
                self.variables[id(step.args[0])] = name
        for position, step in enumerate(self.steps):
            line = self._line(step)
            mine = self.yours is not None and step.result is self.yours
            if mine and step.kind in ("call", "get", "read", "draw"):
                self.found = True
                line = f"yours = {line}"
            elif id(step) in {id(p.step) for p in self._pendings(used)}:
                name = f"result{position}"
                self.results[id(step)] = name
                line = f"{name} = {line}"
            lines.append(line)
        lines += self._from_calls()
        return lines if self.size <= MAX_LITERAL else None

    def _pendings(self, used: set[int]) -> list[Pending]:
        return [
            a for step in self.steps for a in step.args if isinstance(a, Pending) and id(a) in used
        ]

    def _from_calls(self) -> list[str]:
        """Where ``yours`` is an argument of a call to an exposed object, fetch it."""
        for step in self.steps:
            if step.kind != "expose" or self.yours is None:
                continue
            for number, call in enumerate(step.args[0].calls):
                for position, value in enumerate(call.values):
                    if value is self.yours:
                        self.found = True
                        name = self.variables[id(step.args[0])]
                        return [f"yours = {name}.calls[{number}][{position}]"]
        return []

    def _line(self, step: Step) -> str:
        args = [self._value(arg) for arg in step.args]
        args += [f"{key}={self._value(value)}" for key, value in step.kwargs.items()]
        listed = ", ".join(args)
        if step.kind == "make":
            return f"{self._value(step.result)} = student.{step.name}({listed})"
        if step.kind == "set":
            return f"{self._value(step.target)}.{step.name} = {listed}"
        if step.kind == "get":
            return f"{self._value(step.target)}.{step.name}"
        if step.kind == "read":
            return self._value(step.target)
        if step.kind == "seed":
            return f"np.random.seed({listed})"
        if step.kind == "draw":
            return f"np.random.random_sample({listed})"
        if step.kind == "array":
            return f"{self._value(step.result)} = {_in_layout(args[0], step.name)}"
        if step.kind == "expose":
            return self._expose(step.args[0])
        return f"{self._value(step.target)}.{step.name}({listed})"

    def _expose(self, exposure: Exposure) -> str:
        self.exposed = True
        kind = type(exposure.real)
        self.classes[kind.__name__] = textwrap.dedent(inspect.getsource(kind)).rstrip()
        if "@dataclass" in self.classes[kind.__name__]:
            self.classes = {"": "from dataclasses import dataclass, field", **self.classes}
        return f"{self.variables[id(exposure)]} = Recording({exposure.real!r}, [])"

    def _value(self, value: Any) -> str:
        if isinstance(value, RemoteObject | Exposure):
            return self.variables.get(id(value), "student")
        if isinstance(value, Pending):
            return self.results.get(id(value.step), "None")
        if isinstance(value, np.ndarray):
            self.size += value.size
            dtype = "" if value.dtype in (np.float64, np.complex128) else f", dtype=np.{value.dtype}"
            values = _plain(repr(value.tolist()) if value.size else "[]")
            if not value.size:
                return f"np.zeros({value.shape}{dtype})"
            return f"np.array({value.tolist()!r}{dtype})"
        return repr(value)


def _in_layout(array: str, layout: str) -> str:
    if layout == "fortran":
        return f"np.asfortranarray({array})"
    if layout == "strided":
        return f"np.repeat({array}, 2, axis=-1)[..., ::2]"
    return array
