"""What a locked worker costs: against a bare fork, and against a new Python with NumPy.

Each round measures all three, one after the other, because machines change their speed from
minute to minute; printed are medians. Linux only.

    python benchmarks/workers.py [ROUNDS]
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from grader.sandbox import codec
from grader.sandbox.launch import Zygote
from grader.sandbox.process import Limits
from grader.sandbox.worker import preload


def milliseconds(action: Callable[[], object]) -> float:
    """How long ``action`` takes."""
    start = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - start)


def bare_fork() -> None:
    """Fork this process, which has loaded what a zygote has; the child answers and ends."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(write, b"1")
        os._exit(0)
    os.read(read, 1)
    os.close(read)
    os.close(write)
    os.waitpid(pid, 0)


def locked_worker(zygote: Zygote) -> None:
    """Spawn, ask one thing, get the answer, kill, and wait until it has gone."""
    worker = zygote.spawn(Limits())
    writer = codec.Writer()
    source = writer.value(np.frombuffer(b"def answer(): return 42", np.uint8))
    load = ["load", "submission", source, {"d": []}, []]
    worker.request([load, ["call", 0, "answer", [], {"d": []}, 0]], writer)
    worker.kill()


def new_python() -> None:
    """Start Python as a grader would that runs each submission by exec."""
    subprocess.run([sys.executable, "-c", "import numpy"], check=True)


def main() -> None:
    """Measure in rounds, print medians."""
    rounds = int(sys.argv[1]) if sys.argv[1:] else 100
    zygote = Zygote()
    zygote.spawn(Limits()).kill()  # it is ready once it has answered
    preload.preload(rare=False)
    times: dict[str, list[float]] = {"bare fork": [], "locked worker": [], "new Python": []}
    for number in range(rounds):
        times["bare fork"].append(milliseconds(bare_fork))
        times["locked worker"].append(milliseconds(lambda: locked_worker(zygote)))
        if number % 5 == 0:
            times["new Python"].append(milliseconds(new_python))
    zygote.close()
    medians = {name: statistics.median(values) for name, values in times.items()}
    for name, median in medians.items():
        print(f"{name:14} {median:8.2f} ms")
    locked = medians["locked worker"]
    print(f"a locked worker is {locked / medians['bare fork']:.1f} bare forks,")
    print(f"and 1/{medians['new Python'] / locked:.0f} of a new Python with NumPy")


if __name__ == "__main__":
    main()
