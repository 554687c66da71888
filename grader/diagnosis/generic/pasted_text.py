"""Text that is no Python and came along with the code: what it is, and in which line.

Code is copied from web pages, consoles, notebooks, chats and word processors, and each of them
leaves its own marks. A rule speaks only where it sees such a mark, of which Python code has none: a
line that is merely wrong is left to others. Nothing is parsed, because Python has refused to.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

import msgspec

from grader.checks.misconceptions import Text, Told
from grader.diagnosis.source_scan import Source
from grader.remote.steps import StudentError


class Mark(msgspec.Struct, frozen=True):
    """What Python has refused, and the file it stands in.

    Attributes:
        line: Where Python gave up; 0 if it does not say.
        reason: What it says.
    """

    source: Source
    line: int
    reason: str

    @property
    def text(self) -> str:
        """The line, without what surrounds it."""
        return self.source.line(self.line)

    def first(self, pattern: re.Pattern[str]) -> int:
        """The first line that looks so, where a statement begins; 0 if none does."""
        return next((n for n, line in self.source.statements if pattern.match(line)), 0)


class Found(msgspec.Struct, frozen=True):
    """What came along.

    Attributes:
        line: The line to look at.
        what: What is there, in a few words.
        told: The same as a diagnosis.
    """

    line: int
    what: str
    told: Told


def pasted(source: Source, error: StudentError) -> Found | None:
    """Say what of a file that Python refuses is no Python at all, if there are marks of it."""
    line = error.detail.get("line")
    mark = Mark(source, line if type(line) is int else 0, str(error.detail.get("reason")))
    return next((found for rule in RULES if (found := rule(mark))), None)


def left_in_line(name: str, number: int, line: str) -> Found | None:
    """Say that a name that nothing defines comes of text that Python could read as code.

    ``a &lt; b`` is one name and another; ``In [1]: x = 2`` gives an element of ``In`` a value.
    """
    if f"&{name};" in line:
        return _entity(number, line)
    found = _PROMPT.match(line) if name in ("In", "Out") else None
    return _prompt_told(number, found[0].strip(), "a notebook") if found else None


def _found(name: str, line: int, what: str, *text: str) -> Found:
    return Found(line, what, Told(name, Text(*text)))


def _and(numbers: Sequence[int]) -> str:
    """Numbers of lines in a sentence, not too many of them."""
    shown = [str(number) for number in numbers[:4]]
    if len(numbers) > len(shown):
        return f"{', '.join(shown)} and {len(numbers) - len(shown)} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


# -- what is around the code ---------------------------------------------------------------

_CONFLICT = re.compile(r"(<{7}|>{7}|\|{7})(\s|$)|={7}\s*$")
_FENCE = re.compile(r"\s*(?:>\s*)?(```|~~~)")
_PROMPT = re.compile(r"\s*>>>(?:\s|$)|\s*(?:In|Out)\s?\[\s*\d*\s*\]:")
_ELLIPSIS = re.compile(r"\s*\.\.\.:? +[^\s#,]")
_SHELL = re.compile(r"\s*(?:\$|PS [A-Z]:\\[^>]*>|[A-Z]:\\[^>]*>|\S+@\S+[:~]\S*[$#])\s+\w")
_HUNK = re.compile(r"@@ -\d+(,\d+)? \+\d+(,\d+)? @@|diff --git |(---|\+\+\+) [ab]/|Index: \S")
_SIGNED = re.compile(r"[-+]\s*(?:import|from|class|def|return|self\.\w+\s*=|@\w)\b")
_NUMBERED = re.compile(
    r"\s*(\d{1,5})(?:\s*[:|.)]\s|\s*[:|]|\s+(?![-+*/%=<>,;&^@])|\s*$|(?=[A-Za-z_#@]))"
)


def _conflict(mark: Mark) -> Found | None:
    begin = mark.first(re.compile(r"<{7}(\s|$)"))
    if not (begin or _CONFLICT.match(mark.source.line(mark.line))):
        return None
    lines = [n for n, line in enumerate(mark.source.lines, 1) if _CONFLICT.match(line)]
    lines = lines or [mark.line]  # somebody has indented it
    are = "Lines {} are conflict markers" if len(lines) > 1 else "Line {} is a conflict marker"
    return _found(
        "pasted-conflict",
        lines[0],
        f"a conflict marker of Git ({mark.source.line(lines[0])[:30]})",
        f"{are.format(_and(lines))} of Git, left over from a merge.",
        "Git writes them where two versions of a file differ; which one stays is for you to say.",
        "Which of the two versions between the markers do you want?",
        "Keep one version, and delete the lines that begin with <<<<<<<, ======= and >>>>>>>.",
    )


def _fence(mark: Mark) -> Found | None:
    fences = [n for n, line in mark.source.statements if _FENCE.match(line)]
    if not fences:
        return None
    first, last = fences[0], fences[-1]
    quoted = mark.source.line(first)[:20]
    text = next((n for n in range(1, first) if is_prose(mark.source.line(n))), 0)
    return _found(
        "pasted-fence",
        first,
        f"a code fence of Markdown ({quoted})",
        f"Line {first} is a code fence ({quoted})"
        + (
            f", and line {text} above it is ordinary text: neither is Python."
            if text
            else ", not Python."
        ),
        "Fences mark code within a text; chats and web pages have them, Python does not know them.",
        "Which lines of the file are code, and which came along when it was copied?",
        f"Keep only what stands between line {first} and line {last}."
        if last > first
        else f"Delete line {first}, and whatever else is not code.",
    )


def _prompt(mark: Mark) -> Found | None:
    line = mark.first(_PROMPT) or (mark.line if _ELLIPSIS.match(mark.text) else 0)
    shell = not line and _SHELL.match(mark.text) is not None
    if shell:
        line = mark.line
    if not line:
        return None
    text = mark.source.line(line)
    notebook = re.match(r"(?:In|Out)\s?\[\s*\d*\s*\]:", text)
    prompt = notebook[0] if notebook else text.split()[0]
    kind = "a notebook" if notebook else "the system's console" if shell else "Python's console"
    return _prompt_told(line, prompt, kind)


def _prompt_told(line: int, prompt: str, kind: str) -> Found:
    return _found(
        "pasted-prompt",
        line,
        f"the prompt {prompt} of {kind}",
        f"Line {line} begins with {prompt}, the prompt of {kind}, which is no part of the code.",
        "A console shows a prompt in front of what is typed, and the answers in between.",
        "What of these lines have you typed, and what has the program written?",
        "Copy the code without prompts and without answers; most notebooks can save a .py file.",
    )


def _quoted(mark: Mark) -> Found | None:
    filled = [line for line in mark.source.lines if line.strip()]
    marked = [line for line in filled if re.match(r"(?:> ?)+", line)]
    if not mark.text.startswith(">") or 2 * len(marked) < len(filled):
        return None
    return _found(
        "pasted-quote",
        mark.line,
        "the sign > of a quoted message",
        f"Line {mark.line} begins with >, as quoted lines of a message do; so do most others.",
        "Mail programs and chats mark what is quoted; the sign is no part of the code.",
        "Do you have the file itself?",
        "Hand in the file itself, or delete the > at the beginning of each line.",
    )


def _indented(mark: Mark) -> Found | None:
    code = [line for _, line in mark.source.statements if not line.lstrip().startswith("#")]
    if mark.reason != "unexpected indent" or not all(map(_indent, code)):
        return None
    return _found(
        "indentation",
        mark.line,
        "white space at the beginning of every line",
        f"Every line of the file is indented, beginning with line {mark.line}.",
        "What belongs to nothing else begins at the left margin.",
        "Was the code copied from within something else?",
        "Move all lines to the left by the same number of columns, until class is at the margin.",
    )


def _line_numbers(mark: Mark) -> Found | None:
    found = [
        (n, int(begins[1]))
        for n, line in enumerate(mark.source.lines, 1)
        if (begins := _NUMBERED.match(line))
    ]
    runs: list[list[tuple[int, int]]] = []
    for line, number in found:
        if runs and number == runs[-1][-1][1] + 1 and line <= runs[-1][-1][0] + 2:
            runs[-1].append((line, number))
        else:
            runs.append([(line, number)])
    longest = max(runs, key=len, default=[])
    filled = sum(1 for line in mark.source.lines if line.strip())
    if len(longest) < 3 or 2 * len(longest) < filled:
        return None
    first, number = longest[0]
    return _found(
        "pasted-line-numbers",
        first,
        f"the line number {number} in front of the code",
        f"Line numbers stand in front of the code: line {first} begins with {number},"
        f" line {longest[1][0]} with {longest[1][1]}, and so on.",
        "To Python they are numbers like all others, and no statement begins so.",
        "Where was the code copied from, and does that place show line numbers?",
        "Copy it without the numbers: with an editor, or from the page's raw text.",
    )


def _patch(mark: Mark) -> Found | None:
    signed = [n for n, line in mark.source.statements if _SIGNED.match(line)]
    line = mark.first(_HUNK) or (signed[0] if len(signed) > 1 or signed == [mark.line] else 0)
    if not line:
        return None
    sign = mark.source.line(line).split()[0][:4]
    return _found(
        "pasted-patch",
        line,
        f"a line of a patch ({sign})",
        f"Line {line} is a line of a patch (diff): {mark.source.line(line)[:40]}",
        "A patch marks each line with + or - as added or removed; it describes a change and is no"
        " program.",
        "Do you have the whole file, after the change?",
        "Hand in the file itself, or delete the lines with - and each + at the beginning.",
    )


# -- characters ----------------------------------------------------------------------------

_QUOTES = "“”„‟‘’‚‛«»‹›″′´`「」"
_DASHES = "−–—‐‑‒―"
_SIGNS = {"×": "*", "·": "*", "•": "*", "∙": "*", "⋅": "*", "÷": "/", "∕": "/", "⁄": "/", "∗": "*"}
_SIGNS |= {"≤": "<=", "≥": ">=", "≠": "!=", "→": "->", "²": "**2", "³": "**3", "√": "np.sqrt"}
_SIGNS |= {"…": "...", "⩵": "==", "≔": ":=", "＾": "**"}
_CHARACTER = re.compile(
    r"invalid (?:non-printable )?character (?:'(.)' \()?U\+(10[0-9A-F]{4}|[0-9A-F]{4,5})\b"
)


def _character(mark: Mark) -> Found | None:
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
    return _found(
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


# -- web pages and sentences ---------------------------------------------------------------

ENTITY = re.compile(r"&(?:gt|lt|amp|quot|apos|nbsp|#\d{2,5}|#x[0-9a-fA-F]{2,4});")
_MEANT = {"&gt;": ">", "&lt;": "<", "&amp;": "&", "&quot;": '"', "&apos;": "'", "&nbsp;": "a space"}
_MEANT |= {
    "&#39;": "'",
    "&#x27;": "'",
    "&#34;": '"',
    "&#62;": ">",
    "&#60;": "<",
    "&#160;": "a space",
}
_TAG = re.compile(r"\s*</?(?:p|div|span|pre|code|br|body|html|head|b|i|ul|li|h[1-6])\b[^>]*>")


def _entity(line: int, text: str) -> Found | None:
    """Say that a line has a character in HTML's own spelling, if it has."""
    found = ENTITY.search(text)
    if found is None:
        return None
    meant = f", which stands for {_MEANT[found[0]]}" if found[0] in _MEANT else ""
    return _found(
        "pasted-html",
        line,
        f"{found[0]}, as HTML spells a character",
        f"Line {line} has {found[0]}{meant} in the source of a web page (HTML).",
        "A browser shows the character; Python reads the letters as they stand.",
        "Was the code copied from a page's source, or sent through a form?",
        "Write the character itself, here and in all other lines that have & and ; around a name.",
    )


def _html(mark: Mark) -> Found | None:
    if entity := _entity(mark.line, mark.text):
        return entity
    tag = _TAG.match(mark.text)
    if tag is None:
        return None
    return _found(
        "pasted-html",
        mark.line,
        f"{tag[0].strip()[:30]}, a tag of HTML",
        f"Line {mark.line} begins with {tag[0].strip()[:30]}, a tag of a web page (HTML).",
        "A browser takes tags as layout; Python does not know them.",
        "Which lines of the file are code?",
        "Copy the code from the page as the browser shows it, or take its raw text.",
    )


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


def _prose(mark: Mark) -> Found | None:
    text = mark.text
    below = [line for n, line in mark.source.statements if n > mark.line][:2]
    heads = re.fullmatch(r"[A-Z][a-z]+(?: \w+)?:?", text) and any(map(is_prose, below))
    if not (heads or is_prose(text)):
        return None
    quoted = text if len(text) <= 50 else f"{text[:47]}…"
    return _found(
        "pasted-prose",
        mark.line,
        "a sentence, not code",
        f"Line {mark.line} reads like a sentence, not like Python: {quoted}",
        "Python reads every line of the file; only comments and texts in quotes may be prose.",
        "Which lines of the file are code, and which came along when it was copied?",
        f"Delete line {mark.line}, or begin it with # if it is to be a comment.",
    )


def _await(mark: Mark) -> Found | None:
    if "'await' outside function" not in mark.reason:
        return None
    return _found(
        "jupyter-line",
        mark.line,
        "await outside of a function, which only Jupyter can run",
        f"Line {mark.line} uses await outside of a function, which only Jupyter can run.",
        "A notebook waits for such a line; a Python file has to say who waits.",
        f"Does the class need line {mark.line}?",
        "Delete the line, or put it into an async function and run that with asyncio.run.",
    )


def _jupyter(mark: Mark) -> Found | None:
    text = mark.text
    if not re.match(r"%%?[A-Za-z]|![\w./]|\?\w|[\w.]+\?{1,2}$|\w+\s*=\s*(?:!|%)\w", text):
        return None
    return _found(
        "jupyter-line",
        mark.line,
        f"a line that only Jupyter knows ({text[:30]})",
        f"Line {mark.line} is a command of Jupyter (IPython), not Python: {text[:40]}",
        "A notebook hands such lines to Jupyter; Python knows neither % nor ! at the beginning of a"
        " line.",
        f"Does the class need line {mark.line}?",
        "Delete the line.",
    )


# -- tabs ----------------------------------------------------------------------------------


def _tabs(mark: Mark) -> Found | None:
    lines = dict(mark.source.statements)
    line = lines.get(mark.line, "")
    indented = [n for n, text in lines.items() if n < mark.line and _indent(text)]
    if "indent" not in mark.reason or not line or not indented:
        return None
    here, above = _indent(line), _indent(lines[indented[-1]])
    if not here or ("\t" in here) == ("\t" in above):
        return None
    kinds = ("spaces", "tabs") if "\t" in above else ("tabs", "spaces")
    return _found(
        "tabs-and-spaces",
        mark.line,
        f"{kinds[0]} at the beginning of the line, where the lines above have {kinds[1]}",
        f"Tabs and spaces are mixed: line {mark.line} is indented with {kinds[0]},"
        f" line {indented[-1]} with {kinds[1]}.",
        "Python cannot tell how far a line is indented if a tab may be as wide as it likes.",
        "Let your editor show tabs and spaces.",
        "Indent with spaces only; editors can convert tabs.",
    )


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


Rule = Callable[[Mark], Found | None]
RULES: tuple[Rule, ...] = (
    _conflict,
    _fence,
    _prompt,
    _line_numbers,
    _quoted,
    _patch,
    _character,
    _html,
    _tabs,
    _indented,
    _await,
    _jupyter,
    _prose,
)
"""In order: the first that has something to say is taken."""
