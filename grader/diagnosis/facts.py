"""What is known of a submission besides the values that it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.diagnosis.source_scan import Source
from grader.diagnosis.value_kinds import kind_named
from grader.remote.exposures import Exposure
from grader.remote.steps import StudentError


@dataclass(slots=True)
class Facts:
    """What is known of a submission besides the values that it gives.

    Attributes:
        entry: Name of the class, or the function, that the problem asks for.
        entry_kind: Which of the two it is.
        classes: What the worker said of each class: ``methods``, ``bases``, ``nested``,
            functions that are defined inside of its methods, ``arguments`` of its constructor,
            ``own``, what it or a base class in the same file defines, and ``stubs``, methods in
            which nothing is written.
        functions: Names of the functions of the module.
        lines: The submission's text.
        load_error: Why it could not be loaded, if so.
        errors: What the student's code raised, with the group of the check.
        raised_in: The first check that each of them was raised in, by what caused it.
        called: Methods that were called by a check that failed, with its group.
        attributes: Names of attributes that a check that failed has read or set.
        failing: Groups with a failed check.
        wanted: Names of the methods that the reference solution defines.
        class_methods: Those of them that are called on the class.
        provided: Names that a file may use without defining or importing them.
        asked: Names of the attributes and of the constructor's arguments of the reference.
        provided_sources: Source of the modules that a file may import, by name.
        exposed: Objects of the problem's that were handed to the student's code, by their class.
        renamed: Attributes by the statement's names, and what they are called here.
        misnamed: Those of them that a check has asked for by items of dictionaries, with its group.
        unwritten: Where nothing is written in some methods: which each check has called that is
            not passed, with its group.
        source: What the lines show about names.
    """

    entry: str
    entry_kind: str = "class"
    classes: dict[str, Any] = field(default_factory=dict)
    functions: frozenset[str] = frozenset()
    lines: Sequence[str] = ()
    load_error: StudentError | None = None
    errors: list[tuple[str, StudentError]] = field(default_factory=list)
    raised_in: Mapping[Any, str] = field(default_factory=dict)
    called: list[tuple[str, str]] = field(default_factory=list)
    attributes: frozenset[str] = frozenset()
    failing: frozenset[str] = frozenset()
    wanted: frozenset[str] = frozenset()
    class_methods: frozenset[str] = frozenset()
    provided: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    provided_sources: Mapping[str, str] = field(default_factory=dict)
    exposed: Mapping[str, Exposure] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    misnamed: Sequence[tuple[str, tuple[str, ...]]] = ()
    unwritten: Sequence[tuple[str, frozenset[str]]] = ()
    source: Source = field(init=False)

    def __post_init__(self) -> None:
        self.source = Source(self.lines)

    @property
    def has_entry(self) -> bool:
        """Whether the file defines what the problem asks for."""
        return self.entry in (self.functions if self.entry_kind == "function" else self.classes)

    @property
    def methods(self) -> frozenset[str]:
        """Names of the methods of the class that the problem asks for."""
        return frozenset(self.classes.get(self.entry, {}).get("methods", ()))

    @property
    def own(self) -> frozenset[str]:
        """What the class defines itself: methods, and other names in its body."""
        return frozenset(self.classes.get(self.entry, {}).get("own", ()))

    def kind_named(self, type_name: str) -> str:
        """What a value of a type is called; an object of the problem's as its statement does."""
        exposed = self.exposed.get(type_name)
        return f"the {exposed.variable}" if exposed is not None else kind_named(type_name)
