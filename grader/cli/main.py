"""The command line. Parses, calls, picks a reporter, sets the exit code; decides nothing.

What a command does not need is imported only by those that do: ``grader --help`` must not wait
for NumPy.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NoReturn

import click

from grader import __version__
from grader.cli.options import EXIT_CODES, library_option, problem_argument, write_text
from grader.errors import ExitCode, GraderError, UsageError
from grader.platforms import workflow_log

if TYPE_CHECKING:
    from grader.model.problem import Library


def main() -> None:
    """Run the command line and leave the process with one of :class:`ExitCode`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks ✓ is no reason to fail
    workflow_log.guard()
    try:
        code = commands.main(prog_name="grader", standalone_mode=False)
    except click.exceptions.Exit as leave:
        code = leave.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):  # click has ended the line that shows ^C
        _interrupted()
    except GraderError as error:
        click.echo(f"grader: {error}", err=True)
        code = error.exit_code
    except Exception as error:
        if isinstance(error.__cause__, KeyboardInterrupt):
            _interrupted()  # while a class was being made, which Python wraps
        if "GRADER_DEBUG" in os.environ:
            raise
        what = f"{type(error).__name__}: {error}"
        click.echo(f"grader: internal error: {what}", err=True)
        click.echo("This is a fault of the grader, not of a submission.", err=True)
        click.echo("Set GRADER_DEBUG=1 to see where it happened, and please report it.", err=True)
        code = ExitCode.FAULT
    _leave(code if isinstance(code, int) else ExitCode.FULL_MARKS)


def _interrupted() -> NoReturn:
    """Say so and go at once.

    sys.exit would not do: where the interrupt hit code that a library had made with exec, Python
    remembers it and ends the process by the signal, whatever exit code is asked for.
    """
    click.echo("grader: interrupted", err=True)
    sys.stderr.flush()
    os._exit(ExitCode.INTERRUPTED)


def _leave(code: int) -> NoReturn:
    """Write what waits to be written, and go.

    Without taking apart what was imported: that takes Python as long as importing NumPy does, and
    whatever has to be closed has been closed by a with block.
    """
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except BrokenPipeError:
            pass  # the reader has gone (`| head`); the exit code still tells the verdict
        except OSError as error:
            code = ExitCode.FAULT
            with contextlib.suppress(OSError):
                os.write(2, f"grader: the output cannot be written: {error.strerror}\n".encode())
    os._exit(int(code))


class _Commands(click.Group):
    """The commands: some are here, the others in modules that are loaded on demand."""

    MODULES: ClassVar = {
        "check": "check",
        "demo": "demo",
        "diff": "grade",
        "export": "export",
        "grade": "grade",
        "new": "new",
        "onsite": "platforms",
        "package": "platforms",
        "summary": "grade",
        "verify": "verify",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*self.commands, *self.MODULES})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self.MODULES and cmd_name not in self.commands:
            module = importlib.import_module(f"grader.cli.{self.MODULES[cmd_name]}")
            self.add_command(getattr(module, cmd_name))
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in self.list_commands(ctx):
            for name in self.MODULES:  # of which one may be meant
                self.get_command(ctx, name)
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES
)
@click.version_option(__version__, prog_name="grader")
def commands() -> None:
    """Grade NumPy layers: what is wrong, why, and the smallest example that shows it.

    Submissions run in a process of their own; the verdict is made in another.

    \b
      grader demo                        see a right and a wrong file graded
      grader start dense my-folder       begin with the exercise
      grader check dense my-folder/dense.py
      grader show dense                  read the statement
    """


@commands.command()
@library_option
def problems(library: Library) -> None:
    """List the problems, in the order in which to solve them, and which ones you have solved."""
    from grader.cli import history
    from grader.reporters import Page
    from grader.views.problems import render_problems

    found = render_problems(library.in_order(), history.solved(), Page.of_stdout())
    click.echo(found, nl=False)


@commands.command()
@problem_argument
@library_option
def show(problem: str, library: Library) -> None:
    """Show the statement of PROBLEM."""
    from grader.reporters import Page
    from grader.views.statement import render_statement

    statement = library.load(problem).statement
    click.echo(render_statement(statement, Page.of_stdout()), nl=False)


@commands.command()
@problem_argument
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
@library_option
def start(problem: str, folder: Path, library: Library) -> None:
    """Begin with PROBLEM: write the starter file and the statement into FOLDER (default: here)."""
    chosen = library.load(problem)
    files = {
        folder / chosen.file_name: chosen.starter_path.read_text("utf-8"),
        folder / "statement.md": chosen.statement,
    }
    for path in files:
        if path.exists():
            raise UsageError(f"{path} exists already; name another folder or move it away")
    for path, text in files.items():
        write_text(path, text)
        click.echo(f"wrote {path}")
    click.echo(f"\nFill it in, then: grader check {problem} {next(iter(files))}")


@commands.command()
@click.option("-v", "--verbose", is_flag=True, help="Show what was refused as well, and how.")
@library_option
def doctor(verbose: bool, library: Library) -> int:
    """Find out what submissions are kept from on this machine, by trying.

    A process like those that run submissions tries each forbidden thing: to read the reference,
    to reach the network, to start or signal processes. Exits with 4 if anything was open.
    """
    from grader.sandbox.selftest.doctor import examine

    private = [path for slug in library.slugs() for path in library.load(slug).private_paths]
    findings = examine(list(dict.fromkeys(private)))
    for area in dict.fromkeys(finding.area for finding in findings):
        tried = [finding for finding in findings if finding.area == area]
        opened = [finding for finding in tried if not finding.refused]
        mark = click.style("✗", fg="red") if opened else click.style("✓", fg="green")
        count = f"{len(opened)} of {len(tried)} open" if opened else f"{len(tried)} refused"
        click.echo(f"{mark} {area.replace('_', ' ')}: {count}")
        for finding in tried if verbose else opened:
            state = f"refused ({finding.detail})" if finding.refused else "OPEN"
            click.echo(f"    {state}: {finding.tried}")
        for advice in dict.fromkeys(finding.advice for finding in opened):
            click.echo(f"    {advice}")
    if all(finding.refused for finding in findings):
        return ExitCode.FULL_MARKS
    return ExitCode.FAULT
