"""The tables of ``results.sqlite``, rows of them, and the fingerprint of a submission.

The tables are::

    rounds       one for each problem, seed and grader version that the class was graded with
    submissions  what was handed in, by fingerprint
    results      a submission graded in a round, with its report as JSON
    students     who handed in what, as of the last run
    left_out     what was found and not graded, or missing, and why
    marks        for each finished round, which result each student had
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from grader.model.submission import Submission, is_notebook

VERSION = 1
SCHEMA = """
BEGIN;
CREATE TABLE rounds (
    id INTEGER PRIMARY KEY,
    slug TEXT NOT NULL,
    problem TEXT NOT NULL,      -- digest
    seed INTEGER NOT NULL,
    grader TEXT NOT NULL,       -- version
    after INTEGER NOT NULL,     -- results up to this one do not count: they are being regraded
    begun TEXT NOT NULL,
    finished TEXT
);
CREATE TABLE submissions (
    id TEXT PRIMARY KEY,
    source BLOB NOT NULL,
    normal TEXT                 -- fingerprint without names, comments and layout
);
CREATE TABLE results (
    id INTEGER PRIMARY KEY,
    submission TEXT NOT NULL,
    problem TEXT NOT NULL,
    seed INTEGER NOT NULL,
    grader TEXT NOT NULL,
    status TEXT NOT NULL,
    score REAL NOT NULL,
    max_score REAL NOT NULL,
    seconds REAL NOT NULL,
    report TEXT NOT NULL
);
CREATE INDEX results_by_key ON results (submission, problem, seed, grader);
CREATE TABLE students (
    student TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    file TEXT NOT NULL,
    submission TEXT NOT NULL,
    notes TEXT NOT NULL,
    ids TEXT NOT NULL
);
CREATE INDEX students_by_submission ON students (submission);
CREATE TABLE left_out (name TEXT NOT NULL, reason TEXT NOT NULL);
CREATE TABLE marks (
    round INTEGER NOT NULL,
    student TEXT NOT NULL,
    result INTEGER NOT NULL,
    PRIMARY KEY (round, student)
) WITHOUT ROWID;
-- The newest result of each student in each round; a fault only where there is nothing else.
CREATE VIEW standing AS
    SELECT d.id AS round, s.student AS student, (
        SELECT r.id FROM results r
        WHERE r.submission = s.submission AND r.problem = d.problem AND r.seed = d.seed
            AND r.grader = d.grader AND r.id > d.after
        ORDER BY r.status = 'fault', r.id DESC LIMIT 1
    ) AS result
    FROM rounds d, students s;
PRAGMA user_version = 1;
COMMIT;
"""


@dataclass(frozen=True, slots=True)
class Round:
    """One problem, seed and grader version that the class is, or was, graded with.

    Attributes:
        seed: Of the examples of everybody.
        after: Results up to this one do not count.
        begun, finished: In UTC, ISO 8601; ``finished`` is None while something is not graded.
    """

    id: int
    slug: str
    problem: str
    seed: int
    grader: str
    after: int
    begun: str
    finished: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """A student and what became of the submission.

    Attributes:
        status: As in a report; None if it has not been graded yet.
        result: The number of the result, for the store to give its report; None as above.
    """

    student: str
    file: str
    submission: str
    notes: tuple[str, ...]
    ids: Mapping[str, str]
    status: str | None
    score: float
    max_score: float
    seconds: float
    result: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """A student whose mark differs between two rounds.

    Attributes:
        before, after: The numbers of the results; None where there is none.
        same_submission: Whether both are of the same bytes.
    """

    student: str
    before: int | None
    after: int | None
    same_submission: bool


def fingerprint(submission: Submission) -> str:
    """What two submissions share that get the same report, file names aside.

    The source does not say all: a broken archive, the notes on what was a notebook. Each part is
    hashed behind what it is and how long it is, so that no part can pass for several.
    """
    parts = {
        "kind": "notebook" if submission.cells or is_notebook(submission.name) else "file",
        "cells": str(submission.cells or ""),
        "problem": submission.problem_with_file,
        "line": str(submission.line or ""),
        **{f"note {number}": note for number, note in enumerate(submission.notes)},
    }
    digest = hashlib.sha256()
    encoded = {name: part.encode("utf-8", "surrogatepass") for name, part in parts.items()}
    for name, part in {**encoded, "source": submission.source}.items():
        digest.update(b"%b %d\n" % (name.encode(), len(part)))
        digest.update(part)
    return digest.hexdigest()
