"""Whether a line can only be a sentence."""

from __future__ import annotations

import re

# Words of which sentences have many, and of which Python has none.
_SENTENCE_WORDS = frozenset(
    "the an of this that these here here's below above are was you your it its it's to which sure"
    " we i i'll let's can will should how what when there they be by on".split()
)


_LISTED = re.compile(r"^\s*(?:[-*•]\s+|\d+\.\s+|#+\s+)?")
_WORDS = re.compile(r"[A-Za-z][A-Za-z'’-]*(?:,? [A-Za-z][A-Za-z'’-]*){3,}")


_QUOTED = re.compile(r""""[^"]*"?|(?<!\w)'[^']*'?|\#.*""")
_SPEAKER = re.compile(
    r"(?:User|You|Human|Assistant|AI|ChatGPT|Claude|Copilot|Gemini)(?: said)?: +\w+ "
)
_STATEMENT = re.compile(r"(?:print|exec|raise|except|import|from|return|def|class|if|for|while)\b")


def is_prose(line: str) -> bool:
    """Whether a line can only be a sentence: words side by side, some that no code has."""
    text = _LISTED.sub("", line, count=1).replace("**", "").replace("`", "")
    if _SPEAKER.match(text):
        return True
    if not text[:1].isalpha() or _STATEMENT.match(text):
        return False
    runs = _WORDS.findall(_QUOTED.sub(" ", text))
    words = max(runs, key=len, default="").lower().replace("’", "'").replace(",", "").split()
    ends = text.rstrip().endswith((".", ":", "!", "?"))
    return len(_SENTENCE_WORDS.intersection(words)) >= (1 if ends else 2)
