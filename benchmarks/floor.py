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
import contextlib
import gc
import json
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from grader.sandbox import codec
from grader.sandbox.worker import loading
from grader.sandbox.worker.server import Server


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
    return operations


class Optimizer:
    """Stands for whatever optimizer the checks hand over: one step of gradient descent."""

    def __init__(self, learning_rate: float = 1.0) -> None:
        self.learning_rate = learning_rate

    def update(self, w: Any, grad: Any) -> Any:
        """Return the new w."""
        return w - self.learning_rate * grad


class Calls(Server):
    """Recorded operations, carried out directly: no channel, and the file is just run."""

    def __init__(self, operations: list[Any]) -> None:
        super().__init__(None, sys.maxsize)  # type: ignore[arg-type]  # it has no channel
        self.todo: list[tuple[Callable[..., Any], list[Any]]] = []
        for name, *arguments in operations:
            if name == "load":
                _, source, provided, names, *_ = arguments
                self.source = source.tobytes()
                self.module = loading.new_module("submission", provided, names)
            else:
                self.todo.append((getattr(self, f"_do_{name}"), self._real(arguments)))

    def _real(self, value: Any) -> Any:
        """A value with real objects in place of what stands for the judge's."""
        if isinstance(value, list):
            return [self._real(item) for item in value]
        if isinstance(value, dict):
            return {key: self._real(item) for key, item in value.items()}
        if isinstance(value, codec.Exposed):
            return self.judge_objects.own_object(value) or Optimizer()
        return value

    def run(self) -> None:
        """Run the source and make the calls."""
        exec(compile(self.source, "submission.py", "exec"), vars(self.module))
        self.objects = {codec.MODULE: self.module, codec.RANDOM: np.random}
        for operation, arguments in self.todo:
            with contextlib.suppress(Exception):  # some are to be refused
                operation(*arguments)


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
