"""What a worker loads, and what it says that the file defines."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Mapping
from typing import Any

import msgspec
import numpy as np

from grader.remote.liberties import is_name
from grader.remote.load_events import LoadEvent, read_events
from grader.sandbox import codec
from grader.sandbox.failures import WorkerFailure

MAX_CLASSES = 2000
"""Classes and functions of a file that are known by name."""


class Loadable(msgspec.Struct, frozen=True):
    """What a worker loads.

    Attributes:
        name: Module name, without ``.py``.
        source: The file's bytes as they are.
        provided: Source of the modules that the problem gives to students, by module name.
        names: ``(name, module, attribute or "")`` that the file finds defined.
        script: What it finds in ``sys.argv``.
    """

    name: str
    source: bytes
    provided: Mapping[str, str] = msgspec.field(default_factory=dict)
    names: tuple[tuple[str, str, str], ...] = ()
    script: str = ""

    def operation(self, writer: codec.Writer, stopped: WorkerFailure | None = None) -> list[Any]:
        """What a worker is sent to load it; ``stopped`` is how one before it came to its end."""
        values = [
            np.frombuffer(self.source, np.uint8),
            dict(self.provided),
            [list(name) for name in self.names],
        ]
        line = [] if stopped is None else [stopped.entered or 0]
        return ["load", self.name, *[writer.value(value) for value in values], self.script, *line]


class ClassDescription(msgspec.Struct, frozen=True):
    """What is told of a class.

    Attributes:
        methods: Names of its methods, inherited ones included.
        bases: Names of the classes it is derived from, nearest first, without ``object``.
        nested: Names of functions that are defined inside of its methods.
        arguments: Names of its constructor's parameters.
        own: Names in its body, and in those of its base classes in the same file.
        needs: Parameters without default values, a line for each: method, name, annotation.
        stubs: Names of methods in which nothing is written.
    """

    methods: frozenset[str]
    bases: tuple[str, ...] = ()
    nested: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    own: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()
    stubs: tuple[str, ...] = ()


class Description(msgspec.Struct, frozen=True):
    """What a file defines, by a worker's word: its classes, and the names of its functions.

    Attributes:
        events: What happened while it was loaded, if it could not be run as a whole.
    """

    classes: Mapping[str, ClassDescription] = msgspec.field(default_factory=dict)
    functions: frozenset[str] = frozenset()
    events: tuple[LoadEvent, ...] = ()

    @property
    def interface(self) -> Hashable:
        """As much of it as the judge asks by."""
        classes = self.classes.items()
        return frozenset((name, c.bases, c.methods) for name, c in classes), self.functions


def read_description(told: Any, stopped: WorkerFailure | None = None) -> Description:
    """Take a worker's word for what a file defines, if it says it properly.

    Raises:
        WorkerFailure: It does not.
    """
    try:
        classes = {
            str(name): ClassDescription(
                methods=frozenset(map(str, found["methods"])),
                bases=tuple(map(str, found["bases"])),
                nested=tuple(map(str, found["nested"])),
                arguments=tuple(map(str, found["arguments"])),
                own=frozenset(map(str, found["own"])),
                needs=tuple(map(str, found["needs"])),
                stubs=tuple(map(str, found["stubs"])),
            )
            for name, found in itertools.islice(told["classes"].items(), MAX_CLASSES)
            if is_name(name)
        }
        functions = itertools.islice(told["functions"], MAX_CLASSES)
        names = frozenset(filter(is_name, functions))
        return Description(classes, names, tuple(read_events(told["events"], stopped)))
    except (TypeError, KeyError, ValueError, AttributeError):
        raise WorkerFailure("crashed", "gave no readable account of itself") from None
