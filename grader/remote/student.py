"""The student's module as the judge's checks see it.

A :class:`Student` behaves like the module; what it makes are
:class:`~grader.remote.objects.RemoteInstance` s that behave like the student's instances.
Everything crosses the wire by value.

Every operation is also a :class:`~grader.remote.steps.Step` of a trace, from which a script can
be written that does the same without the grader.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from grader.remote.answers import Pending
from grader.remote.channel import Channel
from grader.remote.conversation import Conversation, Recording
from grader.remote.exposures import Exposure
from grader.remote.liberties import given_in, named_arrays, required
from grader.remote.load_events import LoadEvent
from grader.remote.loadable import Loadable
from grader.remote.objects import Definitions, RemoteClass, RemoteFunction, RemoteInstance
from grader.remote.steps import (
    Call,
    Define,
    Draw,
    Expose,
    Housekeeping,
    Import,
    NewArray,
    ReadValue,
    RemoteObject,
)
from grader.sandbox import codec
from grader.sandbox.allowance import Allowance
from grader.sandbox.failures import WorkerFailure
from grader.sandbox.launch import Workers
from grader.sandbox.process import Limits
from grader.sandbox.transcript import Exchange, Transcript

_ASKED_BY_HYPOTHESIS = frozenset(
    "hypothesis_internal_is_this_a_mock_check execute_example setup_example teardown_example"
    " hypothesis_explicit_examples".split()
)
"""Attributes that it looks for on a test's first argument, taking it for a test case's ``self``."""


class Student(Conversation):
    """The student's module. Attributes are its classes and functions.

    Starts a worker when it needs one: at first, and after one has been lost.

    Args:
        methods: Names that are called on instances whatever the student's classes have: what is
            missing, or is no method, is then found out in the student's process.
        functions: Likewise, names that are called on the module.
    """

    def __init__(
        self,
        workers: Workers,
        loadable: Loadable,
        limits: Limits,
        seed: int = 0,
        methods: frozenset[str] = frozenset(),
        functions: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(Channel(workers, loadable, limits), seed, methods)
        self._expected_functions = functions

    # -- for checks ----------------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in _ASKED_BY_HYPOTHESIS:
            raise AttributeError(name)
        if name in self._channel.description.classes:
            return self.classes[name]
        return getattr(self._module, name)

    @property
    def _module(self) -> RemoteInstance:
        functions = self.functions | self._expected_functions
        return RemoteInstance(self, codec.MODULE, "module", functions, "")

    def draw(self, count: int) -> Any:
        """Draw ``count`` numbers from NumPy's global generator in the worker, shape (count,)."""
        operation = ["call", codec.RANDOM, "random_sample", [count], codec.NO_KEYWORDS, 0]
        return self.perform(operation, Draw(count))

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
        exposure = self._channel.exposures.add(real, methods, local)
        self._prepare()
        self.trace.append(Expose(exposure))
        return exposure

    def given(self, module: str, name: str) -> RemoteFunction:
        """Return a function that students are given, to be handed to their code.

        Args:
            module: One of the problem's provided modules, or a part of NumPy: ``numpy.random``.
            name: Of the function in it.
        """
        handle = self.new_handle()
        remote = RemoteFunction(self, handle, name)
        step = Import(module, name, result=remote)
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
        handle = self.new_handle()
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
        source = self.liberties.renamed_in(source)
        too_much = {} if self._as_written else {k: self.too_much(k) for k in self.classes}
        source = given_in(source, {kind: found for kind, found in too_much.items() if found})
        operation = ["define", self.on_wire(source), handle]
        self.enqueue(operation, Define(source, result=module))
        return Definitions(module, classes)

    def array(self, values: Any, layout: str = "c") -> RemoteObject:
        """Make an array in the worker, to be handed over and looked at again with :meth:`read`.

        Args:
            values: The array.
            layout: ``c``, ``fortran`` or ``strided`` (every second element of a wider array).
        """
        handle = self.new_handle()
        remote = RemoteObject(handle, f"array{handle}")
        self._shapes[handle] = np.shape(values)
        step = NewArray(values, layout, result=remote)
        self.enqueue(["put", handle, self.on_wire(values), layout], step)
        return remote

    def read(self, remote: RemoteObject) -> Any:
        """The present value of an array made by :meth:`array`."""
        return self.perform(["value", remote._handle], ReadValue(remote))

    def watch(self) -> None:
        """Watch what the calls that follow leave behind; :meth:`left` tells.

        The numbers that a generator gives, and NumPy's error handling, arrays that are handed over
        and arrays that were returned before: a call should change none of these unless asked to.
        """
        self.enqueue(["watch"], Housekeeping(), traced=False)

    def left(self) -> Any:
        """What calls have left behind since :meth:`watch`, as :class:`Leftovers` says it."""
        return self.perform(["left"], Housekeeping(), traced=False)

    def again(self, answer: Pending) -> Any:
        """What an earlier answer of this program is by now: an array may change once returned."""
        self.on_wire(answer)  # so that it is kept
        operation = ["value", answer.operation[-1]]
        return self.perform(operation, ReadValue(), traced=False, read=answer.read)

    def lines_of(
        self, owner: RemoteInstance | None, name: str, args: Any, kwargs: Mapping[str, Any]
    ) -> Any:
        """Call a method, or a class of the module; answer which lines of the file were executed.

        What the call raises is not told; numbers are the worker's word, as everything is.
        """
        handle = codec.MODULE if owner is None else owner._handle
        operation = ["lines", handle, name, *self.on_wire_call(args, kwargs)]
        return self.perform(operation, Call(owner, name, args, kwargs), traced=False)

    def ask_as_stated(self, remote: RemoteInstance) -> None:
        """Call methods of an instance that have a parameter too many without it.

        Raises:
            StudentError: As Python does, before anything of the method is run.
        """
        with self.as_written():
            for method in self.too_much(remote._class_name):
                if method != "__init__":
                    getattr(remote, method)(*[None] * required(self.signatures[method]))

    def attributes(self, remote: RemoteObject) -> Any:
        """The arrays among an instance's attributes, by name; see :func:`named_arrays`."""
        operation = ["attributes", remote._handle]
        return self.perform(operation, ReadValue(remote), traced=False, read=named_arrays)

    def note(self, text: str) -> None:
        """Remember a harmless deviation for the report."""
        self._channel.note(text)

    # -- for the session -----------------------------------------------------------------

    def present(self, loadable: Loadable, allowance: Allowance | None = None) -> None:
        """Be another submission from now on, which may cost so much."""
        self._channel.present(loadable, allowance)
        self._recording = Recording()
        self._liberties = None

    @property
    def allowance(self) -> Allowance | None:
        """What the submission may cost in all."""
        return self._channel.allowance

    @property
    def notes(self) -> Mapping[str, None]:
        """Harmless deviations met so far, in order of appearance."""
        return self._channel.notes

    @property
    def lost(self) -> WorkerFailure | None:
        """How a worker was killed from outside, if one was."""
        return self._channel.lost

    def load(self) -> None:
        """Start a worker and load the file.

        Raises:
            StudentError, WorkerFailure: It could not be loaded.
        """
        self._channel.load()

    def close(self) -> None:
        """End the worker."""
        self._channel.close()

    @property
    def interface(self) -> Hashable:
        """What the judge is told when the file is loaded, as far as it asks by it."""
        return self._channel.description.interface

    @property
    def classes(self) -> dict[str, RemoteClass]:
        """The classes that the file defines, by name."""
        module = self._module
        return {
            name: RemoteClass(module=module, name=name, **msgspec.structs.asdict(found))
            for name, found in self._channel.description.classes.items()
        }

    @property
    def functions(self) -> frozenset[str]:
        """Names of the functions that the file defines."""
        return self._channel.description.functions

    @property
    def events(self) -> tuple[LoadEvent, ...]:
        """What happened while the file was loaded, if it could not be run as a whole."""
        return self._channel.description.events

    @property
    def printed(self) -> str:
        """What has come out of the worker since :meth:`take_output`, in answers so far."""
        return self._channel.printed

    def take_output(self) -> str:
        """What was printed since the last call."""
        return self._channel.take_output()

    def rehearse(self, known: Sequence[Transcript]) -> Transcript | None:
        """Ask what others were asked; return the transcript with which all answers agree."""
        return self._channel.rehearse(known)

    def record(self) -> None:
        """Record what the worker is asked from now on, and its answers."""
        self._channel.record()

    @property
    def recorded(self) -> list[Exchange] | None:
        """What was recorded, if it is all that was asked since :meth:`record`."""
        return self._channel.recorded
