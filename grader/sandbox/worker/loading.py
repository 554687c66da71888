"""The student's file as a module: run, described, and what it raises told as plain data.

Part of the worker.
"""

from __future__ import annotations

import builtins
import io
import linecache
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import islice
from types import CodeType, FunctionType, ModuleType, TracebackType
from typing import Any

from grader.sandbox import codec
from grader.sandbox.worker.exits import exits_leave_a_trace
from grader.sandbox.worker.partial_load import PartialLoad
from grader.sandbox.worker.stand_ins import stood_in_for

# Taken before the first line of a submission runs: replacing a builtin changes nothing here.
_BUILTINS = dict(vars(builtins))
globals().update({name: it for name, it in _BUILTINS.items() if not name.startswith("_")})

MAX_FRAMES = 12
MAX_MESSAGE = 4000


def new_module(name: str, provided: dict[str, str], names: list[list[str]]) -> ModuleType:
    """A module in which names are defined already; what is provided can be imported."""
    for module_name, text in provided.items():
        _execute(module_name, text.encode(), f"{module_name}.py")
    module = ModuleType(name)
    for local, origin, attribute in names:
        __import__(origin)
        found = sys.modules[origin]
        setattr(module, local, getattr(found, attribute) if attribute else found)
    return module


def load(
    module: ModuleType,
    source: bytes,
    filename: str,
    provided: Iterable[str] = (),
    names: Iterable[Sequence[str]] = (),
    stopped: int | None = None,
) -> dict[str, Any]:
    """Run a file in a module; describe what it defines, and what of it could not be run.

    Args:
        module: Of :func:`new_module`.
        source: The file.
        filename: Its name in tracebacks.
        provided: Modules that are provided.
        names: What the file finds defined.
        stopped: The line at which another process, that had run the file, came to its end; 0 if
            that is not known.
    """
    given = set(vars(module))
    text, code = _compiled(module.__name__, source, filename, module)

    def partial() -> PartialLoad:
        origins = {name: (origin, attribute) for name, origin, attribute in names}
        return PartialLoad(module, text, filename, code, provided, origins, describe)

    def describe(error: BaseException) -> list[Any]:
        return told_of(error, filename)

    events: list[dict[str, Any]] = []
    with exits_leave_a_trace():
        if stopped is not None:
            rest = partial()
            rest.without(stopped)
            events = rest.told()
        else:
            try:
                exec(code, module.__dict__)
            except BaseException as error:
                rest = partial()
                rest.after(error)
                events = rest.told()
    return describe_module(module, given, events)


def _execute(name: str, source: bytes, filename: str, module: ModuleType | None = None) -> None:
    """Compile and run ``source`` as the module ``name``, importable from then on.

    It is UTF-8, whatever its first lines declare: the judge has decoded it, who has every codec.
    """
    module = module or ModuleType(name)
    _, code = _compiled(name, source, filename, module)
    exec(code, module.__dict__)


def _compiled(name: str, source: bytes, filename: str, module: ModuleType) -> tuple[str, CodeType]:
    """The text and the code of a module that can be imported from now on."""
    module.__file__ = filename
    sys.modules[name] = module
    text = io.TextIOWrapper(io.BytesIO(source), "utf-8-sig").read()
    code = compile(text, filename, "exec", dont_inherit=True)
    linecache.cache[filename] = (len(source), None, text.splitlines(True), filename)
    return text, code


_class_name = type.__dict__["__name__"].__get__  # whatever a metaclass says
_traceback_of = BaseException.__dict__["__traceback__"].__get__

bases_of = type.__dict__["__mro__"].__get__
_EXCEPTIONS = frozenset(
    it for it in _BUILTINS.values() if isinstance(it, type) and issubclass(it, BaseException)
)

_exit_code_of = SystemExit.__dict__["code"].__get__


def _is_callable(owner: type, name: str) -> bool:
    try:
        return callable(getattr(owner, name))
    except BaseException:  # a descriptor of the student's
        return False


def describe_module(
    module: ModuleType, given: set[str], events: list[dict[str, Any]]
) -> dict[str, Any]:
    """What the file defines, its classes with their methods and its functions; what happened."""
    classes: dict[str, dict[str, list[str]]] = {}
    functions: list[str] = []
    for name, value in list(vars(module).items()):
        if isinstance(value, type):
            if value.__module__ == module.__name__ or name not in given:
                public = [m for m in dir(value) if not m.startswith("__")]
                classes[name] = {
                    "methods": [m for m in public if _is_callable(value, m)],
                    "bases": [base.__name__ for base in value.__mro__[1:-1]],
                    "nested": sorted(_nested(value)),
                    "arguments": _arguments(value),
                    "own": sorted(_own(value, module.__name__, given)),
                    "needs": [
                        line
                        for method, function in _functions(value)
                        if not _is_stub(function)
                        for line in _needed(method, function)
                    ],
                    "stubs": [n for n, f in _functions(value, classmethod) if _is_stub(f)],
                }
        elif isinstance(value, FunctionType) and name not in given:
            functions.append(name)
    return {"classes": classes, "functions": functions, "events": events}


def _arguments(owner: type) -> list[str]:
    """Names of the parameters of a class's constructor, without ``self``."""
    made = next((vars(k)["__init__"] for k in owner.__mro__ if "__init__" in vars(k)), None)
    if not isinstance(made, FunctionType):
        return []
    code = made.__code__
    return list(code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount])


def _functions(owner: type, *wrappers: type) -> list[tuple[str, FunctionType]]:
    """Methods of a class that are plain functions, inherited ones and the constructor included.

    With ``wrappers``, also those that are wrapped in one of these.
    """
    found: dict[str, Any] = {}
    for kind in reversed(bases_of(owner)):
        found.update(vars(kind))
    named = {
        name: value.__func__ if type(value) in wrappers else value
        for name, value in sorted(found.items())
        if not name.startswith("__") or name == "__init__"
    }
    return [(name, value) for name, value in named.items() if type(value) is FunctionType]


def _needed(method: str, function: FunctionType) -> list[str]:
    """A line for each parameter without a default value: method, name, annotation.

    One that can only be given by its name has a star in front.
    """
    code, named = function.__code__, function.__kwdefaults__ or {}
    by_place = code.co_varnames[: code.co_argcount]
    required = by_place[1 : code.co_argcount - len(function.__defaults__ or ())]
    by_name = code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount]
    lines = []
    for name in (*required, *(f"*{n}" for n in by_name if n not in named)):
        annotation = function.__annotations__.get(name.lstrip("*"), "")
        kind = _class_name(annotation) if isinstance(annotation, type) else annotation
        lines.append(f"{method} {name} {kind if type(kind) is str else ''}"[:200])
    return lines


_NOTHING_WRITTEN = """
def f(self, x): pass
def f(self, x): "..."
def f(self, x): raise NotImplementedError
def f(self, x): raise NotImplementedError()
def f(self, x): raise NotImplementedError("...")
def f(self, x): "..."; raise NotImplementedError
def f(self, x): "..."; raise NotImplementedError()
def f(self, x): "..."; raise NotImplementedError("to be written")
def f(self, x): return x
def f(self, x): "..."; return x
"""


def _code(code: CodeType) -> tuple[Any, ...]:
    """What tells a function's code from others, whatever its names and texts are."""
    return code.co_code, code.co_names, *map(type, code.co_consts)


_STUBS = frozenset(
    _code(compile(line, "", "exec").co_consts[0]) for line in _NOTHING_WRITTEN.strip().splitlines()
)


def _is_stub(function: FunctionType) -> bool:
    """Whether a function does nothing but return None or its argument, or say so."""
    return _code(function.__code__) in _STUBS


def _own(owner: type, file: str, given: set[str]) -> set[str]:
    """Names that a class and its bases of the same file define; not what a given base has anew."""
    kinds = [k for k in owner.__mro__ if k.__module__ == file]
    bodies = [vars(k) for k in kinds if k is owner or k.__name__ not in given]
    return {name for body in bodies for name in body if not name.startswith("__")}


def _nested(owner: type) -> set[str]:
    """Names of functions that are defined inside of a class's own methods."""
    found: set[str] = set()
    for value in list(vars(owner).values()):
        if isinstance(value, FunctionType):
            inner = [c for c in value.__code__.co_consts if isinstance(c, CodeType)]
            found.update(code.co_name for code in inner if code.co_name.isidentifier())
    return found


def describe_exception(error: BaseException, filename: str, writer: codec.Writer) -> list[Any]:
    """The outcome of an operation that raised."""
    return ["raised", *[writer.value(item) for item in told_of(error, filename)]]


def told_of(error: BaseException, filename: str) -> list[Any]:
    """An exception as plain data: type, message, the student's frames, the syntax position.

    A student can raise objects whose every method raises; nothing here may.
    """
    kind = type(error)
    name = _class_name(kind)[:100]
    try:
        message = str.__getitem__(str(error), slice(0, MAX_MESSAGE))
    except BaseException:
        message = "(its message cannot be shown)"
    frames: list[list[Any]] = []
    innermost = None
    walker = _traceback_of(error)
    while walker is not None:
        code = walker.tb_frame.f_code
        if code.co_filename == filename:
            frames.append([walker.tb_lineno, code.co_name[:100]])
            innermost = walker
        walker = walker.tb_next
    detail: dict[str, Any] = {}
    with suppress(BaseException):
        detail |= _columns(innermost)
    with suppress(BaseException):
        if issubclass(kind, SyntaxError):
            wanted = {"line": "lineno", "column": "offset", "reason": "msg"}
        elif issubclass(kind, ImportError):
            wanted = {"module": "name"}
        else:
            wanted = {}
        if issubclass(kind, SystemExit):
            code = _exit_code_of(error)
            detail["code"] = code if type(code) in (int, str) else None
        if kind not in _EXCEPTIONS:  # one of their own: which of Python's it is derived from
            standard = next(base for base in bases_of(kind) if base in _EXCEPTIONS)
            detail["standard"] = _class_name(standard)
        detail |= {key: getattr(error, attribute) for key, attribute in wanted.items()}
        if stood_in_for(error) is not None:
            detail |= {key: vars(error)[key] for key in ("used", "imported")}
    return [name, message, frames[-MAX_FRAMES:], detail]


def _columns(raised: TracebackType | None) -> dict[str, int]:
    """Where in its line an exception was raised: bytes before the expression, and up to its end."""
    if raised is None or raised.tb_lasti < 0:
        return {}
    positions = raised.tb_frame.f_code.co_positions()
    first, last, start, end = next(islice(positions, raised.tb_lasti // 2, None))
    if first != last or first != raised.tb_lineno or start is None or end is None:
        return {}
    return {"from": start, "to": end}
