"""The intake itself, top to bottom: a source in, a stream of entries out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from grader.documents.reader import Reader
from grader.errors import Fault, UsageError
from grader.intake.choose_file import Wanted
from grader.intake.entry import Entry, Skipped
from grader.intake.layouts import Arrangement, arrange
from grader.intake.platforms import gradescope
from grader.intake.read import read
from grader.intake.roster import Listed, read_roster
from grader.intake.roster_match import match
from grader.intake.sources import archives
from grader.intake.sources.trees import Folder, Found, Tree, Unreadable
from grader.model.problem import Problem


class Intake:
    """What an instructor has, one entry for each student, sorted by name.

    Iterating reads the files, one at a time; nothing is kept. It can be done again. Entries come
    in the same order every time. ``len()`` is how many entries there will be, except that a file
    that cannot be read moves to :attr:`skipped` when its turn comes.

    Attributes:
        form: What the source was taken for: ``files``, ``folders``, ``Canvas``, ``Moodle``,
            ``Gradescope``, or several, joined by "and".
        missing: Students of the roster who handed nothing in, in its order.
        listed: How many students the roster has; None without a roster.
    """

    def __init__(self, tree: Tree, arrangement: Arrangement, wanted: Wanted) -> None:
        self._tree = tree
        self._handed = arrangement.handed
        self._known = (*tree.skipped, *arrangement.skipped)
        self._wanted = wanted
        self._reader = Reader()
        self._unread: dict[str, Skipped] = {}
        self.form = arrangement.form
        self.missing: tuple[Listed, ...] = ()
        self.listed: int | None = None

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """What is not graded, and why; complete once the entries have been iterated."""
        return (*self._known, *self._unread.values())

    def __len__(self) -> int:
        return len(self._handed)

    def __iter__(self) -> Iterator[Entry]:
        for handed in self._handed:
            try:
                chosen = read(handed, self._tree, self._wanted, self._reader)
            except (Unreadable, UsageError, Fault) as error:
                self._unread[handed.student] = Skipped(handed.student, str(error))
                continue
            notes = (*chosen.notes, *handed.notes)
            yield Entry(handed.student, chosen.file, chosen.submission, notes, dict(handed.ids))

    def __enter__(self) -> Intake:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back what is held open (an archive), and end what was started."""
        self._reader.close()
        self._tree.close()


def collect(
    source: Path, *, problem: Problem, name: str | None = None, roster: Path | None = None
) -> Intake:
    """Find the submissions in a source. Nothing is run, and nothing of a student's is parsed.

    Args:
        source: A folder or an archive; docs/grading-a-class.md lists the forms.
        problem: What they are solutions of; decides which of several files is meant.
        name: The file to take where a student has several (``layer.py``); by default it is named
            as the problem is (``dense.py``).
        roster: A CSV file with the students; adds to :attr:`Entry.ids` and fills
            :attr:`Intake.missing`.

    Raises:
        UsageError: The source or the roster cannot be used at all; names the file and the line.
    """
    stem = Path(name).stem if name else problem.slug.replace("-", "_")
    wanted = Wanted(stem, problem.settings.entry)
    students = read_roster(roster) if roster is not None else None
    tree = _open(source)
    try:

        def metadata(file: Found) -> dict[str, list[gradescope.Submitter]]:
            where = f"{source}/{file.shown}"
            try:
                content = tree.read(file, gradescope.MAX_METADATA + 1)
            except Unreadable as error:
                raise UsageError(f"{where}: {error}") from None
            return gradescope.read_metadata(where, content)

        packed_as = None if source.is_dir() else _stem(source.name)
        arrangement = arrange(tree.files, wanted, metadata, packed_as=packed_as)
        intake = Intake(tree, arrangement, wanted)
        if students is not None:
            intake.missing = match(arrangement.handed, students)
            intake.listed = len(students.students)
    except BaseException:
        tree.close()
        raise
    return intake


def _stem(name: str) -> str:
    return name.rpartition(".")[0].removesuffix(".tar")


def _open(source: Path) -> Tree:
    if source.is_dir():
        return Folder(source)
    try:
        if source.exists() and not source.is_file():
            raise UsageError(f"{source}: neither a folder nor an archive")
        file = source.open("rb")
    except FileNotFoundError:
        raise UsageError(f"{source}: no such file or folder") from None
    except OSError as error:
        raise UsageError(f"{source}: cannot be read ({error.strerror})") from None
    if source.suffix.lower() in (".py", ".ipynb"):
        file.close()
        raise UsageError(f"{source}: is a single file; use grader check")
    try:
        return archives.open_archive(file, archives.OF_A_CLASS)
    except archives.NotAnArchive as error:
        raise UsageError(f"{source}: {error}") from None
    except OSError as error:
        raise UsageError(f"{source}: cannot be read ({error.strerror})") from None
