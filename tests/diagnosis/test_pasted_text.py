"""Text that came along with code, and syntax of other Pythons: named as what it is."""

from __future__ import annotations

import pytest

from grader.diagnosis.facts import Facts
from grader.diagnosis.generic import python_versions
from grader.diagnosis.generic.load_errors import unloadable
from grader.remote.steps import StudentError

CODE = """import numpy as np

class Tanh:
    def forward(self, X):
        self.Y = np.tanh(X)
        return self.Y
"""


def said(text: str) -> tuple[str, str]:
    """The id and the first line of what is said of a file that Python refuses."""
    with pytest.raises(SyntaxError) as caught:
        compile(text, "tanh.py", "exec", dont_inherit=True)
    raised = caught.value
    where = {"line": raised.lineno, "column": raised.offset, "reason": raised.msg}
    error = StudentError(type(raised).__name__, str(raised), detail=where)
    told = unloadable(Facts("Tanh", lines=text.split("\n"), load_error=error))
    assert told is not None
    return told.id, told.text.title


def numbered(form: str) -> str:
    """The code with a number in front of each line."""
    return "\n".join(form.format(n, line) for n, line in enumerate(CODE.split("\n"), 1))


def console(first: str, further: str) -> str:
    """The code as a console shows it."""
    indented = [further if line[:1] in (" ", "") else first for line in CODE.splitlines()]
    return "\n".join(a + b for a, b in zip(indented, CODE.splitlines(), strict=True))


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        (f"```python\n{CODE}```\n", "pasted-fence", "Line 1 is a code fence"),
        (f"~~~\n{CODE}~~~", "pasted-fence", "Line 1 is a code fence (~~~)"),
        (f"{CODE}```", "pasted-fence", "Line 7 is a code fence"),
        (f"Sure, here's the class:\n\n```py\n{CODE}```\nDone.", "pasted-fence", "Line 3 is"),
        (f"Below is the layer that you asked for.\n{CODE}", "pasted-prose", "Line 1 reads like"),
        (f"{CODE}\nThis class keeps what it returned.", "pasted-prose", "Line 8 reads like"),
        (f"{CODE}\n- **forward** returns the value that is needed", "pasted-prose", "Line 8"),
        (f"Certainly! I wrote the layer below:\n\n```\n{CODE}```", "pasted-fence", "line 1 above"),
        (f"User: write me a layer\n{CODE}", "pasted-prose", "Line 1 reads like"),
        (f"{CODE}\nExplanation:\n1. `forward` keeps the output.", "pasted-prose", "Line 8 reads"),
        ("> " + CODE.replace("\n", "\n> "), "pasted-quote", "Line 1 begins with >, as quoted"),
        ("  " + CODE.replace("\n", "\n  "), "indentation", "Every line of the file is indented"),
        (numbered("{:02}{}"), "pasted-line-numbers", "line 1 begins with 1, line 2 with 2"),
        (f"%%bash\nls\n{CODE}", "jupyter-line", "Line 1 is a command of Jupyter"),
        (console(">>> ", "... "), "pasted-prompt", "Line 1 begins with >>>, the prompt of Python"),
        (console("In [4]: ", "   ...: "), "pasted-prompt", "Line 1 begins with In [4]:"),
        (f"{CODE}\nOut[2]: <Tanh at 0x7f>", "pasted-prompt", "Line 8 begins with Out[2]:"),
        (f"$ cat tanh.py\n{CODE}", "pasted-prompt", "Line 1 begins with $, the prompt of the sys"),
        (numbered("{}  {}"), "pasted-line-numbers", "line 1 begins with 1, line 2 with 2"),
        (numbered("{:3}: {}"), "pasted-line-numbers", "line 1 begins with 1"),
        (numbered("{}| {}"), "pasted-line-numbers", "line 1 begins with 1"),
        (numbered("{}\t{}"), "pasted-line-numbers", "line 1 begins with 1"),
        (numbered("{}\n{}"), "pasted-line-numbers", "line 1 begins with 1, line 3 with 2"),
        (
            f"{CODE}<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other",
            "pasted-conflict",
            "Lines 7, 9 and 11 are conflict markers of Git",
        ),
        (f"{CODE}=======\n", "pasted-conflict", "Line 7 is a conflict marker"),
        (f"{CODE}    <<<<<<< HEAD\n", "pasted-conflict", "Line 7 is a conflict marker"),
        (f"@@ -0,0 +1,6 @@\n+{CODE}", "pasted-patch", "Line 1 is a line of a patch"),
        (CODE.replace("class", "+class"), "pasted-patch", "Line 3 is a line of a patch"),
        (
            CODE.replace("self.Y = ", "self.Y =\u00a0"),
            "pasted-character",
            "no-break space (U+00A0)",
        ),
        (CODE.replace("(X)", "(X)\u200b"), "pasted-character", "zero width space (U+200B)"),
        (CODE.replace("class", "\ufeffclass"), "pasted-character", "Line 3 has a zero width no-b"),
        (CODE.replace("(X)", "(“X”)"), "pasted-character", "Line 5 has a typographic quote (“)"),
        (f"{CODE}print('ready’)", "pasted-character", "Line 7 has a typographic quote (’)"),
        (CODE.replace("(X)", "(−X)"), "pasted-character", "Line 5 has the sign − (minus sign)"),
        (
            CODE.replace("(X)", "(2 × X)"),
            "pasted-character",
            "multiplication sign); Python writes *",
        ),
        (CODE.replace("=", "＝"), "pasted-character", "Line 5 has the sign ＝"),
        (CODE.replace("(X)", "（X）"), "pasted-character", "Line 5 has the sign （"),
        (f"{CODE}if 1 ≤ 2: pass", "pasted-character", "Python writes <="),
        (f"{CODE}✅ it works", "pasted-character", "Line 7 has the character ✅"),
        (CODE.replace("(X)", "(X if X &gt; 0 else X)"), "pasted-html", "Line 5 has &gt;, which"),
        (f"x = &quot;a&quot;\n{CODE}", "pasted-html", 'Line 1 has &quot;, which stands for "'),
        (f"{CODE}x = &#39;a&#39;", "pasted-html", "Line 7 has &#39;"),
        (f"<pre>\n{CODE}</pre>", "pasted-html", "Line 1 begins with <pre>, a tag of a web page"),
        (
            CODE.replace("        return", "\treturn"),
            "tabs-and-spaces",
            "line 6 is indented with tabs, line 5 with spaces",
        ),
        (
            CODE.replace("    def", "\tdef").replace("        self", "\t\tself"),
            "tabs-and-spaces",
            "line 6 is indented with spaces, line 5 with tabs",
        ),
        (f"{CODE}\nawait something()", "jupyter-line", "Line 8 uses await outside of a function"),
        (f"{CODE}\ndef f():\n    %time g()", "jupyter-line", "Line 9 is a command of Jupyter"),
    ],
)
def test_what_came_along_is_named_with_its_line(text: str, name: str, words: str) -> None:
    """A learner is told what it is and where, in plain words."""
    told = said(text)
    assert told[0] == name
    assert words in told[1]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("print 'x'", "Line 7 is written for Python 2 (print without parentheses)"),
        ("print Tanh", "Python 2 (print without"),
        ("exec 'x = 1'", "Python 2 (exec without"),
        ("try:\n    pass\nexcept ValueError, e:\n    pass", "Line 9 is written for Python 2"),
        ("raise ValueError, 'size'", "Python 2 (raise with a comma"),
        ("x = `7`", "Python 2 (backticks)"),
        ("if 1 <> 2: pass", "Python 2 (the sign <>)"),
        ("x = 10L", "Python 2 (a number with L"),
        ("x = 0777", "Python 2 (a number with a leading 0)"),
        ("def f((a, b)): pass", "Python 2 (parentheses around a parameter)"),
        ("t = t'{1}'", "needs Python 3.14 or newer (a template string)"),
        ("type Pair[T] = tuple[T, T]", "needs Python 3.12 or newer (the statement type)"),
        ("def f[T](x: T) -> T: return x", "3.12 or newer (type parameters"),
        ("class Box[T]:\n    pass", "3.12 or newer (type parameters"),
        ("d = {}\ns = f'{d['key']}'", "Line 8 needs Python 3.12 or newer (the same quotes"),
        ("try:\n    pass\nexcept ValueError, KeyError:\n    pass", "needs Python 3.14 or newer"),
        ('''s = f"{'\\n'.join([])}"''', "3.12 or newer (a backslash"),
    ],
)
def test_syntax_of_another_python_is_named_with_the_one_that_grades(line: str, words: str) -> None:
    """Too new or too old, and for which Python."""
    try:
        compile(CODE + line, "tanh.py", "exec", dont_inherit=True)
    except SyntaxError:
        told = said(CODE + line)
        assert told[0] in ("python-2", "python-too-new")
        assert words in told[1]
        assert f"Python {'.'.join(map(str, python_versions.GRADING))} grades" in told[1]
    else:  # this Python is new enough
        assert "or newer" in words


@pytest.mark.parametrize(
    "text",
    [
        CODE.replace("X):", "X)"),
        CODE.replace("tanh(X)", "tanh(X"),
        CODE.replace("        return", "       return"),
        CODE.replace("self.Y = ", "self.Y == = "),
        CODE.replace("return", "retrun"),
        f"{CODE}x = 'a\n",
        f"{CODE}x = (1 +\n- 2\n* 3",
        f"{CODE}x = [\n 1, 2,\n 2, 3,\n 3, 4\n",
        f"{CODE}names = {{\n 1: 'a',\n 2: 'b'\n 3: 'c',\n}}",
        f'"""Usage::\n\n>>> Tanh()\n\n```python\nTanh()\n```\n=======\n"""\n{CODE}x = = 1',
        f'"""The layer of the exercise &gt; is here to be read: by you."""\n{CODE}x = = 1',
        f"# In [1]: here is the class that you asked for\n{CODE}def f(:\n    pass",
        f"{CODE}for i in range(3)\n    print(i)",
        f"{CODE}if x in the_list of\n    pass",
        f"{CODE}x = {{'a': 1, 'b' 2}}",
        f"{CODE}else:\n    pass",
        f"{CODE}self.forward(X) = 3",
        f"{CODE}print(f'{{x')",
        f"{CODE}x = y z w v",
        f"{CODE}from numpy import\n",
        f"{CODE}x = 12abc",
        f"{CODE}class def",
        f"{CODE}print('this is the value of the output' X)",
        f"{CODE}x = X  the # this is the end of it",
        f"{CODE}Total:\nx = 1",
        f"{CODE}  x = 1",
    ],
)
def test_an_ordinary_mistake_is_not_called_something_else(text: str) -> None:
    """What is wrong in the code itself is told as before."""
    name, title = said(text)
    assert not name.startswith(("pasted", "python", "jupyter"))
    assert "sentence" not in title


@pytest.mark.parametrize(
    ("message", "line", "name"),
    [
        ("name 'gt' is not defined", "return X &gt; 0", "pasted-html"),
        ("name 'In' is not defined", "In [3]: x = 2", "pasted-prompt"),
        ("name 'xrange' is not defined", "for i in xrange(3):", "python-2"),
        ("name 'gt' is not defined", "return X &gt", "name-undefined"),
    ],
)
def test_names_that_came_along_are_told_as_such(message: str, line: str, name: str) -> None:
    """Some of what came along is Python, only not what it should be."""
    error = StudentError("NameError", message, [(1, "<module>")])
    told = unloadable(Facts("Tanh", lines=[line], load_error=error))
    assert told is not None
    assert told.id == name


@pytest.mark.parametrize("code", ["FFFFFF", "D800", "110000", "0000"])
def test_a_file_may_raise_what_python_would_not_say(code: str) -> None:
    """A submission can raise any SyntaxError; it is told, whatever characters it speaks of."""
    detail = {"line": 2, "reason": f"invalid character 'a' (U+{code})"}
    error = StudentError("SyntaxError", "", detail=detail)
    told = unloadable(Facts("Tanh", lines=CODE.split("\n"), load_error=error))
    assert told is not None
    assert "ine 2" in told.text.title
