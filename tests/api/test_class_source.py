"""Which statements of cells a class needs."""

from __future__ import annotations

import pytest

from grader.api.class_source import _statements, needed


def kept(*cells: str) -> list[str]:
    """What is kept for the class ``Dense``, a line each."""
    statements = list(_statements(dict(enumerate(cells, 1))))
    return [line for one in needed(statements, ["Dense"]) for line in one.text.split("\n")]


def test_what_a_class_uses_is_kept_and_nothing_else() -> None:
    """Its bases, decorators and helpers, what these use, and the imports; no run of it, no plot."""
    assert kept(
        "import numpy as np\nimport matplotlib.pyplot as plt\nfrom math import pi, e",
        "SCALE = pi\nx = np.load('data.npy')\ndef unused():\n    return x",
        "def helper(a):\n    return inner(a)",
        "class Layer: pass",
        "@decorate\nclass Dense(Layer):\n    size = SCALE\n"
        "    def f(self, x, y=np.inf):\n        return [helper(v) for v in x]",
        "def inner(v):\n    return v  # defined later, looked up when it is called",
        "def decorate(c):\n    return 'too late: it was another one'",
        "layer = Dense()\nfor x in range(3):\n    layer.f(x)\nplt.plot(x)",
    ) == [
        "import numpy as np",
        "from math import pi, e",
        "SCALE = pi",
        "def helper(a):",
        "    return inner(a)",
        "class Layer: pass",
        "@decorate",
        "class Dense(Layer):",
        "    size = SCALE",
        "    def f(self, x, y=np.inf):",
        "        return [helper(v) for v in x]",
        "def inner(v):",
        "    return v  # defined later, looked up when it is called",
    ]


def test_of_cells_that_were_run_again_the_last_one_counts() -> None:
    """Each use finds what it found in the kernel: a base the one before it, a function the last."""
    assert kept(
        "class Layer: version = 1",
        "class Dense(Layer): pass",
        "class Layer: version = 2",
        "def rate(): return 1",
        "class Dense(Layer):\n    def f(self): return rate()",
        "class Layer: version = 3",
        "def rate(): return 2",
    ) == [
        "class Layer: version = 2",
        "def rate(): return 1",
        "class Dense(Layer):",
        "    def f(self): return rate()",
        "def rate(): return 2",
    ]


@pytest.mark.parametrize(
    "change",
    [
        "Dense.forward = lambda self: 1",
        "Dense = wrap(Dense)",
        "TABLE['b'] = 2",
        "TABLE += ['b']",
        "(TABLE['b'], other) = 1, 2",
        "if True:\n    TABLE = {}",
        "try:\n    import quick as TABLE\nexcept ImportError:\n    pass",
    ],
)
def test_changes_are_kept_with_what_they_change(change: str) -> None:
    """What was bound before may still count, so it stays."""
    cells = ["def wrap(c): return c", "TABLE = {'a': 1}", "class Dense:\n    table = TABLE"]
    found = kept(*cells[:2], "class Dense:\n    def f(self): return TABLE", change)
    assert found[-1] == change.split("\n")[-1]
    assert "TABLE = {'a': 1}" in found
    assert kept(*cells, "other = 1") == ["TABLE = {'a': 1}", "class Dense:", "    table = TABLE"]


def test_what_only_a_notebook_understands_is_left_out() -> None:
    """Magics, cells that are no Python, and awaits; what is imported for all, stays."""
    assert kept(
        "from __future__ import annotations\nfrom tools import *",
        "get_ipython().run_line_magic('matplotlib', 'inline')",
        "class Dense(:",
        "data = await fetch()",
        "files = get_ipython().getoutput('ls'); class_ = 1",
        "class Dense:\n    files = files\n    data = data",
    ) == [
        "from __future__ import annotations",
        "from tools import *",
        "class Dense:",
        "    files = files",
        "    data = data",
    ]
