"""``%load_ext grader``: the cell magic ``%%check`` runs a cell and grades what it defines."""

from __future__ import annotations

from typing import Any

from grader.api import warm_judges
from grader.api.check import seed_of
from grader.api.class_source import names_to_grade, run_cells, submission_of_cells
from grader.api.problems import load_problem
from grader.api.report import Report
from grader.errors import GraderError


class CellFailed(Exception):
    """The cell has raised an exception, which IPython has shown already."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows of this one."""
        return [f"grader: {self}"]


def load_ipython_extension(shell: Any) -> None:
    """Define ``%%check``; called by IPython."""
    from IPython.core.error import UsageError
    from IPython.core.magic_arguments import MagicArgumentParser

    arguments = MagicArgumentParser("%%check", add_help=False)
    arguments.add_argument("problem")
    arguments.add_argument("--seed", type=int)
    arguments.add_argument("--only", metavar="GROUP")

    def check(line: str, cell: str) -> Report:
        """Run the cell, then grade the class that it defines: %%check PROBLEM.

        The report is the result of the cell. Options: --seed N draws other examples,
        --only GROUP checks one group only, such as forward.
        """
        given = arguments.parse_argstring(line)
        try:
            return _check(shell, cell, given.problem, given.seed, given.only)
        except GraderError as error:
            raise UsageError(str(error)) from None

    shell.register_magic_function(check, magic_kind="cell", magic_name="check")


def unload_ipython_extension(shell: Any) -> None:
    """Take ``%%check`` away; called by IPython."""
    shell.magics_manager.magics["cell"].pop("check", None)


def _check(shell: Any, cell: str, slug: str, seed: int | None, only: str | None) -> Report:
    problem = load_problem(slug)
    if not shell.run_cell(cell).success:
        raise CellFailed("the cell ended with an error, so it was not graded")
    source = shell.transform_cell(cell)
    cells = run_cells(shell)
    if source not in cells.values():  # a cell that is run without being noted
        cells[len(cells)] = source
    submission = submission_of_cells(problem, cells, names_to_grade(problem, source))
    report = warm_judges.grade(problem, submission, seed=seed_of(seed), only=only)
    return Report.of(report, submission.text)
