"""Files that systems and tools leave behind, which no student handed in on purpose."""

from __future__ import annotations

from grader.intake.sources.trees import Found

_NAMES = {
    *("__macosx", ".ds_store", "thumbs.db", "desktop.ini", "__pycache__", ".ipynb_checkpoints"),
    *(".git", ".idea", ".vscode", ".venv", "venv", "site-packages", ".mypy_cache", ".pytest_cache"),
}


def junk_in(parts: tuple[str, ...]) -> str | None:
    """Return the part of a path that makes it junk, if there is one.

    macOS keeps what other systems have no place for in files that begin with ``._``.
    """
    return next((part for part in parts if part.lower() in _NAMES or part.startswith("._")), None)


def without_junk(files: list[Found]) -> list[Found]:
    """Return the files that somebody meant."""
    return [file for file in files if junk_in(file.parts) is None]
