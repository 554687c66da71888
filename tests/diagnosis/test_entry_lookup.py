"""The class that is asked for: elsewhere, twice, under another name; methods that are none."""

from __future__ import annotations

import textwrap

import pytest

from grader.grading.in_process import grade_all
from grader.model.problem import Library
from grader.model.report import Report
from grader.model.submission import submission_from
from tests.conftest import ROOT
from tests.intake.packing import notebook

RELU = '''
import numpy as np

class ReLU:
    """Cuts off what is negative."""

    def forward(self, X):
        self.X = X
        return np.maximum(X, 0)

    def backward(self, G):
        return G * (self.X > 0)
'''
CLASS = RELU[RELU.index("class") :]
INDENTED = textwrap.indent(CLASS, "    ")
STUB = """
class ReLU:
    def forward(self, X):
        # to do
        raise NotImplementedError
    def backward(self, G): pass
"""
HELPER = """
class ReLUError(Exception):
    def forward(self): pass

class Relay:
    def __init__(self, size): self.size = size
"""

TOLD = [
    # inside of something else
    (f"import numpy as np\ndef make():\n{INDENTED}    return ReLU\n", "class-inside", "(line 3)"),
    (
        f"import numpy as np\ndef make():\n{INDENTED}",
        "class-inside",
        "of the function make (line 2)",
    ),
    (
        f"import numpy as np\nclass Net:\n    size = 1\n{INDENTED}",
        "class-inside",
        "the class Net (",
    ),
    (
        f"import numpy as np\nif __name__ == '__main__':\n    x = 1\n{INDENTED}",
        "class-inside",
        "under the main guard (if __name__ == '__main__', line 2)",
    ),
    (
        f"import numpy as np\nif np.pi < 3:\n{INDENTED}",
        "class-inside",
        "the if that begins in line 2",
    ),
    (
        f"class Net:\n    def build(self):\n{textwrap.indent(INDENTED, '    ')}",
        "class-inside",
        "of the function build (line 2)",
    ),
    (f"x = '''\n{CLASS}'''\n", "class-not-code", "in line 2 is inside of a text in quotes"),
    (textwrap.indent(CLASS, "# "), "class-not-code", "in line 1 is commented out"),
    # there twice
    (
        f"{RELU}\nclass ReLU:\n    pass\n",
        "class-twice",
        "in line 4 and again in line 14, and the la",
    ),
    (f"{RELU}\nclass ReLU:\n    '''Later.'''\n", "class-twice", "in line 4 and again in line 14"),
    (RELU + STUB, "class-twice", "in line 4 and again in line 14"),
    (f"{RELU}\nclass ReLU(object):\n    def forward(self, X): return X\n", "class-twice", "14"),
    # under another name
    (RELU.replace("ReLU", "Relu"), "class-misnamed", "is called Relu; the statement calls it ReLU"),
    (RELU.replace("ReLU", "Cut") + HELPER, "class-misnamed", "is called Cut; the statement"),
    (HELPER + RELU.replace("ReLU", "RectifiedLinear"), "class-misnamed", "called RectifiedLinear"),
    (
        "class A:\n    x = 1\nclass B:\n    y = 1\n",
        "class-missing",
        "its classes are called A and B",
    ),
    ("class Thing:\n    x = 1\n", "class-missing", "no class ReLU; its class is called Thing"),
    # methods that are handed no object
    (
        RELU.replace("    def f", "    @staticmethod\n    def f"),
        "method-is-static",
        "forward is a st",
    ),
    (
        RELU.replace("    def backward(self, G)", "    @staticmethod\n    def backward(X, G)"),
        "method-is-static",
        "backward is a static method (line 12)",
    ),
    (RELU.replace("forward(self, X)", "forward(X)"), "self-missing", "forward is written without"),
    # methods that are values
    (
        RELU.replace("    def backward", "    @property\n    def backward").replace(
            "(self, G):\n        return G *", "(self):\n        return"
        ),
        "method-is-property",
        "backward is a property",
    ),
    (
        RELU[: RELU.index("    def backward")].replace(
            "self.X = X\n", "self.X = X\n        self.backward = X > 0\n"
        ),
        "method-is-attribute",
        "backward is stored as an attribute (self.backward in line 9)",
    ),
]
SILENT = [
    RELU,
    RELU + RELU,
    STUB + CLASS.join(["import numpy as np\n", ""]),
    f"def helper():\n    class ReLU: pass\n{RELU}",
    f"try:\n    import numpy as np\nexcept ImportError:\n    np = None\nif True:\n{INDENTED}",
    f"{RELU}\nclass ReLU(ReLU):\n    size = 1\n",
    f'"""Write a\nclass ReLU:\n    pass\n"""\n{RELU}',
    f"# class ReLU:\n#     pass\n{RELU}",
    f"{RELU}\nclass Leaky(ReLU):\n    pass\n",
]
"""Right files in which the same words stand."""


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    """All of these files, graded by one judge."""
    found: list[Report] = []
    files = [submission_from("relu.py", text.encode()) for text in [*(t[0] for t in TOLD), *SILENT]]
    grade_all(Library(ROOT).load("relu"), files, found.append)
    return found


@pytest.mark.parametrize("number", range(len(TOLD)), ids=[f"{t[1]}: {t[2]}" for t in TOLD])
def test_what_became_of_the_class_is_told(number: int, reports: list[Report]) -> None:
    """With the lines, before anything else."""
    _, name, words = TOLD[number]
    first = reports[number].diagnoses[0]
    assert first.id == name
    assert words in first.title


@pytest.mark.parametrize("number", range(len(SILENT)))
def test_right_files_are_told_nothing(number: int, reports: list[Report]) -> None:
    """Full marks; at most a note that there are two."""
    report = reports[len(TOLD) + number]
    assert report.score == 100, report.diagnoses
    assert report.diagnoses == ()
    two = SILENT[number].count("\nclass ReLU:") > 1 and '"""Write' not in SILENT[number]
    assert [note for note in report.notes if "more than once" in note] == (
        [f"the class ReLU is defined more than once (lines {_heads(number)}); the last one counts"]
        if two
        else []
    )


def _heads(number: int) -> str:
    lines = enumerate(SILENT[number].split("\n"), 1)
    return " and ".join(str(n) for n, line in lines if line == "class ReLU:")


def test_a_later_cell_replaces_a_class() -> None:
    """In a notebook as in a file."""
    found: list[Report] = []
    book = submission_from("relu.ipynb", notebook(RELU, "class ReLU:\n    pass"))
    grade_all(Library(ROOT).load("relu"), [book], found.append)
    assert [each.id for each in found[0].diagnoses] == ["class-twice"]


OTHERS = [
    "class DenseLayer:\n    def __init__(self, units): pass\n    def forward(self, x): return x\n"
    "    def backward(self, g): return g\n",
    "class Tanh:\n    def forward(self, x): return x\n    def backward(self, g): return g\n",
    "class Affine:\n    def __init__(self, n_in, n_out): pass\n    def forward(self, x): return x\n"
    "    def backward(self, g): return g\n    def step(self, rate): pass\n",
]


def test_methods_that_many_classes_have_make_no_other_problem() -> None:
    """Another problem needs its class name, or the arguments of its constructor."""
    dense = Library(ROOT).load("dense")
    found: list[Report] = []
    texts = [*OTHERS, RELU]
    grade_all(dense, [submission_from("a.py", text.encode()) for text in texts], found.append)
    told = [{each.id for each in report.diagnoses} for report in found]
    assert all("other-problem" not in ids for ids in told[:-1])
    assert told[-1] == {"other-problem"}


def test_the_class_that_keeps_what_is_asked_for_is_meant() -> None:
    """Two classes with the same methods are told apart by what they take and keep."""
    layer = """
import numpy as np

class LayerActivation:
    def forward(self, a): return np.tanh(a)
    def backward(self, dz): return dz

class Affine:
    def __init__(self, n_inputs, n_neurons):
        self.w = np.random.randn(n_inputs, n_neurons) * 0.1
        self.b = np.zeros((1, n_neurons))
    def forward(self, a):
        self.z = a @ self.w + self.b
        return self.z
    def backward(self, dz): return dz @ self.w.T
"""
    found: list[Report] = []
    minimal = Library(ROOT).load("dense-minimal")
    grade_all(minimal, [submission_from("a.py", layer.encode())], found.append)
    assert "The class is called Affine" in found[0].diagnoses[0].title
