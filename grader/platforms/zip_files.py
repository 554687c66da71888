"""What is shipped, as a zip file that depends on nothing but its contents."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip file can name
_UNIX = 3


@dataclass(frozen=True, slots=True)
class File:
    """A file to be shipped."""

    content: bytes
    mode: int = 0o644


def zipped(files: Mapping[str, File]) -> bytes:
    """Return a zip file: members sorted by name, without times."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = _UNIX
            info.external_attr = (stat.S_IFREG | files[name].mode) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, files[name].content, compresslevel=9)
    return buffer.getvalue()
