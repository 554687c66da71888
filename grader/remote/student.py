"""The student's module as the judge's checks see it.

A :class:`Student` behaves like the module; what it makes are :class:`RemoteObject` s that behave
like the student's instances. Everything crosses the wire by value. Making an object and setting an
attribute wait for the next call that has an answer, and go with it in one message;
inside ``with student.program():`` everything waits for the end of the block.

Every operation is also a :class:`~grader.remote.steps.Step` of a trace, from which a script can
be written that does the same without the grader.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import itertools
import textwrap
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
import numpy as np

from grader.remote.steps import (
    LEFT_OUT,
    Exposure,
    ExposureCall,
    Method,
    Pending,
    Program,
    RemoteObject,
    Step,
    StudentError,
)
from grader.sandbox import codec
from grader.sandbox.allowance import Allowance, Spent, numbers_in, size_together
from grader.sandbox.failures import WorkerFailure
from grader.sandbox.launch import Workers
from grader.sandbox.process import Limits, Worker
from grader.sandbox.transcript import Exchange, Transcript

MAX_COPIES = 1000
MAX_OVERRUNS = 3
"""So often may a method end its process, or run into a limit; from then on it is not called."""
MAX_STEPS = 200
"""Operations of a message that are tried one by one to find out which of them it was."""
MAX_NOTES = 20
MAX_CLASSES = 2000
"""Classes and functions of a file that are known by name."""
_ASKED_BY_HYPOTHESIS = frozenset(
    "hypothesis_internal_is_this_a_mock_check execute_example setup_example teardown_example"
    " hypothesis_explicit_examples".split()
)
"""Attributes that it looks for on a test's first argument, taking it for a test case's ``self``."""


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


class RemoteInstance(RemoteObject):
    """An instance of a class of the student's, or their module, in the worker.

    Methods of its class are called, other attributes are read and set, as on any object.
    """

    __slots__ = ("_class_name", "_methods", "_student")

    def __init__(
        self, student: Student, handle: int, class_name: str, methods: frozenset[str], variable: str
    ) -> None:
        set_slot = object.__setattr__
        set_slot(self, "_handle", handle)
        set_slot(self, "_variable", variable)
        set_slot(self, "_student", student)
        set_slot(self, "_class_name", class_name)
        set_slot(self, "_methods", methods)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in self._methods:
            return RemoteMethod(self, name)
        operation = ["get", self._handle, name, 0]
        return self._student.perform(operation, Step("get", self, name))

    def __setattr__(self, name: str, value: Any) -> None:
        operation = ["set", self._handle, name, self._student.on_wire(value)]
        self._student.enqueue(operation, Step("set", self, name, (value,)))

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
        sent = owner._student.on_wire_call(args, kwargs)
        operation = ["call", owner._handle, self.name, *sent, 0]
        return owner._student.perform(operation, Step("call", owner, self.name, args, kwargs))

    def make(self, *args: Any, **kwargs: Any) -> RemoteInstance:
        """Call it in the worker; return what it returns as an object to go on working with.

        For class methods and functions that make instances. Whether it has made one shows in what
        comes of its methods.
        """
        student: Student = self.owner._student
        methods = self.methods or student.known_methods
        return student.make(self.owner, self.name, methods, args, kwargs)

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
        owner, on_wire = self.owner, self.owner._student.on_wire
        operation = ["sweep", owner._handle, attribute, on_wire(stack), self.name, on_wire(x)]
        operation += [] if key is None else [key]
        step = Step("call", owner, self.name, (stack[0] if attribute is None else x,))
        return owner._student.perform(operation, step, traced=False)

    def count_lines(self, *args: Any) -> Any:
        """Call the method and return how many lines of the student's file were executed."""
        owner = self.owner
        operation = ["count_lines", owner._handle, self.name, owner._student.on_wire(list(args))]
        return owner._student.perform(operation, Step("call", owner, self.name, args))


class RemoteFunction(RemoteObject):
    """A function that students are given, in the worker: it can be handed over, and called."""

    __slots__ = ("_student",)

    def __init__(self, student: Student, handle: int, name: str) -> None:
        super().__init__(handle, name)
        self._student = student

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it in the worker."""
        sent = self._student.on_wire_call(args, kwargs)
        operation = ["call", self._handle, "__call__", *sent, 0]
        return self._student.perform(operation, Step("call", self, "__call__", args, kwargs))


class RemoteClass(msgspec.Struct, frozen=True):
    """A class in the worker; calling it makes an instance there.

    Other names are its class methods: ``student.Layer.from_dict(data)`` calls one, and
    ``student.Layer.from_dict.make(data)`` gives the instance that it returns.

    Attributes:
        module: Where it is: the student's module, or one of :meth:`Student.define`.
        methods: Names of its methods, inherited ones included.
        bases: Names of the classes it is derived from, nearest first, without ``object``.
        nested: Names of functions that are defined inside of its methods.
        arguments: Names of its constructor's parameters.
        own: Names in its body, and in those of its base classes in the same file.
    """

    module: RemoteInstance
    name: str
    methods: frozenset[str]
    bases: tuple[str, ...] = ()
    nested: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    own: frozenset[str] = frozenset()

    @property
    def told(self) -> dict[str, Collection[str]]:
        """What was told of it, by the names above."""
        return {name: getattr(self, name) for name in _TOLD_OF_CLASSES}

    def __call__(self, *args: Any, **kwargs: Any) -> RemoteInstance:
        """Make an instance in the worker."""
        student: Student = self.module._student
        return student.make(self.module, self.name, self.methods, args, kwargs)

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
            return RemoteClass(self.module, name, self._classes[name])
        return RemoteMethod(self.module, name)


class Message(msgspec.Struct):
    """What is sent to a worker at once.

    Attributes:
        left_out: Methods of which the calls in it are left out, and why.
    """

    asked: list[Pending]
    writer: codec.Writer
    left_out: dict[Method | None, WorkerFailure]


def _is_final(failure: WorkerFailure) -> bool:
    """Whether a failure is none of a call's: nothing more may be asked, or somebody killed it."""
    return isinstance(failure, Spent) or failure.lost


class Student:
    """The student's module. Attributes are its classes and functions.

    Starts a worker when it needs one: at first, and after one has been lost.

    Args:
        methods: Names that are called on instances whatever the student's classes have: what is
            missing, or is no method, is then found out in the student's process.

    Attributes:
        trace: What was done since :meth:`begin`.
        apart: Whether what is done now is done for whoever asks for it, and not for one check.
        notes: Harmless deviations met so far, in order of appearance.
        lost: How a worker was killed from outside, if one was.
        allowance: What the submission may cost in all. With one, a call that ends its process is
            left out of the program that it stands in, and costs what one that raises costs.
    """

    def __init__(
        self,
        workers: Workers,
        loadable: Loadable,
        limits: Limits,
        seed: int = 0,
        methods: frozenset[str] = frozenset(),
    ) -> None:
        self.trace: list[Step] = []
        self.apart = False
        self.notes: dict[str, None] = {}
        self.lost: WorkerFailure | None = None
        self.allowance: Allowance | None = None
        self._workers = workers
        self._loadable = loadable
        self._limits = limits
        self._seed = seed
        self._methods = methods
        self._worker: Worker | None = None
        self._classes: dict[str, RemoteClass] = {}
        self._functions: frozenset[str] = frozenset()
        self._queue = Program()
        self._block: Program | None = None
        self._held: list[Program] | None = None
        self._next_handle = 2
        self._next_exposure = 0
        self._exposed: dict[int, tuple[Exposure, Any]] = {}
        self._as_exposed: dict[int, Any] = {}
        self._to_seed: int | None = None
        self._to_reset = False
        self._sent: list[Message] = []
        self._overruns: dict[Method, list[WorkerFailure]] = {}

    # -- for checks ----------------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in _ASKED_BY_HYPOTHESIS:
            raise AttributeError(name)
        if name in self._classes:
            return self._classes[name]
        return getattr(self._module, name)

    @property
    def _module(self) -> RemoteInstance:
        return RemoteInstance(self, codec.MODULE, "module", self._functions, "student")

    def seed(self, number: int) -> None:
        """Seed NumPy's global generator in the worker, before what is done next."""
        self._to_seed = number

    def draw(self, count: int) -> Any:
        """Draw ``count`` numbers from NumPy's global generator in the worker, shape (count,)."""
        operation = ["call", codec.RANDOM, "random_sample", [count], codec.NO_KEYWORDS, 0]
        return self.perform(operation, Step("draw", None, "random_sample", (count,)))

    def usual_errors(self) -> RemoteFunction:
        """Put NumPy's error handling in the worker as it is at first; return ``np.geterr`` there.

        An earlier call may have changed it for good, which would not show any more.
        """
        self.given("numpy", "seterr")(divide="warn", over="warn", under="ignore", invalid="warn")
        return self.given("numpy", "geterr")

    def expose(self, real: Any, *methods: str, local: bool = False) -> Exposure:
        """Return ``real`` as something to hand to the student's code: ``methods`` run here.

        Args:
            real: Scripts that show a failure repeat the source of its class, which must make sense
                by itself (with ``np``, ``math``, ``copy``, ``dataclass`` and ``field``).
            local: Whether the worker answers the student's code from that source, which saves
                waiting for an answer; the calls are repeated here, and what counts is what comes
                of them here. Attributes must be numbers, text or truth values.
        """
        if local and not all(type(value) in codec.PLAIN for value in vars(real).values()):
            raise ValueError(f"{real!r} has attributes that a worker cannot be given")
        self._next_exposure += 1
        exposure = Exposure(real, self._next_exposure, methods, local)
        self._exposed[exposure.number] = (exposure, real)
        self._as_exposed[exposure.number] = codec.twin_of(real)
        self._prepare()
        self.trace.append(Step("expose", None, "", (exposure,)))
        return exposure

    def given(self, module: str, name: str) -> RemoteFunction:
        """Return a function that students are given, to be handed to their code.

        Args:
            module: One of the problem's provided modules, or a part of NumPy: ``numpy.random``.
            name: Of the function in it.
        """
        handle = self._new_handle()
        remote = RemoteFunction(self, handle, name)
        step = Step("given", None, name, (module,), {}, remote)
        self.enqueue(["given", handle, module, name], step)
        return remote

    def define(self, source: str) -> Definitions:
        """Define classes and functions in the worker that use the student's.

        In ``source``, which a script that shows a failure repeats, ``student`` is the student's
        module and ``np`` is NumPy: ``class Half(student.Layer): ...``. It runs where the student's
        code does, so that nothing in it is secret, and what it gives is worth what theirs is.

        Returns:
            An object whose attributes are what has been defined; forgotten as instances are.
        """
        handle = self._new_handle()
        source = textwrap.dedent(source).strip()
        tree = ast.parse(source)
        classes = {
            node.name: self.known_methods.union(
                n.name for n in node.body if isinstance(n, ast.FunctionDef)
            )
            for node in tree.body
            if isinstance(node, ast.ClassDef)
        }
        module = RemoteInstance(self, handle, "module", frozenset(), "")
        operation = ["define", self._queue.writer.value(source), handle]
        self.enqueue(operation, Step("define", None, source, (), {}, module))
        return Definitions(module, classes)

    def array(self, values: Any, layout: str = "c") -> RemoteObject:
        """Make an array in the worker, to be handed over and looked at again with :meth:`read`.

        Args:
            values: The array.
            layout: ``c``, ``fortran`` or ``strided`` (every second element of a wider array).
        """
        handle = self._new_handle()
        remote = RemoteObject(handle, f"array{handle}")
        step = Step("array", None, layout, (values,), {}, remote)
        self.enqueue(["put", handle, self.on_wire(values), layout], step)
        return remote

    def read(self, remote: RemoteObject) -> Any:
        """The present value of an array made by :meth:`array`."""
        return self.perform(["value", remote._handle], Step("read", remote))

    def watch(self) -> None:
        """Watch what the calls that follow leave behind; :meth:`left` tells.

        The numbers that a generator gives, and NumPy's error handling, arrays that are handed over
        and arrays that were returned before: a call should change none of these unless asked to.
        """
        self.enqueue(["watch"], Step("watch"), traced=False)

    def left(self) -> Any:
        """What calls have left behind since :meth:`watch`, as :class:`Leftovers` says it."""
        return self.perform(["left"], Step("left"), traced=False)

    def again(self, answer: Pending) -> Any:
        """What an earlier answer of this program is by now: an array may change once returned."""
        self.on_wire(answer)  # so that it is kept
        return self.perform(["value", answer.operation[-1]], Step("read"), traced=False)

    @contextlib.contextmanager
    def program(self) -> Iterator[Program]:
        """Send everything in the block as one message; calls in it return :class:`Pending`."""
        if self._block is not None:
            raise RuntimeError("program blocks do not nest")
        self._block = self._queue
        try:
            yield self._block
        finally:
            self._block = None
        self._send()

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Hold back what the program blocks inside would send; send it as one message at the end.

        Inside, only program blocks may be used: nothing else can be answered.
        """
        if self._held is not None or self._block is not None:
            raise RuntimeError("together does not nest")
        self._held = []
        try:
            yield
            self._send()
        finally:
            held, self._held = self._held, None
            self._queue = Program()  # what is written from here on goes in a message of its own
        self._exchange(held)

    @contextlib.contextmanager
    def aside(self) -> Iterator[list[Step]]:
        """Do what is in the block on its own account: seeded, and with the trace that is given.

        It is done at once, even where a program block is being written.
        """
        with self._apart():
            self.seed(self._seed)
            yield self.trace

    @contextlib.contextmanager
    def unnoticed(self) -> Iterator[None]:
        """Do what is in the block aside; random numbers go on afterwards as if it had not been."""
        state = self._new_handle()
        with self._apart():
            operation = ["call", codec.RANDOM, "get_state", [], codec.NO_KEYWORDS, state]
            self.enqueue(operation, Step("call"))
            self.seed(self._seed)
            try:
                yield
            finally:
                if self._worker is not None and self._worker.alive:
                    back = [self._queue.writer.value(codec.Ref(state))]
                    operation = ["call", codec.RANDOM, "set_state", back, codec.NO_KEYWORDS, 0]
                    self.enqueue(operation, Step("call"))
                    self._send()

    @contextlib.contextmanager
    def other_numbers(self) -> Iterator[None]:
        """In the block, random numbers are others than usual: what is made aside shows it."""
        usual, self._seed = self._seed, self._seed ^ 1
        try:
            yield
        finally:
            self._seed = usual

    @contextlib.contextmanager
    def _apart(self) -> Iterator[None]:
        """Leave what is being written as it is; begin something else, and go back to it."""
        mine = self.trace, self._to_seed, self._to_reset, self._queue, self._block
        self.trace, self._to_seed, self._to_reset = [], None, False
        was_apart, self.apart = self.apart, True
        if self._held is None:  # else all is to go in one message
            self._queue, self._block = Program(), None
        try:
            yield
        finally:
            self.trace, self._to_seed, self._to_reset = mine[:3]
            self.apart = was_apart
            if self._held is None:
                self._queue, self._block = mine[3:]

    @contextlib.contextmanager
    def untraced(self) -> Iterator[None]:
        """Leave what is done in the block out of the trace: it only helps to judge."""
        start = len(self.trace)
        try:
            yield
        finally:
            del self.trace[start:]

    def sync(self) -> None:
        """Send what waits; raise the first failure among it."""
        program = self._send()
        if program.first_error is not None:
            raise program.first_error

    def note(self, text: str) -> None:
        """Remember a harmless deviation for the report."""
        if len(self.notes) < MAX_NOTES:
            self.notes[text] = None

    # -- for the session -----------------------------------------------------------------

    def present(self, loadable: Loadable, allowance: Allowance | None = None) -> None:
        """Be another submission from now on, which may cost so much."""
        self.close()
        self.allowance = allowance
        self._overruns.clear()
        self._worker = None
        self._loadable = loadable
        self._next_exposure = 0
        self.notes = {}
        self.lost = None
        self.trace = []

    @property
    def untouched(self) -> bool:
        """Whether nothing has been done yet since :meth:`begin`, but aside and recalled."""
        return self._to_reset

    def recall(self, steps: list[Step]) -> None:
        """Add to the trace what was done :meth:`aside`, now or earlier.

        What is there already is not told twice. Random numbers go on from the seed in all cases, so
        that nothing depends on which it was.
        """
        if not any(step is known for step in steps[:1] for known in self.trace):
            self.trace += steps
        self.seed(self._seed)

    def load(self) -> None:
        """Start a worker and load the file.

        Raises:
            StudentError, WorkerFailure: It could not be loaded.
        """
        self.close()
        self._worker = self._workers.spawn(self._limits)
        self._worker.callbacks = self
        given, program = self._loadable, Program()
        values = [
            np.frombuffer(given.source, np.uint8),
            dict(given.provided),
            [list(name) for name in given.names],
        ]
        nodes = [program.writer.value(value) for value in values]
        operation = ["load", given.name, *nodes, given.script]
        program.pending = [Pending(operation, Step("load", None, given.name))]
        self._exchange([program])
        classes, functions = _checked_description(program.pending[0].value)
        self._classes = {
            name: RemoteClass(
                self._module,
                name,
                frozenset(found["methods"]),
                tuple(found["bases"]),
                tuple(found["nested"]),
                tuple(found["arguments"]),
                frozenset(found["own"]),
            )
            for name, found in classes.items()
        }
        self._functions = frozenset(functions)

    def rehearse(self, known: Sequence[Transcript]) -> Transcript | None:
        """Ask what others were asked; return the transcript with which all answers agree.

        If there is none, all goes on as if nothing had been asked.

        Raises:
            StudentError, WorkerFailure: It could not be loaded again.
        """
        worker = self._worker
        found = worker.rehearse(known, self.allowance) if worker is not None else None
        if found is None and self.printed:  # which belongs to the checks in which it is printed
            self.load()
            self.take_output()
        return found

    def record(self) -> None:
        """Record what the worker is asked from now on, and its answers."""
        if self._worker is not None:
            self._worker.record = []

    @property
    def recorded(self) -> list[Exchange] | None:
        """What was recorded, if it is all that was asked since :meth:`record`."""
        return None if self._worker is None or not self._worker.alive else self._worker.record

    @property
    def interface(self) -> Hashable:
        """What the judge is told when the file is loaded, as far as it asks by it."""
        classes = self._classes.items()
        return frozenset((name, c.bases, c.methods) for name, c in classes), self._functions

    @property
    def classes(self) -> dict[str, RemoteClass]:
        """The classes that the file defines, by name."""
        return dict(self._classes)

    @property
    def functions(self) -> frozenset[str]:
        """Names of the functions that the file defines."""
        return self._functions

    @property
    def known_methods(self) -> frozenset[str]:
        """Names of the methods that any class of the file has, or should have."""
        return self._methods.union(*(kind.methods for kind in self._classes.values()))

    def begin(self) -> None:
        """Start a check or an example: forget the objects of the one before, seed anew."""
        if self._worker is None or not self._worker.alive:
            self.load()
        self._queue = Program()
        self._block = None
        self._exposed.clear()  # numbers go on: what is kept from before is known as such
        self._as_exposed.clear()
        self._sent.clear()
        self.trace = []
        self._next_handle = 2
        self._to_reset = True
        self.seed(self._seed)

    @property
    def printed(self) -> str:
        """What has come out of the worker since the last look of the session's, in answers so far.

        It comes through a pipe, and is no worker's word.
        """
        return self._worker.printed if self._worker else ""

    def take_output(self) -> str:
        """What was printed since the last call."""
        return self._worker.take_output() if self._worker else ""

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.kill()

    # -- operations ----------------------------------------------------------------------

    def make(
        self,
        owner: RemoteInstance,
        name: str,
        methods: frozenset[str],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> RemoteInstance:
        """Make an instance by calling a class, or what else makes one, by its name in ``owner``."""
        made = sum(step.kind == "make" for step in self.trace)
        variable = "layer" if made == 0 else f"layer{made + 1}"
        handle = self._new_handle()
        kind, _, _ = name.partition(".")
        remote = RemoteInstance(self, handle, kind, methods | self._methods, variable)
        operation = ["call", owner._handle, name, *self.on_wire_call(args, kwargs), handle]
        self.enqueue(operation, Step("make", owner, name, args, kwargs, remote))
        return remote

    def on_wire(self, value: Any) -> Any:
        """The node of a value in the next message: objects as references."""
        if isinstance(value, RemoteObject):
            value = codec.Ref(value._handle)
        elif isinstance(value, Exposure):
            value = value.on_wire()
        elif isinstance(value, Pending) and value.resolved:
            value = value.value
        elif isinstance(value, Pending):
            if value.operation[-1] == 0:
                value.operation[-1] = self._new_handle()
            value = codec.Ref(value.operation[-1])
        return self._queue.writer.value(value)

    def on_wire_call(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> list[Any]:
        """The nodes of a call's arguments: a list, and a dictionary."""
        listed = [self.on_wire(arg) for arg in args]
        return [listed, {"d": [[key, self.on_wire(value)] for key, value in kwargs.items()]}]

    def enqueue(self, operation: list[Any], step: Step, traced: bool = True) -> Pending:
        """Let an operation wait for the next message."""
        self._prepare()
        pending = Pending(operation, step)
        self._queue.pending.append(pending)
        if traced:
            self.trace.append(step)
        return pending

    def _prepare(self) -> None:
        """Let wait what has to come before the next operation; of many that never comes."""
        if self._to_reset:
            self._to_reset = False
            self._queue.pending.append(Pending(["reset"], Step("reset")))
        if self._to_seed is not None:
            step = Step("seed", None, "seed", (self._to_seed,))
            operation = ["call", codec.RANDOM, "seed", [self._to_seed], codec.NO_KEYWORDS, 0]
            self._to_seed = None
            self._queue.pending.append(Pending(operation, step))
            self.trace.append(step)

    def perform(self, operation: list[Any], step: Step, traced: bool = True) -> Any:
        """Do an operation: its answer, or in a program block the promise of one."""
        pending = self.enqueue(operation, step, traced)
        if self._block is not None:
            return pending
        self.sync()
        return pending.value

    def lines_of(
        self, owner: RemoteInstance | None, name: str, args: Any, kwargs: Mapping[str, Any]
    ) -> Any:
        """Call a method, or a class of the module; answer which lines of the file were executed.

        What the call raises is not told; numbers are the worker's word, as everything is.
        """
        handle = codec.MODULE if owner is None else owner._handle
        operation = ["lines", handle, name, *self.on_wire_call(args, kwargs)]
        return self.perform(operation, Step("call", owner, name, args, kwargs), traced=False)

    def _new_handle(self) -> int:
        self._next_handle += 1
        return self._next_handle

    def _send(self) -> Program:
        program = self._queue
        if self._held is not None:
            self._held.append(program)
            self._queue = Program(program.writer)
        else:
            self._queue = Program()
            self._exchange([program])
        return program

    def _exchange(self, programs: list[Program]) -> None:
        """Send programs that share a writer as one message, and take the answers."""
        asked = [pending for program in programs for pending in program.pending]
        if not asked:
            return
        message = Message(asked, programs[0].writer, self._given_up())
        was_alive = self._worker is not None and self._worker.alive
        try:
            answers = self._request(message)
        except WorkerFailure as failure:
            alone = len(programs) == 1 and asked[0].step.kind != "load"
            if self.allowance is None or not (alone and was_alive) or _is_final(failure):
                raise
            answers = self._without_overruns(message, failure)
        if self.allowance is not None and asked[0].step.kind != "load":
            self._sent.append(message)
        outcomes = iter(answers)
        for program in programs:
            program.resolve(itertools.islice(outcomes, len(program.pending)))

    def _request(self, message: Message, only: int | None = None) -> list[Any]:
        """Send a message, or one of its operations; return an outcome for each.

        Raises:
            WorkerFailure: It is counted for the method that ran into it, where that is known.
        """
        worker = self._worker
        if worker is None:
            raise RuntimeError("no worker")
        was_alive = worker.alive
        steps = [pending.step for pending in message.asked]
        failures = [message.left_out.get(step.method) for step in steps]
        done = [f is None and only in (None, n) for n, f in enumerate(failures)]
        operations = [
            pending.operation if is_done else ["skip", pending.operation]
            for pending, is_done in zip(message.asked, done, strict=True)
        ]
        try:
            outcomes = worker.request(operations, message.writer, allowance=self.allowance)
        except WorkerFailure as failure:
            self.lost = failure if failure.lost else self.lost
            failure.steps = steps
            if was_alive and self.allowance is not None:
                self._count(failure, list(itertools.compress(steps, done)))
            raise
        for name in worker.subclasses:
            self.note(f"An array is a {name}, where a plain NumPy array is expected.")
        worker.subclasses.clear()
        told = zip(outcomes, failures, strict=True)
        return [outcome if failure is None else [LEFT_OUT, failure] for outcome, failure in told]

    # -- what ends a process -------------------------------------------------------------

    def _count(self, failure: WorkerFailure, steps: Sequence[Step]) -> None:
        """Count a failure for the method that ran into it, if that can be told."""
        methods = {step.method: step.function for step in steps if step.method is not None}
        if len(methods) > 1:
            methods = {m: name for m, name in methods.items() if name == failure.function}
        if methods and not _is_final(failure):
            failure.method = next(iter(methods))
            self._overruns.setdefault(failure.method, []).append(failure)

    def _given_up(self) -> dict[Method | None, WorkerFailure]:
        """The methods that are not called any more, and why."""
        often = MAX_OVERRUNS
        return {m: found[-1] for m, found in self._overruns.items() if len(found) >= often}

    def _without_overruns(self, message: Message, failure: WorkerFailure) -> list[Any]:
        """Do a message again in a fresh process, without the calls that end it.

        Raises:
            WorkerFailure: It cannot be told which these are, or done again.
        """
        first, left_out = failure, message.left_out
        while True:
            try:
                if failure.method is None:
                    return self._one_by_one(message)
                if failure.method in left_out:
                    break
                left_out[failure.method] = failure
                self._do_again()
                return self._request(message)
            except StudentError:  # it loaded once, and now it does not
                break
            except WorkerFailure as another:
                if _is_final(another):
                    raise
                if another.method is None:
                    break
                failure = another
        raise first

    def _one_by_one(self, message: Message) -> list[Any]:
        """Do the operations of a message each by itself: the one that ends the process is found."""
        self._do_again()
        if len(message.asked) > MAX_STEPS:
            raise WorkerFailure("timeout", "cannot be followed step by step")
        return [self._request(message, n)[n] for n in range(len(message.asked))]

    def _do_again(self) -> None:
        """Load the file again, and do what was done since :meth:`begin`."""
        self.load()
        for number, (exposure, real) in list(self._exposed.items()):
            if number < 0:
                del self._exposed[number]  # a copy, which will be made again
            else:
                exposure.calls.clear()
                vars(real).clear()
                vars(real).update(vars(codec.twin_of(self._as_exposed[number])))
        for message in self._sent:
            self._request(message)

    # -- callbacks -----------------------------------------------------------------------

    def copied(self, original: int, copy_number: int) -> None:
        """The student's code copied an exposed object."""
        if len(self._exposed) > MAX_COPIES:
            raise codec.ProtocolError("too many copies")
        if original in self._exposed:
            exposure, real = self._exposed[original]
            if self.allowance is not None:
                self.allowance.call()
                self.allowance.compute(numbers_in(vars(real)))
            self._exposed[copy_number] = (exposure, codec.twin_of(real))

    def called(self, number: int, method: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """The student's code called a method of an exposed object."""
        if number not in self._exposed:
            raise ValueError(codec.FROM_BEFORE)
        exposure, real = self._exposed[number]
        if method == codec.SET:
            return _set(real, *args)
        if method not in exposure.methods:
            raise codec.ProtocolError("call of an unknown method")
        if self.allowance is not None:
            self.allowance.call()
        function = getattr(real, method)
        call = ExposureCall(number, method, _in_order(function, args, kwargs))
        exposure.calls.append(call)
        name = f"{type(real).__name__}.{method}"
        try:
            size = size_together(function, call.values)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
        if self.allowance is not None:
            self.allowance.compute(size)
        try:
            with np.errstate(all="ignore"):  # what overflows is for the checks to see
                call.result = function(*args, **kwargs)
        except Exception as error:  # what it was given was unfit: that is for the student to see
            raise ValueError(f"{name}: {error}") from error
        return call.result


def _set(real: Any, name: Any = None, value: Any = None, *_: Any) -> None:
    """Set an attribute of a judge-side object that it has, to a plain value."""
    value = value.item() if isinstance(value, np.generic) else value
    if name not in vars(real) or type(value) not in codec.PLAIN:
        raise ValueError(f"{type(real).__name__} has no such setting")
    setattr(real, name, value)


def _in_order(function: Any, args: list[Any], kwargs: dict[str, Any]) -> list[Any]:
    """The arguments in the order of the parameters, however they were passed."""
    if not kwargs:
        return args
    try:
        bound = _signature(function.__func__).bind(function.__self__, *args, **kwargs)
        return list(bound.arguments.values())[1:]
    except (AttributeError, TypeError):
        return [*args, *kwargs.values()]


_signature = cache(inspect.signature)


_TOLD_OF_CLASSES = ("methods", "bases", "nested", "arguments", "own")


def _checked_description(
    description: Any,
) -> tuple[dict[str, dict[str, list[str]]], list[str]]:
    """The classes and functions that a worker says a file defines, if it says it properly."""
    try:
        classes = {
            str(name): {key: [str(item) for item in found[key]] for key in _TOLD_OF_CLASSES}
            for name, found in itertools.islice(description["classes"].items(), MAX_CLASSES)
            if len(str(name)) <= codec.MAX_NAME
        }
        functions = itertools.islice(description["functions"], MAX_CLASSES)
        return classes, [str(name)[: codec.MAX_NAME] for name in functions]
    except (TypeError, KeyError, AttributeError):
        raise WorkerFailure("crashed", "gave no readable account of itself") from None
