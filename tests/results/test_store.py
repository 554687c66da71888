"""Results are kept by fingerprint: nobody's file takes another's place."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from grader.model.submission import Submission, submission_from
from grader.results.schema import fingerprint
from tests.intake.packing import notebook

TEXTS = st.text(st.sampled_from("ab\0\n0123456789 "), max_size=12)
SUBMISSIONS = st.builds(
    Submission,
    st.sampled_from(["dense.py", "dense.ipynb"]),
    TEXTS.map(str.encode),
    TEXTS,
    st.none() | st.integers(1, 99),
    st.lists(TEXTS, max_size=3).map(tuple),
)


@given(SUBMISSIONS, SUBMISSIONS)
@example(Submission("a.py", b"b", notes=("a",)), Submission("a.py", b"", notes=("a", "b")))
@example(Submission("a.py", b"1", "ab"), Submission("a.py", b"1", "a", notes=("b",)))
def test_what_differs_has_another_fingerprint(one: Submission, other: Submission) -> None:
    """Each part counts by itself, and none can be moved into another."""
    assert (fingerprint(one) == fingerprint(other)) == (one == other)


def test_the_name_of_a_file_does_not_count() -> None:
    """What two students share that handed in the same file under two names."""
    a, b = (submission_from(name, b"x = 1\n") for name in ("a.py", "b.py"))
    assert fingerprint(a) == fingerprint(b)


def test_a_file_that_tells_of_a_notebook_is_not_one(tmp_path: Path) -> None:
    """A file that holds what was noted about a notebook, and its code, is a file by itself."""
    book = submission_from("dense.ipynb", notebook("%matplotlib inline\nx = 1"))
    told = ("", None, book.notes)
    for text in (json.dumps(told), json.dumps(told).replace(" ", ""), "\n".join(book.notes)):
        forged = submission_from("dense.py", text.encode() + book.source)
        assert fingerprint(forged) != fingerprint(book)
