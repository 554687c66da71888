"""The worker's own module: what it loads, what it tells about a file, what each operation does."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.sandbox import codec
from grader.sandbox.launch import Workers, start_workers
from grader.sandbox.process import Limits, Worker
from grader.sandbox.worker import server
from grader.sandbox.worker.loading import MAX_FRAMES, MAX_MESSAGE

ROOT = Path(server.__file__).resolve().parents[3]
MODULE = 0
LIMITS = Limits(call_seconds=10)
NOTHING: dict[str, Any] = {}

LAYER = '''
class Layer:
    """The base class."""

    def layer_name(self):
        return type(self).__name__
'''


@dataclass(frozen=True)
class Value:
    """An operand that goes over the wire as a value, not as part of the envelope."""

    content: Any


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """A source of workers for the whole file."""
    source = start_workers()
    yield source
    source.close()


@pytest.fixture
def started(workers: Workers) -> Iterator[Worker]:
    """A fresh worker without a module."""
    fresh = workers.spawn(LIMITS)
    yield fresh
    fresh.kill()


def ask(started: Worker, *operations: Sequence[Any]) -> list[Any]:
    """Send operations in one message; return one outcome for each."""
    writer = codec.Writer()
    written = [
        [writer.value(part.content) if isinstance(part, Value) else part for part in operation]
        for operation in operations
    ]
    return started.request(written, writer)


def loading(
    source: str,
    provided: dict[str, str] = NOTHING,
    names: Sequence[tuple[str, str, str]] = (),
) -> list[Any]:
    """The operation that loads ``source`` as the student's file."""
    data = np.frombuffer(textwrap.dedent(source).encode(), np.uint8)
    return ["load", "work", Value(data), Value(provided), Value([list(name) for name in names])]


def call(name: str, *args: Any, keep: int = 0, target: int = MODULE, **kwargs: Any) -> list[Any]:
    """The operation that calls a function of the student's module."""
    return ["call", target, name, Value(list(args)), Value(kwargs), keep]


def answer(started: Worker, operation: Sequence[Any]) -> Any:
    """Send one operation that succeeds; return its value."""
    ((kind, *rest),) = ask(started, operation)
    assert kind == "ok", rest
    return rest[0]


def load(started: Worker, source: str) -> Any:
    """Load a file that can be loaded; return what it defines."""
    return answer(started, loading(source))


# -- what is loaded ------------------------------------------------------------------------

LIST_NEW_MODULES = """
import sys
before = set(sys.modules)
sys.path.append({root!r})
import grader.sandbox.worker.server
import json, numpy
home = numpy.__path__[0]
found = [
    name
    for name, module in sys.modules.items()
    if name not in before
    and name.partition(".")[0] not in sys.stdlib_module_names
    and not (getattr(module, "__file__", None) or home).startswith(home)
]
print(json.dumps(sorted(found)))
"""


def test_the_worker_loads_nothing_but_the_wire() -> None:
    """Beside NumPy and the standard library there are only the worker, the wire and packages."""
    code = LIST_NEW_MODULES.format(root=str(ROOT))
    command = [sys.executable, "-s", "-P", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/")
    assert json.loads(done.stdout) == [
        "grader",
        "grader.sandbox",
        "grader.sandbox.codec",
        "grader.sandbox.worker",
        "grader.sandbox.worker.defining",
        "grader.sandbox.worker.exits",
        "grader.sandbox.worker.leftovers",
        "grader.sandbox.worker.line_trace",
        "grader.sandbox.worker.loading",
        "grader.sandbox.worker.partial_load",
        "grader.sandbox.worker.server",
        "grader.sandbox.worker.stand_ins",
        "grader.sandbox.worker.stubs",
    ]


def test_loading_describes_what_the_file_defines(started: Worker) -> None:
    """Classes with their public methods and bases, and functions; nothing that was imported."""
    source = """
        import math
        from math import sqrt

        LIMIT = 3

        class Base:
            size = 1
            def shared(self): ...

        class Dense(Base):
            def __init__(self): ...
            def forward_pass(self, X): ...
            def _helper(self): ...
            @property
            def shape(self): ...
            @staticmethod
            def make(): ...

        def helper(): ...
        shortcut = lambda: 1
    """
    description = load(started, source)
    assert description["classes"]["Dense"]["bases"] == ["Base"]
    methods = description["classes"]["Dense"]["methods"]
    assert {"forward_pass", "make", "shared"} <= set(methods)
    assert not {"shape", "size", "__init__"} & set(methods)
    assert sorted(description["classes"]) == ["Base", "Dense"]
    assert sorted(description["functions"]) == ["helper", "shortcut"]


def test_provided_modules_and_names_are_there(started: Worker) -> None:
    """A file finds the names without importing them, and can import the modules as well."""
    source = """
        from layer import Layer as Imported

        class Dense(Layer):
            pass

        def facts():
            return [Imported is Layer, Dense().layer_name(), type(np.ones(2)).__name__, rooted(9.0)]
    """
    names = [("Layer", "layer", "Layer"), ("np", "numpy", ""), ("rooted", "math", "sqrt")]
    description = answer(started, loading(source, {"layer": LAYER}, names))
    assert description["classes"]["Dense"]["bases"] == ["Layer"]
    assert "Layer" not in description["classes"]
    assert answer(started, call("facts")) == [True, "Dense", "ndarray", 3.0]


def test_a_class_that_does_not_like_to_be_looked_at(started: Worker) -> None:
    """A descriptor that raises on the class is no method, and hinders nothing."""
    source = """
        class Abstract:
            def __get__(self, instance, owner):
                raise NotImplementedError

        class Dense:
            name = Abstract()
            def forward_pass(self): ...
    """
    assert load(started, source)["classes"]["Dense"]["methods"] == ["forward_pass"]


def test_a_class_of_the_students_replaces_a_provided_one(started: Worker) -> None:
    """A file that brings its own Layer uses it, and it is listed."""
    source = """
        class Layer:
            mine = True

        def facts():
            return Layer.mine
    """
    names = [("Layer", "layer", "Layer")]
    description = answer(started, loading(source, {"layer": LAYER}, names))
    assert "Layer" in description["classes"]
    assert answer(started, call("facts")) is True


def test_a_file_that_is_no_python_is_described(started: Worker) -> None:
    """What is wrong comes as type and details that a message can be made of."""
    ((kind, found, _, frames, details),) = ask(started, loading("x = 1\ndef f(:\n"))
    assert (kind, found, details["line"], frames) == ("raised", "SyntaxError", 2, [])


@pytest.mark.parametrize(
    ("source", "name", "detail"),
    [
        ("import sys\nsys.exit(3)\n", "SystemExit", {"code": 3}),
        ("x = 1\n\ny = x / 0\n", "ZeroDivisionError", {}),
        ("\nraise KeyboardInterrupt\n", "KeyboardInterrupt", {}),
    ],
)
def test_what_a_file_raises_is_told_with_what_it_defines(
    started: Worker, source: str, name: str, detail: dict[str, Any]
) -> None:
    """The line of the statement, and the exception's type, frames and details."""
    line = source.count("\n")
    account = load(started, f"{source}class Later:\n    pass\n")
    assert list(account["classes"]) == ["Later"]
    (event,) = account["events"]
    assert (event["kind"], event["line"]) == ("raised", line)
    found, _, frames, details = event["raised"]
    assert (found, frames) == (name, [[line, "<module>"]])
    assert {key: details.get(key) for key in detail} == detail


def test_the_frames_of_an_exception_are_the_students(started: Worker) -> None:
    """Lines of NumPy and of the worker are left out; the innermost line comes last."""
    source = """
        import numpy as np

        def outer():
            return inner()

        def inner():
            return np.stack([np.ones(2), np.ones(3)])
    """
    load(started, source)
    ((kind, name, message, frames, _),) = ask(started, call("outer"))
    assert (kind, name) == ("raised", "ValueError")
    assert "same shape" in message
    assert frames == [[5, "outer"], [8, "inner"]]


def test_endless_recursion_is_cut_to_its_innermost_frames(started: Worker) -> None:
    """A thousand frames are not sent; the last ones are."""
    load(started, "def deeper(n):\n    return deeper(n + 1)\n")
    ((kind, name, _, frames, _),) = ask(started, call("deeper", 0))
    assert (kind, name) == ("raised", "RecursionError")
    assert frames == [[2, "deeper"]] * MAX_FRAMES


# -- exceptions ----------------------------------------------------------------------------


HOSTILE = """
    import builtins

    class Mute(Exception):
        def __str__(self): raise RuntimeError("no text")

    class Exiting(Exception):
        def __str__(self): raise SystemExit(0)

    class NamelessType(type):
        @property
        def __name__(cls): raise RuntimeError("no name")

    class Nameless(Exception, metaclass=NamelessType):
        pass

    class Rootless(Exception):
        @property
        def __traceback__(self): raise RuntimeError("no traceback")

    class Unplaced(SyntaxError):
        @property
        def lineno(self): raise RuntimeError("no line")

    class Codeless(SystemExit):
        @property
        def code(self): raise RuntimeError("no code")

    class Slippery(str):
        def __getitem__(self, key): return 5

    class Slipping(Exception):
        def __str__(self): return Slippery("text")

    class Weird(SyntaxError):
        lineno = object()

    class Chameleon(Exception):
        __class__ = SyntaxError

    def fail(kind):
        raise (globals().get(kind) or getattr(builtins, kind))()

    def surrogates():
        raise ValueError("\\ud800")

    def digits():
        raise ValueError("1" * 150)

    def verbose():
        raise ValueError("x" * 100_000)

    def listed():
        raise SystemExit([1])

    def long_return():
        return "x" * 2_000_000

    def fine():
        return 1
"""


@pytest.mark.parametrize(
    "kind",
    [
        "Mute",
        "Exiting",
        "Nameless",
        "Rootless",
        "Unplaced",
        "Codeless",
        "Slipping",
        "Weird",
        "Chameleon",
        "KeyboardInterrupt",
        "GeneratorExit",
    ],
)
def test_any_exception_can_be_described(started: Worker, kind: str) -> None:
    """Nothing that an exception does when it is looked at hinders its description."""
    load(started, HOSTILE)
    outcomes = ask(started, call("fail", kind), call("fine"))
    assert outcomes[0][0] == "raised"
    assert outcomes[0][1] == kind or kind == "Nameless"
    assert outcomes[1] == ["ok", 1]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("surrogates", "\\ud800"),
        ("digits", "1" * 150),
        ("verbose", "x" * MAX_MESSAGE),
        ("listed", "[1]"),
    ],
)
def test_any_message_can_be_told(started: Worker, name: str, shown: str) -> None:
    """A message arrives as text, whatever characters it has and however long it is."""
    load(started, HOSTILE)
    ((kind, _, message, _, _),) = ask(started, call(name))
    assert (kind, message) == ("raised", shown)


def test_an_exception_after_a_large_value_is_described(started: Worker) -> None:
    """A value too large to be sent does not use up the room of the next operation's message."""
    load(started, HOSTILE)
    outcomes = ask(started, call("long_return"), call("listed"))
    assert isinstance(outcomes[0][1], codec.Opaque)
    assert outcomes[1][:3] == ["raised", "SystemExit", "[1]"]


# -- operations ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layout", "c_contiguous", "f_contiguous"),
    [("c", True, False), ("fortran", False, True), ("strided", False, False)],
)
def test_layouts(started: Worker, layout: str, c_contiguous: bool, f_contiguous: bool) -> None:
    """An array is put into memory as asked, writable and with the same values."""
    load(started, "def facts(x): return [x.flags.c_contiguous, x.flags.f_contiguous, x]\n")
    array = np.arange(6.0).reshape(2, 3)
    put = ["put", 5, Value(array), layout]
    outcomes = ask(started, put, call("facts", codec.Ref(5)), ["value", 5])
    found_c, found_f, seen = outcomes[1][1]
    assert (found_c, found_f) == (c_contiguous, f_contiguous)
    assert np.array_equal(seen, array)
    assert np.array_equal(outcomes[2][1], array)


def test_arguments_can_be_written_to(started: Worker) -> None:
    """What the student's code is given belongs to it, and a kept array shows what was done."""
    load(started, "def spoil(x):\n    x[0] = 9.0\n    return x\n")
    outcomes = ask(
        started,
        call("spoil", np.zeros(2)),
        ["put", 5, Value(np.zeros(2)), "c"],
        call("spoil", codec.Ref(5)),
        ["value", 5],
    )
    assert outcomes[0][1].tolist() == [9.0, 0.0]
    assert outcomes[3][1].tolist() == [9.0, 0.0]


AFFINE = """
    class Layer:
        def __init__(self):
            self.W = None

        def forward(self, X):
            X *= 1.0
            self.W += 0.0
            return X * self.W
"""


def test_sweeping_an_argument(started: Worker) -> None:
    """The method is called with each entry of a stack, and its outputs are stacked."""
    load(started, AFFINE)
    stack = np.arange(6.0).reshape(3, 2)
    outcomes = ask(
        started,
        call("Layer", keep=5),
        ["set", 5, "W", Value(np.array([1.0, 10.0]))],
        ["sweep", 5, None, Value(stack), "forward", Value(None)],
    )
    assert np.array_equal(outcomes[2][1], stack * [1.0, 10.0])


def test_sweeping_an_attribute(started: Worker) -> None:
    """Each entry of a stack is set as the attribute before the method is called."""
    load(started, AFFINE)
    stack = np.arange(6.0).reshape(3, 2)
    x = np.array([2.0, 3.0])
    sweep = ["sweep", 5, "W", Value(stack), "forward", Value(x)]
    outcomes = ask(started, call("Layer", keep=5), sweep, ["get", 5, "W", 0])
    assert np.array_equal(outcomes[1][1], stack * x)
    assert np.array_equal(outcomes[2][1], stack[2])


def test_sweeping_an_item(started: Worker) -> None:
    """Each entry of a stack is set as an item of the attribute, a dictionary."""
    source = """
        class Layer:
            def __init__(self):
                self.p = {"W": 1.0, "b": 100.0}

            def forward(self, X):
                return X * self.p["W"] + self.p["b"]
    """
    load(started, source)
    sweep = ["sweep", 5, "p", Value(np.arange(3.0)), "forward", Value(np.ones(2)), "W"]
    outcomes = ask(started, call("Layer", keep=5), sweep)
    assert np.array_equal(outcomes[1][1], [[100, 100], [101, 101], [102, 102]])


def test_only_lines_of_the_students_file_are_counted(started: Worker) -> None:
    """Lines of NumPy and of provided modules cost nothing; those of helpers count."""
    source = """
        import numpy as np
        from busy import work

        def helper():
            return 1

        def straight(n):
            np.stack([np.ones(3)] * n)
            work(n)
            return helper()

        def loop(n):
            for _ in range(n):
                pass
    """
    busy = "def work(n):\n    for _ in range(n):\n        pass\n"
    answer(started, loading(source, {"busy": busy}))
    count = ["count_lines", MODULE]
    outcomes = ask(
        started,
        [*count, "straight", Value([3])],
        [*count, "straight", Value([300])],
        [*count, "loop", Value([10])],
        [*count, "loop", Value([30])],
    )
    few, many, short, long = [outcome[1] for outcome in outcomes]
    assert few == many == 4
    assert long - short == 2 * 20


def test_counting_ends_with_the_call(started: Worker) -> None:
    """A call that raises leaves no tracing behind."""
    load(started, "import sys\ndef bad(): raise ValueError\ndef traced(): return sys.gettrace()\n")
    outcomes = ask(started, ["count_lines", MODULE, "bad", Value([])], call("traced"))
    assert outcomes[0][:2] == ["raised", "ValueError"]
    assert outcomes[1] == ["ok", None]


def test_an_operation_that_fails_does_not_stop_the_others(started: Worker) -> None:
    """Each has its own outcome; what needs the failed one says that it is missing."""
    load(started, "class A:\n    def __init__(self, x): self.x = 1 / x\ndef one(): return 1\n")
    outcomes = ask(
        started,
        call("A", 0, keep=5),
        ["get", 5, "x", 0],
        call("one"),
        ["call", 99, "one", Value([]), Value({}), 0],
    )
    assert [outcome[:2] for outcome in outcomes] == [
        ["raised", "ZeroDivisionError"],
        ["raised", "Missing"],
        ["ok", 1],
        ["raised", "Missing"],
    ]


def test_reset_keeps_the_module_only(started: Worker) -> None:
    """Objects of an earlier check are gone, the student's module is still there."""
    load(started, "class A: pass\nstate = [1]\n")
    outcomes = ask(started, call("A", keep=5), ["reset"], ["value", 5], ["get", MODULE, "state", 0])
    assert [outcome[0] for outcome in outcomes] == ["ok", "ok", "raised", "ok"]


def test_attributes_are_the_arrays_of_the_instance(started: Worker) -> None:
    """By name, also those in slots and in dictionaries; other attributes are left out."""
    source = """
        import numpy as np

        class B:
            __slots__ = ("w", "unset")

        class A(B):
            c = np.zeros(1)

            def __init__(self):
                self.w, self.n, self.p = np.ones(2), 3, {"b": np.zeros(1), "k": 2}
    """
    load(started, source)
    outcomes = ask(started, call("A", keep=5), ["attributes", 5])
    assert list(outcomes[1][1]) == ["p.b", "w"]


UNWRITTEN = """
    class A:
        def __init__(self, n, *, scale, name="a"):
            self.n = n

        def empty(self, x):
            "Only told."

        def later(self, x):
            raise NotImplementedError("later")

        def same(self, x):
            return x

        def other(self, x, flag: bool, rate=1):
            return flag

        def number(self):
            return 5

        @classmethod
        def made(cls, data):
            pass
"""


def test_what_methods_ask_for_and_where_nothing_is_written(started: Worker) -> None:
    """Parameters without default values, and methods that only return None or their argument."""
    told = load(started, UNWRITTEN)["classes"]["A"]
    assert told["stubs"] == ["empty", "later", "made", "same"]
    assert [
        line.rstrip() for line in told["needs"] if line.split()[0] in ("__init__", "other", "empty")
    ] == [
        "__init__ n",
        "__init__ *scale",
        "other x",
        "other flag bool",
    ]


def test_randomness_is_the_same_in_every_worker(workers: Workers) -> None:
    """Generators that take their seed from the system draw the same numbers in each worker."""
    source = """
        import random
        import numpy as np

        def draws():
            return [
                np.random.default_rng().standard_normal(3),
                np.random.default_rng().integers(0, 1000, 3),
                np.random.RandomState().rand(3),
                np.random.rand(3),
                [random.random(), random.randint(0, 10**9)],
            ]
    """
    drawn = []
    for _ in range(2):
        fresh = workers.spawn(LIMITS)
        load(fresh, source)
        drawn.append(codec.encode(answer(fresh, call("draws"))))
        fresh.kill()
    assert drawn[0] == drawn[1]


# -- a submission that replaces what answers could be made with ------------------------------

SABOTAGE = """
    import builtins, contextlib, importlib, json, operator, types
    import numpy as np

    class Layer:
        def __init__(self):
            self.W = np.array([[1.5, 2.0]])
        def forward(self, X):
            return X * 2

    def __getattr__(name):  # what the call below finds last
        raise AttributeError(name)

    def forged(*args, **kwargs):
        return 42

    def replace():
        names = "build_class compile exec eval len isinstance issubclass getattr setattr type vars"
        for name in [*names.split(), "sorted", "list", "tuple", "dict", "str", "float", "callable"]:
            setattr_(builtins, f"__{name}__" if name == "build_class" else name, forged)
        for module, name in (
            (np, "stack"), (np, "zeros"), (np, "asarray"), (np, "frombuffer"), (np, "ndarray"),
            (np.random, "seed"), (np.random, "random_sample"),
            (json, "dumps"), (json, "loads"), (json.encoder, "c_make_encoder"),
            (types, "ModuleType"), (operator, "attrgetter"), (importlib, "import_module"),
            (contextlib, "suppress"), (json.JSONEncoder, "encode"), (json.JSONDecoder, "decode"),
        ):
            setattr_(module, name, forged)

    setattr_ = setattr
"""
LOOKING = """
class Derived(student.Layer):
    def __init__(self):
        super().__init__()
        self.size = len(self.W)

def told(layer):
    return [isinstance(layer, student.Layer), getattr(layer, "size"), type(layer).__name__]
"""


def test_replaced_builtins_change_no_answer(started: Worker) -> None:
    """Source of the judge's, calls, sweeps and draws answer as they did before."""
    load(started, SABOTAGE)
    X = np.array([[1.0, 2.5]])

    def everything() -> list[Any]:
        seeded = ["call", codec.RANDOM, "seed", Value([7]), Value({}), 0]
        drawn = ["call", codec.RANDOM, "random_sample", Value([3]), Value({}), 0]
        return ask(
            started,
            ["define", Value(LOOKING), 5],
            call("Derived", keep=6, target=5),
            call("told", codec.Ref(6), target=5),
            call("forward", X, target=6),
            ["put", 7, Value(X), "strided"],
            ["value", 7],
            ["get", 6, "size", 0],
            ["sweep", 6, None, Value(np.stack([X, X])), "forward", Value(None)],
            seeded,
            drawn,
            call("missing", {"a": (1, "b", None)}, target=6),
        )

    before = everything()
    assert answer(started, call("replace")) is None
    after = everything()
    assert repr(after) == repr(before)
    assert before[2] == ["ok", [True, 1, "Derived"]]
