"""The running grader as a wheel, without the problem library and the guide for authors.

Put together from the package's own files and the metadata of the installed distribution, which are
there for an installed wheel and for an editable checkout alike; nothing is built or downloaded.
https://packaging.python.org/specifications/binary-distribution-format/

No library does that: ``build`` needs the source tree, ``installer`` only unpacks wheels, and
``WheelFile`` of ``wheel`` would spare the lines about RECORD and nothing else, for a dependency.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import grader
from grader.errors import UsageError
from grader.platforms.zip_files import File, zipped

DISTRIBUTION = "dense-grader"
_ELSEWHERE = ("library", "writing-problems.md")
"""What a build puts into the package, and an editable checkout has in other places."""
_TAGS = "Wheel-Version: 1.0\nGenerator: dense-grader\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def distribution() -> metadata.Distribution:
    """Return the installed distribution that is running.

    Raises:
        UsageError: The package runs from a folder without being installed.
    """
    try:
        return metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        raise UsageError(
            f"{DISTRIBUTION} is not installed, so it is not known what it needs: pip install ."
        ) from None


def build_wheel() -> tuple[str, bytes]:
    """Return the name of the wheel and its bytes. Raises as :func:`distribution`."""
    found = distribution()
    stem = f"{DISTRIBUTION.replace('-', '_')}-{found.version}"
    files = dict(_package_files(Path(grader.__file__).parent))
    files[f"{stem}.dist-info/WHEEL"] = File(_TAGS.encode())
    for name in ("METADATA", "entry_points.txt"):
        files[f"{stem}.dist-info/{name}"] = File((found.read_text(name) or "").encode())
    for path in found.files or []:
        if "licenses" in path.parts:
            licence = File(path.read_binary())
            files[f"{stem}.dist-info/licenses/{path.name}"] = licence
    record = f"{stem}.dist-info/RECORD"
    lines = [_recorded(name, file.content) for name, file in sorted(files.items())]
    files[record] = File("".join([*lines, f"{record},,\n"]).encode())
    return f"{stem}-py3-none-any.whl", zipped(files)


def _package_files(package: Path) -> Iterator[tuple[str, File]]:
    for path in sorted(package.rglob("*")):
        inside = path.relative_to(package)
        left_out = "__pycache__" in inside.parts or inside.parts[0] in _ELSEWHERE
        if path.is_file() and not left_out:
            yield f"{package.name}/{inside.as_posix()}", File(path.read_bytes())


def _recorded(name: str, content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(content)}\n"
