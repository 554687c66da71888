"""Text that is no Python and came along with the code: what it is, and in which line.

Code is copied from web pages, consoles, notebooks, chats and word processors, and each of them
leaves its own marks. A rule speaks only where it sees such a mark, of which Python code has none: a
line that is merely wrong is left to others. Nothing is parsed, because Python has refused to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from grader.diagnosis.generic.characters import wrong_character
from grader.diagnosis.generic.marks import Found, Mark, found_as
from grader.diagnosis.generic.prose import is_prose
from grader.diagnosis.source_scan import Source
from grader.remote.steps import StudentError


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
    return found_as(
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
    return found_as(
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
    return found_as(
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
    return found_as(
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
    return found_as(
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
    return found_as(
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
    return found_as(
        "pasted-patch",
        line,
        f"a line of a patch ({sign})",
        f"Line {line} is a line of a patch (diff): {mark.source.line(line)[:40]}",
        "A patch marks each line with + or - as added or removed; it describes a change and is no"
        " program.",
        "Do you have the whole file, after the change?",
        "Hand in the file itself, or delete the lines with - and each + at the beginning.",
    )


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
    return found_as(
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
    return found_as(
        "pasted-html",
        mark.line,
        f"{tag[0].strip()[:30]}, a tag of HTML",
        f"Line {mark.line} begins with {tag[0].strip()[:30]}, a tag of a web page (HTML).",
        "A browser takes tags as layout; Python does not know them.",
        "Which lines of the file are code?",
        "Copy the code from the page as the browser shows it, or take its raw text.",
    )


def _prose(mark: Mark) -> Found | None:
    text = mark.text
    below = [line for n, line in mark.source.statements if n > mark.line][:2]
    heads = re.fullmatch(r"[A-Z][a-z]+(?: \w+)?:?", text) and any(map(is_prose, below))
    if not (heads or is_prose(text)):
        return None
    quoted = text if len(text) <= 50 else f"{text[:47]}…"
    return found_as(
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
    return found_as(
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
    return found_as(
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
    return found_as(
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
    wrong_character,
    _html,
    _tabs,
    _indented,
    _await,
    _jupyter,
    _prose,
)
"""In order: the first that has something to say is taken."""
