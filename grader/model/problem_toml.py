"""``problem.toml`` and ``vouched.toml``: what may stand in them, and how they are read.

They are checked here in full; what is wrong is reported as ``path:line: what``.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal, TypeVar, get_args

import msgspec

from grader.errors import ProblemError

TOTAL_POINTS = 100

Document = TypeVar("Document")

Positive = Annotated[float, msgspec.Meta(gt=0, le=1e6)]
PositiveInt = Annotated[int, msgspec.Meta(gt=0)]
Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z_]\w*$")]
Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Visibility = Annotated[
    str, msgspec.Meta(pattern=r"^(visible|after_due_date|after_published|hidden)$")
]
Difficulty = Literal["easy", "medium", "hard"]
DIFFICULTIES: tuple[str, ...] = get_args(Difficulty)
"""From the easiest on."""
Origin = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z_][\w.]*(:[A-Za-z_]\w*)?$")]


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A named part of the mark.

    Attributes:
        id: Short name, as checks refer to it.
        points: What the group's checks share between them.
        title: What it is about, in plain words.
        visibility: When a platform that can tell students later may tell them of its checks.
    """

    id: Slug
    points: Positive
    title: str
    visibility: Visibility = "visible"


class LimitSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a submission may use; see :class:`grader.sandbox.process.Limits`."""

    call_seconds: Positive = 5.0
    submission_seconds: Positive = 120.0
    cpu_seconds: PositiveInt = 60
    memory_mb: PositiveInt = 1024
    output_kb: PositiveInt = 64
    reply_mb: PositiveInt = 16


class Provided(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What students find without importing or defining it.

    Attributes:
        modules: Files of ``provided/`` that can be imported, without ``.py``.
        names: Predefined names: ``np = "numpy"``, ``Layer = "layer:Layer"``.
    """

    modules: tuple[Name, ...] = ()
    names: dict[Name, Origin] = {}


class Convention(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that solutions to this problem do, and that is a mistake in another.

    Attributes:
        says: The rest of a sentence: "its parameter gradients are means over the batch".
        shows: Ids of the diagnoses, all of them, that such a solution gets elsewhere.
    """

    says: Annotated[str, msgspec.Meta(min_length=1)]
    shows: Annotated[tuple[Slug, ...], msgspec.Meta(min_length=1)]


class Demo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two sample submissions that ``grader demo`` grades, without ``.py``.

    Attributes:
        right: A name in ``submissions/<slug>/accepted/``.
        wrong: A name in ``submissions/<slug>/rejected/``.
    """

    right: str
    wrong: str


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The contents of ``problem.toml``.

    Attributes:
        builds_on: Problems of the library that one should have solved before.
    """

    title: str
    summary: str
    entry: Name
    groups: Annotated[tuple[Group, ...], msgspec.Meta(min_length=1)]
    difficulty: Difficulty = "medium"
    builds_on: tuple[Slug, ...] = ()
    seed: Annotated[int, msgspec.Meta(ge=0, lt=2**32)] = 0
    limits: LimitSettings = LimitSettings()
    provided: Provided = Provided()
    conventions: tuple[Convention, ...] = ()
    demo: Demo | None = None


class Equivalent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mutant of the reference that is a right solution too; see :mod:`grader.authoring.mutation`.

    Attributes:
        scope: Where it is, ``Dense.backward_pass``.
        statement: The first line of the statement that is changed.
        change: What is done to it.
        reason: Why no check may fail for it, so that a reviewer can agree.
    """

    scope: str
    statement: str
    change: str
    reason: Annotated[str, msgspec.Meta(min_length=1)]


class Redundant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A check that is wanted although another of its group fails whenever it does.

    Attributes:
        check: Its id.
        reason: What it is good for.
    """

    check: str
    reason: Annotated[str, msgspec.Meta(min_length=1)]


class Unshown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A known mistake for which there is no sample and no mutant.

    Attributes:
        diagnosis: Its id.
        reason: Why nobody can write one, or why it is kept without.
    """

    diagnosis: str
    reason: Annotated[str, msgspec.Meta(min_length=1)]


class Harmless(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Distortions of the reference that are right too; see :mod:`grader.authoring.distortion`.

    All but the reason are patterns, in which ``*`` stands for anything.

    Attributes:
        member: The method.
        place: What is changed: ``result``, ``self.W``; empty where nothing is.
        condition: When it is.
        change: What is done.
        reason: Why no check may fail for them, so that a reviewer can agree.
    """

    reason: Annotated[str, msgspec.Meta(min_length=1)]
    member: str = "*"
    place: str = "*"
    condition: str = "*"
    change: str = "*"


class Vouched(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The contents of ``vouched.toml``: what an author vouches for where a program cannot tell."""

    equivalent: tuple[Equivalent, ...] = ()
    redundant: tuple[Redundant, ...] = ()
    unshown: tuple[Unshown, ...] = ()
    harmless: tuple[Harmless, ...] = ()


def read_settings(folder: Path) -> Settings:
    """The contents of a problem's ``problem.toml``."""
    path = folder / "problem.toml"
    settings = read_toml(path, Settings)
    _check_groups(path, settings.groups)
    for name in settings.provided.names:
        if not name.isidentifier():
            where = line_of(path, ("provided", "names", name))
            raise ProblemError(*where, f"provided.names: {name!r} is not a name in Python")
    return settings


def read_toml(path: Path, kind: type[Document]) -> Document:
    """The contents of a TOML file as ``kind``.

    Raises:
        ProblemError: It is no TOML, or not what ``kind`` has to be.
    """
    try:
        document = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"\(at line (\d+)", str(error))
        what = str(error).partition(" (at")[0]
        raise ProblemError(path, int(line[1]) if line else None, what) from None
    try:
        return msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at `")
        keys = tuple(re.findall(r"\w+", place.partition("$")[2]))
        unknown = re.search(r"unknown field `(.+)`", what)
        missing = re.search(r"missing required field `(\w+)`", what)
        _, line_number = line_of(path, (*keys, unknown[1]) if unknown else keys)
        name = ".".join(keys)
        shown = f"{name}: {what}" if name and not (unknown or missing) else what
        raise ProblemError(path, line_number, shown[:1].lower() + shown[1:]) from None


def _check_groups(path: Path, groups: tuple[Group, ...]) -> None:
    seen = set()
    for number, group in enumerate(groups):
        if group.id in seen:
            where = line_of(path, ("groups", str(number), "id"))
            raise ProblemError(*where, f"group {group.id!r} is listed twice")
        seen.add(group.id)
    total = sum(group.points for group in groups)
    if abs(total - TOTAL_POINTS) > 1e-9:
        where = line_of(path, ("groups",))
        raise ProblemError(*where, f"the groups' points add up to {total:g}, not {TOTAL_POINTS}")


def line_of(path: Path, keys: tuple[str, ...]) -> tuple[Path, int]:
    """A TOML file and the line of a key in it; numbers in ``keys`` count the items of an array."""
    from grader.model import toml_lines

    return path, toml_lines.line_of(read_text(path), keys)


def read_text(path: Path) -> str:
    """The text of a file of a problem.

    Raises:
        ProblemError: It is not UTF-8.
    """
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ProblemError(path, line, "not UTF-8 text") from None
