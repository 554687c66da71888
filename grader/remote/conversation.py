"""What is asked of the student's module: written down as a program and as a trace, then sent.

Making an object and setting an attribute wait for the next operation that has an answer, and go
with it in one message; inside ``with student.program():`` everything waits for the end of the
block.
"""

from __future__ import annotations

import contextlib
import itertools
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from grader.remote.answers import Pending, Program
from grader.remote.channel import Channel
from grader.remote.exposures import Exposure
from grader.remote.liberties import (
    Liberties,
    Needed,
    Signatures,
    is_size,
    read_needs,
    required,
    unfilled,
)
from grader.remote.steps import (
    Call,
    Housekeeping,
    Invocation,
    Make,
    RemoteObject,
    Seed,
    Step,
    StudentError,
)
from grader.sandbox import codec
from grader.sandbox.failures import WorkerFailure

_NO_LIBERTIES = Liberties()
_LAST_TAKEN = 2
"""Handles up to this one are not given to objects."""


class Outbox(msgspec.Struct):
    """Programs on their way.

    Attributes:
        queue: What is added to.
        block: The queue while a program block is being written.
        held: What such blocks have sent while it is held back.
    """

    queue: Program = msgspec.field(default_factory=Program)
    block: Program | None = None
    held: list[Program] | None = None


class Recording(msgspec.Struct):
    """What is being done for a check, or aside from it.

    Attributes:
        trace: The steps so far.
        apart: Whether it is done for whoever asks for it, and not for one check.
        to_reset: Whether the objects from before have to be forgotten first.
        to_seed: What the generator has to be seeded with first.
    """

    trace: list[Step] = msgspec.field(default_factory=list)
    outbox: Outbox = msgspec.field(default_factory=Outbox)
    apart: bool = False
    to_reset: bool = False
    to_seed: int | None = None


class Conversation:
    """Operations on the student's module and the objects in it.

    Args:
        expected_methods: Names that are called on instances whatever the student's classes have:
            what is missing, or is no method, is then found out in the student's process.

    Attributes:
        asked: Functions that were called since it was emptied, traced or not; ``__init__`` for
            the making of instances.
        find_liberties: Finds out what the submission calls its parameters; a problem may set it.
        signatures: Of the methods, as the reference solution has them; empty where parameters too
            many are not made up for.
    """

    def __init__(self, channel: Channel, seed: int, expected_methods: frozenset[str]) -> None:
        self.expected_methods = expected_methods
        self._channel = channel
        self._seed = seed
        self._recording = Recording()
        self._last_handle = _LAST_TAKEN
        self.asked: set[str] = set()
        self.find_liberties: Callable[[], Liberties] = Liberties
        self.signatures: Signatures = {}
        self._liberties: Liberties | None = None
        self._as_written = False
        self._unsized: dict[int, tuple[Pending | None, list[str]]] = {}
        self._shapes: dict[int, tuple[int, ...]] = {}

    @property
    def trace(self) -> list[Step]:
        """What was done since :meth:`begin`, or in the block that is done aside."""
        return self._recording.trace

    @trace.setter
    def trace(self, steps: list[Step]) -> None:
        self._recording.trace = steps

    @property
    def apart(self) -> bool:
        """Whether what is done now is done for whoever asks for it, and not for one check."""
        return self._recording.apart

    @property
    def untouched(self) -> bool:
        """Whether nothing has been done yet since :meth:`begin`, but aside and recalled."""
        return self._recording.to_reset

    @property
    def known_methods(self) -> frozenset[str]:
        """Names of the methods that any class of the file has, or should have."""
        classes = self._channel.description.classes.values()
        return self.expected_methods.union(*(kind.methods for kind in classes))

    def begin(self) -> None:
        """Start a check or an example: forget the objects of the one before, seed anew."""
        self._channel.begin()
        self._recording = Recording(to_reset=True, to_seed=self._seed)
        self._last_handle = _LAST_TAKEN
        self._unsized.clear()
        if self._liberties is None:
            self._liberties = Liberties()
            with contextlib.suppress(StudentError, WorkerFailure):
                self._liberties = self.find_liberties()
            self._channel.forgive_overruns()  # nothing has been checked yet
            self.begin()

    def seed(self, number: int) -> None:
        """Seed NumPy's global generator in the worker, before what is done next."""
        self._recording.to_seed = number

    def recall(self, steps: list[Step], asked: frozenset[str]) -> None:
        """Add to the trace what was done :meth:`aside`, now or earlier, and called functions.

        What is there already is not told twice. Random numbers go on from the seed in all cases, so
        that nothing depends on which it was.
        """
        self.asked |= asked
        if not any(map(operator.is_, self.trace, itertools.repeat(steps[0] if steps else None))):
            self.trace += steps
        self.seed(self._seed)

    # -- as the submission has it -----------------------------------------------------------

    @property
    def liberties(self) -> Liberties:
        """What the submission calls its parameters; in :meth:`as_written` what the statement does.

        Shapes are of no interest to checks of names: a flat array is one in both cases.
        """
        usual = self._liberties or _NO_LIBERTIES
        return msgspec.structs.replace(usual, names={}, numbers={}) if self._as_written else usual

    @contextlib.contextmanager
    def as_written(self) -> Iterator[None]:
        """In the block, read and set what the statement names, and give what it gives.

        For checks that are about names and arguments: what is called otherwise is not found, and
        a parameter too many is missing.
        """
        was, self._as_written = self._as_written, True
        try:
            yield
        finally:
            self._as_written = was

    def too_much(self, kind: str) -> dict[str, dict[str, Any]]:
        """What methods of a class are given that have a parameter too many, by the statement.

        Its constructor is ``__init__``.
        """
        found = {}
        for method, needs in self._needs(kind).items():
            stated = self.signatures.get(method, {})
            given = unfilled(needs, required(stated), {}, self.signatures)
            if given and method in self.signatures:
                found[method] = given
        return found

    def made_up(
        self, kind: str, method: str, args: Sequence[Any], named: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What a method of a class is given besides its arguments, for parameters too many."""
        if self._as_written or not self.signatures:
            return {}
        needs = self._needs(kind).get(method, [])
        return unfilled(needs, len(args), named, self.signatures) if needs else {}

    def _needs(self, kind: str) -> dict[str, list[Needed]]:
        found = self._channel.description.classes.get(kind)
        return read_needs(found.needs) if found is not None else {}

    def unsized(self, handle: int, pending: Pending, made_up: Mapping[str, Any]) -> None:
        """Remember which sizes of an instance are not known before its first input is."""
        if sizes := [name for name in made_up if is_size(name)]:
            self._unsized[handle] = pending, sizes

    def fit(self, remote: RemoteObject, args: Sequence[Any]) -> None:
        """Let sizes that a constructor asks for, and was not given, be those of the first input."""
        pending, names = self._unsized.pop(remote._handle, (None, []))
        if pending is None or not args or pending not in self._recording.outbox.queue.pending:
            return
        made = pending.step
        (value, *_) = args
        known = isinstance(value, RemoteObject)
        shape = self._shapes.get(value._handle, ()) if known else np.shape(value)
        if not shape or not isinstance(made, Make):
            return
        made.kwargs = {**made.kwargs, **dict.fromkeys(names, shape[-1])}
        pending.operation[4] = self.on_wire_call((), made.kwargs)[1]

    # -- blocks --------------------------------------------------------------------------

    @contextlib.contextmanager
    def program(self) -> Iterator[Program]:
        """Send everything in the block as one message; calls in it return :class:`Pending`."""
        outbox = self._recording.outbox
        if outbox.block is not None:
            raise RuntimeError("program blocks do not nest")
        outbox.block = outbox.queue
        try:
            yield outbox.block
        finally:
            outbox.block = None
        self._send()

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Hold back what the program blocks inside would send; send it as one message at the end.

        Inside, only program blocks may be used: nothing else can be answered.
        """
        outbox = self._recording.outbox
        if outbox.held is not None or outbox.block is not None:
            raise RuntimeError("together does not nest")
        outbox.held = held = list[Program]()
        try:
            yield
            self._send()
        finally:
            outbox.held = None
            outbox.queue = Program()  # what is written from here on goes in a message of its own
        self._channel.exchange(held)

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
        state = self.new_handle()
        with self._apart():
            operation = ["call", codec.RANDOM, "get_state", [], codec.NO_KEYWORDS, state]
            self.enqueue(operation, Call(None, ""))
            self.seed(self._seed)
            try:
                yield
            finally:
                if self._channel.alive:
                    back = [self.on_wire(codec.Ref(state))]
                    operation = ["call", codec.RANDOM, "set_state", back, codec.NO_KEYWORDS, 0]
                    self.enqueue(operation, Call(None, ""))
                    self._send()

    @contextlib.contextmanager
    def _apart(self) -> Iterator[None]:
        """Leave what is being written as it is; begin something else, and go back to it."""
        mine = self._recording
        held = mine.outbox.held is not None  # then all is to go in one message
        self._recording = Recording(outbox=mine.outbox if held else Outbox(), apart=True)
        try:
            yield
        finally:
            self._recording = mine

    @contextlib.contextmanager
    def other_numbers(self) -> Iterator[None]:
        """In the block, random numbers are others than usual: what is made aside shows it."""
        usual, self._seed = self._seed, self._seed ^ 1
        try:
            yield
        finally:
            self._seed = usual

    @contextlib.contextmanager
    def untraced(self) -> Iterator[None]:
        """Leave what is done in the block out of the trace: it only helps to judge."""
        start = len(self.trace)
        try:
            yield
        finally:
            del self.trace[start:]

    # -- operations ----------------------------------------------------------------------

    def new_handle(self) -> int:
        """A number for an object in the worker, which has none since :meth:`begin`."""
        self._last_handle += 1
        return self._last_handle

    def on_wire(self, value: Any) -> Any:
        """The node of a value in the next message: objects as references."""
        value = value.on_wire() if isinstance(value, Exposure) else self._referred(value)
        return self._recording.outbox.queue.writer.value(value)

    def _referred(self, value: Any) -> Any:
        """A value with objects of the worker's as references, those in lists as well."""
        if isinstance(value, RemoteObject):
            return codec.Ref(value._handle)
        if isinstance(value, Pending):
            if value.resolved:
                return value.value
            if value.operation[-1] == 0:
                value.operation[-1] = self.new_handle()
            return codec.Ref(value.operation[-1])
        return type(value)(map(self._referred, value)) if type(value) in (list, tuple) else value

    def on_wire_call(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> list[Any]:
        """The nodes of a call's arguments: a list, and a dictionary."""
        listed = [self.on_wire(arg) for arg in args]
        return [listed, {"d": [[key, self.on_wire(value)] for key, value in kwargs.items()]}]

    def enqueue(self, operation: list[Any], step: Step, traced: bool = True) -> Pending:
        """Let an operation wait for the next message."""
        self._prepare()
        pending = self._write(operation, step)
        if isinstance(step, Invocation):
            self.asked.add(step.function)
        if traced:
            self.trace.append(step)
        return pending

    def perform(
        self,
        operation: list[Any],
        step: Step,
        traced: bool = True,
        read: Callable[[Any], Any] | None = None,
    ) -> Any:
        """Do an operation: its answer, or in a program block the promise of one.

        Args:
            read: Makes the answer out of what the worker has answered.
        """
        pending = self.enqueue(operation, step, traced)
        pending.read = read
        if self._recording.outbox.block is not None:
            return pending
        self.sync()
        return pending.value

    def sync(self) -> None:
        """Send what waits; raise the first failure among it."""
        program = self._send()
        if program.first_error is not None:
            raise program.first_error

    def _prepare(self) -> None:
        """Let wait what has to come before the next operation; of many that never comes."""
        recording = self._recording
        if recording.to_reset:
            recording.to_reset = False
            self._write(["reset"], Housekeeping())
        if recording.to_seed is not None:
            step = Seed(recording.to_seed)
            operation = ["call", codec.RANDOM, "seed", [recording.to_seed], codec.NO_KEYWORDS, 0]
            recording.to_seed = None
            self._write(operation, step)
            recording.trace.append(step)

    def _write(self, operation: list[Any], step: Step) -> Pending:
        pending = Pending(operation, step)
        self._recording.outbox.queue.pending.append(pending)
        return pending

    def _send(self) -> Program:
        outbox = self._recording.outbox
        program = outbox.queue
        if outbox.held is not None:
            outbox.held.append(program)
            outbox.queue = Program(program.writer)
        else:
            outbox.queue = Program()
            self._channel.exchange([program])
        return program
