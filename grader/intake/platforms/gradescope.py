"""Gradescope's export ("Export Submissions").

A folder for each submission, and ``submission_metadata.yml``, which says whose it is. It is
written by Ruby, so keys begin with a colon; nothing documents it, but
github.com/ucbds-infra/otter-grader has one under ``test/test-grade/gradescope-export``::

    submission_12345:
      :submitters:
      - :name: Jane Doe
        :sid: '0042'
        :email: jane@example.org
      :created_at: 2020-02-27 06:58:05.746365000 Z
      :score: 17.5

A group has several submitters; each of them gets an entry. PyYAML reads the file, with the loader
that makes nothing but strings, lists and mappings: ``0042`` stays what it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grader.errors import UsageError

METADATA = "submission_metadata.yml"
MAX_METADATA = 256 << 20  # it repeats the output of every test of every attempt


@dataclass(frozen=True, slots=True)
class Submitter:
    """One of those who handed a submission in."""

    name: str
    ids: dict[str, str]


def read_metadata(where: str, content: bytes) -> dict[str, list[Submitter]]:
    """Return the submitters of each submission, by the name of its folder.

    Raises:
        UsageError: The file is not what Gradescope writes, with ``where:line``, or PyYAML is not
            installed.
    """
    try:
        import yaml
    except ImportError:
        raise UsageError(
            f"{where}: reading it needs PyYAML: pip install 'dense-grader[gradescope]'"
        ) from None
    if len(content) > MAX_METADATA:
        raise UsageError(f"{where}: larger than {MAX_METADATA >> 20} MiB")
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        document = yaml.load(content, Loader=loader)  # noqa: S506 (makes strings only)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        what = getattr(error, "problem", None) or "not UTF-8 text"
        raise UsageError(f"{where}{line}: not the YAML that Gradescope writes ({what})") from None
    except RecursionError:
        raise UsageError(f"{where}: not what Gradescope writes (nested too deeply)") from None
    if not isinstance(document, dict):
        raise UsageError(f"{where}:1: not what Gradescope writes (it names no submissions)")
    return {str(folder): _submitters(about) for folder, about in document.items()}


def _submitters(about: Any) -> list[Submitter]:
    listed = about.get(":submitters") if isinstance(about, dict) else None
    people = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    submitters = []
    for person in people:
        known = {"name": ":name", "email": ":email", "sis": ":sid"}
        ids = {key: str(person[field]) for key, field in known.items() if person.get(field)}
        name = ids.get("name") or ids.get("email") or ids.get("sis")
        if name:
            submitters.append(Submitter(name, ids))
    return submitters
