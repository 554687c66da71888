"""A new problem: the template of one, under another name, in a library of one's own.

A template is a library itself, with one small problem that is complete and sound. What is made of
it can be verified at once, and is then changed piece by piece. There are two, for a class and for a
function; they come with the package, as files in ``grader/authoring/template``, in which the
spellings of one name are replaced, and of a function its arguments.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from grader.errors import Fault, UsageError

_PACKAGE = Path(__file__).resolve().parents[1]
TEMPLATES = _PACKAGE / "authoring" / "template"
GUIDES = (_PACKAGE / "writing-problems.md", _PACKAGE.parent / "docs" / "writing-problems.md")
"""Where the guide is: in an installed package, and in a checkout."""
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FOLDERS = ("problems", "reference", "submissions")


class Signature(msgspec.Struct, frozen=True):
    """A function as an author asks for it: ``softmax(scores: (n, k))``.

    Attributes:
        name: Of the function.
        shapes: Of each argument, by name: names of sizes, and numbers; empty for a number.
    """

    name: str
    shapes: dict[str, tuple[str | int, ...]]

    @property
    def sizes(self) -> list[str]:
        """The names of sizes, each once."""
        sides = (side for shape in self.shapes.values() for side in shape)
        return list(dict.fromkeys(side for side in sides if isinstance(side, str)))


def read_signature(text: str) -> Signature:
    """Read a function's name and its arguments with their shapes.

    Raises:
        UsageError: It is something else.
    """
    what = f"{text!r} is no function with shapes; write it as in 'softmax(scores: (n, k))'"
    try:
        (node,) = ast.parse(f"def {text}: pass").body
    except (SyntaxError, ValueError):
        raise UsageError(what) from None
    if not isinstance(node, ast.FunctionDef) or not node.args.args or node.args.defaults:
        raise UsageError(what)
    shapes: dict[str, tuple[str | int, ...]] = {}
    for argument in node.args.args:
        given = argument.annotation
        sides = given.elts if isinstance(given, ast.Tuple) else [] if given is None else [given]
        shape = [
            side.id if isinstance(side, ast.Name) else getattr(side, "value", None)
            for side in sides
            if isinstance(side, ast.Name) or isinstance(getattr(side, "value", None), int)
        ]
        right = [isinstance(side, str) or (type(side) is int and side > 0) for side in shape]
        if len(right) < len(sides) or not all(right):
            raise UsageError(what)
        shapes[argument.arg] = tuple(shape)  # type: ignore[arg-type]
    return Signature(node.name, shapes)


def begin_problem(
    library: Path, slug: str, entry: str | None = None, function: Signature | None = None
) -> list[Path]:
    """Write the problem ``slug`` into a library, which is made if there is none.

    Args:
        library: The folder that has, or will have, ``problems`` in it.
        slug: The problem's name: small letters, digits and hyphens.
        entry: Name of the class that students write; made of ``slug`` by default.
        function: What students write, if it is no class.

    Returns:
        The files that were written.

    Raises:
        UsageError: A name cannot be used, something of that name is there already, or the folder
            cannot be written.
    """
    if not _SLUG.fullmatch(slug):
        message = (
            "is no name for a problem: use small letters, digits and hyphens, as in leaky-relu"
        )
        raise UsageError(f"{slug!r} {message}")
    stem = slug.replace("-", "_")
    if function is None:
        names = {"the-layer": slug, "the_layer": stem, "TheLayer": entry or camel(slug)}
        _check_class(names["TheLayer"], given=entry is not None)
    else:
        names = {"the-function": slug, "the_function": stem, "theFunction": function.name}
    kind = "class" if function is None else "function"
    files = {library / _renamed(name, names): path for name, path in _templates(kind)}
    _check_free(library, slug)
    for path, template in files.items():
        text = template.read_text("utf-8")
        _write(path, _renamed(text if function is None else _with_arguments(text, function), names))
    return list(files)


def _with_arguments(text: str, function: Signature) -> str:
    """A file of the template, in which there is one argument X of shape (n, d), with others."""
    first = next(iter(function.shapes))
    arguments = ", ".join(function.shapes)
    handed = ", ".join(f"case.{name}" for name in function.shapes)
    drawn = "".join(
        f"    {name} = floats({', '.join(map(_quoted, shape))})\n"
        for name, shape in function.shapes.items()
    )
    sizes = (
        f"    {', '.join(function.sizes)} = {', '.join(['sizes(1, 5)'] * len(function.sizes))}\n"
    )
    text = text.replace("    n, d = sizes(1, 5), sizes(1, 5)\n", sizes if function.sizes else "")
    text = text.replace('    X = floats("n", "d")\n', drawn)
    if not function.sizes:
        text = text.replace("scenario, sizes, vary", "scenario, vary")
    text = text.replace("np.ones((1, 2))", _ones(function)).replace("[[2. 2.]]", _twos(function))
    for operator in ("+", "*"):
        each = ", ".join(f"{name} {operator} {name}" for name in function.shapes)
        text = text.replace(f"return X {operator} X", f"return {each}")
    text = text.replace("theFunction(case.X)", f"theFunction({handed})")
    text = text.replace("theFunction(X)", f"theFunction({arguments})")
    return re.sub(r"\bX\b", first, text)


def _quoted(side: str | int) -> str:
    return f'"{side}"' if isinstance(side, str) else str(side)


def _example_shape(shape: tuple[str | int, ...]) -> tuple[int, ...]:
    """Sizes of 1, but for the last axis: 2."""
    sides = [1 if isinstance(side, str) else side for side in shape]
    if shape and isinstance(shape[-1], str):
        sides[-1] = 2
    return tuple(sides)


def _ones(function: Signature) -> str:
    shapes = map(_example_shape, function.shapes.values())
    return ", ".join(f"np.ones({shape})" if shape else "1.0" for shape in shapes)


def _twos(function: Signature) -> str:
    """What is printed of the doubles of ones."""
    import numpy as np

    shapes = map(_example_shape, function.shapes.values())
    twos = [np.full(shape, 2.0) if shape else 2.0 for shape in shapes]
    return str(twos[0] if len(twos) == 1 else tuple(twos))


def guide() -> str:
    """Return the guide to writing problems, as Markdown."""
    for path in GUIDES:
        if path.is_file():
            return path.read_text("utf-8")
    raise Fault(f"{GUIDES[0]} is missing from this installation")


def camel(slug: str) -> str:
    """``leaky-relu`` as the name of a class: ``LeakyRelu``."""
    return "".join(part.capitalize() for part in slug.split("-"))


def _check_class(entry: str, *, given: bool) -> None:
    if entry.isidentifier() and not keyword.iskeyword(entry) and not entry.startswith("_"):
        return
    what = f"{entry!r} cannot be the name of a class that students write"
    raise UsageError(what if given else f"{what}; say how it is called: --class NAME")


def _check_free(library: Path, slug: str) -> None:
    """Nothing is overwritten: neither the problem nor a part of it may be there."""
    for path in (library, *(library / name for name in _FOLDERS)):
        if path.exists() and not path.is_dir():
            raise UsageError(f"{path} is not a folder, so no library can be there")
    reference = library / "reference" / f"{slug.replace('-', '_')}.py"
    for path in (library / "problems" / slug, reference, library / "submissions" / slug):
        if path.exists() or path.is_symlink():
            raise UsageError(f"{path} exists already; choose another name or move it away")


def _templates(kind: str) -> Iterator[tuple[str, Path]]:
    """The files of a template, with their paths from its folder on."""
    folder = TEMPLATES / kind
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".pyc")
    if not paths:
        raise Fault(f"{folder} is missing from this installation")
    for path in paths:
        yield path.relative_to(folder).as_posix(), path


def _renamed(text: str, names: dict[str, str]) -> str:
    return re.sub("|".join(names), lambda found: names[found[0]], text)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from None
