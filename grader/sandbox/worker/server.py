"""The untrusted process. Holds the student's module and nothing that is worth stealing.

It answers *call this*, *read that*, with values and never with verdicts; nothing that it says is
believed. It imports the standard library, NumPy and the wire, and nothing else of the grader.

A request is ``[nonce, operations]``; each operation is a list whose first item names it (the
``_do_*`` methods below). The reply is ``[nonce, "done", outcomes, news]`` with one outcome per
operation: ``["ok", value]`` or ``["raised", type, message, frames, detail]``. An operation that
raises does not stop those behind it. In between, a method of a judge-side object sends
``[nonce, "callback", id, method, args, kwargs, news]`` and waits for ``["ok", value]`` or
``["raise", message]``. News is what became of judge-side objects since the last message, in order:
``[id, copy]`` for a copy, ``[id, method, args, kwargs]`` for a call that was answered here. Where
much of it gathers, it is sent ahead as ``[nonce, "news", news]``. Before all this,
:data:`~grader.sandbox.codec.LOCKED_UP` is sent.
"""

from __future__ import annotations

import builtins
import faulthandler
import os
import random
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from operator import attrgetter
from types import ModuleType
from typing import Any

import numpy as np
from numpy import array as stacked
from numpy import geterr, ndarray, seterr, zeros

from grader.sandbox import codec
from grader.sandbox.worker import line_trace, loading
from grader.sandbox.worker.leftovers import Leftovers
from grader.sandbox.worker.stubs import JudgeObjects

# Taken before the first line of a submission runs: one that replaces a builtin, or a function of
# NumPy, changes neither what is done here nor what source of the judge's does.
_BUILTINS = dict(vars(builtins))
globals().update({name: it for name, it in _BUILTINS.items() if not name.startswith("_")})
_GLOBAL_GENERATOR = np.random.random_sample.__self__  # type: ignore[attr-defined]

_AT_ONCE = 1 << 16
_GONE = object()


class Missing(Exception):
    """An operation used an object that an earlier, failed operation should have made."""


class Server:
    """Serves one channel until the judge closes it.

    Args:
        room: Bytes of array data that one message may hold.
    """

    def __init__(self, channel: socket.socket, room: int) -> None:
        self.channel = channel
        self.room = room
        self.objects: dict[int, Any] = {}
        self.nonce = 0
        self.filename = ""
        self.leftovers: Leftovers | None = None
        self.errors = geterr()
        self.judge_objects = JudgeObjects(self.call_back, self._send_ahead, self._localize)

    def serve(self) -> None:
        """Answer requests until the channel closes."""
        while True:
            message = self._receive()
            self.nonce, operations = message
            writer = codec.Writer(self.room)
            outcomes = [self._outcome(operation, writer) for operation in operations]
            _flush()
            try:
                news = self.judge_objects.take_news(writer)
                frame = writer.frame([self.nonce, "done", outcomes, news])
            except MemoryError:
                frame = self._too_large(len(operations))
            self._send(frame)

    def _too_large(self, count: int) -> bytes:
        """The reply to ``count`` operations, whose answers there was no memory left to write."""
        error = MemoryError("no memory was left for the answer")
        writer = codec.Writer()
        outcomes = [loading.describe_exception(error, self.filename, writer) for _ in range(count)]
        return writer.frame([self.nonce, "done", outcomes, []])

    # -- the channel ---------------------------------------------------------------------

    def _receive(self) -> Any:
        # The judge sends one frame and waits for the answer, so that nothing comes behind it.
        data = self._read(_AT_ONCE)
        while len(data) < codec.LENGTH.size:
            data += self._read(_AT_ONCE)
        (length,) = codec.LENGTH.unpack_from(data)
        missing = codec.LENGTH.size + length - len(data)
        if missing:
            parts = [data]
            while missing:
                parts.append(self._read(missing))
                missing -= len(parts[-1])
            data = b"".join(parts)
        return codec.decode(data[codec.LENGTH.size :])

    def _read(self, most: int) -> bytes:
        data = self.channel.recv(most)
        if not data:
            os._exit(0)
        return data

    def _send(self, frame: bytes) -> None:
        self.channel.sendall(frame)

    def call_back(self, number: int, method: str, args: Any, kwargs: Any) -> Any:
        """Run a method of a judge-side object and return what the judge answers."""
        _flush()
        writer = codec.Writer(self.room)
        call = [writer.value(list(args)), writer.value(kwargs)]
        news = self.judge_objects.take_news(writer)
        self._send(writer.frame([self.nonce, "callback", number, method, *call, news]))
        kind, value = self._receive()
        if kind == "raise":
            raise ValueError(value)
        return self._localize(value)

    def _send_ahead(self) -> None:
        """Send news of judge-side objects before the message that would have had it."""
        _flush()
        writer = codec.Writer(self.room)
        news = self.judge_objects.take_news(writer)
        self._send(writer.frame([self.nonce, "news", news]))

    # -- operations ----------------------------------------------------------------------

    def _outcome(self, operation: list[Any], writer: codec.Writer) -> list[Any]:
        try:
            handler: Callable[..., Any] = getattr(self, f"_do_{operation[0]}")
            return ["ok", writer.value(handler(*operation[1:]))]
        except BaseException as error:
            return loading.describe_exception(error, self.filename, writer)

    def _object(self, handle: int) -> Any:
        found = self.objects.get(handle, _GONE)
        if found is _GONE:
            raise Missing("not made, because an earlier call failed")
        return found

    def _keep(self, handle: int, make: Callable[[], Any]) -> Any:
        """Make a value, and keep it if it has a number.

        What had that number before is gone, also if this fails: numbers begin anew with each check.
        """
        if handle:
            self.objects.pop(handle, None)
        value = make()
        if handle:
            self.objects[handle] = value
        return value

    def _localize(self, value: Any) -> Any:
        """Turn what came over the wire into what student code expects to be given."""
        kind = type(value)
        if kind is ndarray:
            return value.copy()
        if kind is codec.Ref:
            return self._object(value.handle)
        if kind is codec.Exposed:
            return self.judge_objects.stub(value)
        if kind is list:
            return [self._localize(item) for item in value]
        if kind is tuple:
            return tuple([self._localize(item) for item in value])
        if kind is dict:
            return {key: self._localize(item) for key, item in value.items()}
        return value

    def _do_load(
        self,
        name: str,
        source: ndarray,
        provided: dict[str, str],
        names: list[list[str]],
        script: str = "",
        stopped: int | None = None,
    ) -> Any:
        """Run the student's file in a new module; describe what it defines.

        ``provided`` maps importable module names to their source; ``names`` lists
        ``[name, module, attribute]`` to be found in the student's namespace from the start;
        ``script`` is what the program seems to have been started with; ``stopped`` is the line at
        which another worker came to its end when it loaded the file.
        """
        sys.argv[:] = [script]
        sys.orig_argv[:] = ["python", script]
        self.filename = f"{name}.py"
        module = loading.new_module(name, provided, names)
        self.objects = {codec.MODULE: module, codec.RANDOM: _GLOBAL_GENERATOR}
        told = loading.load(module, source.tobytes(), self.filename, provided, names, stopped)
        self.errors = geterr()
        return told

    def _do_reset(self) -> None:
        """Forget all objects but the module."""
        self.judge_objects.forget()
        self.leftovers = None
        seterr(**self.errors)
        self.objects = {key: self.objects[key] for key in (codec.MODULE, codec.RANDOM)}

    def _do_skip(self, operation: list[Any]) -> None:
        """Leave an operation out; its values are still there, so that those behind it are found."""

    def _do_define(self, source: str, handle: int) -> None:
        """Run source of the judge's as a module in which `student` is the student's."""
        module = ModuleType("judge")
        vars(module).update(np=np, student=self.objects[codec.MODULE], __builtins__=_BUILTINS)
        code = compile(source, "judge.py", "exec", dont_inherit=True)

        def run() -> ModuleType:
            exec(code, vars(module))
            return module

        self._keep(handle, run)

    def _do_call(self, target: int, name: str, args: Any, kwargs: Any, keep: int) -> Any:
        def call() -> Any:
            function = attrgetter(name)(self._object(target))
            given, named = self._localize(args), self._localize(kwargs)
            if self.leftovers is None or target == codec.RANDOM:
                return function(*given, **named)
            return self.leftovers.call(name, function, given, named)

        return self._keep(keep, call)

    def _do_watch(self) -> None:
        """Watch from now on what calls leave behind, though others have left the same before."""
        seterr(**self.errors)
        self.leftovers = Leftovers()

    def _do_left(self) -> list[list[str]]:
        """What they have left behind, since the last time; watch no more."""
        watched, self.leftovers = self.leftovers, None
        return watched.found() if watched else []

    def _do_get(self, target: int, name: str, keep: int) -> Any:
        return self._keep(keep, lambda: getattr(self._object(target), name))

    def _do_set(self, target: int, name: str, value: Any) -> None:
        setattr(self._object(target), name, self._localize(value))

    def _do_put(self, handle: int, value: Any, layout: str) -> None:
        """Make an array here, in a given memory layout, for calls to refer to."""
        self.objects[handle] = _LAYOUTS[layout](value)

    def _do_given(self, handle: int, module: str, name: str) -> None:
        """Find a function of a module that students are given, for calls to refer to."""
        self.objects[handle] = getattr(import_module(module), name)

    def _do_value(self, handle: int) -> Any:
        return self._object(handle)

    def _do_attributes(self, target: int) -> dict[str, Any]:
        """The arrays among the instance's attributes, sorted by name, also those in dictionaries.

        Those in a dictionary that is an attribute have the attribute's name in front: ``p.W``.
        """
        instance = self._object(target)
        slots = [s for k in loading.bases_of(type(instance)) for s in getattr(k, "__slots__", ())]
        found: dict[str, Any] = {}
        for name in sorted({*getattr(instance, "__dict__", ()), *slots}):
            value = getattr(instance, name, None)
            if isinstance(value, dict):
                found.update({f"{name}.{key}": item for key, item in value.items()})
            else:
                found[name] = value
        return {name: value for name, value in found.items() if isinstance(value, ndarray)}

    def _do_sweep(
        self,
        target: int,
        attribute: str | None,
        stack: Any,
        method: str,
        x: Any,
        key: str | None = None,
    ) -> Any:
        """Call ``method`` once per entry of ``stack`` and stack what it returns.

        The entry is set as ``attribute`` first, or as its item ``key``, and ``x`` is the argument;
        without an attribute the entry is the argument. Central differences need thousands of
        calls: this is one.
        """
        instance = self._object(target)
        function = getattr(instance, method)
        outputs = []
        for entry in stack:
            if attribute is None:
                outputs.append(function(entry.copy()))
                continue
            if key is None:
                setattr(instance, attribute, entry.copy())
            else:
                getattr(instance, attribute)[key] = entry.copy()
            outputs.append(function(x.copy()))
        return stacked(outputs)

    def _do_count_lines(self, target: int, name: str, args: Any) -> int:
        """Call a method and count the lines of the student's file that it executes."""
        function = getattr(self._object(target), name)
        arguments = self._localize(args)
        return line_trace.count(lambda: function(*arguments), self.filename)

    def _do_lines(self, target: int, name: str, args: Any, kwargs: Any) -> list[int]:
        """Call something and return which lines of the student's file it executes, sorted.

        What it raises is not of interest here.
        """
        with suppress(BaseException):
            function = attrgetter(name)(self._object(target))
            arguments, keywords = self._localize(args), self._localize(kwargs)
            return line_trace.executed(lambda: function(*arguments, **keywords), self.filename)
        return []


def _strided(array: ndarray) -> ndarray:
    wide = zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    wide[..., ::2] = array
    return wide[..., ::2]


_LAYOUTS: dict[str, Callable[[ndarray], ndarray]] = {
    "c": lambda array: array.copy(order="C"),
    "fortran": lambda array: array.copy(order="F"),
    "strided": _strided,
}


def _flush() -> None:
    """Let what was printed arrive before the reply does, so that it is filed under its call."""
    for stream in {id(stream): stream for stream in (sys.stdout, sys.stderr)}.values():
        # Replaced or closed by the student: then there is nothing to show.
        with suppress(BaseException):
            stream.flush()


def run(channel: socket.socket, output: int, room: int) -> None:
    """Serve ``channel``; what is printed goes to the descriptor ``output``. Does not return.

    Args:
        room: Bytes of array data that one message may hold.
    """
    sys.stdout = os.fdopen(output, "w", 1 << 13, "utf-8", "backslashreplace", closefd=False)
    sys.stdout.reconfigure(line_buffering=True)  # so that a line is seen even if no more follows
    sys.stderr = sys.stdout
    # A crash, and the end of the processor time, tell which line of the student's was running.
    faulthandler.enable(output, all_threads=False)
    if hasattr(signal, "SIGXCPU"):
        faulthandler.register(signal.SIGXCPU, file=output, all_threads=False, chain=True)
    if hasattr(signal, "SIGUSR1"):
        # Asked by the judge just before it kills: which line of the student's is running?
        faulthandler.register(signal.SIGUSR1, file=output, all_threads=False)
    _make_repeatable()
    _forget_place()
    channel.sendall(codec.LOCKED_UP)
    try:
        Server(channel, room).serve()
    finally:
        os._exit(0)


def _make_repeatable() -> None:
    """Seed every source of randomness that Python and NumPy would take from the system.

    A submission that calls ``default_rng()`` then draws the same numbers in every run, and its
    report is the same in every run.
    """
    random.seed(0)
    np.random.seed(0)
    entropy = random.Random(0)  # noqa: S311  (to be repeatable is the point)
    np.random.bit_generator.randbits = entropy.getrandbits  # type: ignore[attr-defined]


def _forget_place() -> None:
    """Have Python say of itself what it would outside of the grader's virtual environment."""
    sys.executable = getattr(sys, "_base_executable", sys.executable)
    sys.prefix, sys.exec_prefix = sys.base_prefix, sys.base_exec_prefix
    sys.argv[:] = [""]
    sys.orig_argv[:] = ["python"]
