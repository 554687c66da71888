"""Whose file is whose, told from paths alone.

Each file or folder at the top of the source is looked at by itself, so a file that was added to a
platform's download by hand (it came by mail) is taken like any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from grader.intake.choose_file import Wanted
from grader.intake.entry import Skipped
from grader.intake.platforms import canvas, moodle
from grader.intake.platforms.gradescope import METADATA, Submitter
from grader.intake.sources.ignored import junk_in, without_junk
from grader.intake.sources.trees import Found
from grader.intake.student_files import Handed, Kind, folded, piece


@dataclass(slots=True)
class Arrangement:
    """What each student handed in.

    Attributes:
        form: What the source was taken for.
        handed: One for each student, sorted; every ``student`` is there once.
        skipped: What is nobody's.
    """

    form: str = "files"
    handed: list[Handed] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def arrange(
    files: list[Found],
    wanted: Wanted,
    metadata: Callable[[Found], dict[str, list[Submitter]]],
    *,
    packed_as: str | None = None,
) -> Arrangement:
    """Find the students in a list of files.

    Args:
        files: Sorted by path.
        wanted: Tells the folder of a student from a folder around a class.
        metadata: Reads Gradescope's.
        packed_as: If the files come from an archive, its name without suffix.
    """
    result = Arrangement()
    kept = _without_junk(files, result.skipped)
    depth = _depth_of_class(kept, wanted, packed_as)
    groups = _Groups()
    submitters: dict[str, list[Submitter]] = {}
    tops = [file for file in kept if len(file.parts) == depth + 1]
    by_canvas = canvas.is_download(file.parts[depth] for file in tops)
    for file in tops:
        if file.parts[depth] == METADATA:
            submitters = metadata(file)
            kept = [other for other in kept if other is not file]
    for file in kept:
        parts = file.parts[depth:]
        if parts[0] in submitters:
            groups.add_gradescope(parts, file, submitters[parts[0]])
        elif moodle.named_by_moodle(parts[0]):
            groups.add("Moodle", *moodle.read_name(parts, file))
        elif len(parts) == 1 and by_canvas and canvas.named_by_canvas(parts[0]):
            groups.add("Canvas", *canvas.read_name(parts[0], file))
        elif len(parts) > 1:
            one = Handed(parts[0], pieces=[piece(parts[-1], file)])
            groups.add("folders", folded(parts[0]), one)
        else:
            one = Handed(_stem(parts[0]), pieces=[piece(parts[0], file)])
            if one.pieces[0].kind is Kind.OTHER:
                result.skipped.append(Skipped(file.shown, "not Python, a notebook or an archive"))
            else:
                groups.add("files", folded(one.student), one)
    there = {file.parts[depth] for file in kept}
    for folder in sorted(submitters.keys() - there):
        names = ", ".join(one.name for one in submitters[folder])
        result.skipped.append(Skipped(names or folder, f"{folder} is in {METADATA}, but not there"))
    result.form = " and ".join(form for form, _ in groups.forms.most_common()) or "files"
    result.handed = groups.finish()
    return result


def _stem(name: str) -> str:
    return name.rpartition(".")[0].removesuffix(".tar") or name


def _without_junk(files: list[Found], skipped: list[Skipped]) -> list[Found]:
    """Leave out what systems and tools leave behind; one line says how much it was."""
    kept = without_junk(files)
    if len(kept) < len(files):
        junk = [(file.parts[0], junk_in(file.parts)) for file in files if junk_in(file.parts)]
        kinds = sorted({kind for _, kind in junk if kind})
        what = f"left behind by systems and tools ({len(junk)} files)"
        skipped.append(Skipped(", ".join(kinds[:5]) + (", …" if kinds[5:] else ""), what))
        owners = {top for top, kind in junk if top != kind} - {file.parts[0] for file in kept}
        skipped += [Skipped(owner, "nothing in it but such files") for owner in sorted(owners)]
    return kept


def _depth_of_class(files: list[Found], wanted: Wanted, packed_as: str | None) -> int:
    """How many folders are around the class: ``class/alice.py`` has one.

    A folder alone could also be a class of one student; then the file in it has the right name.
    """
    depth = 0
    while files and all(len(file.parts) > depth + 1 for file in files):
        top = files[0].parts[depth]
        if files[-1].parts[depth] != top or moodle.named_by_moodle(top):  # they are sorted
            break
        direct = [file.parts[-1] for file in files if len(file.parts) == depth + 2]
        deeper = [file.parts[-1] for file in files if len(file.parts) > depth + 2]
        names = [name for name in direct if name != METADATA]
        a_platform = len(names) < len(direct) or any(
            canvas.named_by_canvas(name) or moodle.named_by_moodle(name) for name in names
        )
        if not a_platform and top != packed_as:
            has_submission = any(wanted.is_called(name) for name in names)
            if has_submission and not any(wanted.is_called(name) for name in deeper):
                break
            if not deeper and packed_as is None:
                break
        depth += 1
    return depth


class _Groups:
    """Students in the making, by what tells them apart."""

    def __init__(self) -> None:
        self.forms: Counter[str] = Counter()
        self._by_key: dict[Hashable, Handed] = {}

    def add(self, form: str, key: str, one: Handed) -> None:
        """Add a file to those of a student."""
        space = "plain" if form in ("files", "folders") else form
        known = self._by_key.setdefault((space, key), one)
        if known is one:
            self.forms[form] += 1
            return
        known.pieces += one.pieces
        for note in one.notes:
            if note not in known.notes:
                known.notes.append(note)
        if one.student != known.student and (note := f"also as {one.student}") not in known.notes:
            known.notes.append(note)

    def add_gradescope(
        self, parts: tuple[str, ...], file: Found, submitters: list[Submitter]
    ) -> None:
        """Add a file to those of each of its submitters."""
        names = [submitter.name for submitter in submitters]
        for submitter in submitters or [Submitter(parts[0], {})]:
            one = Handed(submitter.name, dict(submitter.ids), [piece(parts[-1], file)])
            others = [name for name in names if name != submitter.name]
            if others:
                one.notes.append(f"handed in together with {', '.join(others)}")
            who = submitter.ids.get("email") or submitter.ids.get("sis") or submitter.name
            self.add("Gradescope", who, one)

    def finish(self) -> list[Handed]:
        """Return the students, sorted, each under a name of its own."""
        everyone = list(self._by_key.values())
        self._by_key.clear()
        shared = Counter(folded(one.student) for one in everyone)
        for one in everyone:
            number = one.ids.get("lms") or one.ids.get("sis") or one.ids.get("email")
            if shared[folded(one.student)] > 1 and number:
                one.student = f"{one.student} ({number})"
        everyone.sort(key=lambda one: (folded(one.student), one.student))
        taken: set[str] = set()
        for one in everyone:
            name, count = one.student, 1
            while folded(one.student) in taken:
                count += 1
                one.student = f"{name} #{count}"
            taken.add(folded(one.student))
        return everyone
