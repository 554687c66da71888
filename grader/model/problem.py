"""Problem packages. The sole owner of the file names in a problem and in a library.

A library is a folder with three subfolders::

    problems/<slug>/     problem.toml  statement.md  starter.py  provided/
                         checks.py  diagnoses.py  expected.json  vouched.toml
    reference/<slug>.py
    submissions/<slug>/  accepted/*.py  rejected/*.py

``problem.toml`` is checked here in full; what is wrong is reported as ``path:line: what``.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec

from grader.errors import ProblemError, UsageError

TOTAL_POINTS = 100

Document = TypeVar("Document")

Positive = Annotated[float, msgspec.Meta(gt=0, le=1e6)]
PositiveInt = Annotated[int, msgspec.Meta(gt=0)]
Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z_]\w*$")]
Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Visibility = Annotated[
    str, msgspec.Meta(pattern=r"^(visible|after_due_date|after_published|hidden)$")
]
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
    """The contents of ``problem.toml``."""

    title: str
    summary: str
    entry: Name
    groups: Annotated[tuple[Group, ...], msgspec.Meta(min_length=1)]
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


@dataclass(frozen=True)
class Library:
    """A folder with ``problems``, ``reference`` and ``submissions``."""

    root: Path

    @classmethod
    def find(cls, given: Path | None = None) -> Library:
        """Return the library at ``given``, or the one that comes with this package.

        Raises:
            UsageError: There is none.
        """
        if given is not None:
            if not (given / "problems").is_dir():
                raise UsageError(f"{given}: not a problem library (it has no folder 'problems')")
            return cls(given.resolve())
        package = Path(__file__).resolve().parents[1]
        for root in (package / "library", package.parent):
            if (root / "problems").is_dir():
                return cls(root)
        raise UsageError("the problem library is missing from this installation; use --library DIR")

    def slugs(self) -> list[str]:
        """Names of the problems, sorted."""
        folders = (self.root / "problems").iterdir()
        return sorted(folder.name for folder in folders if (folder / "problem.toml").is_file())

    def reference(self, slug: str) -> Path:
        """Where the reference solution of a problem is, or should be."""
        return self.root / "reference" / f"{slug.replace('-', '_')}.py"

    def load(self, slug: str) -> Problem:
        """Return the problem ``slug``.

        Raises:
            UsageError: There is no such problem.
            ProblemError: It is broken.
        """
        if slug not in self.slugs():
            known = ", ".join(self.slugs()) or "none"
            raise UsageError(f"no problem named {slug!r} (there are: {known})")
        return Problem(self.root, slug, _read_settings(self.root / "problems" / slug))


@dataclass(frozen=True)
class Problem:
    """One problem of a library. Files are read when they are asked for."""

    library: Path
    slug: str
    settings: Settings

    @property
    def folder(self) -> Path:
        """Where ``problem.toml`` is."""
        return self.library / "problems" / self.slug

    @property
    def checks_path(self) -> Path:
        """The pytest file with the checks."""
        return self._existing("checks.py")

    @property
    def starter_path(self) -> Path:
        """What a student begins with."""
        return self._existing("starter.py")

    @property
    def diagnoses_path(self) -> Path:
        """What is known of mistakes; a problem can do without."""
        return self.folder / "diagnoses.py"

    @property
    def expected_path(self) -> Path:
        """Seeded outputs of the reference."""
        return self.folder / "expected.json"

    @property
    def provided_folder(self) -> Path:
        """Modules that students may import."""
        return self.folder / "provided"

    @property
    def reference_path(self) -> Path:
        """The reference solution."""
        path = Library(self.library).reference(self.slug)
        if not path.is_file():
            raise ProblemError(path, None, "the reference solution is missing")
        return path

    @property
    def private_paths(self) -> list[Path]:
        """What a submission must not be able to read."""
        files = [self.checks_path, self.diagnoses_path, self.expected_path, self.reference_path]
        return [self.library, self.folder, *files]

    def shown(self, path: Path) -> str:
        """A path as people know it: from the library's folder on."""
        return path.relative_to(self.library).as_posix()

    def samples(self, verdict: str) -> list[Path]:
        """Sample submissions, ``accepted`` or ``rejected``, sorted."""
        return sorted((self.library / "submissions" / self.slug / verdict).glob("*.py"))

    def demo_samples(self) -> list[Path]:
        """A right and a wrong sample that show what a report is; none where none are declared.

        Raises:
            ProblemError: A sample that ``problem.toml`` names is not there.
        """
        demo = self.settings.demo
        named = [] if demo is None else [("accepted", demo.right), ("rejected", demo.wrong)]
        paths = [
            self.library / "submissions" / self.slug / verdict / f"{name}.py"
            for verdict, name in named
        ]
        for path in paths:
            if not path.is_file():
                toml = self.folder / "problem.toml"
                raise ProblemError(toml, None, f"demo names {self.shown(path)}, which is not there")
        return paths

    def visibility(self, group: str) -> str:
        """When a platform may show students the checks of a group."""
        return next(g.visibility for g in self.settings.groups if g.id == group)

    @property
    def vouched_path(self) -> Path:
        """What the author vouches for."""
        return self.folder / "vouched.toml"

    @cached_property
    def vouched(self) -> Vouched:
        """The contents of ``vouched.toml``; empty where the problem has none."""
        return _read_toml(self.vouched_path, Vouched) if self.vouched_path.exists() else Vouched()

    @property
    def statement(self) -> str:
        """The statement, as Markdown with LaTeX maths."""
        return _read_text(self._existing("statement.md"))

    @cached_property
    def expected(self) -> Any:
        """The contents of ``expected.json``; None where the problem has none."""
        if not self.expected_path.exists():
            return None
        try:
            return json.loads(_read_text(self.expected_path))
        except json.JSONDecodeError as error:
            raise ProblemError(self.expected_path, error.lineno, error.msg) from None

    @cached_property
    def provided_sources(self) -> dict[str, str]:
        """Source text of the provided modules, by name."""
        sources = {}
        for name in self.settings.provided.modules:
            path = self.provided_folder / f"{name}.py"
            if not path.is_file():
                where = _line_of(self.folder / "problem.toml", ("provided", "modules"))
                raise ProblemError(*where, f"provided module {name!r} is missing: {path}")
            sources[name] = _read_text(path)
        return sources

    @property
    def provided_names(self) -> tuple[tuple[str, str, str], ...]:
        """Predefined names as ``(name, module, attribute or "")``."""
        origins = self.settings.provided.names.items()
        return tuple((name, *_split_origin(origin)) for name, origin in origins)

    @property
    def files(self) -> list[Path]:
        """The files that decide a mark: the problem's and the reference."""
        return [*_files(self.folder), self.reference_path]

    @property
    def files_of_neighbours(self) -> Iterator[Path]:
        """What tells solutions to the library's other problems; it decides words, and no mark."""
        library = Library(self.library)
        for slug in library.slugs():
            if slug != self.slug:
                folder, reference = library.root / "problems" / slug, library.reference(slug)
                yield from filter(Path.is_file, (folder / "problem.toml", reference))

    @cached_property
    def digest(self) -> str:
        """SHA-256 over :attr:`files`."""
        total = hashlib.sha256()
        for path in self.files[:-1]:
            total.update(f"{path.relative_to(self.folder).as_posix()}\0".encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
        total.update(hashlib.sha256(self.reference_path.read_bytes()).digest())
        return total.hexdigest()

    def _existing(self, name: str) -> Path:
        path = self.folder / name
        if not path.is_file():
            raise ProblemError(path, None, "missing from the problem package")
        return path


def _read_text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ProblemError(path, line, "not UTF-8 text") from None


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def _split_origin(origin: str) -> tuple[str, str]:
    module, _, attribute = origin.partition(":")
    return module, attribute


def _read_settings(folder: Path) -> Settings:
    path = folder / "problem.toml"
    settings = _read_toml(path, Settings)
    _check_groups(path, settings.groups)
    for name in settings.provided.names:
        if not name.isidentifier():
            where = _line_of(path, ("provided", "names"))
            raise ProblemError(*where, f"provided.names: {name!r} is not a name in Python")
    return settings


def _read_toml(path: Path, kind: type[Document]) -> Document:
    try:
        document = tomllib.loads(_read_text(path))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"\(at line (\d+)", str(error))
        what = str(error).partition(" (at")[0]
        raise ProblemError(path, int(line[1]) if line else None, what) from None
    try:
        return msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at `")
        keys = tuple(re.findall(r"\w+", place.partition("$")[2]))
        unknown = re.search(r"unknown field `(\w+)`", what)
        missing = re.search(r"missing required field `(\w+)`", what)
        _, line_number = _line_of(path, (*keys, unknown[1]) if unknown else keys)
        name = ".".join(keys)
        shown = f"{name}: {what}" if name and not (unknown or missing) else what
        raise ProblemError(path, line_number, shown[:1].lower() + shown[1:]) from None


def _check_groups(path: Path, groups: tuple[Group, ...]) -> None:
    seen = set()
    for number, group in enumerate(groups):
        if group.id in seen:
            where = _line_of(path, ("groups", str(number), "id"))
            raise ProblemError(*where, f"group {group.id!r} is listed twice")
        seen.add(group.id)
    total = sum(group.points for group in groups)
    if abs(total - TOTAL_POINTS) > 1e-9:
        where = _line_of(path, ("groups",))
        raise ProblemError(*where, f"the groups' points add up to {total:g}, not {TOTAL_POINTS}")


def _line_of(path: Path, keys: tuple[str, ...]) -> tuple[Path, int]:
    """Find the line of a key in a TOML file; the nearest line above it if it is written oddly.

    ``tomllib`` keeps no positions. Numbers in ``keys`` count the tables of an array.
    """
    lines = path.read_text("utf-8").splitlines()
    position = 0
    for depth, key in enumerate(keys):
        if key.isdigit():
            continue
        repeat = (
            int(keys[depth + 1]) if keys[depth + 1 : depth + 2] and keys[depth + 1].isdigit() else 0
        )
        table = re.escape(".".join(k for k in keys[: depth + 1] if not k.isdigit()))
        pattern = rf"\s*(\[\[?\s*{table}\s*\]|{re.escape(key)}\s*=)"
        hits = [n for n in range(position, len(lines)) if re.match(pattern, lines[n])]
        if len(hits) > repeat:
            position = hits[repeat]
    return path, position + 1
