"""What is imported before a worker is locked up, so that student code can import it.

In the jail an import may find its file closed: as another user behind a home directory that only
its owner may enter, and everywhere where there is no Landlock to tell files apart. What is loaded
already needs no file. The first list holds what student code plausibly imports; what is rarely of
use to a layer is loaded only where files are closed, and there any other import fails.
"""

from __future__ import annotations

import builtins
import codecs
import contextlib
import functools
import gc
import importlib
import io
import os
import sys
import warnings
from typing import Any

import numpy as np

from grader.sandbox.jail import readable_paths

MODULES = """
    __future__ abc array ast base64 binascii bisect builtins cmath codecs collections
    collections.abc contextlib contextvars copy copyreg ctypes dataclasses datetime decimal enum
    errno fractions functools gc hashlib heapq inspect io itertools json keyword linecache
    locale logging math numbers operator os os.path pathlib pickle random re secrets signal
    string struct sys textwrap threading time token tokenize traceback types typing unicodedata
    warnings weakref zlib numpy.exceptions numpy.lib.scimath numpy.lib.stride_tricks
    numpy.linalg numpy.ma numpy.random
""".split()

RARE_MODULES = """
    _strptime argparse asyncio bz2 cProfile calendar cmd code codeop colorsys concurrent.futures
    configparser csv difflib dis doctest encodings.idna fcntl filecmp fileinput fnmatch getpass
    glob graphlib gzip hmac html html.parser http importlib.metadata importlib.resources
    importlib.util ipaddress lzma marshal mmap multiprocessing ntpath opcode optparse pdb
    pickletools pkgutil platform plistlib posixpath pprint profile pstats pyclbr queue quopri
    reprlib resource rlcompleter runpy sched select selectors shelve shlex shutil socket sqlite3
    stat statistics subprocess symtable sysconfig tabnanny tarfile tempfile timeit tomllib trace
    tracemalloc unittest unittest.mock urllib.error urllib.parse uuid wave wsgiref xml.dom.minidom
    xml.etree.ElementTree zipapp zipfile zipimport zoneinfo numpy.char numpy.ctypeslib numpy.fft
    numpy.lib.recfunctions numpy.matlib numpy.polynomial numpy.rec numpy.testing numpy.typing
""".split()

ENCODINGS = (
    "ascii",
    "cp1250",
    "cp1251",
    "cp1252",
    "iso8859-1",
    "iso8859-15",
    "utf-8-sig",
    "utf-16",
)
"""Of source files, as their first lines may declare them."""


def _open_null_without_opening() -> None:
    """Have ``open(os.devnull)`` hand out standard input, which is that, where no file opens.

    It is the one file that code opens which means no harm: to keep something from being printed.
    """
    genuine = io.open

    @functools.wraps(genuine)
    def opened(file: Any, *args: Any, **kwargs: Any) -> Any:
        null = type(file) is str and file == os.devnull
        return genuine(os.dup(0) if null else file, *args, **kwargs)

    io.open = builtins.open = opened


def preload(*, rare: bool) -> None:
    """Import it all, run what computes only the first time, and leave only Python on the path.

    Packages beside NumPy are not there for student code: a clear ``ModuleNotFoundError`` says so,
    where the jail would refuse to open their files.

    Args:
        rare: Load the rarely used as well, because in the jail nothing more can be imported.
    """
    gc.disable()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what is deprecated, to those who use it
        for name in [*MODULES, *(RARE_MODULES if rare else [])]:
            with contextlib.suppress(ImportError):  # a NumPy or Python that lacks it
                importlib.import_module(name)
    for name in ENCODINGS:
        codecs.lookup(name)
    np.dot(np.ones((2, 3)), np.ones((3, 2)))
    np.random.uniform(-1, 1, (2, 2))
    if rare:
        _open_null_without_opening()
    sys.path[:] = readable_paths.standard_library()
    open_to_all = (*sys.path, *np.__path__)
    for folder in [one for one in sys.path_importer_cache if not one.startswith(open_to_all)]:
        del sys.path_importer_cache[folder]
    gc.freeze()
    gc.enable()
