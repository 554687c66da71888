"""Problem packages. The sole owner of the file names in a problem and in a library.

A library is a folder with three subfolders::

    problems/<slug>/     problem.toml  statement.md  starter.py  provided/
                         checks.py  diagnoses.py  expected.json  vouched.toml
    reference/<slug>.py
    submissions/<slug>/  accepted/*.py  rejected/*.py

What stands in the TOML files is :mod:`grader.model.problem_toml`'s.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from grader.errors import ProblemError, UsageError, did_you_mean
from grader.model.problem_toml import (
    DIFFICULTIES,
    Settings,
    Vouched,
    line_of,
    read_settings,
    read_text,
    read_toml,
)
from grader.model.sample_header import read_declaration


def stem_of(slug: str) -> str:
    """What the file of a solution is called, without its suffix: a module needs underscores."""
    return slug.replace("-", "_")


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

    def in_order(self) -> list[Problem]:
        """The problems as one learns by them: what others build on first, and the easier first.

        Raises:
            ProblemError: One is broken, or builds on something that cannot come before it.
        """
        from graphlib import CycleError, TopologicalSorter

        problems = {slug: self.load(slug) for slug in self.slugs()}
        for problem in problems.values():
            for number, needed in enumerate(problem.settings.builds_on):
                if needed not in problems:
                    where = problem.where("builds_on", str(number))
                    said = did_you_mean(needed, problems)
                    raise ProblemError(*where, f"builds_on: no problem named {needed!r}{said}")
        sorter = TopologicalSorter({s: each.settings.builds_on for s, each in problems.items()})
        try:
            sorter.prepare()
        except CycleError as error:
            circle = error.args[1]
            what = f"builds_on: {' builds on '.join(reversed(circle))}"
            raise ProblemError(*problems[circle[0]].where("builds_on"), what) from None
        order: list[Problem] = []
        ready: list[Problem] = []
        while sorter:
            ready += [problems[slug] for slug in sorter.get_ready()]
            ready.sort(key=lambda p: (DIFFICULTIES.index(p.settings.difficulty), p.slug))
            order.append(ready.pop(0))
            sorter.done(order[-1].slug)
        return order

    def after(self, slug: str) -> str:
        """The name of the problem that comes after another one; empty behind the last."""
        try:
            slugs = [problem.slug for problem in self.in_order()]
        except ProblemError:
            return ""  # said where the problems themselves are looked at
        return next((later for this, later in pairwise(slugs) if this == slug), "")

    def reference(self, slug: str) -> Path:
        """Where the reference solution of a problem is, or should be."""
        return self.root / "reference" / f"{stem_of(slug)}.py"

    def unknown(self, slug: str) -> UsageError:
        """What there is to say of a name that no problem has."""
        known = self.slugs()
        there = f"(there are: {', '.join(known) or 'none'})"
        return UsageError(f"no problem named {slug!r} {there}{did_you_mean(slug, known)}")

    def load(self, slug: str) -> Problem:
        """Return the problem ``slug``.

        Raises:
            UsageError: There is no such problem.
            ProblemError: It is broken.
        """
        if slug not in self.slugs():
            raise self.unknown(slug)
        return Problem(self.root, slug, read_settings(self.root / "problems" / slug))


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
    def file_name(self) -> str:
        """What the file of a solution is called."""
        return f"{stem_of(self.slug)}.py"

    def where(self, *keys: str) -> tuple[Path, int]:
        """``problem.toml`` and the line of a key in it."""
        return line_of(self.folder / "problem.toml", keys)

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

    @cached_property
    def entry_kind(self) -> str:
        """What students write: a "class", or a "function", as the reference solution has it."""
        import ast

        try:
            tree = ast.parse(self.reference_path.read_bytes())
        except (SyntaxError, ValueError):
            return "class"  # said where the reference is loaded
        functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        return "function" if self.settings.entry in functions else "class"

    @cached_property
    def has_scenarios(self) -> bool:
        """Whether its checks follow from scenarios, all or some of them."""
        return "\n@scenario(" in read_text(self.checks_path)

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

    @property
    def twins(self) -> list[Path]:
        """Rejected samples that name what behaves like them: those whose headers have a hint.

        Raises:
            ProblemError: A header cannot be read.
        """
        found = []
        for path in self.samples("rejected") if self.has_scenarios else ():
            try:
                header = read_declaration(path)
            except ValueError as error:
                raise ProblemError(path, None, str(error)) from None
            found += [path] if header.about and header.hint else []
        return found

    def demo_samples(self) -> list[Path]:
        """A right and a wrong sample that show what a report is; none where none are declared.

        Raises:
            ProblemError: A sample that ``problem.toml`` names is not there.
        """
        demo = self.settings.demo
        if demo is None:
            return []
        folder = self.library / "submissions" / self.slug
        paths = {
            "right": folder / "accepted" / f"{demo.right}.py",
            "wrong": folder / "rejected" / f"{demo.wrong}.py",
        }
        for key, path in paths.items():
            if not path.is_file():
                where = self.where("demo", key)
                raise ProblemError(*where, f"demo names {self.shown(path)}, which is not there")
        return list(paths.values())

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
        return read_toml(self.vouched_path, Vouched) if self.vouched_path.exists() else Vouched()

    @property
    def statement(self) -> str:
        """The statement, as Markdown with LaTeX maths."""
        return read_text(self._existing("statement.md"))

    @cached_property
    def expected(self) -> Any:
        """The contents of ``expected.json``; None where the problem has none."""
        if not self.expected_path.exists():
            return None
        try:
            return json.loads(read_text(self.expected_path))
        except json.JSONDecodeError as error:
            raise ProblemError(self.expected_path, error.lineno, error.msg) from None

    @cached_property
    def provided_sources(self) -> dict[str, str]:
        """Source text of the provided modules, by name."""
        sources = {}
        for name in self.settings.provided.modules:
            path = self.provided_folder / f"{name}.py"
            if not path.is_file():
                where = self.where("provided", "modules")
                raise ProblemError(*where, f"provided module {name!r} is missing: {path}")
            sources[name] = read_text(path)
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


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def _split_origin(origin: str) -> tuple[str, str]:
    module, _, attribute = origin.partition(":")
    return module, attribute
