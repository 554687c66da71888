"""Objects, classes and functions in the worker, used as if they were here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from grader.remote.conversation import Conversation
from grader.remote.loadable import ClassDescription
from grader.remote.steps import Call, GetAttribute, Import, Make, RemoteObject, SetAttribute


class RemoteInstance(RemoteObject):
    """An instance of a class of the student's, or their module, in the worker.

    Methods of its class are called, other attributes are read and set, as on any object.
    """

    __slots__ = ("_class_name", "_conversation", "_methods")

    def __init__(
        self,
        conversation: Conversation,
        handle: int,
        class_name: str,
        methods: frozenset[str],
        variable: str,
    ) -> None:
        set_slot = object.__setattr__
        set_slot(self, "_handle", handle)
        set_slot(self, "_variable", variable)
        set_slot(self, "_conversation", conversation)
        set_slot(self, "_class_name", class_name)
        set_slot(self, "_methods", methods)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in self._methods:
            return RemoteMethod(self, name)
        usual = self._conversation.liberties
        named = usual.name(name)
        step = GetAttribute(self, named)
        read = lambda value: usual.incoming(name, value)  # noqa: E731
        return self._conversation.perform(["get", self._handle, named, 0], step, read=read)

    def __setattr__(self, name: str, value: Any) -> None:
        usual = self._conversation.liberties
        name, value = usual.name(name), usual.outgoing(name, value)
        operation = ["set", self._handle, name, self._conversation.on_wire(value)]
        self._conversation.enqueue(operation, SetAttribute(self, name, value))

    def __repr__(self) -> str:
        return f"<the student's {self._class_name}>"


class RemoteMethod(msgspec.Struct, frozen=True):
    """A method of a :class:`RemoteInstance`, or a function of the student's module.

    Attributes:
        methods: Of the instances that :meth:`make` gives, as far as is known.
    """

    owner: RemoteInstance
    name: str
    methods: frozenset[str] = frozenset()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it in the worker."""
        owner = self.owner
        args, kwargs = owner._conversation.liberties.given(self.name, args, kwargs)
        owner._conversation.fit(owner, args)
        kind = getattr(owner, "_class_name", "")
        kwargs |= _supplied(owner._conversation, kind, self.name, args, kwargs)
        sent = owner._conversation.on_wire_call(args, kwargs)
        operation = ["call", owner._handle, self.name, *sent, 0]
        usual = owner._conversation.liberties
        read = lambda value: usual.returned(self.name, value)  # noqa: E731
        step = Call(owner, self.name, args, kwargs)
        return owner._conversation.perform(operation, step, read=read)

    def make(self, *args: Any, **kwargs: Any) -> RemoteInstance:
        """Call it in the worker; return what it returns as an object to go on working with.

        For class methods and functions that make instances. Whether it has made one shows in what
        comes of its methods.
        """
        methods = self.methods or self.owner._conversation.known_methods
        return _make(self.owner, self.name, methods, args, kwargs)

    def sweep(
        self,
        stack: Any,
        *,
        attribute: str | None = None,
        key: str | None = None,
        x: Any = None,
    ) -> Any:
        """Call the method once per entry of ``stack`` (k, …) and return (k, …) outputs.

        Each entry is the argument, or with ``attribute`` is set as that attribute before the
        method is called with ``x``; with ``key``, as that item of the attribute, a dictionary.
        One message, however many entries.
        """
        owner, on_wire = self.owner, self.owner._conversation.on_wire
        if attribute is not None and key is None:
            usual = owner._conversation.liberties
            stack = usual.outgoing(attribute, stack, stacked=True)
            attribute = usual.name(attribute)
        elif attribute is not None and f"{attribute}.{key}" in owner._conversation.liberties.turned:
            full = f"{attribute}.{key}"
            stack = owner._conversation.liberties.outgoing(full, stack, stacked=True)
        owner._conversation.fit(owner, [stack[0] if attribute is None else x])
        operation = ["sweep", owner._handle, attribute, on_wire(stack), self.name, on_wire(x)]
        operation += [] if key is None else [key]
        step = Call(owner, self.name, (stack[0] if attribute is None else x,))
        return owner._conversation.perform(operation, step, traced=False)

    def count_lines(self, *args: Any) -> Any:
        """Call the method and return how many lines of the student's file were executed."""
        owner = self.owner
        operation = [
            "count_lines",
            owner._handle,
            self.name,
            owner._conversation.on_wire(list(args)),
        ]
        return owner._conversation.perform(operation, Call(owner, self.name, args))


class RemoteFunction(RemoteObject):
    """A function that students are given, in the worker: it can be handed over, and called."""

    __slots__ = ("_conversation",)

    def __init__(self, conversation: Conversation, handle: int, name: str) -> None:
        super().__init__(handle, name)
        self._conversation = conversation

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it in the worker."""
        sent = self._conversation.on_wire_call(args, kwargs)
        operation = ["call", self._handle, "__call__", *sent, 0]
        return self._conversation.perform(operation, Call(self, "__call__", args, kwargs))


class RemoteClass(ClassDescription, frozen=True, kw_only=True):
    """A class in the worker; calling it makes an instance there.

    Other names are its class methods: ``student.Layer.from_dict(data)`` calls one, and
    ``student.Layer.from_dict.make(data)`` gives the instance that it returns.

    Attributes:
        module: Where it is: the student's module, or one of :meth:`Student.define`.
    """

    module: RemoteInstance
    name: str

    @property
    def told(self) -> dict[str, Collection[str]]:
        """What was told of it, by the names of :class:`ClassDescription`."""
        return {name: getattr(self, name) for name in ClassDescription.__struct_fields__}

    def __call__(self, *args: Any, **kwargs: Any) -> RemoteInstance:
        """Make an instance in the worker."""
        return _make(self.module, self.name, self.methods, args, kwargs)

    def __getattr__(self, name: str) -> RemoteMethod:
        if name.startswith("__"):
            raise AttributeError(name)
        return RemoteMethod(self.module, f"{self.name}.{name}", self.methods)


class Definitions:
    """What a source of the judge's defines in the worker: attributes are classes and functions.

    Attributes:
        module: Where it is.
    """

    def __init__(self, module: RemoteInstance, classes: Mapping[str, frozenset[str]]) -> None:
        self.module = module
        self._classes = classes

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in self._classes:
            return RemoteClass(module=self.module, name=name, methods=self._classes[name])
        return RemoteMethod(self.module, name)


def _make(
    owner: RemoteInstance,
    name: str,
    methods: frozenset[str],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> RemoteInstance:
    """Make an instance by calling a class, or what else makes one, by its name in ``owner``."""
    asked = owner._conversation
    args, kwargs = asked.liberties.given(name, args, kwargs)
    made = sum(isinstance(step, Make) for step in asked.trace)
    variable = "layer" if made == 0 else f"layer{made + 1}"
    handle = asked.new_handle()
    kind, _, of_class = name.partition(".")
    made_up = {} if of_class else _supplied(asked, kind, "__init__", args, kwargs)
    kwargs |= made_up
    remote = RemoteInstance(asked, handle, kind, methods | asked.expected_methods, variable)
    operation = ["call", owner._handle, name, *asked.on_wire_call(args, kwargs), handle]
    pending = asked.enqueue(operation, Make(owner, name, args, kwargs, result=remote))
    asked.unsized(handle, pending, made_up)
    return remote


def _supplied(
    asked: Conversation, kind: str, method: str, args: tuple[Any, ...], named: Mapping[str, Any]
) -> dict[str, Any]:
    """What a method is given besides its arguments; functions are those that students are given."""
    return {
        name: _given(asked, value) if callable(value) else value
        for name, value in asked.made_up(kind, method, args, named).items()
    }


def _given(asked: Conversation, function: Any) -> RemoteFunction:
    handle, module, name = asked.new_handle(), function.__module__, function.__name__
    remote = RemoteFunction(asked, handle, name)
    step = Import(module, name, result=remote)
    asked.enqueue(["given", handle, module, name], step)
    return remote
