"""Coverage-guided fuzzing of the judge's end: whatever a worker says, it is an answer or a failure.

    pip install 'dense-grader[fuzz]'
    python tests/fuzz/fuzz_channel.py -max_total_time=300 -rss_limit_mb=512

A real :class:`~grader.sandbox.process.Worker` reads from a real socket what the fuzzer wrote; a
:class:`~grader.remote.student.Student` uses it as checks do. Only the process is missing.
"""

from __future__ import annotations

import os
import secrets
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

import atheris
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
_OF_SANDBOX = ("captured_output", "channel", "codec", "outcomes", "process")
_OURS = ("remote", *(f"sandbox.{name}" for name in _OF_SANDBOX))
with atheris.instrument_imports(include=[f"grader.{name}" for name in _OURS]):
    from grader.remote.loadable import Loadable
    from grader.remote.steps import StudentError
    from grader.remote.student import Student
    from grader.sandbox import codec
    from grader.sandbox.failures import WorkerFailure
    from grader.sandbox.process import Ended, Limits, Worker

NONCE = 7
LIMITS = Limits(call_seconds=0.005)
METHODS = frozenset({"backward_pass", "forward_pass", "initialize"})
secrets.randbits = lambda bits: NONCE  # type: ignore[assignment]  # a forger has the true one too


class Optimizer:
    """An object of the judge's in the student's hands."""

    learning_rate = 0.1

    def update(self, w: Any, grad: Any) -> Any:
        """As the exercise's optimizers do."""
        return w - self.learning_rate * grad


class Scripted(Worker):
    """A worker without a process: whenever it is asked, the next line of a script is there."""

    def __init__(self, data: bytes) -> None:
        printed, _, said = data.partition(b"\0")
        self.lines = iter(frames(said))
        ours, self.theirs = socket.socketpair()
        read, write = os.pipe()
        os.set_blocking(write, False)
        os.write(write, printed[:4096])
        os.close(write)
        self.theirs.setblocking(False)
        self.theirs.send(codec.LOCKED_UP)
        super().__init__(ours, read, LIMITS, lambda number: None, lambda seconds: True, self.end)
        send = self._channel.send

        def answered(data: bytes, deadline: Any) -> None:
            send(data, deadline)
            self.answer()

        self._channel.send = answered  # type: ignore[method-assign]

    def end(self) -> Ended:
        """Be gone."""
        self.theirs.close()
        return Ended(0)

    def answer(self) -> None:
        """Read what was asked, and send the next line."""
        while len(self.theirs.recv(1 << 16)) == 1 << 16:
            pass
        line = next(self.lines, None)
        if line is None:
            self.theirs.shutdown(socket.SHUT_WR)
        else:
            self.theirs.send(line[:60_000])


class Script:
    """A source of workers that say what the fuzzer wrote."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def spawn(self, limits: Limits) -> Worker:
        """A worker without a process."""
        return Scripted(self._data)


def frames(said: bytes) -> list[bytes]:
    """One frame for each line: a header, a tab, the bytes of arrays. As it is if it has a NUL."""
    found = []
    for line in said.split(b"\n"):
        header, _, arrays = line.partition(b"\t")
        body = codec.LENGTH.pack(len(header)) + header + arrays.replace(b"z", b"\0")
        found.append(line if b"\0" in line else codec.LENGTH.pack(len(body)) + body)
    return found


def test_one_input(data: bytes) -> None:
    """Load, make a layer, give it an optimizer, call it, read from it."""
    script: Any = Script(data)
    student = Student(script, Loadable("work", b""), LIMITS, methods=METHODS)
    try:
        student.begin()
        layer = student.Dense(3, input_shape=(2,))
        layer.initialize(student.expose(Optimizer(), "update"))
        with student.program() as program:
            layer.backward_pass(np.ones((1, 3)))
            layer.forward_pass.count_lines(np.ones((1, 2)))
        for pending in program.pending:
            if pending.error is None:
                pending.value  # noqa: B018
        str(layer.W)
    except (StudentError, WorkerFailure) as error:
        str(error)
    finally:
        student.take_output()
        student.close()
    for step in student.trace:
        str(step)


def seeds() -> list[bytes]:
    """What well-behaved and forging workers say."""
    dense = {"d": [["methods", ["backward_pass", "initialize"]], ["bases", ["Layer"]]]}
    classes = {"d": [["Dense", dense]]}
    text = codec.Writer().frame(
        [NONCE, "done", [["ok", {"d": [["classes", classes], ["functions", ["f"]]]}]], []]
    )[8:]
    made = b'[7,"done",[["ok",null],["ok",null],["ok",null]],[]]'
    calls = b'[7,"callback",1,"update",[{"a":[11,1]},1.5],{"d":[]},[[1,-1]]]\tzzzzzzzz'
    ok = b'[7,"done",[["ok",{"a":[11,1]}],["ok",3]],[]]\tzzzzzzzz'
    raised = (
        b'[7,"done",[["raised","ValueError","no",[[3,"f"]],{"d":[]}],["ok",{"t":[1,true]}]],[]]'
    )
    copies = b'[7,"done",[["ok",{"d":[["x",{"z":[1.0,2.0]}]]}],["ok",{"r":1}]],[[1,-2],[-2,-3]]]'
    posted = b'[7,"news",[[1,-1],[-1,"update",[{"a":[11,1]},1.5],{"d":[]}]]]\tzzzzzzzz'
    value = b'[7,"done",[["ok",{"o":["Thing","an array"]}]],[]]'
    return [
        b"printed\0" + b"\n".join(lines)
        for lines in (
            [text, made, ok, value],
            [text, made, calls, ok, raised, value],
            [text, calls, made, calls, raised, value],
            [text, made, copies, value],
            [text, made, posted, ok],
            [raised],
        )
    ]


def main() -> None:
    """Fuzz until told to stop."""
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(seeds()):
            (Path(corpus) / f"seed{number}").write_bytes(seed)
        given = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
        atheris.Setup([*sys.argv, *([] if given else [corpus])], test_one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
