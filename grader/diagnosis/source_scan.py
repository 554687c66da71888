"""What the lines of a file show about its names.

Line by line and without parsing: what a stranger wrote may take a parser down.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from operator import itemgetter

import msgspec

from grader.documents.python_lines import Place

LONGEST = 300
"""Characters of a line that are looked at: nobody's names stand further to the right."""

MOST_LINES = 20_000
"""Lines that are looked at."""

_ENDED = ("never closed", "unterminated", "EOF", "expected an indented block")
"""What Python says where something is begun, and not ended."""

_DEFINED = re.compile(r"\s*(class|def)\s+(\w+)")
_KEYWORDS = {"class": "class", "function": "def"}
_CLASS = re.compile(r"(\s*)class\s+(\w+)")
_METHOD = re.compile(r"(\s+)(?:async\s+)?def\s+(\w+)\s*\(\s*(\w*)")
_DECORATOR = re.compile(r"\s+@(\w+)")
# What stands in a method that is yet to be written.
_EMPTY = re.compile(
    r"\s*(?:pass|\.\.\.|return(?: None)?|raise NotImplementedError.*|#.*|[rR]?[\"'].*)\s*(?:#.*)?$"
)
_EMPTY_HEAD = re.compile(r":\s*(?:pass|\.\.\.|return(?: None)?|raise NotImplementedError.*)$")
_WORD = re.compile(r"[^\W\d]\w*")
_KEPT = re.compile(r"self\.(\w+)\s*(?:=(?!=)|,(?=[^)\]]*=))|^\s*self\.(\w+)\s*:")
_HEAD = re.compile(r"\s*(?:def|class|import|from|for)\b")
_MODULE = re.compile(r"\s*(?:from|import)\s+(\w+)")
_IMPORT = re.compile(r"\bimport\b")
_LOCAL = re.compile(r"\s+(\w+)\s*=(?!=)")


class Method(msgspec.Struct, frozen=True):
    """A function in the body of a class.

    Attributes:
        first: Its first parameter, empty if it has none.
        decorators: Names of its decorators.
        inner: Whether it stands inside of another one.
    """

    name: str
    line: int
    first: str
    decorators: tuple[str, ...]
    inner: bool


class Enclosed(msgspec.Struct, frozen=True):
    """A class that is not at the left margin.

    Attributes:
        line: Its first.
        within: The text of the line that it stands below, and further to the right than.
        opened: The number of that line.
    """

    line: int
    within: str
    opened: int


class Source:
    """A file, as far as its lines show it. Lines are counted from 1."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._given = lines

    @cached_property
    def lines(self) -> list[str]:
        """The lines, none of them long."""
        return [line[:LONGEST] for line in self._given[:MOST_LINES]]

    def line(self, number: int | None) -> str:
        """The text of a line; empty where there is none."""
        return self.lines[number - 1].strip() if number and 0 < number <= len(self.lines) else ""

    @cached_property
    def statements(self) -> list[tuple[int, str]]:
        """The lines in which a statement begins: not those in brackets and in long strings."""
        place, found = Place(), []
        for number, line in enumerate(self._given[:MOST_LINES], 1):
            if place.begins_statement and line.strip():
                found.append((number, line[:LONGEST]))
            place.move(line)
        return found

    def cut_off(self, line: object, reason: str, column: object = None) -> bool:
        """Whether a syntax error in a line looks like that of a file whose end is missing.

        Args:
            line: Where Python gave up.
            reason: What it says.
            column: At which character of the line, if it says that.
        """
        last = max((n for n, text in self._numbered() if text.strip()), default=0)
        cut = any(words in reason for words in _ENDED)
        if reason in ("invalid syntax", "expected ':'"):  # in the middle of the last line
            cut = line == last and not self.line(last).endswith((":", ")"))
            cut = cut and not (type(column) is int and column <= len(self.lines[last - 1].rstrip()))
        return cut and isinstance(line, int) and line >= last - 1

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word that could be a name, comments left out."""
        return frozenset(w for line in self.lines for w in _WORD.findall(line.partition("#")[0]))

    @cached_property
    def kept(self) -> dict[str, int]:
        """Attributes that are given a value through ``self``, with the first line that does."""
        found = ((name, n) for n, line in self._numbered() for name in _KEPT.findall(line))
        return _first((one or other, n) for (one, other), n in found)

    def kept_by(self, owner: str) -> frozenset[str]:
        """Attributes that are given a value through ``self`` in the body of a class."""
        found = (pair for _, line in self._body(owner) for pair in _KEPT.findall(line))
        return frozenset(one or other for one, other in found)

    @cached_property
    def modules(self) -> frozenset[str]:
        """Names of the modules that are imported, each by the first name of its line."""
        return frozenset(found[1] for line in self.lines if (found := _MODULE.match(line)))

    @cached_property
    def made(self) -> frozenset[str]:
        """Names of the classes of the file, and of all that is imported."""
        classes = {found[2] for line in self.lines if (found := _CLASS.match(line))}
        behind = (line[found.end() :] for line in self.lines if (found := _IMPORT.search(line)))
        return frozenset(classes.union(*map(_WORD.findall, behind)))

    @cached_property
    def local(self) -> dict[str, int]:
        """Variables of functions that are given a value, with the first line that does."""
        matched = ((_LOCAL.match(line), n) for n, line in self._numbered())
        return _first((found[1], n) for found, n in matched if found)

    @cached_property
    def defined(self) -> frozenset[str]:
        """Names that have a value somewhere: of variables, attributes, arguments, imports."""
        heads = [line for line in self.lines if _HEAD.match(line)]
        return frozenset([*self.kept, *self.local, *(w for h in heads for w in _WORD.findall(h))])

    def given(self, name: str) -> int | None:
        """The first line that gives ``self.name`` a value other than None."""
        gives = re.compile(rf"self\.{name}\s*(?:[-+*/@]?=(?!=)(?!\s*None\b)|,)")
        return next((n for n, line in self._numbered() if gives.search(line)), None)

    def method(self, owner: str, name: str) -> Method | None:
        """The function of a name in the body of a class."""
        return next((m for m in self.methods(owner) if m.name == name and not m.inner), None)

    def methods(self, owner: str) -> Iterator[Method]:
        """The functions in the body of a class, and those inside of them."""
        decorators: list[str] = []
        depth = 0
        for number, line in self._body(owner):
            if mark := _DECORATOR.match(line):
                decorators.append(mark[1])
            elif heading := _METHOD.match(line):
                depth = depth or len(heading[1])
                inner = len(heading[1]) > depth
                yield Method(heading[2], number, heading[3], tuple(decorators), inner)
                decorators = []

    def definitions(self, owner: str) -> list[int]:
        """The lines at the left margin that define a class of this name."""
        heads = [(n, _CLASS.match(line)) for n, line in self.statements]
        return [n for n, head in heads if head and head[2] == owner and not head[1]]

    def enclosed(self, owner: str, kind: str = "class") -> Enclosed | None:
        """A class of this name, or a function, that stands inside of something, and of what."""
        around: list[tuple[int, str, int]] = []
        for number, line in self.statements:
            text = line.lstrip()
            indent = _indent(line)
            if text.startswith("#"):
                continue
            while around and indent <= around[-1][0]:
                around.pop()
            head = _DEFINED.match(line)
            if head and head.groups() == (_KEYWORDS[kind], owner) and around:
                return Enclosed(number, around[-1][1], around[-1][2])
            around.append((indent, text, number))
        return None

    def written(self, line: int) -> frozenset[str]:
        """Names of the methods of the class at a line that hold more than a starter's do."""
        margin = _indent(self.lines[line - 1])
        names: set[str] = set()
        name, depth = "", margin
        begins = bisect.bisect_right(self.statements, line, key=itemgetter(0))
        for at in range(begins, len(self.statements)):
            text = self.statements[at][1]
            if text.lstrip().startswith("#"):
                continue
            if _indent(text) <= margin:
                break
            head = _METHOD.match(text)
            if head and (not name or len(head[1]) <= depth):
                name, depth = head[2], len(head[1])
                behind = text.partition("#")[0].rstrip()
                if not behind.endswith((":", "(", ",", "\\")) and not _EMPTY_HEAD.search(behind):
                    names.add(name)
            elif name and _indent(text) > depth and not _EMPTY.match(text):
                names.add(name)
        return frozenset(names)

    def lines_of(self, owner: str, name: str) -> list[str]:
        """The lines of a method in the body of a class, comments left out; none if it has none."""
        starts = [m for m in self.methods(owner) if not m.inner]
        method = next((m for m in starts if m.name == name), None)
        if method is None:
            return []
        end = next((m.line for m in starts if m.line > method.line), len(self.lines) + 1)
        within = range(method.line, end)
        return [line.partition("#")[0] for n, line in self._body(owner) if n in within]

    def sets_in(self, owner: str, name: str) -> list[str]:
        """Attributes that a method gives a value through ``self``, in order."""
        lines = self.lines_of(owner, name)
        found = (one or other for line in lines for one, other in _KEPT.findall(line))
        return list(dict.fromkeys(found))

    def _body(self, owner: str) -> Iterator[tuple[int, str]]:
        """The lines of a class, without its first; of several, those of the last: it counts."""
        if owner in self._heads:
            yield from self._after(self._heads[owner][1])

    @cached_property
    def _heads(self) -> dict[str, tuple[int, int]]:
        """How far a class is indented, and its first line; of several, the outermost, the last."""
        heads: dict[str, tuple[int, int]] = {}
        for number, line in self._numbered():
            if head := _CLASS.match(line):
                indent = len(head[1])
                if indent <= heads.get(head[2], (indent,))[0]:
                    heads[head[2]] = indent, number
        return heads

    def _after(self, heading: int) -> Iterator[tuple[int, str]]:
        """The lines behind one, up to one that is indented no further."""
        indent = _indent(self.lines[heading - 1])
        for number, line in enumerate(self.lines[heading:], heading + 1):
            text = line.lstrip()
            if text and text[0] not in "#)" and len(line) - len(text) <= indent:
                return
            yield number, line

    def _numbered(self) -> Iterator[tuple[int, str]]:
        return enumerate(self.lines, 1)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _first(found: Iterable[tuple[str, int]]) -> dict[str, int]:
    first: dict[str, int] = {}
    for name, line in found:
        first.setdefault(name, line)
    return first
