"""Scripts that show a failure with nothing but NumPy and the student's file.

A script is put together from what the proxy has recorded (:class:`~grader.remote.steps.Step`)
and from the evidence of the check: what the problem gives, the calls, then an ``assert`` of what
should be so. Scripts are short, for people who have never seen one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from grader.diagnosis.source_scan import Source
from grader.judge.script.calls import MAX_LITERAL, Calls
from grader.judge.script.ending import ending
from grader.judge.script.source_text import bare
from grader.model.evidence import Evidence
from grader.remote.steps import Step

MAX_SCRIPT = 500_000
"""Characters of the lines of a script: a value of the student's in it can be of any size."""


class Given(msgspec.Struct, frozen=True):
    """What a submission finds around it.

    Attributes:
        file: Its name.
        source: What its lines show.
        provided: Source of the modules that it may import, by name.
        names: Predefined names, as ``(name, module, attribute or "")``.
    """

    file: str
    source: Source
    provided: Mapping[str, str]
    names: Sequence[tuple[str, str, str]]


def write_script(
    *,
    title: str,
    message: str,
    steps: Sequence[Step],
    evidence: Evidence,
    yours: Any,
    given: Given,
) -> str | None:
    """Return a script that repeats ``steps`` and fails as the check did.

    It ends with the exception of the submission, or with an ``AssertionError``. Where what the
    check found cannot be written as a comparison, the error says so, and the script shows the way.

    Args:
        title: The check's title.
        message: Why it failed.
        steps: What was done, in order.
        evidence: What the check found.
        yours: The value that was found wrong; it is looked for among the steps' results and the
            arguments and results of recorded calls, by identity.
        given: The submission and its surroundings.

    Returns:
        Source text; None if the arrays are too large to be written down.
    """
    calls = Calls(steps, yours, evidence)
    body = list(calls.lines())
    if calls.elements > MAX_LITERAL or sum(map(len, body)) > MAX_SCRIPT:
        return None
    body += ending(evidence, message, calls.found)
    around = _surroundings(given, calls.modules)
    imports = _imports("\n".join([*calls.classes, *around, *body]), given)
    head = [f'"""{_for_docstring(title)}"""', *imports, "", *calls.classes, *around, ""]
    return "\n".join([*head, *body, ""])


def _imports(code: str, given: Given) -> list[str]:
    """Lines that import what the script uses."""
    named = {module for _, module, _ in given.names} - {"numpy", *given.provided}
    possible = {*named, "math", "faulthandler"}
    used = {"sys", "types"} | {name for name in possible if re.search(rf"\b{name}\b", code)}
    lines = [f"import {', '.join(sorted(used))}, numpy as np"]
    if "@dataclass" in code:  # with annotations of names that are not imported here
        lines.insert(0, "from __future__ import annotations")
        lines.append("from dataclasses import dataclass, field")
    return lines


def _for_docstring(text: str) -> str:
    """Text that cannot end the docstring it is put into."""
    safe = text.replace("\\", "/").replace('"', "'")
    return "".join(c if c.isprintable() else " " if c.isspace() else "?" for c in safe)


def _surroundings(given: Given, imported: Collection[str]) -> list[str]:
    """Lines that make the module ``student`` of the file, with the names that it finds defined.

    Args:
        imported: Modules that the script's own lines import from.
    """
    source, names = given.source, list[str]()
    needed = [name for name in given.provided if name in imported or name in source.modules]
    for name, module, attribute in given.names:
        if name not in source.words or (module in given.provided and name in source.made):
            continue
        if module in given.provided:
            needed.append(module)
        origin = f"sys.modules[{module!r}]" if module in given.provided else module
        origin = "np" if module == "numpy" else origin
        names.append(f"{name}={origin}" + (f".{attribute}" if attribute else ""))
    lines = []
    for name in dict.fromkeys(needed):
        module = f"sys.modules.setdefault({name!r}, types.ModuleType({name!r}))"
        lines.append(f"exec({bare(given.provided[name])!r}, vars({module}))")
    return [
        *lines,
        f"file = sys.argv[1] if len(sys.argv) > 1 else {given.file!r}",
        f"student = types.SimpleNamespace({', '.join(names)})",
        'exec(compile(open(file, "rb").read(), file, "exec", dont_inherit=True), vars(student))',
    ]
