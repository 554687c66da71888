"""Room: the intake itself, top to bottom: a source in, a stream of entries out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from grader.errors import UsageError
from grader.intake.entry import Entry, Skipped
from grader.intake.trees import Folder, Tree, Unreadable
from grader.problem import Problem
from grader.submission import MAX_BYTES, submission_from


class Intake:
    """What an instructor has, one entry for each student, sorted by name.

    Iterating reads the files, one at a time; nothing is kept. It can be done again. Entries come
    in the same order every time. ``len()`` is how many entries there will be, except that a file
    that cannot be read moves to :attr:`skipped` when its turn comes.

    Attributes:
        form: What the source was taken for: ``files``, ``folders``, ``Canvas``, ``Moodle``,
            ``Gradescope`` or a combination of them.
        missing: Students of the roster without a submission: their names.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._unread: dict[str, Skipped] = {}
        self.form = "files"
        self.missing: tuple[str, ...] = ()

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """What is not graded, and why; complete once the entries have been iterated."""
        return (*self._tree.skipped, *self._unread.values())

    def __len__(self) -> int:
        return len(self._tree.files)

    def __iter__(self) -> Iterator[Entry]:
        for file in self._tree.files:
            try:
                source = self._tree.read(file, MAX_BYTES + 1)
            except Unreadable as error:
                self._unread[file.shown] = Skipped(file.shown, str(error))
                continue
            name = file.parts[-1]
            yield Entry(Path(name).stem, file.shown, submission_from(name, source))

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
        """Give back what is held open (an archive)."""
        self._tree.close()


def collect(
    source: Path, *, problem: Problem, name: str | None = None, roster: Path | None = None
) -> Intake:
    """Find the submissions in a source. Nothing is run, and nothing of a student's is parsed.

    Args:
        source: A folder or an archive; docs/grading-a-class.md lists the forms.
        problem: What they are solutions of; decides which of several files is meant.
        name: The file to take where a student has several (``dense.py``); by default the
            problem's own name.
        roster: A CSV file with the students; adds :attr:`Entry.ids` and fills
            :attr:`Intake.missing`.

    Raises:
        UsageError: The source or the roster cannot be used at all; names the file and the line.
    """
    if not source.exists():
        raise UsageError(f"{source}: no such file or folder")
    return Intake(Folder(source))
