"""Keeps a report within a megabyte, whatever a submission prints, returns and raises.

What a worker may send in all is much more than anybody reads. The marks stay, and so does as much
of everything else as there is room for: short parts are kept whole, long ones are cut, and it is
said that they were.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast

import msgspec
from msgspec.structs import replace

from grader.model.evidence import Evidence
from grader.model.report import Diagnosis, Report

MOST = 950_000
"""Bytes of a report as JSON, as ``grader check --format json`` writes it."""

_SPELLED = 10
"""So many times more than compact JSON it can be at most: by blanks, and by escapes."""

_SHARES = {"output": 0.25, "script": 0.25, "evidence": 0.25, "message": 0.15}
"""Of the room that titles and marks leave; the rest is for what is told of the file as a whole."""

_PER_LINE = 16
"""Blanks before a line of the evidence of a check."""
_NOTE = "\n[... cut here: the report would be too large]"
_LONG = 1000


def fitted(report: Report) -> Report:
    """Return a report that is at most MOST bytes of JSON; the same one if it is already."""
    try:
        if _SPELLED * len(msgspec.json.encode(report)) <= MOST:
            return report
    except UnicodeEncodeError:  # a name of a file that is no text
        pass
    if _size(msgspec.to_builtins(report)) <= MOST:
        return report
    bare = [replace(c, output="", reproduce=None, evidence={}, message="") for c in report.checks]
    empty: dict[str, Any] = {"message": "", "evidence": {}, "notes": (), "output": ""}
    structure = replace(report, checks=tuple(bare), diagnoses=(), **empty)
    left = max(0, MOST - _size(msgspec.to_builtins(structure)))
    room = {name: int(share * left) for name, share in _SHARES.items()}
    told = left - sum(room.values())
    outputs = _cut_all([report.output, *(c.output for c in report.checks)], room["output"])
    messages = _cut_all([c.message for c in report.checks], room["message"])
    evidence = _reduced_all([c.evidence for c in report.checks], room["evidence"])
    scripts = _first_of([c.reproduce for c in report.checks], room["script"])
    checks = [
        replace(check, output=output, message=message, evidence=shown, reproduce=script)
        for check, output, message, shown, script in zip(
            report.checks, outputs[1:], messages, evidence, scripts, strict=True
        )
    ]
    return replace(
        report,
        checks=tuple(checks),
        output=outputs[0],
        message=_cut(report.message, told // 4),
        evidence=_reduced(report.evidence, told // 4),
        diagnoses=_diagnoses(report.diagnoses, told // 4),
        notes=tuple(_cut_all(report.notes[:_LONG], told // 4)),
    )


def _size(data: Any) -> int:
    """Bytes of a value as indented JSON, at most: what is no ASCII is counted as if escaped."""
    text = json.dumps(data, indent=2)
    return len(text) + 5 * text.count("\x7f") + _PER_LINE * text.count("\n")


def _shared_out(sizes: Sequence[int], room: int) -> int:
    """The largest size to which all can be cut so that together they have the room."""
    for count, size in enumerate(sorted(sizes)):
        share = room // (len(sizes) - count)
        if size > share:
            return share
        room -= size
    return max(sizes, default=0)


def _cut_all(texts: Sequence[str], room: int) -> list[str]:
    share = _shared_out([_size(text) for text in texts], room)
    return [_cut(text, share) for text in texts]


def _cut(text: str, room: int) -> str:
    """A text that needs no more than so many bytes."""
    if _size(text) <= room:
        return text
    low, high = 0, min(len(text), max(room, 0))  # no character needs less than a byte
    while low < high:  # the longest beginning that fits
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _size(text[:middle] + _NOTE) <= room else (low, middle - 1)
    return text[:low] + _NOTE if low else ""


def _first_of(texts: Sequence[str | None], room: int) -> list[str | None]:
    """The texts, with those left out for which there is no room behind the ones before."""
    kept: list[str | None] = []
    for text in texts:
        size = 0 if text is None else _size(text)
        kept.append(text if size <= room else None)
        room -= size if size <= room else 0
    return kept


def _reduced_all(evidence: Sequence[Evidence], room: int) -> list[Evidence]:
    share = _shared_out([_size(dict(each)) for each in evidence], room)
    return [_reduced(each, share) for each in evidence]


def _reduced(evidence: Evidence, room: int) -> Evidence:
    """Evidence that needs no more than so many bytes: without what led there, or only its kind."""
    if _size(dict(evidence)) <= room:
        return evidence
    less = {k: v for k, v in evidence.items() if k not in ("calls", "lines", "example")}
    less = {k: v[:_LONG] if isinstance(v, str) else v for k, v in less.items()}
    if _size(less) <= room:
        return cast(Evidence, less)
    kind = str(evidence.get("kind", ""))
    bare: Evidence = {"kind": kind if kind in _PLAIN_KINDS else "property"}
    return bare if _size(bare) <= room else {}


_PLAIN_KINDS = ("timeout", "memory", "crashed", "blocked")
"""Kinds of evidence that mean something without anything else."""


def _diagnoses(named: Sequence[Diagnosis], room: int) -> tuple[Diagnosis, ...]:
    kept = []
    for diagnosis in named:
        texts = {
            name: value if len(value) <= _LONG else value[:_LONG] + "…"
            for name in ("title", "hint", "why", "stronger")
            if (value := getattr(diagnosis, name)) is not None
        }
        short = replace(diagnosis, **texts)
        room -= _size(msgspec.to_builtins(short))
        if room >= 0:
            kept.append(short)
    return tuple(kept)
