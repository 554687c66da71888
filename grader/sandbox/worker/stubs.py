"""Objects of the judge, as the student's code has them: stubs, and what answers for them here.

Part of the worker. A stub's methods call the judge back, or, where it has sent the source of an
object's class, an object of that class answers at once and the judge hears of the call later.
"""

from __future__ import annotations

import builtins
import copy
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, NoReturn

import numpy as np

from grader.sandbox import codec

# Taken before the first line of a submission runs: one that replaces a builtin changes neither what
# is done here nor what source of the judge's does.
_BUILTINS = dict(vars(builtins))
globals().update({name: it for name, it in _BUILTINS.items() if not name.startswith("_")})

MAX_NEWS = 256
MAX_NEWS_SIZE = 1 << 20
"""Calls that gather, and bytes of arrays in them, before the judge hears of them."""


class JudgeObjects:
    """What this process knows of the judge's objects, and what the judge has not heard yet of them.

    Args:
        call_back: Runs a method of one in the judge and returns the answer.
        send_ahead: Sends what :meth:`take_news` gives, without waiting for an answer.
        localize: Turns what came over the wire into what student code expects to be given.
    """

    def __init__(
        self,
        call_back: Callable[[int, str, Any, Any], Any],
        send_ahead: Callable[[], None],
        localize: Callable[[Any], Any],
    ) -> None:
        self.call_back = call_back
        self._send_ahead = send_ahead
        self._localize = localize
        self.own_objects: dict[int, Any] = {}
        self._stubs: dict[int, Stub] = {}
        self.news: list[list[Any]] = []
        self.news_size = 0
        self.next_copy = 0
        self._classes: dict[str, type] = {}
        self._stub_classes: dict[str, type[Stub]] = {}

    def forget(self) -> None:
        """Let no object answer any more that has been given until now."""
        self.own_objects.clear()
        self._stubs.clear()

    def stub(self, exposed: codec.Exposed) -> Stub:
        """What the student's code has for one of the judge's: the same, however often it is given.

        A layer may remember what it was given, or keep something on it.
        """
        if exposed.id not in self._stubs:
            self._stubs[exposed.id] = Stub.of(self, exposed)
        return self._stubs[exposed.id]

    def announce_copy(self, number: int) -> int:
        """Number a copy of a judge-side object; the judge hears of it with the next message."""
        self.next_copy -= 1
        self.news.append([number, self.next_copy])
        return self.next_copy

    def post(
        self, number: int, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[list[Any], dict[str, Any]]:
        """Have the judge hear of a call with the next message; return the arguments it will see.

        Raises:
            ValueError: The object is from before the last reset, as the judge would say.
        """
        if number not in self.own_objects:
            raise ValueError(codec.FROM_BEFORE)
        given, named = self.as_sent(list(args)), self.as_sent(kwargs)
        # What is posted is a copy of its own: the object may return, or change, what it is given.
        self.news.append([number, method, self.as_sent(given), self.as_sent(named)])
        self.news_size += sum(getattr(value, "nbytes", 0) for value in given)
        if len(self.news) >= MAX_NEWS or self.news_size >= MAX_NEWS_SIZE:
            self._send_ahead()
        return given, named

    def take_news(self, writer: codec.Writer) -> list[list[Any]]:
        """What the judge has not heard yet, for a message that is written now."""
        taken, self.news, self.news_size = self.news, [], 0
        return [
            item if len(item) == 2 else [*item[:2], writer.value(item[2]), writer.value(item[3])]
            for item in taken
        ]

    def as_sent(self, value: Any) -> Any:
        """A value as it would be after it has crossed the wire, shared with nobody."""
        if codec.crosses_whole(value):
            return value.copy()
        if type(value) is list:
            return [self.as_sent(item) for item in value]
        if type(value) is dict and not value:
            return {}
        return self._localize(codec.decode(codec.encode(value)[codec.LENGTH.size :]))

    def own_object(self, exposed: codec.Exposed, own: Any = None) -> Any:
        """The object that answers here for one of the judge's; None if the judge has to.

        Args:
            own: To be that object from now on; by default one is made when it is first needed.
        """
        number = exposed.id
        if number not in self.own_objects:
            if own is None and exposed.source:
                own = object.__new__(self._class(exposed))
                vars(own).update(exposed.attributes)
            self.own_objects[number] = own
        return self.own_objects[number]

    def stub_class(self, name: str) -> type[Stub]:
        """The class of stubs for objects of a class of the judge's."""
        if name not in self._stub_classes:
            self._stub_classes[name] = type(name, (Stub,), {"__module__": "builtins"})
        return self._stub_classes[name]

    def _class(self, exposed: codec.Exposed) -> type:
        """The class of a judge-side object, made here from its source, once."""
        kind = self._classes.get(exposed.source)
        if kind is None:
            module = ModuleType("judge")
            vars(module).update(np=np, math=math, copy=copy, dataclass=dataclass, field=field)
            vars(module)["__builtins__"] = _BUILTINS
            sys.modules["judge"] = module  # where dataclass looks names up
            exec("from __future__ import annotations\n" + exposed.source, vars(module))
            kind = self._classes[exposed.source] = vars(module)[exposed.type_name]
        return kind


class Stub:
    """Stands for an object of the judge; its methods run there, on the values sent along.

    Where the judge has sent the source of the object's class, they run here as well, on an object
    that nobody waits for: the judge is told what it was asked, and asks its own the same.
    """

    _objects: JudgeObjects
    _exposed: codec.Exposed
    _own: Any

    def __init__(self, *_: Any, **__: Any) -> None:
        kind = type(self).__name__
        raise TypeError(f"{kind} cannot be made anew; copy the one that is given (module copy)")

    @classmethod
    def of(cls, objects: JudgeObjects, exposed: codec.Exposed, own: Any = None) -> Stub:
        """Make one; its class has the name of the judge's, which students read in messages."""
        stub: Stub = object.__new__(objects.stub_class(exposed.type_name))
        names = stub.__dict__
        for name, value in exposed.attributes.items():
            if not name.startswith("_"):
                names[name] = value
        own = objects.own_object(exposed, own)
        names["_objects"], names["_exposed"], names["_own"] = objects, exposed, own
        for name in exposed.methods:
            names[name] = (
                _Callback(objects, exposed.id, name)
                if own is None
                else _Posted(objects, exposed, name, getattr(own, name))
            )
        return stub

    def __copy__(self) -> Stub:
        exposed = self._exposed
        twin = codec.Exposed(
            self._objects.announce_copy(exposed.id),
            exposed.type_name,
            exposed.methods,
            {name: self.__dict__.get(name, usual) for name, usual in exposed.attributes.items()},
            exposed.source,
        )
        own = None if self._own is None else codec.twin_of(self._own)
        return Stub.of(self._objects, twin, own)

    def __deepcopy__(self, memo: dict[int, Any]) -> Stub:
        return self.__copy__()

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__[name] = value
        if name in self._exposed.attributes:  # a setting: what answers has it from now on
            self._objects.post(self._exposed.id, codec.SET, (name, value), {})
            if self._own is not None:
                setattr(self._own, name, value)

    def __repr__(self) -> str:
        return f"<{self._exposed.type_name} object>"

    def __getattr__(self, name: str) -> NoReturn:
        kind = self.__dict__["_exposed"].type_name
        raise AttributeError(f"{kind!r} object has no attribute {name!r}")


class _Callback:
    """One method of a judge-side object."""

    def __init__(self, objects: JudgeObjects, number: int, name: str) -> None:
        self._objects, self._number, self.__name__ = objects, number, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._objects.call_back(self._number, self.__name__, args, kwargs)

    def __deepcopy__(self, memo: dict[int, Any]) -> _Callback:
        return self


class _Posted(_Callback):
    """One method of a judge-side object, answered here by an object of the same class."""

    def __init__(
        self, objects: JudgeObjects, exposed: codec.Exposed, name: str, function: Callable[..., Any]
    ) -> None:
        super().__init__(objects, exposed.id, name)
        self._function, self._type_name = function, exposed.type_name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        given, named = self._objects.post(self._number, self.__name__, args, kwargs)
        try:
            result = self._function(*given, **named)
        except Exception as error:
            raise ValueError(f"{self._type_name}.{self.__name__}: {error}") from error
        return self._objects.as_sent(result)
