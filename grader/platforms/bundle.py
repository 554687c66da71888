"""What each platform is sent: its own files, and those that all of them get.

All of them get the wheel, pinned requirements, and the library: a report may say that a file looks
like a solution to another of its problems. Of the sample submissions they get those that name the
mistakes of the problem itself.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from grader.model.problem import Library, Problem
from grader.platforms.requirements import pinned
from grader.platforms.wheel import build_wheel
from grader.platforms.zip_files import File, zipped

SCRIPTS = {
    "gradescope": ("setup.sh", "run_autograder"),
    "prairielearn": ("Dockerfile", "run.sh"),
}
"""For each platform its files in ``scripts/``; the last is what the platform runs."""
_SLUG = "{{problem}}"
_ALLOW = "{{allow}}"


def parcel(
    problem: Problem, platform: str, *, secret: str, allow_unisolated: bool = False
) -> bytes:
    """Return the zip file to be uploaded to, or built for, a platform.

    Args:
        problem: What is handed in there.
        platform: A key of :data:`SCRIPTS`.
        secret: What seeds of submissions are made of there. Nothing of a student's can read it.
        allow_unisolated: Grade there even where something is open to submissions.

    Raises:
        ProblemError: A problem of the library is broken.
        UsageError: The grader, or something that it needs, is not installed.
    """
    name, wheel = build_wheel()
    files = {
        name: File(wheel),
        "requirements.txt": File("".join(f"{line}\n" for line in pinned()).encode()),
    }
    files["secret"] = File(f"{secret}\n".encode(), mode=0o600)
    library = Library(problem.library)
    for one in map(library.load, library.slugs()):
        for path in one.files:
            files[f"library/{one.shown(path)}"] = File(path.read_bytes())
    for path in problem.twins:
        files[f"library/{problem.shown(path)}"] = File(path.read_bytes())
    folder = Path(__file__).parent / "scripts" / platform
    for script in SCRIPTS[platform]:
        text = (folder / script).read_text("utf-8").replace(_SLUG, shlex.quote(problem.slug))
        text = text.replace(_ALLOW, "--allow-unisolated" if allow_unisolated else "")
        files[script] = File(text.encode(), mode=0o644 if script == "Dockerfile" else 0o755)
    return zipped(files)
