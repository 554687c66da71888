"""Which problem and which file are meant where PROBLEM, FILE or both are left out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.errors import UsageError
from grader.model.problem import stem_of

if TYPE_CHECKING:
    from grader.model.problem import Library

SUFFIXES = (".py", ".ipynb")


def problem_and_file(library: Library, words: tuple[str, ...]) -> tuple[str, Path]:
    """The problem and the file that the arguments of ``grader check`` mean.

    Raises:
        UsageError: There is no telling; says what to type.
    """
    known = library.slugs()
    match words:
        case [problem, name]:
            return problem, Path(name)
        case [word] if word in known:
            return word, _file_here([word], f"Missing argument 'FILE'; {{}} for {word}")
        case [word] if not _is_file(word):
            library.load(word)  # raises, with the names that there are
        case [word]:
            return _problem_of(library, Path(word)), Path(word)
        case []:
            file = _file_here(known, "Missing arguments 'PROBLEM' and 'FILE'; {} for any problem")
            return _problem_of(library, file), file
    raise click.UsageError("There are more arguments than PROBLEM and FILE.")


def _is_file(word: str) -> bool:
    """Whether a word is meant as a file, and not as a problem."""
    return Path(word).exists() or word.endswith(SUFFIXES) or os.sep in word or "/" in word


def _file_here(slugs: list[str], missing: str) -> Path:
    """The one file in this folder that is called as 'grader start' calls it."""
    here = [Path(stem_of(slug) + suffix) for slug in slugs for suffix in SUFFIXES]
    found = [file for file in here if file.is_file()]
    if not found:
        names = "no file with the name that 'grader start' gives it"
        if len(slugs) == 1:
            names = f"there is no {here[0]} here"
        raise click.UsageError(missing.format(names))
    if len(found) > 1:
        tries = "".join(f"\n  grader check {file}" for file in found)
        raise UsageError(f"there are several files here; say which:{tries}")
    return found[0]


def _problem_of(library: Library, file: Path) -> str:
    from grader.intake.choose_problem import fitting_problems
    from grader.model.submission import read_submission

    fitting = fitting_problems(library, read_submission(file))
    if len(fitting) == 1:
        return fitting[0]
    why = "fits several problems" if fitting else "shows no problem that it is for"
    tries = "".join(f"\n  grader check {slug} {file}" for slug in fitting or library.slugs())
    raise UsageError(f"{file}: {why}; say which:{tries}")
