"""A new problem: the template of a problem, under another name, in a library of one's own.

The template is a library itself, with one small problem that is complete and sound. What is made
of it can be verified at once, and is then changed piece by piece. It comes with the package, as
files in ``grader/authoring/template``, in which three spellings of one name are replaced.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from pathlib import Path

from grader.errors import Fault, UsageError

_PACKAGE = Path(__file__).resolve().parents[1]
TEMPLATE = _PACKAGE / "authoring" / "template"
GUIDES = (_PACKAGE / "writing-problems.md", _PACKAGE.parent / "docs" / "writing-problems.md")
"""Where the guide is: in an installed package, and in a checkout."""
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FOLDERS = ("problems", "reference", "submissions")


def begin_problem(library: Path, slug: str, entry: str | None = None) -> list[Path]:
    """Write the problem ``slug`` into a library, which is made if there is none.

    Args:
        library: The folder that has, or will have, ``problems`` in it.
        slug: The problem's name: small letters, digits and hyphens.
        entry: Name of the class that students write; made of ``slug`` by default.

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
    names = {
        "the-layer": slug,
        "the_layer": slug.replace("-", "_"),
        "TheLayer": entry or camel(slug),
    }
    _check_class(names["TheLayer"], given=entry is not None)
    files = {library / _renamed(name, names): path for name, path in _templates()}
    _check_free(library, slug)
    for path, template in files.items():
        _write(path, _renamed(template.read_text("utf-8"), names))
    return list(files)


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


def _templates() -> Iterator[tuple[str, Path]]:
    """The files of the template, with their paths from its folder on."""
    paths = sorted(p for p in TEMPLATE.rglob("*") if p.is_file() and p.suffix != ".pyc")
    if not paths:
        raise Fault(f"{TEMPLATE} is missing from this installation")
    for path in paths:
        yield path.relative_to(TEMPLATE).as_posix(), path


def _renamed(text: str, names: dict[str, str]) -> str:
    return re.sub("|".join(names), lambda found: names[found[0]], text)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from None
