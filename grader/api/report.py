"""A report as Python shows it: in a notebook, at a prompt, printed."""

from __future__ import annotations

import html
from typing import Any

from grader.errors import UsageError
from grader.model import report as model
from grader.model.safe_text import inert, number

_HEIGHTS = {"passed": "26rem", "failed": "44rem", "unloadable": "30rem", "fault": "24rem"}


class Report(model.Report, frozen=True):
    """The outcome of grading one submission.

    ``print(report)`` shows it as in a terminal; a notebook shows it as a page.

    Attributes:
        source: The text that was graded.
    """

    source: str = ""

    @classmethod
    def of(cls, report: model.Report, source: str) -> Report:
        """Return a judge's report with the text that was graded."""
        return cls(**_fields(report), source=source)

    def render(self, format: str = "terminal", *, width: int = 80, hints: int = 1) -> str:  # noqa: A002
        """Return the report as text in a format of ``grader check --format``.

        Args:
            format: ``terminal``, ``json``, ``html``, ``markdown``, ``junit`` or another one.
            width: Columns, for formats that have them.
            hints: 2 for hints about a named mistake that lead further.

        Raises:
            UsageError: There is no such format.
        """
        from grader.reporters import FORMATS, Page, reporter

        if format not in FORMATS:
            raise UsageError(f"no format named {format!r} (there are: {', '.join(FORMATS)})")
        page = Page(width, hints=hints, source=self.source)
        return reporter(format).render(model.Report(**_fields(self)), page)

    def __str__(self) -> str:
        return self.render()

    def __repr__(self) -> str:
        named = "".join(f"; {diagnosis.id}" for diagnosis in self.diagnoses)
        mark = f"{number(self.score)} / {number(self.max_score)}"
        return inert(
            f"<Report {self.problem}, {self.submission_name}: {self.status}, {mark}{named}>"
        )

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Show the whole report at IPython's prompt, and where a notebook has no HTML."""
        printer.text(repr(self) if cycle else str(self).rstrip("\n"))

    def _repr_html_(self) -> str:
        """Return the page in a frame.

        In a frame, neither the page's style nor anything in it reaches the notebook, whose
        scripts are kept from it in turn. Where a viewer takes frames away, their text is left.
        """
        # The address of links within the page: without it they lead to the notebook's own.
        page = self.render("html").replace("<head>", '<head>\n<base href="about:srcdoc">', 1)
        return (
            f'<iframe sandbox="" srcdoc="{html.escape(page)}" title="{html.escape(repr(self))}"'
            f' style="width: 100%; height: {_HEIGHTS[self.status]}; border: 0; resize: vertical">'
            f"{html.escape(repr(self))}</iframe>"
        )


def _fields(report: model.Report) -> dict[str, Any]:
    return {name: getattr(report, name) for name in model.Report.__struct_fields__}
