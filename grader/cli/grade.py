"""The command line for a class. Parses, calls, says what came of it, sets the exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from grader.cli.options import SEED, library_option, problem_argument
from grader.errors import ExitCode, Fault, UsageError

if TYPE_CHECKING:
    from grader.grading.engine import Engine
    from grader.model.problem import Library, Problem
    from grader.results.progress import Tally
    from grader.results.schema import Round, Row
    from grader.results.store import Store

EXIT_CODES = """\b
Exit codes:
  0    everybody has a mark        3  the problem package is broken
  2    wrong usage                 4  somebody could not be graded, or the machine failed
  130  interrupted; run it again to go on"""

out_argument = click.argument("out", type=click.Path(path_type=Path, file_okay=False))


@click.command(epilog=EXIT_CODES)
@problem_argument
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    "out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="OUT",
    help="The folder for results, gradebook and reports.",
)
@click.option("-j", "--jobs", type=click.IntRange(1), help="Judges side by side (one per core).")
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Grade on a Dask cluster, by the address of its scheduler (tls://host:8786).",
)
@click.option(
    "--trust-network", is_flag=True, help="With --cluster: an address without TLS will do."
)
@click.option(
    "--seed",
    type=SEED,
    metavar="N|random",
    help="Of the examples; by default that of the round before, at first a random one.",
)
@click.option("--name", metavar="FILE", help="Take this file where a student has several.")
@click.option(
    "--roster",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="CSV",
    help="The students: names, ids, e-mail addresses. Says who is missing.",
)
@click.option("--regrade", is_flag=True, help="Grade everybody again; see also: grader diff.")
@click.option(
    "--csv",
    "form",
    type=click.Choice(["plain", "canvas", "moodle"]),
    default="plain",
    help="Write gradebook.csv as this platform imports it.",
)
@click.option(
    "--reports",
    type=click.Choice(["text", "json"]),
    help="Write a report for every student; see also: grader export.",
)
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
@click.option("--allow-unisolated", is_flag=True, help="Grade even if 'grader doctor' objects.")
@library_option
def grade(
    problem: str,
    source: Path,
    out: Path,
    jobs: int | None,
    cluster: str | None,
    trust_network: bool,
    seed: int | Literal["random"] | None,
    name: str | None,
    roster: Path | None,
    regrade: bool,
    form: str,
    reports: str | None,
    quiet: bool,
    allow_unisolated: bool,
    library: Library,
) -> int:
    """Grade a class: everything in SOURCE, a folder or an archive.

    Results are kept in OUT/results.sqlite. A run that is interrupted, by whatever, goes on where
    it was when it is started again; a complete one returns at once. When the problem has changed,
    everybody is graded anew, and 'grader diff OUT' tells whose mark moves.

    The examples are drawn with a seed that is drawn when OUT is new and kept in it: nobody can
    have prepared answers. Every report says it. --seed random draws another one, for a new round.

    \b
      grader grade dense submissions/ -o results
      grader grade dense canvas.zip -o results --roster class.csv --csv canvas
      grader grade dense submissions/ -o results --cluster tls://big-machine:8786
      grader summary results
    """
    from grader.intake.collect import collect
    from grader.intake.describe import describe
    from grader.results.class_run import grade_class
    from grader.results.progress import progress
    from grader.results.store import Store

    chosen = library.load(problem)
    engine = _engine(jobs, cluster, trust_network=trust_network)
    if out.resolve() == source.resolve():
        raise UsageError(f"{out}: holds the submissions; name another folder with -o")
    with (
        collect(source, problem=chosen, name=name, roster=roster) as intake,
        Store(out, create=True) as store,
        progress(quiet=quiet) as told,
    ):
        for line in [] if quiet else describe(intake):
            click.echo(f"grader: {line}", err=True)
        try:
            finished = grade_class(
                chosen,
                intake,
                store,
                told,
                engine=engine,
                seed=seed,
                regrade=regrade,
                allow_unisolated=allow_unisolated,
            )
        except KeyboardInterrupt:
            done = f"{told.done} of {told.total} students are graded"
            click.echo(f"\n{done}; the same command goes on from there.", err=True)
            raise
        told.__exit__(None, None, None)
        return _publish(chosen, store, finished, out, form, reports, told)


def _engine(jobs: int | None, cluster: str | None, *, trust_network: bool) -> Engine:
    if cluster is None:
        if trust_network:
            raise UsageError("--trust-network is about --cluster; leave it out here")
        from grader.grading.pool import grade_stream, processors

        return partial(grade_stream, jobs=jobs or processors())
    if jobs is not None:
        raise UsageError("-j counts judges of this machine; leave it out with --cluster")
    from grader.grading import cluster as dask

    dask.safe_address(cluster, trust_network=trust_network)
    return partial(dask.grade_stream, address=cluster, trust_network=trust_network)


def _publish(
    problem: Problem,
    store: Store,
    finished: Round,
    out: Path,
    form: str,
    reports: str | None,
    told: Tally,
) -> int:
    """Write what was asked for, and say what there is to be said."""
    from grader.model.safe_text import inert
    from grader.results.gradebook import NAME, Assignment, write_gradebook
    from grader.results.progress import sparkline
    from grader.views.class_reports import write_reports

    points = sum(group.points for group in problem.settings.groups)
    assignment = Assignment(problem.settings.title, points)
    try:
        absent = write_gradebook(out / NAME, store.rows(finished), assignment, form)
        if reports:
            format_ = "terminal" if reports == "text" else reports
            write_reports(out / "reports", store, finished, format_)
    except OSError as error:
        where = error.filename or out
        raise Fault(
            f"{where}: cannot be written ({error.strerror}). All marks are kept; run the same"
            " command again when that is mended."
        ) from None
    ungraded = [row for row in store.rows(finished) if row.status in (None, "fault")]
    click.echo(
        f"{told.total} students, {told.total - len(ungraded)} graded"
        f"   0 %│{sparkline(told.bins)}│100 %"
    )
    for name, reason in store.left_out():
        click.echo(f"left out: {inert(name)}: {inert(reason)}", err=True)
    for line in _said_of(ungraded, store):
        click.echo(line, err=True)
    click.echo(f"wrote {out / NAME} (round {finished.id}, seed {finished.seed})")
    if form != "plain" and absent:
        click.echo(f"{absent} students have no mark and are not in it", err=True)
    _tell_of_moved_marks(store, finished, out)
    return ExitCode.FAULT if ungraded else ExitCode.FULL_MARKS


def _said_of(ungraded: list[Row], store: Store) -> Iterator[str]:
    from grader.model.safe_text import inert

    for row in ungraded:
        message = "could not be read when its turn came"
        if row.result is not None:
            message = store.report(row.result).message
        yield f"no mark: {inert(row.student)}: {inert(message)}"


def _tell_of_moved_marks(store: Store, finished: Round, out: Path) -> None:
    before = store.comparable(finished)
    if before is not None:
        moved = sum(1 for _ in store.changes(before, finished))
        click.echo(f"{moved} marks differ from round {before.id}; see: grader diff {out}")


@click.command()
@out_argument
@click.option("--format", "format_", type=click.Choice(["terminal", "json"]), default="terminal")
def summary(out: Path, format_: str) -> int:
    """Say how a class did: marks, checks by failure rate, misconceptions, who is alike.

    OUT is the folder that 'grader grade' wrote to.
    """
    from grader.reporters import Page
    from grader.results.store import Store
    from grader.results.summary import summarize

    with Store(out) as store:
        found = summarize(store)
    if format_ == "json":
        _echo_json(found)
        return ExitCode.FULL_MARKS
    from grader.views.class_summary import render_summary

    click.echo(render_summary(found, Page.of_stdout()), nl=False)
    return ExitCode.FULL_MARKS


@click.command()
@out_argument
@click.option("--since", type=int, metavar="ROUND", help="Compare with this earlier round.")
@click.option("--format", "format_", type=click.Choice(["terminal", "json"]), default="terminal")
def diff(out: Path, since: int | None, format_: str) -> int:
    """Say whose mark a new round of grading moves, and by which check.

    A round begins when the problem, the seed or the grader has changed, or with --regrade. Compared
    are the newest and the last one before it that had the same seed; if there is none, the one
    before it, and then marks may differ because the examples do.
    """
    from grader.reporters import Page
    from grader.results.store import Store
    from grader.results.summary import compare_rounds

    with Store(out) as store:
        found = compare_rounds(store, since)
    if format_ == "json":
        _echo_json(found)
        return ExitCode.FULL_MARKS
    from grader.views.class_summary import render_difference

    click.echo(render_difference(found, Page.of_stdout()), nl=False)
    return ExitCode.FULL_MARKS


def _echo_json(found: object) -> None:
    import msgspec

    click.echo(json.dumps(msgspec.to_builtins(found), indent=2, ensure_ascii=False))
