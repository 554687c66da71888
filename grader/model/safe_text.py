"""Making text that comes from a submission harmless on a terminal."""

from __future__ import annotations

import unicodedata
from typing import Any

_KEPT = {"\n", "\t"}


def inert(text: str) -> str:
    """Return ``text`` with everything that a terminal would obey spelled out.

    Control characters (escape sequences begin with one), bidirectional overrides and other
    invisible formatting, lone surrogates, unassigned code points and Unicode's own separators of
    lines become ``\\x1b`` or ``\\u202e``. Line breaks and tabs stay.
    """
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return "".join(
        c if c in _KEPT or not _is_obeyed(unicodedata.category(c)) else _spelled(c) for c in text
    )


def _is_obeyed(category: str) -> bool:
    return category[0] == "C" or category in ("Zl", "Zp")


def _spelled(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def unobeyed(text: str) -> str:
    """Return ``text`` with no command in it that the runner of a GitHub workflow would obey.

    It reads the log of every step: ``::set-output …`` at the beginning of a line, behind blanks
    too, and ``##[set-output …`` anywhere.
    """
    if "::" not in text and "##[" not in text:
        return text
    lines = text.replace("##[", "## [").splitlines(keepends=True)
    return "".join(
        line.replace("::", ": :", 1) if line.lstrip().startswith("::") else line for line in lines
    )


def number(value: float) -> str:
    """Points as people write them: ``12``, ``5.33``."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def cut(text: str, limit: int) -> str:
    """Return ``text`` if it has at most ``limit`` characters, else its beginning and a note."""
    if len(text) <= limit:
        return text
    return f"{text[:limit].rstrip()}\n[{len(text) - limit:,} more characters]"


def with_texts_cut(data: Any, limit: int) -> Any:
    """Return plain data with :func:`cut` applied to every text in it."""
    if isinstance(data, str):
        return cut(data, limit)
    if isinstance(data, list):
        return [with_texts_cut(item, limit) for item in data]
    if isinstance(data, dict):
        return {key: with_texts_cut(value, limit) for key, value in data.items()}
    return data
