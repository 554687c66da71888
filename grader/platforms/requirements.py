"""What the running grader runs with, as pinned requirements."""

from __future__ import annotations

from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from grader.errors import UsageError
from grader.platforms.wheel import distribution


def pinned() -> list[str]:
    """Return ``name==version`` for everything that is needed, directly or not, sorted.

    Notebooks are part of it where this installation can read them.

    Raises:
        UsageError: Something that is needed is missing here.
    """
    extras = ["", "notebook"] if _is_installed("nbformat") else [""]
    versions: dict[str, str] = {}
    waiting = [(line, extra) for line in distribution().requires or [] for extra in extras]
    while waiting:
        line, extra = waiting.pop()
        needed = Requirement(line)
        name = canonicalize_name(needed.name)
        if name in versions or (needed.marker and not needed.marker.evaluate({"extra": extra})):
            continue
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            raise UsageError(f"{name} is needed and not installed here: pip install .") from None
        versions[name] = found.version
        inner = ["", *needed.extras]
        waiting += [(line, extra) for line in found.requires or [] for extra in inner]
    return [f"{name}=={version}" for name, version in sorted(versions.items())]


def _is_installed(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True
