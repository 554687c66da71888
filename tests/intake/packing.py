"""Makes classes in every form that instructors have: real folders, real archives."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.intake.collect import Intake, collect
from grader.intake.entry import Entry
from grader.model.problem import Problem

Files = Mapping[str, bytes]
"""Contents by path."""


def code(marker: str = "") -> bytes:
    """A source that is told from others by a comment."""
    return f"class Dense:\n    pass  # {marker}\n".encode()


def notebook(*cells: str, **metadata: Any) -> bytes:
    """A notebook of code cells."""
    empty: dict[str, Any] = {"cell_type": "code", "metadata": {}, "execution_count": None}
    parts = [{**empty, "outputs": [], "source": cell} for cell in cells]
    document = {"cells": parts, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(document).encode()


def folder(path: Path, files: Files) -> Path:
    """Write files below a folder; a path that ends in a slash is a folder."""
    path.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        target = path / name
        if name.endswith("/"):
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    return path


def zipped(files: Files) -> bytes:
    """Pack files in a zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def tarred(files: Files, compression: str = "") -> bytes:
    """Pack files in a tar, compressed by ``gz``, ``bz2``, ``xz`` or not at all."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=f"w:{compression}") as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            member = tarfile.TarInfo(name.rstrip("/"))
            member.size = len(content)
            if name.endswith("/"):
                member.type = tarfile.DIRTYPE
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def take(source: Path, problem: Problem, **options: Any) -> tuple[list[Entry], Intake]:
    """Return all entries of a source, and the intake, closed."""
    with collect(source, problem=problem, **options) as intake:
        return list(intake), intake


def sources(entries: list[Entry]) -> dict[str, bytes]:
    """Return the source of each student."""
    return {entry.student: entry.submission.source for entry in entries}


def problems(entries: list[Entry]) -> dict[str, str]:
    """Return what is wrong with each student's file."""
    return {entry.student: entry.submission.problem_with_file for entry in entries}


def skipped(intake: Intake) -> dict[str, str]:
    """Return the reason for each thing that was skipped."""
    return {one.name: one.reason for one in intake.skipped}
