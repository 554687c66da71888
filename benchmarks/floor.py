"""The physical floor: what a check's calls cost without any framework around them.

The calls that a problem's checks make of one submission are recorded once, by grading it in
another process. Then, again and again: fork this process, which has NumPy loaded and little else,
run the file's source, make the same calls with the same arguments, and end. Nothing crosses a
channel, nothing is compared, and no call is answered to anybody.

    python benchmarks/floor.py FILE [--problem SLUG] [--times N]

prints the median in milliseconds. With ``--serve`` each line of standard input, a number, is
answered by a JSON list of so many times in seconds.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import time
import types
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from grader.sandbox import codec


def record(path: Path, slug: str) -> list[bytes]:
    """Grade a file; return the requests that its worker was sent, as frames."""
    from grader.grading.in_process import grade
    from grader.model.problem import Library
    from grader.model.submission import read_submission
    from grader.sandbox.process import Worker

    frames: defaultdict[Worker, list[bytes]] = defaultdict(list)
    ask = Worker.request

    def request(worker: Worker, operations: Any, writer: Any, *args: Any, **kwargs: Any) -> Any:
        frames[worker].append(writer.frame(operations))
        return ask(worker, operations, writer, *args, **kwargs)

    Worker.request = request  # type: ignore[method-assign, assignment]
    grade(Library.find().load(slug), read_submission(path))
    return max(frames.values(), key=len)  # others were not for the submission


def recorded_operations(path: Path, slug: str) -> list[Any]:
    """Have another process :func:`record` the operations; return them, with stubs made real."""
    command = [sys.executable, __file__, str(path), "--problem", slug, "--record"]
    data = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    operations, position = list[Any](), 0
    while position < len(data):
        (length,) = codec.LENGTH.unpack_from(data, position)
        position += codec.LENGTH.size
        operations += codec.decode(data[position : position + length])
        position += length
    return _real(operations)  # type: ignore[no-any-return]


class Optimizer:
    """Stands for whatever optimizer the checks hand over: one step of gradient descent."""

    def __init__(self, learning_rate: float = 1.0) -> None:
        self.learning_rate = learning_rate

    def update(self, w: Any, grad: Any) -> Any:
        """Return the new w."""
        return w - self.learning_rate * grad


def _real(value: Any) -> Any:
    if isinstance(value, list):
        return [_real(item) for item in value]
    if isinstance(value, dict):
        return {key: _real(item) for key, item in value.items()}
    return Optimizer() if isinstance(value, codec.Exposed) else value


class Calls:
    """Recorded operations, carried out directly: those of :mod:`grader.sandbox.worker.server`."""

    def __init__(self, operations: list[Any]) -> None:
        self.objects: dict[int, Any] = {}
        self.todo: list[tuple[Callable[..., Any], list[Any]]] = []
        for name, *arguments in operations:
            if name == "load":
                self._provide(arguments[2], arguments[3])
                self.source, self.filename = arguments[1].tobytes(), f"{arguments[0]}.py"
            else:
                self.todo.append((getattr(self, name), arguments))

    def _provide(self, provided: dict[str, str], names: list[list[str]]) -> None:
        """Import what every submission is given, before any fork."""
        for name, text in provided.items():
            module = sys.modules[name] = types.ModuleType(name)
            exec(compile(text, f"{name}.py", "exec"), vars(module))
        self.names: dict[str, Any] = {}
        for local, origin, attribute in names:
            __import__(origin)
            found = sys.modules[origin]
            self.names[local] = getattr(found, attribute) if attribute else found

    def run(self) -> None:
        """Run the source and make the calls."""
        module = sys.modules["submission"] = types.ModuleType("submission")
        vars(module).update(self.names)
        exec(compile(self.source, self.filename, "exec"), vars(module))
        self.objects = {codec.MODULE: module, codec.RANDOM: np.random}
        for operation, arguments in self.todo:
            operation(*arguments)

    def _local(self, value: Any) -> Any:
        return self.objects[value.handle] if isinstance(value, codec.Ref) else value

    def reset(self) -> None:
        """Forget all objects but the module."""
        self.objects = {key: self.objects[key] for key in (codec.MODULE, codec.RANDOM)}

    def call(self, target: int, name: str, args: Any, kwargs: Any, keep: int) -> None:
        """Call a method."""
        function = getattr(self.objects[target], name)
        result = function(*[self._local(arg) for arg in args], **kwargs)
        if keep:
            self.objects[keep] = result

    def get(self, target: int, name: str, keep: int) -> None:
        """Read an attribute, which may not be there."""
        getattr(self.objects[target], name, None)

    def set(self, target: int, name: str, value: Any) -> None:
        """Set an attribute."""
        setattr(self.objects[target], name, value)

    def put(self, handle: int, value: Any, layout: str) -> None:
        """Keep an array."""
        self.objects[handle] = value

    def value(self, handle: int) -> None:
        """Look at an array."""

    def sweep(self, target: int, attribute: str | None, stack: Any, name: str, x: Any) -> None:
        """Call a method once per entry of a stack."""
        instance = self.objects[target]
        function = getattr(instance, name)
        for entry in stack:
            if attribute is None:
                function(entry)
            else:
                setattr(instance, attribute, entry)
                function(x)

    def watch(self) -> None:
        """Nothing is watched here, and so nothing is left."""

    left = watch

    def count_lines(self, target: int, name: str, args: Any) -> None:
        """Call a method; nothing is counted here."""
        getattr(self.objects[target], name)(*args)


def fork_and_run(calls: Calls) -> float:
    """Return the seconds from the fork to the end of the child."""
    started = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            calls.run()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    if status:
        raise RuntimeError("the calls failed: is the file a right one?")
    return time.perf_counter() - started


def main() -> None:
    """Record, then measure."""
    parser = argparse.ArgumentParser(description="Time a check's calls without any framework.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--problem", default="dense")
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("--record", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.record:
        for frame in record(options.file, options.problem):
            sys.stdout.buffer.write(frame)
        return
    calls = Calls(recorded_operations(options.file, options.problem))
    gc.collect()
    gc.freeze()
    if options.serve:
        for line in sys.stdin:
            print(json.dumps([fork_and_run(calls) for _ in range(int(line))]), flush=True)
        return
    median = statistics.median(fork_and_run(calls) for _ in range(options.times))
    print(f"{1000 * median:.2f} ms for {len(calls.todo):,} operations")


if __name__ == "__main__":
    main()
