"""Misbehaving files are contained: each is graded, and harms nobody (see tests/attacks/README.md).

All of them are graded by one judge in a process of its own, with the reference after each: a
submission that leaves anything behind would show in the next report.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.authoring.reproducibility import timeless
from tests.conftest import ROOT, shared_memory

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the jail is for Linux")
pytestmark = linux_only

MOST_SECONDS, MOST_KB, MOST_BYTES = 10.0, 300 << 10, 1_000_000
"""What a submission may cost the judge: processor time, memory, and a report as JSON."""

ATTACKS = sorted((ROOT / "tests" / "attacks").glob("*.py"))

JUDGE = """
import json, os, sys, time
from pathlib import Path

import msgspec

from grader.grading.in_process import grade_all
from grader.model.problem import Library
from grader.model.problem_toml import LimitSettings
from grader.reporters import Page, reporter
from grader.model.report_json import as_data
from grader.sandbox.jail.linux import adopt_orphans
from grader.model.submission import read_submission

adopt_orphans()
problem = Library.find().load("dense")
paths = [Path(file) for file in sys.argv[2:]]
limits = LimitSettings(call_seconds=0.5, submission_seconds=4.0, cpu_seconds=10, memory_mb=512)

def set_limits(limits):
    settings = msgspec.structs.replace(problem.settings, limits=limits)
    object.__setattr__(problem, "settings", settings)

def one_by_one():
    # A right file has as much time as it takes on a machine that others use as well.
    for path, submission in zip(paths, submissions, strict=True):
        right = path.parent.name == "reference" or b"# EXPECT: full" in submission.source
        seconds = 600.0 if right else limits.submission_seconds
        set_limits(msgspec.structs.replace(limits, submission_seconds=seconds))
        yield submission

set_limits(limits)
reports, seconds, began = [], [], [time.process_time()]

def keep(report):
    reports.append(report)
    seconds.append(time.process_time() - began[0])
    began[0] = time.process_time()

submissions = [read_submission(path) for path in paths]
grade_all(problem, one_by_one(), keep)
# Not ru_maxrss, which a new program inherits from the process that started it.
(peak,) = [int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM:")]
left = []
while True:
    try:
        pid, _ = os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        break
    if pid == 0:
        left.append("a process")
        break
data = {"reports": [as_data(report) for report in reports], "left": left}
data |= {"seconds": seconds, "peak": peak}
pages = [Page(source=submission.text) for submission in submissions]
data["shown"] = [
    {name: reporter(name).render(report, page) for name in ("json", "terminal")}
    for report, page in list(zip(reports, pages, strict=True))[::2]
]
Path(sys.argv[1]).write_text(json.dumps(data))
"""


def judge(folder: Path, files: list[Path], python_path: Path = ROOT) -> dict[str, Any]:
    """Grade ``files`` in a new process whose working folder is ``folder``, which stays empty."""
    work, result = folder / "work", folder / "result.json"
    temporary = folder / "tmp"
    for place in (work, temporary):
        place.mkdir()
    paths = [str(python_path), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "TMPDIR": str(temporary),
        "GRADER_TEST_SECRET": "must not arrive in a worker",
    }
    command = [sys.executable, "-P", "-c", JUDGE, str(result), *map(str, files)]
    done = subprocess.run(
        command, cwd=work, env=environment, capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert "LOOT" not in done.stdout + done.stderr
    data: dict[str, Any] = json.loads(result.read_text())
    data["written"] = [
        str(path)
        for place in (work, temporary)
        for path in place.rglob("*")
        if ".hypothesis" not in path.parts  # the judge's own cache
    ]
    return data


def without_durations(report: dict[str, Any]) -> str:
    return json.dumps(timeless(report), sort_keys=True)


def loot(report: dict[str, Any]) -> list[str]:
    text = "\n".join([report["output"], *[check["output"] for check in report["checks"]]])
    return [line for line in text.splitlines() if line.startswith("LOOT")]


@pytest.fixture(scope="module")
def reference() -> Path:
    return ROOT / "reference" / "dense.py"


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, reference: Path) -> str:
    """The report of the reference, graded by a judge that saw nothing else."""
    (report,) = judge(tmp_path_factory.mktemp("alone"), [reference])["reports"]
    return without_durations(report)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory, reference: Path) -> dict[str, Any]:
    """Every attack, with the reference after each."""
    files = [file for attack in ATTACKS for file in (attack, reference)]
    before = shared_memory()
    data = judge(tmp_path_factory.mktemp("all"), files)
    data["shared"] = shared_memory() - before
    return data


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda path: path.stem)
def test_an_attack_gets_what_it_deserves_and_no_loot(
    attack: Path, graded: dict[str, Any], alone: str
) -> None:
    place = 2 * ATTACKS.index(attack)
    report, after = graded["reports"][place : place + 2]
    header = attack.read_bytes()[:2000]
    expect = re.search(rb"# EXPECT: *([\w-]+)", header)
    assert expect is not None
    assert report["submission"]["name"] == attack.name
    assert report["status"] != "fault", report["message"]
    if expect[1] == b"full":
        assert report["score"] == 100.0, [c for c in report["checks"] if c["message"]]
    elif expect[1] == b"not-full":
        assert report["score"] < 100.0
    assert not loot(report)
    for shown in graded["shown"][place // 2].values():
        assert not {c for c in shown if not c.isprintable()} - {"\n"}
    assert without_durations(after) == alone


def test_no_file_costs_the_judge_more_than_its_share(graded: dict[str, Any]) -> None:
    """Processor time, memory and the size of a report, whatever a file does."""
    costs = zip(graded["reports"], graded["seconds"], strict=True)
    names = {report["submission"]["name"]: seconds for report, seconds in costs}
    assert {name: seconds for name, seconds in names.items() if seconds > MOST_SECONDS} == {}
    assert graded["peak"] < MOST_KB
    for shown in graded["shown"]:
        assert len(shown["json"].encode()) <= MOST_BYTES


def test_no_process_and_no_file_is_left(graded: dict[str, Any]) -> None:
    assert graded["left"] == []
    assert graded["written"] == []
    assert graded["shared"] == set()


def test_everything_is_refused(alone: str) -> None:
    isolation = json.loads(alone)["isolation"]
    assert {"files", "network", "processes", "signals", "memory"} <= set(isolation)
    assert all(isolation.values()), isolation


def test_an_installed_library_cannot_be_read(tmp_path: Path, reference: Path) -> None:
    """The package in site-packages beside NumPy, with the library in it."""
    import numpy as np

    packages = tmp_path / "lib" / "python3" / "site-packages"
    ignored = shutil.ignore_patterns("__pycache__", "attacks")
    shutil.copytree(ROOT / "grader", packages / "grader", ignore=ignored)
    for part in ("problems", "reference", "submissions"):
        shutil.copytree(ROOT / part, packages / "grader" / "library" / part, ignore=ignored)
    numpy = Path(np.__file__).parent
    for folder in (numpy, numpy.with_name("numpy.libs")):
        if folder.exists():
            (packages / folder.name).symlink_to(folder)
    # Everybody may read it, as where packages are installed for everybody.
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    attack = ROOT / "tests" / "attacks" / "58_read_library.py"
    report, after = judge(tmp_path, [attack, reference], packages)["reports"]
    assert not loot(report)
    assert re.search(r"saw [1-9]", report["output"]), "it found no file to try"
    assert after["score"] == 100.0
