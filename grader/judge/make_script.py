"""Scripts that show a failure with nothing but NumPy and the student's file.

A script is put together from what the proxy has recorded (:class:`~grader.remote.steps.Step`)
and from the evidence of the check: the calls, then the comparison that failed.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from grader.diagnosis.source_scan import Source
from grader.remote.steps import Exposure, Pending, RemoteObject, Step, sources_of

MAX_LITERAL = 20_000
"""Array elements that a script may spell out; where more are needed there is no script."""

MAX_SCRIPT = 500_000
"""Characters of the lines of a script: a value of the student's in it can be of any size."""

_RECORDING = '''\
class Recording:
    """Hands every call on to an object; keeps the arguments and what comes back."""

    def __init__(self, inner, calls):
        vars(self).update(inner=inner, calls=calls)

    def __deepcopy__(self, memo):
        return Recording(copy.deepcopy(self.inner), self.calls)

    def __copy__(self):
        return copy.deepcopy(self)

    def __setattr__(self, name, value):
        setattr(self.inner, name, value)

    def __getattr__(self, name):
        member = getattr(self.inner, name)
        return functools.partial(self.record, member) if callable(member) else member

    def record(self, method, *args, **named):
        self.calls.append([np.copy(value) for value in (*args, *named.values())])
        result = method(*args, **named)
        self.calls[-1].append(np.copy(result))
        return result
'''

_LOAD = """\
path = sys.argv[1] if len(sys.argv) > 1 else {file!r}
with open(path, "rb") as file:
    exec(compile(file.read(), path, "exec"), vars(student))
"""


class Given(msgspec.Struct, frozen=True):
    """What a submission finds around it.

    Attributes:
        file: Its name.
        source: What its lines show.
        provided: Source of the modules that it may import, by name.
        names: Predefined names, as ``(name, module, attribute or "")``.
    """

    file: str
    source: Source
    provided: Mapping[str, str]
    names: Sequence[tuple[str, str, str]]


def write_script(
    *,
    title: str,
    message: str,
    steps: Sequence[Step],
    evidence: Mapping[str, Any],
    yours: Any,
    given: Given,
) -> str | None:
    """Return a script that repeats ``steps`` and shows the failure.

    Args:
        title: The check's title.
        message: Why it failed.
        steps: What was done, in order.
        evidence: What the check found.
        yours: The value that was found wrong; it is looked for among the steps' results and the
            arguments and results of recorded calls, by identity.
        given: The submission and its surroundings.

    Returns:
        Source text; None if the arrays are too large to be written down.
    """
    calls = _Calls(steps, yours, str(evidence.get("what", "")))
    body = list(calls.lines())
    comparison = _comparison(evidence) if calls.found else ""
    if calls.elements > MAX_LITERAL or comparison is None or sum(map(len, body)) > MAX_SCRIPT:
        return None
    end = "It exits with 0 once the difference is gone." if comparison else ""
    parts = [
        f'"""{_for_docstring(title)}\n\n{_for_docstring(message)}\n\n'
        f"Usage: python THIS_SCRIPT [{_for_docstring(given.file)}]\n"
        f'It needs nothing but NumPy and your file. {end}\n"""\n',
        "from __future__ import annotations\n\n"  # what the classes are annotated with is not here
        + "".join(f"import {name}\n" for name in _imports(given, bool(calls.classes)))
        + ("from dataclasses import dataclass, field\n" if calls.dataclasses else "")
        + "\nimport numpy as np\n",
        *calls.classes.values(),
        *([_RECORDING] if calls.classes else []),
        _surroundings(given, calls.modules) + _LOAD.format(file=given.file),
        "\n".join(body) + "\n",
        comparison if calls.found else "",
    ]
    return "\n".join(part for part in parts if part)


def _imports(given: Given, recording: bool) -> list[str]:
    """Modules that the script needs besides NumPy and those that the problem gives."""
    named = {module for _, module, _ in given.names} - {"numpy", *given.provided}
    return sorted(
        {"copy", "math", "sys", "types"} | named | ({"functools"} if recording else set())
    )


def _for_docstring(text: str) -> str:
    """Text that cannot end the docstring it is put into, wrapped."""
    safe = text.replace("\\", "/").replace('"', "'")
    safe = "".join(c if c.isprintable() or c == "\n" else "?" for c in safe)
    return "\n".join(textwrap.fill(line, 88) for line in safe.splitlines())


def _surroundings(given: Given, imported: Collection[str]) -> str:
    """Code that makes the module ``student`` with the names that the file finds defined.

    Args:
        imported: Modules that the script's own lines import from.
    """
    lines = ['student = types.ModuleType("student")']
    source = given.source
    needed = [name for name in given.provided if name in imported or name in source.modules]
    for name, module, attribute in given.names:
        if module in given.provided:
            if name in source.made:
                continue
            needed.append(module)
        origin = f"sys.modules[{module!r}]" if module != "numpy" else "np"
        lines.append(f"student.{name} = {origin}" + (f".{attribute}" if attribute else ""))
    modules = []
    for name in dict.fromkeys(needed):
        text = given.provided[name]
        literal = f"r'''{text}'''" if "'''" not in text else repr(text)
        modules.append(f"sys.modules[{name!r}] = types.ModuleType({name!r})")
        modules.append(f"exec({literal}, vars(sys.modules[{name!r}]))\n")
    return "\n".join([*modules, *lines]) + "\n"


def _comparison(evidence: Mapping[str, Any]) -> str | None:
    """Code that compares ``yours`` with what was expected; None if that is too large."""
    expected = evidence.get("expected")
    lines = ['print("yours:", yours, sep="\\n")']
    if evidence.get("kind") in ("shape", "type") and expected:
        shape = tuple(expected["shape"])
        lines += [
            f'print("expected: an array of shape {shape}")',
            f"sys.exit(0 if isinstance(yours, np.ndarray) and yours.shape == {shape} else 1)",
        ]
    elif evidence.get("kind") == "value" and expected:
        if expected.get("corner"):
            return None
        values = np.array(_numbers(expected["values"]))
        tolerance = evidence["tolerance"]
        unit = tolerance.get("unit", 1.0)
        scale = max(unit, float(np.max(np.abs(values[np.isfinite(values)]), initial=0.0)))
        allowed = tolerance["atol"] * unit + tolerance["rtol"] * scale
        shapes = [tuple(shape) for shape in evidence.get("shapes", [expected["shape"]])]
        lines = [
            f"expected = {_literal(values)}",
            'print("expected:", expected, sep="\\n")',
            *lines,
            f"same = np.shape(yours) in {shapes} and np.allclose(",
            f"    np.reshape(yours, expected.shape), expected, rtol=0, atol={allowed!r},"
            " equal_nan=True",
            ")",
            'print("the same" if same else "different")',
            "sys.exit(0 if same else 1)",
        ]
    return "\n".join(lines) + "\n"


def _numbers(values: Any) -> Any:
    """Undo what evidence does to numbers that JSON lacks."""
    if isinstance(values, list):
        return [_numbers(value) for value in values]
    if isinstance(values, str):
        return complex(values) if "j" in values else float(values)
    return values


def _literal(array: np.ndarray[Any, Any]) -> str:
    if not array.size:
        return f"np.zeros({array.shape})"
    text = re.sub(r"\b(nan|inf)\b", r"math.\1", repr(array.tolist()))
    usual = array.dtype in (np.float64, np.complex128)
    return f"np.array({text})" if usual else f"np.array({text}, dtype=np.{array.dtype})"


class _Calls:
    """Turns steps into lines of Python.

    Attributes:
        found: Whether one of the lines assigns ``yours``.
        classes: Source of the classes of exposed objects, by name.
        dataclasses: Whether these need :mod:`dataclasses`.
        modules: That is imported from.
        elements: How many array elements the lines spell out.
    """

    def __init__(self, steps: Sequence[Step], yours: Any, what: str) -> None:
        self.steps = [step for step in steps if step.kind != "reset"]
        self.yours, self.what = yours, what
        self.found = False
        self.classes: dict[str, str] = {}
        self.dataclasses = False
        self.modules: set[str] = set()
        self.elements = 0
        self._names: dict[int, str] = {}
        self._count: dict[str, int] = {}
        sources = [step.name for step in steps if step.kind == "define"]
        self._defined = set(re.findall(r"^(?:class|def) (\w+)", "\n".join(sources), re.M))
        self._referred = {
            id(arg.step) for step in self.steps for arg in step.args if isinstance(arg, Pending)
        }

    def lines(self) -> Iterator[str]:
        """Yield one line for each step, and one that fetches ``yours`` from a recorded call."""
        for step in self.steps:
            line = self._line(step)
            part = self._part_of(step)
            if part is not None:
                self.found = True
                yield f"yours = {line}{part}"
            elif id(step) in self._referred:
                yield f"{self._new_name(step, 'result')} = {line}"
            elif step.kind not in ("get", "read"):
                yield line
        if not self.found and self.yours is not None:
            yield from self._from_recorded_calls()

    def _part_of(self, step: Step) -> str | None:
        """Where in what a step gave ``yours`` is: nothing behind it, or a key of a dictionary."""
        if step.kind not in ("call", "get", "read", "draw"):
            return None
        if step.gave(self.yours, self.what):
            return ""
        if isinstance(step.result, dict):
            for key, value in step.result.items():
                if value is self.yours:
                    return f"[{key!r}]"
        return None

    def _from_recorded_calls(self) -> Iterator[str]:
        for step in self.steps:
            if step.kind != "expose":
                continue
            for number, call in enumerate(step.args[0].calls):
                for position, value in enumerate([*call.values, call.result]):
                    if value is self.yours:
                        self.found = True
                        yield f"yours = {self._value(step.args[0])}.calls[{number}][{position}]"
                        return

    def _new_name(self, thing: Any, base: str) -> str:
        name = ""
        while not name or name in self._defined:
            count = self._count[base] = self._count.get(base, 0) + 1
            name = self._names[id(thing)] = base if count == 1 else f"{base}{count}"
        return name

    def _line(self, step: Step) -> str:
        args = [self._value(arg) for arg in step.args if step.kind != "expose"]
        args += [f"{key}={self._value(value)}" for key, value in step.kwargs.items()]
        listed = ", ".join(args)
        match step.kind:
            case "make":
                return f"{self._new_name(step.result, 'layer')} = {self._member(step)}({listed})"
            case "define":
                self.modules.update(re.findall(r"^ *(?:from|import) (\w+)", step.name, re.M))
                self._names[id(step.result)] = ""
                return f"\n{step.name}\n"
            case "array":
                return f"{self._new_name(step.result, 'array')} = {_in_layout(listed, step.name)}"
            case "expose":
                return self._expose(step.args[0])
            case "given":
                return self._import(step)
            case "seed":
                return f"np.random.seed({listed})"
            case "draw":
                return f"np.random.random_sample({listed})"
            case "read":
                return self._value(step.target)
            case "set":
                return f"{self._member(step)} = {listed}"
            case "get":
                return self._member(step)
            case _:
                return f"{self._member(step)}({listed})"

    def _member(self, step: Step) -> str:
        """What a step is about, as source: a name in what it was asked of, or that itself."""
        owner = self._value(step.target)
        if step.name == "__call__":
            return owner
        return f"{owner}.{step.name}" if owner else step.name

    def _import(self, step: Step) -> str:
        (module,) = step.args
        self.modules.add(module)
        name = self._new_name(step.result, step.name)
        return f"from {module} import {step.name}" + (f" as {name}" if name != step.name else "")

    def _expose(self, exposure: Exposure) -> str:
        kind: type = type(exposure.real)
        for name, source in sources_of(kind).items():
            self.classes[name] = source
            self.dataclasses = self.dataclasses or "@dataclass" in source
        return f"{self._new_name(exposure, exposure.variable)} = Recording({exposure.real!r}, [])"

    def _value(self, value: Any) -> str:
        if isinstance(value, RemoteObject | Exposure):
            return self._names.get(id(value), "student")
        if isinstance(value, Pending):
            return self._names.get(id(value.step), "None")
        if isinstance(value, np.ndarray):
            self.elements += value.size
            return _literal(value) if self.elements <= MAX_LITERAL else "..."
        if isinstance(value, dict):
            items = [f"{key!r}: {self._value(item)}" for key, item in value.items()]
            return f"{{{', '.join(items)}}}"
        return repr(value)


def _in_layout(array: str, layout: str) -> str:
    if layout == "fortran":
        return f"np.asfortranarray({array})"
    if layout == "strided":
        return f"np.repeat({array}, 2, axis=-1)[..., ::2]"
    return array
