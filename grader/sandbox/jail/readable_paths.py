"""Which files a worker may open: what Python and NumPy need, and nothing of anybody's.

Of the folders that hold installed packages only NumPy's own is openable: the others may hold the
grader, and with it the reference solutions. :mod:`grader.sandbox.jail.landlock` enforces it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence

import numpy as np

_SYSTEM_LIBRARIES = ("/usr/lib", "/usr/lib64", "/lib", "/lib64")
_SINGLE_FILES = ("/etc/ld.so.cache", "/dev/urandom")
_TIME_ZONES = "/usr/share/zoneinfo"
_PACKAGE_FOLDERS = ("site-packages", "dist-packages")
WRITABLE = "/dev/null"


def standard_library() -> list[str]:
    """The folders of ``sys.path`` that belong to Python itself."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    library = os.path.dirname(os.__file__)
    platform = os.path.join(sys.base_exec_prefix, sys.platlibdir, version)
    dynamic = [os.path.join(folder, "lib-dynload") for folder in (library, platform)]
    unique = dict.fromkeys([library, platform, *dynamic])
    return [folder for folder in unique if os.path.isdir(folder)]


def readable(private: Sequence[str]) -> Iterator[str]:
    """Paths that a worker may read, with all that is below them.

    Args:
        private: Folders that must stay closed wherever they are; NumPy's own is open
            even inside of one (a virtual environment in a checkout).
    """
    numpy = os.path.dirname(np.__file__)
    yield numpy
    yield f"{numpy}.libs"  # the shared libraries that its wheels bring along
    yield from _SINGLE_FILES
    yield _TIME_ZONES
    closed = [os.path.realpath(folder) for folder in private]
    for folder in standard_library():
        packages = [os.path.join(os.path.realpath(folder), name) for name in _PACKAGE_FOLDERS]
        yield from _without(folder, [*closed, *packages])
    libraries = [*_SYSTEM_LIBRARIES, os.path.join(sys.base_prefix, "lib")]
    for folder in dict.fromkeys(map(os.path.realpath, libraries)):
        yield from _without(folder, [*closed, *_pythons(folder)])


def _pythons(folder: str) -> list[str]:
    """Folders of Python installations, this one's among them: packages are in there."""
    if not os.path.isdir(folder):
        return []
    names = [name for name in os.listdir(folder) if name.startswith(("python", "pypy"))]
    return [os.path.join(folder, name) for name in names]


def _without(tree: str, closed: Sequence[str]) -> Iterator[str]:
    """Split ``tree`` into the paths that hold all of it but what is in ``closed``."""
    tree = os.path.realpath(tree)
    if tree in closed:
        return
    if not any(folder.startswith(tree + os.sep) for folder in closed):
        yield tree
        return
    with os.scandir(tree) as entries:
        for entry in entries:
            if not entry.is_symlink():  # a link is judged by where it leads
                yield from _without(entry.path, closed)
