"""Characters that look like those of a program and are others: quotes, dashes, spaces, signs."""

from __future__ import annotations

import re
import unicodedata

from grader.diagnosis.generic.marks import Found, Mark, found_as

_QUOTES = "“”„‟‘’‚‛«»‹›″′´`「」"
_DASHES = "−–—‐‑‒―"
_SIGNS = {"×": "*", "·": "*", "•": "*", "∙": "*", "⋅": "*", "÷": "/", "∕": "/", "⁄": "/", "∗": "*"}
_SIGNS |= {"≤": "<=", "≥": ">=", "≠": "!=", "→": "->", "²": "**2", "³": "**3", "√": "np.sqrt"}
_SIGNS |= {"…": "...", "⩵": "==", "≔": ":=", "＾": "**"}
_CHARACTER = re.compile(
    r"invalid (?:non-printable )?character (?:'(.)' \()?U\+(10[0-9A-F]{4}|[0-9A-F]{4,5})\b"
)


def wrong_character(mark: Mark) -> Found | None:
    """Name the character that Python refuses, and what to type in its place."""
    found = _CHARACTER.match(mark.reason)
    if found is None:
        open_string = mark.reason.startswith(("unterminated string", "unterminated f-string"))
        quotes = [c for c in mark.text if c in _QUOTES and c != "`"]
        if not (open_string and quotes):
            return None
        character = quotes[0]
    else:
        character = chr(int(found[2], 16))
    called = unicodedata.name(character, f"U+{ord(character):04X}").lower()
    more = [n for n, text in enumerate(mark.source.lines, 1) if character in text and n > mark.line]
    others = f" Line {more[0]} has it, too." if more else ""
    what, title, write = _described(character, called, mark.line)
    return found_as(
        "pasted-character",
        mark.line,
        what,
        title,
        "Word processors, web pages and chats put it where a plain character was typed; in code"
        " only the plain one counts." + others,
        f"Where was line {mark.line} copied from?",
        write,
    )


def _described(character: str, called: str, line: int) -> tuple[str, str, str]:
    """What a character is called, what is said of it, and what to write instead."""
    kind = unicodedata.category(character)
    code = f"U+{ord(character):04X}"
    if kind in ("Zs", "Zl", "Zp") or character in "\u200b\u200c\u200d\u2060\ufeff\u180e":
        name = called if "space" in called else f"{called}, an invisible space"
        return (
            f"{_article(name)} ({code}), which is no ordinary space",
            f"Line {line} has {_article(name)} ({code}) where only an ordinary space may stand.",
            "Delete the white space of that line, also at its beginning, and type it again.",
        )
    if kind in ("Cc", "Cf"):
        return (
            f"an invisible character ({called}, {code})",
            f"Line {line} has an invisible character ({called}, {code}), which Python refuses.",
            "Delete the line and type it again; an editor can show invisible characters.",
        )
    if character in _QUOTES:
        return (
            f"the typographic quote {character}",
            f"Line {line} has a typographic quote ({character}); Python knows only \" and '.",
            "Replace all curly quotes by straight ones.",
        )
    if character in _DASHES:
        return (
            f"the typographic sign {character} ({called}) in place of -",
            f"Line {line} has the sign {character} ({called}); Python's minus is the hyphen -.",
            "Replace it by - from the keyboard.",
        )
    plain = _SIGNS.get(character) or unicodedata.normalize("NFKC", character)
    if plain != character and plain.isascii():
        return (
            f"the sign {character} ({called}) in place of {plain}",
            f"Line {line} has the sign {character} ({called}); Python writes {plain} in its place.",
            f"Write {plain} in its place, from the keyboard.",
        )
    return (
        f"the character {character} ({called})",
        f"Line {line} has the character {character} ({called}) outside of a text or a comment.",
        "Delete it, or put it into quotes if it belongs to a text.",
    )


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
