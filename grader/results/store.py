"""What is known about a class, in one SQLite file that survives whatever ends a run.

Every submission is one transaction in a write-ahead log. A result belongs to the bytes that were
handed in, not to a student: who handed in equal bytes shares it. Results are added and never
changed, so that a round of grading can be compared with the one before it. The tables are in
:mod:`grader.results.schema`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from grader.errors import Fault, UsageError
from grader.intake.sources.trees import NAME
from grader.model.report import Report
from grader.model.report_json import as_data, report_from_json
from grader.results.schema import SCHEMA, VERSION, Change, Round, Row, fingerprint

if TYPE_CHECKING:
    from grader.intake.entry import Entry

_BUSY_SECONDS = 60.0


class Store:
    """The results in a folder. A context manager: what SQLite raises in it comes out as a Fault.

    Args:
        folder: Where ``results.sqlite`` is, or will be.
        create: Whether there need not be one yet.

    Raises:
        UsageError: There is none, or it was written by another version of the grader.
        Fault: It cannot be opened or read.
    """

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self.path = folder / NAME
        if not create and not self.path.is_file():
            raise UsageError(
                f"{folder}: holds no results; 'grader grade ... -o {folder}' does that"
            )
        with self._explained():
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise UsageError(f"{folder}: cannot be made ({error.strerror})") from None
            self._database = sqlite3.connect(
                self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare()
            except BaseException:
                self._database.close()
                raise

    def _prepare(self) -> None:
        """Make the tables, if there are none; refuse those of another version."""
        self._database.execute("PRAGMA journal_mode = WAL")
        # What a power cut takes back is graded again; a killed process loses nothing.
        self._database.execute("PRAGMA synchronous = NORMAL")
        (version,) = self._database.execute("PRAGMA user_version").fetchone()
        if version == 0:
            self._database.executescript(SCHEMA)
        elif version != VERSION:
            what = f"was written by another version of the grader (format {version})"
            raise UsageError(f"{self.path}: {what}; name another folder")

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._explained():
            self._database.close()
            if isinstance(error, sqlite3.Error):
                raise error

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            advice = "What had been graded before is kept: run the same command again"
            if "full" in str(error) or "I/O" in str(error):
                advice += " when there is room on the disk"
            raise Fault(f"{self.path}: {error}. {advice}.") from None

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield self._database
        except BaseException:
            self._database.rollback()
            raise
        self._database.commit()

    # -- rounds --------------------------------------------------------------------------

    def begin(self, slug: str, problem: str, seed: int, grader: str, *, regrade: bool) -> Round:
        """Return the round to go on with, or a new one.

        It is the last one if that has the same problem, seed and grader; ``regrade`` makes another
        in which no earlier result counts, unless the last one is that and was interrupted.
        """
        last = self.last_round()
        if last and (last.slug, last.problem, last.seed, last.grader) == (
            slug, problem, seed, grader,
        ):  # fmt: skip
            if not regrade:
                return last
            if last.after and not last.finished:
                return last
        with self._transaction() as database:
            (newest,) = database.execute("SELECT coalesce(max(id), 0) FROM results").fetchone()
            values = (slug, problem, seed, grader, newest if regrade else 0, _now())
            database.execute(
                "INSERT INTO rounds (slug, problem, seed, grader, after, begun)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                values,
            )
        created = self.last_round()
        assert created is not None
        return created

    def rounds(self) -> list[Round]:
        """All rounds, oldest first."""
        return [Round(*row) for row in self._database.execute("SELECT * FROM rounds ORDER BY id")]

    def last_round(self) -> Round | None:
        """The newest round, if there is one."""
        rounds = self.rounds()
        return rounds[-1] if rounds else None

    def newest_round(self) -> Round:
        """The newest round.

        Raises:
            UsageError: There is none.
        """
        newest = self.last_round()
        if newest is None:
            raise UsageError(f"{self.path.parent}: nothing has been graded yet")
        return newest

    def comparable(self, round_: Round) -> Round | None:
        """The finished round to compare one with: the last with its seed, else the last before."""
        earlier = [one for one in self.rounds() if one.finished and one.id < round_.id]
        same = [one for one in earlier if one.seed == round_.seed]
        return next(reversed(same or earlier), None)

    def finish(self, round_: Round) -> None:
        """Write down which result each student has."""
        with self._transaction() as database:
            database.execute("DELETE FROM marks WHERE round = ?", (round_.id,))
            database.execute(
                "INSERT INTO marks SELECT round, student, result FROM standing"
                " WHERE round = ? AND result IS NOT NULL",
                (round_.id,),
            )
            database.execute("UPDATE rounds SET finished = ? WHERE id = ?", (_now(), round_.id))

    # -- who handed in what --------------------------------------------------------------

    def register(self, entries: Iterable[Entry], left_out: Iterable[tuple[str, str]]) -> None:
        """Replace the list of students, and of what was left out, by what was found now.

        Args:
            entries: Read one at a time.
            left_out: Pairs of a name and a reason; iterated after the entries.
        """
        with self._transaction() as database:
            database.execute("DELETE FROM students")
            database.executemany(
                "INSERT INTO students VALUES (?, ?, ?, ?, ?, ?)",
                (
                    (
                        entry.student,
                        position,
                        entry.file,
                        fingerprint(entry.submission),
                        json.dumps(entry.notes),
                        json.dumps(dict(entry.ids)),
                    )
                    for position, entry in enumerate(entries)
                ),
            )
            database.execute("DELETE FROM left_out")
            database.executemany("INSERT INTO left_out VALUES (?, ?)", left_out)

    def handed_in(self, student: str, submission: str) -> None:
        """Note that a file has changed since it was registered."""
        self._database.execute(
            "UPDATE students SET submission = :new WHERE student = :student AND submission != :new",
            {"student": student, "new": submission},
        )

    def left_out(self) -> list[tuple[str, str]]:
        """What was found and not graded, or is missing: name and reason."""
        return list(self._database.execute("SELECT name, reason FROM left_out ORDER BY rowid"))

    def shared_by(self, submission: str) -> int:
        """How many students handed in exactly this."""
        query = "SELECT count(*) FROM students WHERE submission = ?"
        return int(self._database.execute(query, (submission,)).fetchone()[0])

    def rows(self, round_: Round) -> Iterator[Row]:
        """Every student, in the order of the intake, with the result in a round."""
        query = """
            SELECT s.student, s.file, s.submission, s.notes, s.ids,
                r.status, r.score, r.max_score, r.seconds, r.id
            FROM students s JOIN standing t ON t.student = s.student AND t.round = ?
                LEFT JOIN results r ON r.id = t.result
            ORDER BY s.position
        """
        found = self._database.execute(query, (round_.id,))
        for student, file, submission, notes, ids, *rest in found:
            status, score, max_score, seconds, result = rest
            yield Row(
                student,
                file,
                submission,
                tuple(json.loads(notes)),
                json.loads(ids),
                status,
                score or 0.0,
                max_score or 0.0,
                seconds or 0.0,
                result,
            )

    # -- results -------------------------------------------------------------------------

    def is_graded(self, round_: Round, submission: str) -> bool:
        """Whether there is a result in a round that is not a fault."""
        query = """
            SELECT 1 FROM results WHERE submission = ? AND problem = ? AND seed = ? AND grader = ?
                AND id > ? AND status != 'fault'
        """
        key = (submission, round_.problem, round_.seed, round_.grader, round_.after)
        return self._database.execute(query, key).fetchone() is not None

    def add(self, round_: Round, submission: str, source: bytes, report: Report) -> None:
        """Keep a result, and what was graded."""
        text = json.dumps(as_data(report), allow_nan=False)
        with self._transaction() as database:
            database.execute(
                "INSERT OR IGNORE INTO submissions (id, source) VALUES (?, ?)", (submission, source)
            )
            values = (
                submission,
                round_.problem,
                round_.seed,
                round_.grader,
                report.status,
                report.score,
                report.max_score,
                report.duration,
                text,
            )
            database.execute(
                "INSERT INTO results (submission, problem, seed, grader, status, score, max_score,"
                " seconds, report) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            )

    def report(self, result: int) -> Report:
        """The report of a result."""
        query = "SELECT report FROM results WHERE id = ?"
        return report_from_json(self._database.execute(query, (result,)).fetchone()[0])

    def source(self, submission: str) -> bytes:
        """What was graded for a submission, by its fingerprint."""
        query = "SELECT source FROM submissions WHERE id = ?"
        return bytes(self._database.execute(query, (submission,)).fetchone()[0])

    def changes(self, before: Round, after: Round) -> Iterator[Change]:
        """Students whose status or score differs between two finished rounds, by name."""
        query = """
            WITH both (student, before, after) AS (
                SELECT n.student, o.result, n.result FROM marks n
                    LEFT JOIN marks o ON o.student = n.student AND o.round = :before
                    WHERE n.round = :after
                UNION ALL
                SELECT o.student, o.result, NULL FROM marks o
                    LEFT JOIN marks n ON n.student = o.student AND n.round = :after
                    WHERE o.round = :before AND n.student IS NULL
            )
            SELECT both.*, o.submission IS n.submission FROM both
            LEFT JOIN results o ON o.id = both.before LEFT JOIN results n ON n.id = both.after
            WHERE o.status IS NOT n.status OR o.score IS NOT n.score ORDER BY both.student
        """
        values = {"before": before.id, "after": after.id}
        for student, old, new, same in self._database.execute(query, values):
            yield Change(student, old, new, bool(same))

    # -- likeness ------------------------------------------------------------------------

    def without_normal(self) -> Iterator[tuple[str, bytes]]:
        """Submissions, with their source, that have no normal form yet."""
        query = (
            "SELECT rowid, id, source FROM submissions WHERE normal IS NULL AND rowid > ?"
            " ORDER BY rowid LIMIT 1"  # one at a time: the caller writes in between
        )
        last = -1
        while (row := self._database.execute(query, (last,)).fetchone()) is not None:
            last, submission, source = row
            yield submission, source

    def set_normal(self, submission: str, normal: str) -> None:
        """Keep the fingerprint of a submission's normal form; empty if it has none."""
        self._database.execute(
            "UPDATE submissions SET normal = ? WHERE id = ?", (normal, submission)
        )

    def alike(self) -> list[list[str]]:
        """Groups of students, two and more, whose submissions have the same normal form."""
        query = """
            SELECT b.normal, s.student FROM students s JOIN submissions b ON b.id = s.submission
            WHERE b.normal IN (
                SELECT b.normal FROM students s JOIN submissions b ON b.id = s.submission
                WHERE b.normal != '' GROUP BY b.normal HAVING count(*) > 1
            ) ORDER BY s.position
        """
        groups: dict[str, list[str]] = {}
        for normal, student in self._database.execute(query):
            groups.setdefault(normal, []).append(student)
        return list(groups.values())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
