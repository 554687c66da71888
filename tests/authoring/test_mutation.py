"""Mutants: which there are, what they are called, and that their names last."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader.authoring.mutation import Mutant, mutants

ROOT = Path(__file__).resolve().parents[2]


def changes(body: str, parameters: str = "self, x, y") -> dict[str, Mutant]:
    """Mutants of a method with the given lines, by what was changed."""
    lines = "".join(f"        {line}\n" for line in body.splitlines())
    source = f"class Thing:\n    def run({parameters}):\n{lines}"
    found = [mutant for mutant in mutants(source) if mutant.scope == "Thing.run"]
    return {mutant.change: mutant for mutant in found}


@pytest.mark.parametrize(
    ("body", "change"),
    [
        ("return x + y", "x + y → x - y"),
        ("return x - y", "x - y → y - x"),
        ("return x @ y", "x @ y → y @ x"),
        ("return x @ y", "x → x.T"),
        ("return x.T", "x.T → x"),
        ("return -x", "-x → x"),
        ("return x", "x → None"),
        ("return x", "x → -x"),
        ("return x", "x → y"),
        ("return x * 3", "3 → 2"),
        ("return x * 0.5", "0.5 → 1.0"),
        ("return x < y", "x < y → x <= y"),
        ("return x and y", "x and y → x or y"),
        ("if x:\n    y = 1\nreturn y", "x → not x"),
        ("if x:\n    y = 1\nreturn y", "x → True"),
        ("if x:\n    y = 1\nreturn y", "the next line slipped inside: return y"),
        ("if x:\n    x = 1\n    y = 1\nreturn y", "the last line slipped out: y = 1"),
        ("x = y\ny = x\nreturn y", "after the next line: y = x"),
        ("x = y\nreturn x", "left out"),
        ("return np.sum(x, axis=0)", "np.sum → np.mean"),
        ("return np.sum(x, axis=0)", "0 → 1"),
        ("return np.sum(x, axis=0)", "np.sum(x, axis=0) → np.sum(x)"),
        ("return x.copy()", "x.copy() → x"),
        ("return copy.deepcopy(x)", "copy.deepcopy(x) → x"),
        ("return np.zeros((x, y))", "(x, y) → (y, x)"),
        ("return np.zeros((x, y))", "(x, y) → (x, y + 1)"),
        ("return np.zeros((x, y))", "(x, y) → (x,)"),
        ("return np.zeros((x, y))", "np.zeros → np.ones"),
        ("return f(x, y)", "f(x, y) → f(y, x)"),
        ("return (x,)", "(x,) → x"),
        ("x += y\nreturn x", "= in place of an augmented one"),
        ("self.a = f(x)", "added to the old value"),
        ("self.a = f(x)", "written into the old array"),
        ("self.a = f(x)", "kept on the class"),
        ("self.a = self.b", "self.b → self.a"),
        ("try:\n    f(x)\nexcept ValueError:\n    g(y)", "g(y) → y"),
    ],
)
def test_mistakes_that_people_make(body: str, change: str) -> None:
    """Each rule makes its mistake, and names it."""
    assert change in changes(body)


@pytest.mark.parametrize(
    ("parameters", "change"),
    [
        ("self, x, y=None", "parameter y left out"),
        ("self, x, y=None", "parameter y without its default"),
        ("self, x, y=None", "parameters x and y swapped"),
        ("self, x, y=True", "True → False"),
    ],
)
def test_mistakes_in_a_signature(parameters: str, change: str) -> None:
    """Defaults, order and number of parameters."""
    source = f"class Thing:\n    def run({parameters}):\n        return x\n"
    assert change in {mutant.change for mutant in mutants(source)}


def test_a_mutant_says_where_and_what() -> None:
    """Scope, statement, line and diff are those of the original."""
    mutant = changes("x = y\nreturn np.sum(x)")["np.sum → np.mean"]
    assert mutant.key == ("Thing.run", "return np.sum(x)", "np.sum → np.mean")
    assert mutant.line == 4
    assert mutant.diff == "-        return np.sum(x)\n+        return np.mean(x)"
    assert mutant.source.endswith("return np.mean(x)")


def test_what_is_no_mistake_is_left_alone() -> None:
    """Docstrings, comments, imports, annotations, and lines that cannot influence each other."""
    source = (
        '"""Text 1."""\nimport os\n\ndef f(x: int) -> int:\n    """Text 2."""  # 3\n    return x\n'
    )
    assert [mutant.change for mutant in mutants(source)] == ["left out", "x → None", "x → -x"]
    assert not any(change.startswith("after") for change in changes("self.a = x\nself.b = y"))


def test_each_mutant_is_another_program() -> None:
    """All mutants of the reference differ from it and from each other, and can be compiled."""
    source = (ROOT / "reference" / "dense.py").read_text("utf-8")
    made = mutants(source)
    assert len(made) > 200
    texts = {ast.dump(ast.parse(mutant.source)) for mutant in made}
    assert len(texts) == len(made)
    assert len({mutant.key for mutant in made}) == len(made)
    for mutant in made:
        compile(mutant.source, "mutant", "exec")


def test_names_survive_edits_elsewhere() -> None:
    """Lines above, comments, layout and other methods change no name of a mutant."""
    source = "class A:\n    def f(self, x):\n        return x + 1\n"
    edited = (
        "# new\nimport os\n\nclass A:\n    def g(self):\n        return 2\n\n"
        "    def f(self, x):\n        '''New.'''\n        return (x\n                + 1)  # one\n"
    )
    names = {mutant.key for mutant in mutants(source) if mutant.scope == "A.f"}
    assert names
    assert names == {mutant.key for mutant in mutants(edited) if mutant.scope == "A.f"}


def test_equal_changes_are_told_apart() -> None:
    """The same change in the same line, or in an equal line further down, has its own name."""
    found = changes("x = x + x\nx = x + x\nreturn x")
    assert {"x → y", "x → y (again)", "x → y (again) (again)"} <= found.keys()
