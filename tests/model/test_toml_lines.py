"""The line of a key, in every way to write TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model.toml_lines import line_of

SPELLINGS = {
    "a key": ("a", "b = 1\n@a = 2"),
    "a key in a table": ("t.a", "a = 1\n[t]\n@a = 2\n[u]\na = 3"),
    "a table": ("t", "a = 1\n@[t]\na = 2"),
    "a table with room": ("t.u", "@[ t . u ] # [x]\na = 2"),
    "a quoted table": ("t.u", "@['t'.\"u\"]\na = 2"),
    "a quoted key": ("a b", 'b = 1\n@"a b" = 2'),
    "an escaped key": ("aé", '@"a\\u00e9" = 2'),
    "a key with brackets": ("a", "\"[\" = 1\n'{' = 1\n@a = [\n1]"),
    "a dotted key": ("t.a", "t.b = 1\n@t.a = 2"),
    "a dotted table": ("t", "@t.b = 1\nt.a = 2"),
    "a table that is only implied": ("t", "a = 1\n@[t.u]\nb = 1\n[t]\nc = 1"),
    "a key of a table behind its own": ("t.c", "[t.u]\nc = 1\n[t]\n@c = 1"),
    "an inline table": ("t.a", "a = 1\n@t = { b = 1, a = 2 }"),
    "the second of an array of tables": ("g.1", "[[g]]\na = 1\n@[[g]]\na = 2"),
    "a key of it": ("g.1.a", "[[g]]\na = 1\n[[g]]\n@a = 2"),
    "a table of it": ("g.1.t.a", "[[g]]\n[g.t]\na = 1\n[[g]]\n[g.t]\n@a = 2"),
    "a whole array of tables": ("g", "@[[g]]\na = 1\n[[g]]\na = 2"),
    "an item of an array": ("a.2", "a = [1,\n2, # ]\n\n@3]"),
    "an array": ("a", "@a = [\n1,\n2\n]"),
    "an inline table in an array": ("g.1.a", "g = [\n{ a = 1 },\n@{ a = 2 },\n]"),
    "an array in an array": ("a.1.1", "a = [[1,\n2],\n[3,\n@4]]"),
    "an array in an inline table": ("t.a.1", "t = { a = [\n1,\n@2], b = 1 }"),
    "behind such an array": ("t.b", "t = { a = [\n1,\n@2], b = 1 }"),
    "the last line without an end": ("g.0.a", "@g = [{ a = 1 }]"),
    "a text of several lines": ("a", '@a = """\na = 1\n[t]\n"""\nb = 1'),
    "a key behind such a text": ("t.a", "b = '''\n[t]\na = 1'''\n[t]\n@a = 2"),
    "behind quotes in such a text": ("a.1", 'a = ["""\n]\\"""\n"]"""",\n@"]", 3]'),
    "such a text in an array": ("a.1", "a = [ 1,\n@'''\n]\n''', 3 ]"),
    "what looks like it in a comment": ("a", "# a = 1\n# \"\"\"\n# [\n@a = 1 # '''\nb = 1"),
    "a key that is missing": ("t.x", "a = 1\n@[t]\na = 1"),
    "a key of an item that is missing": ("g.1.x", "[[g]]\na = 1\n@[[g]]"),
    "a key that is missing at the top": ("x", "@a = 1"),
    "a number that is a key": ("t.7", "[t]\na = 1\n@7 = 1"),
    "a document that begins with an empty line": ("a", "\n\n@a = 1"),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_line_of_a_key(spelling: str) -> None:
    """The line is the marked one, however key and value are written."""
    keys, marked = SPELLINGS[spelling]
    assert (
        line_of(marked.replace("@", ""), keys.split("."))
        == marked[: marked.index("@")].count("\n") + 1
    )


Tree = Any

TREES = st.dictionaries(
    st.sampled_from(["a", "b", "'[", '"', "#", "7"]),
    st.recursive(
        st.integers(0, 9) | st.sampled_from(["]", "'''", '"', "\n[a]\n", "}\na = 1"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["a", "b", "{ x"]), inner, max_size=3)
        ),
        max_leaves=6,
    ),
    max_size=4,
)


def quoted(text: str) -> str:
    """A text as a string of one line."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def written(value: Tree, way: tuple[str, ...], lines: list[str], where: dict[Any, int]) -> None:
    """Append a value to the last of the lines, and note on which line each part of it begins.

    Items of arrays are on lines of their own, texts with quotes or lines on several.
    """
    where[way] = len(lines)
    if isinstance(value, list):
        lines[-1] += "["
        for number, item in enumerate(value):
            lines.append("  ")
            written(item, (*way, str(number)), lines, where)
            lines[-1] += ", # ]"
        lines.append("]")
    elif isinstance(value, dict):
        lines[-1] += "{"
        for number, (key, item) in enumerate(value.items()):
            lines[-1] += f"{', ' * (number > 0)}{quoted(key)} = "
            written(item, (*way, key), lines, where)
        lines[-1] += "}"
    elif isinstance(value, str):
        first, *rest = ['"""', *value.replace('"', '\\"').split("\n"), '"""']
        lines[-1] += first
        lines += rest
    else:
        lines[-1] += str(value)


@given(TREES)
def test_the_line_of_every_key_of_any_document(tree: dict[str, Tree]) -> None:
    """Whatever is in a document, each of its keys and items is found where it was written."""
    lines: list[str] = []
    where: dict[Any, int] = {}
    for key, value in tree.items():
        lines.append(f"{quoted(key)} = ")
        written(value, (key,), lines, where)
    text = "\n".join(lines)
    assert sorted(ways(tomllib.loads(text))) == sorted(where)
    assert {way: line_of(text, way) for way in where} == where


def ways(tree: Tree, way: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The ways to all keys and items of a document."""
    parts: Any = enumerate(tree) if isinstance(tree, list) else getattr(tree, "items", list)()
    for key, value in parts:
        yield (*way, str(key))
        yield from ways(value, (*way, str(key)))
