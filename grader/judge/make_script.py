"""Scripts that show a failure with nothing but NumPy and the student's file.

A script is put together from what the proxy has recorded (:class:`~grader.remote.steps.Step`)
and from the evidence of the check: what the problem gives, the calls, then an ``assert`` of what
should be so. Scripts are short, for people who have never seen one.
"""

from __future__ import annotations

import ast
import dataclasses
import re
import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from grader.diagnosis.source_scan import Source
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
from grader.sandbox.codec import PLAIN

MAX_LITERAL = 20_000
"""Array elements that a script may spell out; where more are needed there is no script."""

MAX_SCRIPT = 500_000
"""Characters of the lines of a script: a value of the student's in it can be of any size."""

MAX_MESSAGE = 200
"""Characters of a check's message in the assert."""


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
    """Return a script that repeats ``steps`` and fails as the check did.

    It ends with the exception of the submission, or with an ``AssertionError``. Where what the
    check found cannot be written as a comparison, the error says so, and the script shows the way.

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
    calls = _Calls(steps, yours, evidence)
    body = list(calls.lines())
    if calls.elements > MAX_LITERAL or sum(map(len, body)) > MAX_SCRIPT:
        return None
    body += _end(evidence, message, calls.found)
    around = _surroundings(given, calls.modules)
    imports = _imports("\n".join([*calls.classes, *around, *body]), given)
    head = [f'"""{_for_docstring(title)}"""', *imports, "", *calls.classes, *around, ""]
    return "\n".join([*head, *body, ""])


def _imports(code: str, given: Given) -> list[str]:
    """Lines that import what the script uses."""
    named = {module for _, module, _ in given.names} - {"numpy", *given.provided}
    possible = {*named, "math", "faulthandler"}
    used = {"sys", "types"} | {name for name in possible if re.search(rf"\b{name}\b", code)}
    lines = [f"import {', '.join(sorted(used))}, numpy as np"]
    if "@dataclass" in code:  # with annotations of names that are not imported here
        lines.insert(0, "from __future__ import annotations")
        lines.append("from dataclasses import dataclass, field")
    return lines


def _for_docstring(text: str) -> str:
    """Text that cannot end the docstring it is put into."""
    safe = text.replace("\\", "/").replace('"', "'")
    return "".join(c if c.isprintable() else " " if c.isspace() else "?" for c in safe)


def _surroundings(given: Given, imported: Collection[str]) -> list[str]:
    """Lines that make the module ``student`` of the file, with the names that it finds defined.

    Args:
        imported: Modules that the script's own lines import from.
    """
    source, names = given.source, list[str]()
    needed = [name for name in given.provided if name in imported or name in source.modules]
    for name, module, attribute in given.names:
        if name not in source.words or (module in given.provided and name in source.made):
            continue
        if module in given.provided:
            needed.append(module)
        origin = f"sys.modules[{module!r}]" if module in given.provided else module
        origin = "np" if module == "numpy" else origin
        names.append(f"{name}={origin}" + (f".{attribute}" if attribute else ""))
    lines = []
    for name in dict.fromkeys(needed):
        module = f"sys.modules.setdefault({name!r}, types.ModuleType({name!r}))"
        lines.append(f"exec({_bare(given.provided[name])!r}, vars({module}))")
    return [
        *lines,
        f"file = sys.argv[1] if len(sys.argv) > 1 else {given.file!r}",
        f"student = types.SimpleNamespace({', '.join(names)})",
        'exec(compile(open(file, "rb").read(), file, "exec", dont_inherit=True), vars(student))',
    ]


def _bare(source: str) -> str:
    """A module without docstrings and comments: it has to be there, and need not be read."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        _without_docstring(node)
    return ast.unparse(tree)


def _without_docstring(node: ast.AST) -> None:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    if isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None:
        del node.body[0]
        if not node.body:
            node.body.append(ast.Pass())


# -- the end -------------------------------------------------------------------------------


def _end(evidence: Mapping[str, Any], message: str, found: bool) -> list[str]:
    """Lines that fail: unless the steps before have raised, or ``yours`` is what it should be."""
    kind = evidence.get("kind")
    if kind in ("raised", "timeout"):
        return []
    said = repr(message if len(message) <= MAX_MESSAGE else f"{message[:MAX_MESSAGE]}...")
    comparison = _comparison(evidence) if found else None
    if comparison is None:
        lines = ["print('yours:', yours, sep='\\n')"] if found else []
        lines.append("# The check looks at more than one value; this is what it found:")
        return [*lines, f"raise AssertionError({said})"]
    *before, condition = comparison
    return [*before, f"assert {condition}, {said}"]


def _comparison(evidence: Mapping[str, Any]) -> list[str] | None:
    """Lines that show what is compared, and when ``yours`` is right; None where that is unknown."""
    expected, kind = evidence.get("expected"), evidence.get("kind")
    if not expected:
        return None
    if kind in ("shape", "type"):
        shape = tuple(expected["shape"])
        shown = f"print('yours:', yours, 'expected: an array of shape {shape}', sep='\\n')"
        return [shown, f"isinstance(yours, (np.ndarray, np.generic)) and yours.shape == {shape}"]
    if kind == "property":
        return _plain_comparison(expected, evidence.get("yours"))
    if kind != "value" or expected.get("corner"):
        return None
    values = np.array(_numbers(expected["values"]))
    tolerance = evidence["tolerance"]
    unit = tolerance.get("unit", 1.0)
    scale = max(unit, float(np.max(np.abs(values[np.isfinite(values)]), initial=0.0)))
    allowed = tolerance["atol"] * unit + tolerance["rtol"] * scale
    shapes = [tuple(shape) for shape in evidence.get("shapes", [expected["shape"]])]
    allowed_shapes = f"== {shapes[0]}" if len(shapes) == 1 else f"in {shapes}"
    mine = "yours" if len(shapes) == 1 else f"np.reshape(yours, {shapes[0]})"
    close = f"np.allclose({mine}, expected, rtol=0, atol={allowed:.4g}, equal_nan=True)"
    return [
        f"expected = {_literal(values)}",
        "print('yours:', yours, 'expected:', expected, sep='\\n')",
        f"np.shape(yours) {allowed_shapes} and {close}",
    ]


def _plain_comparison(
    expected: Mapping[str, Any], yours: Mapping[str, Any] | None
) -> list[str] | None:
    """A comparison with a value such as ``(3,)`` or ``12``, where it tells the two apart."""
    try:
        wanted = ast.literal_eval(str(expected["text"]))
        if yours is None or ast.literal_eval(str(yours["text"])) == wanted:
            return None
    except (KeyError, SyntaxError, ValueError):
        return None
    return [f"print('yours:', yours, 'expected:', {wanted!r})", f"yours == {wanted!r}"]


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


_NEVER_ANEW = """
    def __init__(self, *given):
        raise TypeError("{} cannot be made anew; copy the one that is given (module copy)")"""


class _Calls:
    """Turns steps into lines of Python.

    Attributes:
        found: Whether one of the lines assigns ``yours``.
        classes: Source of the classes of exposed objects.
        modules: That is imported from.
        elements: How many array elements the lines spell out.
    """

    def __init__(self, steps: Sequence[Step], yours: Any, evidence: Mapping[str, Any]) -> None:
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
        self._referred = {
            id(arg.step) for step in self.steps for arg in step.args if isinstance(arg, Pending)
        }

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
        """Where in what a step gave ``yours`` is: nothing behind it, or a key of a dictionary."""
        if not isinstance(step, Call | GetAttribute | ReadValue | Draw):
            return None
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
                return _bare(step.source)
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
        flat = _flat_class(exposure, noted, self._result)
        if flat is not None and not any(
            taken.search(text) for text in self.classes if text != flat
        ):
            made = f"{name}()"
            if self._never_anew:
                flat += _NEVER_ANEW.format(name)
                made = f"object.__new__({name})"
            self.classes[flat] = None
        else:
            made = repr(exposure.real)
            for text in map(_bare, sources_of(kind).values()):
                self.classes[text] = None
            if noted:
                self.classes[_noting(exposure)] = None
                made = f"Noted{made}"
        return f"{self._new_name(exposure, exposure.variable)} = {made}"

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


def _settings(real: Any) -> dict[str, Any] | None:
    """What an object of the judge began with, if that is plain: what changes later is not told."""
    if not dataclasses.is_dataclass(real):
        return dict(vars(real)) if not vars(real) else None
    settings = {}
    for each in dataclasses.fields(real):
        settings[each.name] = getattr(real, each.name) if each.repr else each.default
    return settings if all(type(value) in PLAIN for value in settings.values()) else None


def _flat_class(exposure: Exposure, noted: bool, result: bool) -> str | None:
    """The class of an object of the judge, with its settings in it; None if it is not so simple.

    Args:
        noted: Whether it has to keep the arguments of each call in ``calls``.
        result: Whether it has to keep what it returns there as well.
    """
    kind: type = type(exposure.real)
    sources = sources_of(kind)
    settings = _settings(exposure.real)
    if settings is None or len(sources) > 1:
        return None
    (tree,) = ast.parse(sources[kind.__name__]).body
    assert isinstance(tree, ast.ClassDef)
    given = dict(settings, calls=[]) if noted else settings
    lines = [f"class {kind.__name__}:"]
    if given:
        values = ", ".join(map(repr, given.values()))
        lines.append(f"    {', '.join(given)} = {values}")
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            _without_docstring(node)
            if noted and node.name in exposure.methods:
                _note(node, result)
            lines.append(textwrap.indent(ast.unparse(node), "    "))
    return "\n".join(lines)


def _note(method: ast.FunctionDef, result: bool) -> None:
    """Have a method keep copies of its arguments, or also what it returns, in ``self.calls``."""
    copies = ", ".join(f"np.copy({each.arg})" for each in method.args.args[1:])
    method.body[:0] = ast.parse(f"self.calls.append([{copies}])").body
    for node in ast.walk(method):
        if result and isinstance(node, ast.Return) and node.value is not None:
            kept = f"self.calls[-1].append({ast.unparse(node.value)}) or self.calls[-1][-1]"
            node.value = ast.parse(kept, mode="eval").body


def _noting(exposure: Exposure) -> str:
    """A class derived from that of an object of the judge, which keeps its calls."""
    name = type(exposure.real).__name__
    lines = [f"class Noted{name}({name}):", "    calls = []"]
    for method in exposure.methods:
        lines += [
            f"    def {method}(self, *args):",
            "        self.calls.append([np.copy(each) for each in args])",
            f"        self.calls[-1].append(super().{method}(*args))",
            "        return self.calls[-1][-1]",
        ]
    return "\n".join(lines)


def _in_layout(array: str, layout: str) -> str:
    if layout == "fortran":
        return f"np.asfortranarray({array})"
    if layout == "strided":
        return f"np.repeat({array}, 2, axis=-1)[..., ::2]"
    return array
