"""The command line for handing results on. Parses, calls, says what was written."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.grade import out_argument
from grader.errors import ExitCode, UsageError
from grader.reporters import FORMATS


@click.command()
@out_argument
@click.option("--to", "format_", type=click.Choice(list(FORMATS)), required=True)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
def export(out: Path, format_: str, folder: Path) -> int:
    """Write the newest report of every student into DIR, a file each.

    OUT is the folder that 'grader grade' wrote to. With '--to html' there is class.html as well:
    the class at a glance, each student's page linked. Files are named after students.

    \b
      grader export results --to html pages
      grader export results --to json reports
    """
    from grader.results.store import Store
    from grader.views.class_reports import CLASS_PAGE, export_class

    with Store(out) as store:
        try:
            count = export_class(folder, store, format_)
        except OSError as error:
            where = error.filename or folder
            raise UsageError(f"{where}: cannot be written ({error.strerror})") from None
    click.echo(f"wrote {count} reports into {folder}")
    if format_ == "html":
        click.echo(f"wrote {folder / CLASS_PAGE}")
    return ExitCode.FULL_MARKS
