"""Which problem and which file are meant where PROBLEM, FILE or both are left out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.errors import UsageError
from grader.model.problem import stem_of
from grader.model.submission import READ_LIMIT, Submission, read_submission, submission_from

if TYPE_CHECKING:
    from grader.model.problem import Library, Problem

SUFFIXES = (".py", ".ipynb")
STDIN = "-"
STDIN_NAME = "stdin.py"
"""What a submission is called that has no file."""


@dataclass(frozen=True, slots=True)
class Given:
    """What there is to check.

    Attributes:
        file: Where the submission is; None if it came by standard input.
    """

    problem: Problem
    submission: Submission
    file: Path | None

    @property
    def command(self) -> str:
        """The command that checks it, in full."""
        return f"grader check {self.problem.slug} {self.file or STDIN}"


def given(library: Library, words: tuple[str, ...]) -> Given:
    """What the arguments of ``grader check`` mean.

    Raises:
        UsageError: There is no telling; says what to type.
    """
    known = library.slugs()
    match words:
        case [slug, name]:
            return Given(library.load(slug), *_read(name))
        case [word] if word in known:
            name = _name_here([word], f"Missing argument 'FILE'; there is no {{}} here for {word}.")
            return Given(library.load(word), *_read(name))
        case [word] if not _is_file(word):
            raise library.unknown(word)
        case [word]:
            return _found(library, *_read(word))
        case []:
            what = (
                "Missing arguments 'PROBLEM' and 'FILE'; there is nothing here of 'grader start'."
            )
            return _found(library, *_read(_name_here(known, what)))
    raise click.UsageError("There are more arguments than PROBLEM and FILE.")


def _is_file(word: str) -> bool:
    """Whether a word is meant as a file, and not as a problem."""
    is_path = word.endswith(SUFFIXES) or os.sep in word or "/" in word
    return is_path or word == STDIN or Path(word).exists()


def _read(name: str) -> tuple[Submission, Path | None]:
    if name != STDIN:
        return read_submission(Path(name)), Path(name)
    if sys.stdin.isatty():
        end = "Ctrl-Z and Enter" if os.name == "nt" else "Ctrl-D"
        click.echo(f"Paste the file, then press {end}.", err=True)
    return submission_from(STDIN_NAME, sys.stdin.buffer.read(READ_LIMIT)), None


def _name_here(slugs: list[str], missing: str) -> str:
    """The one file in this folder that is called as 'grader start' calls it."""
    here = [stem_of(slug) + suffix for slug in slugs for suffix in SUFFIXES]
    found = [name for name in here if Path(name).is_file()]
    if not found:
        raise click.UsageError(missing.format(here[0] if here else ""))
    if len(found) > 1:
        raise UsageError(f"there are several files here; say which:{_tries(found)}")
    return found[0]


def _found(library: Library, submission: Submission, file: Path | None) -> Given:
    """A submission and the problem that it is for."""
    from grader.intake.choose_problem import fitting_problems

    fitting = fitting_problems(library, submission)
    if len(fitting) == 1:
        return Given(library.load(fitting[0]), submission, file)
    why = "fits several problems" if fitting else "shows no problem that it is for"
    name = file or STDIN
    tries = _tries(f"{slug} {name}" for slug in fitting or library.slugs())
    raise UsageError(f"{name}: {why}; say which:{tries}")


def _tries(arguments: Iterable[str]) -> str:
    return "".join(f"\n  grader check {each}" for each in arguments)
