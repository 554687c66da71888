"""Stand-ins for what an import could not give: they can be named, and raise when they are used.

Part of the worker. A stand-in may be kept, passed on, derived from and written in annotations, as
the thing itself: code that never needs it works. Whatever else is done with it raises ImportError,
inside of the student's code, in the line that does it.
"""

from __future__ import annotations

import builtins
from typing import Any, NoReturn

globals().update({name: it for name, it in vars(builtins).items() if not name.startswith("_")})

MAX_PATH = 100
_FROM = "__stands_in__"


class StandIn:
    """Stands for ``path``, a module or something in it; see :func:`stand_in`."""

    __slots__ = ("_known", "_line", "_missing", "_module", "_path")

    _path: str
    _module: str
    _line: int
    _missing: bool
    _known: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in self._known:
            return self._known[name]
        return stand_in(f"{self._path}.{name}", self._module, self._line, self._missing)

    def __getitem__(self, key: object) -> StandIn:
        return stand_in(self._path, self._module, self._line, self._missing)

    def __or__(self, other: object) -> StandIn:
        return self

    __ror__ = __or__

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return (_base(self),)

    def __instancecheck__(self, instance: object) -> bool:
        return False

    def __copy__(self) -> StandIn:
        return self

    def __deepcopy__(self, memo: object) -> StandIn:
        return self

    def __repr__(self) -> str:
        return f"<{self._path}, which cannot be used here>"


_USES = """
    call setattr delattr setitem delitem iter next len contains bool int float complex index enter
    exit add radd iadd sub rsub isub mul rmul imul matmul rmatmul imatmul truediv rtruediv itruediv
    floordiv rfloordiv mod rmod pow rpow and rand xor rxor lshift rlshift rshift rrshift neg pos abs
    invert round lt le gt ge array array_ufunc array_function array_wrap await aiter anext divmod
""".split()


def _use(self: StandIn, *_: Any, **__: Any) -> NoReturn:
    raise unusable(self)


for _name in _USES:
    setattr(StandIn, f"__{_name}__", _use)

_set = object.__setattr__


def stand_in(
    path: str, module: str, line: int, missing: bool = False, known: dict[str, Any] | None = None
) -> StandIn:
    """Make a stand-in.

    Args:
        path: What it stands for: ``torch.nn``.
        module: The module that could not be imported, or that has no such name.
        line: Of the import.
        missing: Whether the module is there, and only the name is not.
        known: Attributes that are there all the same.
    """
    path = path[:MAX_PATH]
    # A class of its own, so that what is said of a value's type tells what it is.
    made: StandIn = object.__new__(type(path, (StandIn,), {"__slots__": ()}))
    _set(made, "_path", path)
    _set(made, "_module", module[:MAX_PATH])
    _set(made, "_line", line)
    _set(made, "_missing", missing)
    _set(made, "_known", known or {})
    return made


def unusable(one: StandIn, name: str = "") -> ImportError:
    """What using a stand-in raises; ``name`` of an object that is derived from it."""
    path, module, line = f"{one._path}{name}", one._module, one._line
    if one._missing:
        message = f"{path}: {module} has no such name (imported in line {line})"
        error = ImportError(message, name=module)
    else:
        message = f"{path}: the module {module} cannot be used here (imported in line {line})"
        error = ModuleNotFoundError(message, name=module)
    vars(error).update(stand_in=one, used=path, imported=line)
    return error


def stood_in_for(error: BaseException) -> StandIn | None:
    """The stand-in whose use raised an exception, if that is what did."""
    if type(error) not in (ImportError, ModuleNotFoundError):
        return None
    found = vars(error).get("stand_in")
    return found if isinstance(found, StandIn) else None


def base_of(kind: type) -> StandIn | None:
    """The stand-in that a class is derived from, if it is from one."""
    bodies = [type.__dict__["__dict__"].__get__(each) for each in type.mro(kind)]
    found = next((body[_FROM] for body in bodies if _FROM in body), None)
    return found if isinstance(found, StandIn) else None


def _base(one: StandIn) -> type:
    """A class to derive from: derived classes can do what they do by themselves."""

    def make(self: Any, *args: Any, **kwargs: Any) -> None:
        if args or kwargs:  # it would be asked to do something
            raise unusable(one)

    def read(self: Any, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise unusable(one, f".{name}")

    body = {"__init__": make, "__getattr__": read, "__module__": one._module, _FROM: one}
    return type(one._path.rpartition(".")[2], (), body)
