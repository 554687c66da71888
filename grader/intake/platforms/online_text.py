"""Code that was typed into a platform's text box, which keeps it as a page of HTML.

Moodle and Canvas put a page around it (``get_files`` of Moodle's ``assignsubmission_onlinetext``,
``text_entry_page.html.erb`` of Canvas, which begins with a heading). Line ends are elements,
indentation is non-breaking spaces. A page of a megabyte takes as long as its length: each pattern
is tried once at each place and stops at the next bracket.
"""

from __future__ import annotations

import html
import re

# No pattern goes back over white space ("*+"), or starts in the middle of it ("(?<![ \t])").
_HEAD = re.compile(
    r"\s*+(?:<!doctype[^<>]*>)?\s*+(?:<html[^<>]*>)?\s*+<head\b.*?</head>", re.I | re.S
)
_HEADING = re.compile(r"\s*+<body[^<>]*>\s*+<h1[^<>]*>[^<]*</h1>\s*+", re.I)
_BEGINNING = re.compile(
    r"(?<![ \t])[ \t]*+<(?:html|body|p|div|ul|ol|li|pre)\b[^<>]*>(?:[ \t]*+\r?\n)?", re.I
)
_LINE_END = re.compile(r"(?:<br\b[^<>]*>|</(?:p|div|li|pre)\s*+>)\r?\n?", re.I)
_TAG = re.compile(r"</?[a-z!][^<>]*>", re.I)
_NO_CHARACTER = re.compile(r"&#\d{8,};?")  # html.unescape makes numbers of them, which is dear


def source_of(page: bytes) -> bytes:
    """Return the text of a page as a source in UTF-8. It need not be Python."""
    text = page.decode("utf-8", "replace")
    for pattern in (_HEAD, _HEADING):
        if match := pattern.match(text):
            text = text[match.end() :]
    text = _BEGINNING.sub("", text)
    text = _LINE_END.sub("\n", text)
    text = _NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", _TAG.sub("", text))
    text = html.unescape(text).replace("\N{NO-BREAK SPACE}", " ")
    return (text.strip("\r\n").rstrip() + "\n").encode("utf-8", "replace")
