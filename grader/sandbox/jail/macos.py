"""What macOS has for a jail: the Seatbelt sandbox, entered from within (macOS).

``sandbox_init`` is marked as deprecated and has no public replacement for command-line programs;
browsers use it. Where it is missing or refuses, nothing is claimed: the probe tells what is open.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Sequence

_LIBRARY = "/usr/lib/libSystem.B.dylib"


def profile(private: Sequence[str], home: str, readable: Sequence[str]) -> str:
    """Return the rules, in Seatbelt's own language; the last one that matches decides.

    Args:
        private: Folders and files that must stay closed, wherever they are.
        home: The user's home, closed but for what is ``readable``.
        readable: Folders that Python and NumPy are loaded from.
    """
    rules = [
        "(version 1)",
        "(allow default)",
        "(deny network*)",
        "(deny process-fork)",
        "(deny process-exec*)",
        "(deny signal)",
        "(allow signal (target self))",
        "(deny file-write*)",
        '(allow file-write-data (literal "/dev/null"))',
        f"(deny file-read* (subpath {_quoted(home)}))",
        *(f"(allow file-read* (subpath {_quoted(folder)}))" for folder in readable),
        *(f"(deny file-read* (subpath {_quoted(path)}))" for path in private),
    ]
    return "\n".join(rules)


def _quoted(path: str) -> str:
    escaped = os.path.realpath(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def enter(private: Sequence[str]) -> bool:
    """Shut this process in, for good; return whether the system did so."""
    import numpy as np

    folders = [sys.prefix, sys.base_prefix, os.path.dirname(os.path.dirname(np.__file__))]
    text = profile(private, os.path.expanduser("~"), list(dict.fromkeys(folders)))
    try:
        sandbox_init = ctypes.CDLL(_LIBRARY).sandbox_init
    except (OSError, AttributeError):
        return False
    sandbox_init.argtypes = [ctypes.c_char_p, ctypes.c_uint64, ctypes.POINTER(ctypes.c_char_p)]
    sandbox_init.restype = ctypes.c_int
    return bool(sandbox_init(os.fsencode(text), 0, ctypes.byref(ctypes.c_char_p())) == 0)
