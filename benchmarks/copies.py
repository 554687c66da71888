"""A class of distinct submissions, made of a problem's samples.

Copies are what a copying class hands in: local variables renamed, methods in another order, other
layout, no comments. What a program does stays the same, and so does its mark (a test holds it to
that); no two are equal, so nothing can be graded once for several.

    python benchmarks/copies.py FOLDER [--count N] [--right SHARE] [--problem SLUG]
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import itertools
import random
from collections.abc import Iterator
from pathlib import Path

from grader.model.problem import Library, Problem


def copies(problem: Problem, right: float, seed: int = 0) -> Iterator[tuple[Path, bytes]]:
    """Yield copies for ever, each with the sample that it is a copy of.

    Args:
        right: Which share of them copies accepted samples.
        seed: Decides what is copied, and how.
    """
    accepted, rejected = map(_programs, (problem.samples("accepted"), problem.samples("rejected")))
    dice = random.Random(seed)
    for number in itertools.count():
        share = int((number + 1) * right) > int(number * right)
        sample = dice.choice(accepted if share else rejected)
        yield sample, copy_of(sample.read_bytes(), number, dice)


def _programs(samples: list[Path]) -> list[Path]:
    """Those that can be parsed; the others have no names to change."""
    found = []
    for path in samples:
        with contextlib.suppress(SyntaxError, ValueError):
            ast.parse(path.read_bytes())
            found.append(path)
    return found


def copy_of(source: bytes, number: int, dice: random.Random) -> bytes:
    """Return a program that does the same and looks different."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            _rename_locals(node, f"_{number}")
        if isinstance(node, ast.ClassDef):
            _shuffle_methods(node, dice)
    return f"{ast.unparse(tree)}\n\nCOPY = {number}\n".encode()


def _rename_locals(function: ast.FunctionDef, ending: str) -> None:
    nodes = list(ast.walk(function))
    names = [node for node in nodes if isinstance(node, ast.Name)]
    given = {name.id for name in names if isinstance(name.ctx, ast.Store)}
    for node in nodes:
        if isinstance(node, ast.arg):
            given.discard(node.arg)
        if isinstance(node, ast.Global | ast.Nonlocal):
            given -= set(node.names)
    # What an enclosing function has renamed already is a local of its own.
    for name in names:
        if name.id in given and not name.id.endswith(ending):
            name.id += ending


def _shuffle_methods(kind: ast.ClassDef, dice: random.Random) -> None:
    """Exchange plain methods; decorated ones can depend on each other (a property's setter)."""
    plain = [
        position
        for position, node in enumerate(kind.body)
        if isinstance(node, ast.FunctionDef) and not node.decorator_list
    ]
    shuffled = [kind.body[position] for position in plain]
    if len({node.name for node in shuffled if isinstance(node, ast.FunctionDef)}) < len(shuffled):
        return  # the last one of a name counts
    dice.shuffle(shuffled)
    for position, node in zip(plain, shuffled, strict=True):
        kind.body[position] = node


def write_class(
    folder: Path, problem: Problem, count: int, right: float, seed: int = 0
) -> list[Path]:
    """Write a class into a folder, a file per student; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, (_, source) in enumerate(itertools.islice(copies(problem, right, seed), count)):
        paths.append(folder / f"student{number:06}.py")
        paths[-1].write_bytes(source)
    return paths


def main() -> None:
    """Write a class."""
    parser = argparse.ArgumentParser(description="Make a class of a problem's samples.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--right", type=float, default=1 / 3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--problem", default="dense")
    options = parser.parse_args()
    problem = Library.find().load(options.problem)
    write_class(options.folder, problem, options.count, options.right, options.seed)


if __name__ == "__main__":
    main()
