"""Reports in the forms that people and programs read: one file per format, one protocol."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    # Not loaded here: ``grader --help`` asks for the names of the formats, and needs no report.
    from grader.model.report import Report

FORMATS = {
    "terminal": "grader.reporters.terminal",
    "json": "grader.reporters.json",
    "html": "grader.reporters.html",
    "junit": "grader.reporters.junit",
    "gradescope": "grader.reporters.gradescope",
    "prairielearn": "grader.reporters.prairielearn",
    "github": "grader.reporters.github",
    "autograding": "grader.reporters.autograding",
    "markdown": "grader.reporters.markdown",
    "csv": "grader.reporters.csv",
    "sarif": "grader.reporters.sarif",
}
"""Format name to module; each module is a :class:`Reporter`. Imported when asked for."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a report is written on.

    Attributes:
        width: Columns.
        color: Whether colours may be used; nothing may depend on them.
        command: The command line that made the report, with what decides its examples, for hints.
        hints: How far hints about a named mistake lead: 1 or 2.
        source: The submission's text, for formats that quote it.
        cells: Of a notebook, as in :attr:`grader.model.report.Report.cells`.
        file: The submission's path, for formats that point into it; its name by default.
        whole: Whether to show everything, where the default is what fits on a screen.
        next_problem: The problem that comes after this one, for those who have solved it.
    """

    width: int = 80
    color: bool = False
    command: str = ""
    hints: int = 1
    source: str = ""
    cells: tuple[tuple[int, int], ...] = ()
    file: str = ""
    whole: bool = False
    next_problem: str = ""

    @classmethod
    def of_stdout(cls, command: str = "", hints: int = 1) -> Page:
        """The page that standard output is: its width, at most 100, and whether it has colours."""
        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        color = sys.stdout.isatty() and not plain
        return cls(min(shutil.get_terminal_size((80, 24)).columns, 100), color, command, hints)


class Reporter(Protocol):
    """A format.

    Attributes:
        SUFFIX: What names of files in this format end with.
    """

    SUFFIX: str

    def render(self, report: Report, page: Page) -> str:
        """Return the whole report as text that ends with a line break."""


def reporter(name: str) -> Reporter:
    """Return the reporter for a format of :data:`FORMATS`."""
    return cast(Reporter, importlib.import_module(FORMATS[name]))
