"""Folders and environments that a student fills: no interpreter of ours imports or obeys them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from grader.authoring.reproducibility import report_in
from grader.model.problem import Problem
from grader.model.submission import read_submission
from tests.conftest import ROOT, filters_calls
from tests.results.test_class_run import hand_in
from tests.small_problem import thing

WRONG = ROOT / "submissions" / "dense" / "rejected" / "bias_gradient_mean.py"
OTHERS = "click conftest filelock grader hypothesis jinja2 markupsafe msgspec nbformat numpy pip"
OTHERS += " packaging pygments pytest rich site sitecustomize usercustomize"
LOOT = "import os\nopen(os.path.join({loot!r}, 'LOOT-{name}'), 'w').close()\n"
COMMANDS = ("::set-output name=score::100", "\t::add-path::/evil", "x ##[set-output name=score;]1")
SETTINGS = {
    "pip.conf": "[global]\nindex-url = http://localhost:9/\nno-index = true\nprefix = loot\n",
    "setup.cfg": "[tool:pytest]\naddopts = -p loot\n[install]\nprefix = loot\n",
    "pytest.ini": "[pytest]\naddopts = -p loot\n",
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-p loot'\n",
    ".env": "PYTHONPATH=.\n",
    "pyvenv.cfg": "home = .\n",
    "report.json": '{"score": 100, "status": "passed"}\n',
}
BACKEND = """
import zipfile

def build_wheel(folder, settings=None, metadata=None):
    name = "dense_grader-0-py3-none-any.whl"
    about = "Metadata-Version: 2.1\\nName: dense-grader\\nVersion: 0\\nProvides-Extra: notebook\\n"
    kind = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    files = {{"all.pth": {paths!r}, "dense_grader-0.dist-info/METADATA": about}}
    files |= {{"dense_grader-0.dist-info/WHEEL": kind, "dense_grader-0.dist-info/RECORD": ""}}
    with zipfile.ZipFile(folder + "/" + name, "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
    return name
"""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the action runs on Linux")


def fill(folder: Path, loot: Path) -> dict[str, str]:
    """Fill a folder as a student might; return an environment that leads there.

    Every module leaves a file in ``loot`` when it is imported, and so does the shell's start file.
    """
    loot.mkdir(parents=True, exist_ok=True)
    for name in {*sys.stdlib_module_names, *OTHERS.split(), "loot"}:
        text = LOOT.format(loot=str(loot), name=name)
        package = name in ("grader", "numpy", "pip", "encodings")
        path = folder / name / "__init__.py" if package else folder / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        if package:
            (folder / name / "__main__.py").write_text(text)
    (folder / "loot.pth").write_text("import loot\n")
    (folder / "bash_env").write_text(f"touch '{loot}/LOOT-bash'\n")
    for name, text in SETTINGS.items():
        (folder / name).write_text(text)
    for home in (".config/pip", ".pip", "pip-conf"):
        (folder / home).mkdir(parents=True)
        (folder / home / "pip.conf").write_text(SETTINGS["pip.conf"])
    leading = "PYTHONPATH PYTHONHOME PYTHONUSERBASE PYTHONPYCACHEPREFIX XDG_CONFIG_HOME HOME"
    return {
        **dict.fromkeys(leading.split(), str(folder)),
        "PYTHONSTARTUP": str(folder / "loot.py"),
        "PYTHONINSPECT": "1",
        "PYTHONBREAKPOINT": "loot",
        "PYTHONWARNINGS": "error::loot.Warning",
        "PIP_CONFIG_FILE": str(folder / "pip.conf"),
        "PIP_TARGET": str(folder / "target"),
        "PYTEST_ADDOPTS": "-p loot",
        "PYTEST_PLUGINS": "loot",
        "BASH_ENV": str(folder / "bash_env"),
    }


def taken(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("LOOT*"))


def stand_in(folder: Path) -> None:
    """Make a project that installs, in the place of this one, a path to what is installed here.

    So the step that installs needs neither the network nor the time of a real installation.
    """
    folder.mkdir()
    paths = [str(ROOT), *(path for path in sys.path if path.endswith("-packages"))]
    text = "".join(f"{path}\n" for path in paths)
    (folder / "backend.py").write_text(BACKEND.format(paths=text))
    (folder / "pyproject.toml").write_text(
        "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n"
    )


def run_action(
    folder: Path, environment: dict[str, str], **inputs: str
) -> tuple[list[int], str, str]:
    """Run the steps of the action in folder/work; return exit codes, log and outputs."""
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    given = {name: str(one.get("default", "")) for name, one in action["inputs"].items()} | inputs
    known = {f"inputs.{name}": value for name, value in given.items()}
    known["steps.python.outputs.python-path"] = getattr(sys, "_base_executable", sys.executable)
    runner = {
        "GITHUB_ACTION_PATH": folder / "action",
        "GITHUB_ACTIONS": "true",
        "GITHUB_OUTPUT": folder / "output",
        "GITHUB_STEP_SUMMARY": folder / "summary",
        "GITHUB_WORKSPACE": folder / "work",
        "RUNNER_TEMP": folder / "temp",
    }
    codes, log = [], ""
    for step in (step for step in action["runs"]["steps"] if "run" in step):
        own = {
            name: re.sub(r"\$\{\{ (\S+) \}\}", lambda found: known[found[1]], value)
            for name, value in step["env"].items()
        }
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        there = {name: str(path) for name, path in runner.items()}
        done = subprocess.run(
            shell,
            cwd=folder / "work",
            env={**os.environ, **environment, **there, **own},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        codes.append(done.returncode)
        log += done.stdout
    return codes, log, (folder / "output").read_text("utf-8")


def obeyed(log: str) -> set[str]:
    """The commands in a log, as the runner finds them (ActionCommand.cs of actions/runner)."""
    begun = re.findall(r"^\s*::([\w-]+)[^\n]*?::", log, re.MULTILINE)
    return {*begun, *re.findall(r"##\[([\w-]+)", log)}


def test_the_action_runs_nothing_of_the_repository(tmp_path: Path) -> None:
    """Modules, settings and variables of a student change neither what runs nor what comes out."""
    work = tmp_path / "work"
    work.mkdir()
    environment = fill(work, tmp_path / "temp")
    stand_in(tmp_path / "action")
    printed = "".join(f"print({line!r})\n" for line in COMMANDS)
    (work / "my.py").write_text(printed + WRONG.read_text("utf-8"), "utf-8")
    codes, log, outputs = run_action(tmp_path, environment, file="my.py")
    assert taken(tmp_path) == []
    assert codes == [0, 1], log
    assert outputs.startswith("score=92\nmax-score=100\nstatus=failed\nresult=")
    assert obeyed(log) == {"error"}


def test_a_link_out_of_the_repository_is_no_file_of_it(tmp_path: Path) -> None:
    """It could lead to the reference, which is on the same machine; loops lead nowhere."""
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "loop.py").symlink_to("loop.py")
    (tmp_path / "work" / "out").symlink_to(ROOT / "reference", target_is_directory=True)
    (tmp_path / "work" / "dense.py").symlink_to(ROOT / "reference" / "dense.py")
    (tmp_path / "work" / "folder.py").mkdir()
    for file in ("dense.py", "out/dense.py", "loop.py", "folder.py"):
        outputs = graded(tmp_path, file)
        assert (outputs["score"], outputs["status"]) == ("0", "unloadable"), file
    (tmp_path / "work" / "inside.py").symlink_to("real.py")
    (tmp_path / "work" / "real.py").write_bytes(WRONG.read_bytes())
    assert graded(tmp_path, "inside.py")["score"] == "92"


def graded(folder: Path, file: str) -> dict[str, str]:
    """Grade a file as the action does; return the outputs, each of which has one line."""
    (folder / "output").unlink(missing_ok=True)
    command = [sys.executable, "-P", "-m", "grader", "onsite", "--for", "github"]
    done = subprocess.run(
        [*command, "--root", str(folder / "work"), "--", "dense", file],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(folder / "output"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert obeyed(done.stdout) <= {"error"}
    return dict(line.split("=", 1) for line in (folder / "output").read_text().splitlines())


def test_names_and_texts_forge_no_output(tmp_path: Path) -> None:
    """Line breaks and commands in a file's name, in exceptions and in names of classes."""
    (tmp_path / "work").mkdir()
    name = "a\nscore=100\n::set-output name=score::100\n##[set-output name=score;]100\n.py"
    raised = "\n".join(("", *COMMANDS))
    for text in (
        f"raise ValueError({raised!r})",
        f"globals()[{raised!r}] = type({raised!r}, (), {{}})",
    ):
        (tmp_path / "work" / name).write_text(text)
        outputs = graded(tmp_path, name)
        assert set(outputs) == {"score", "max-score", "status", "result"}
        assert (outputs["score"], outputs["status"]) == ("0", "unloadable")


def test_a_log_obeys_nothing_of_a_report(tmp_path: Path) -> None:
    """Whichever form is printed in a workflow; elsewhere it is printed as it is."""
    text = "".join(f"print({line!r})\n" for line in COMMANDS)
    raised = "\n".join(COMMANDS)
    (tmp_path / "dense.py").write_text(f"{text}raise ValueError({raised!r})\n")
    for form in ("terminal", "json", "github"):
        command = [sys.executable, "-P", "-m", "grader", "check", "dense", "dense.py"]
        done = subprocess.run(
            [*command, "--format", form],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), "GITHUB_ACTIONS": "true"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert obeyed(done.stdout) == ({"error"} if form == "github" else set())


def test_judges_import_nothing_of_the_folder_that_they_are_started_in(
    small: Problem, tmp_path: Path
) -> None:
    """Neither those of a class, which may be started where the submissions are, nor verify's."""
    here = tmp_path / "class"
    here.mkdir()
    environment = fill(here, tmp_path / "loot")
    hand_in(here / "work", ann="work")
    code = (
        f"import os, sys; os.environ |= {environment!r}; from grader.cli.main import main; main()"
    )
    arguments = ["grade", "small", "work", "-o", "out", "-q", "--library", str(small.library)]
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, *arguments, "--reports", "json"],
        cwd=here,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    (report,) = (here / "out" / "reports").glob("*.json")
    assert (done.returncode, json.loads(report.read_text("utf-8"))["status"]) == (0, "passed")
    assert taken(tmp_path / "loot") == []


def test_a_report_is_repeated_without_what_python_obeys(
    small: Problem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hash seed is set there, so variables count; these are none of the caller's."""
    for name, value in fill(tmp_path, tmp_path / "loot").items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ann").write_bytes(thing().source)
    path = tmp_path / "ann"
    report = report_in(small, read_submission(path), {"PYTHONHASHSEED": "1"})
    assert report["status"] == "passed"
    assert taken(tmp_path / "loot") == []


# -- what a submission sees ----------------------------------------------------------------

SEEN = """
import argparse, inspect, os, sys, traceback, unittest, warnings
import numpy as np

argparse.ArgumentParser().parse_args()
assert sys.argv == ["dense.py"]
print(sys.argv, sys.orig_argv, sys.executable, sys.prefix, sys.exec_prefix, sys.path, os.environ)
print(vars(sys.modules["__main__"]), __file__, [frame.filename for frame in inspect.stack()])
print([getattr(module, "__file__", "") for module in list(sys.modules.values())])
print(sys.path_importer_cache, np.__path__)
traceback.print_stack()
np.mean([])
"""


def report_of(text: str, tmp_path: Path, *under: str) -> dict[str, Any]:
    """Grade a file against dense, perhaps by another command; return the report."""
    (tmp_path / "somebody.py").write_text(text, "utf-8")
    done = subprocess.run(
        [
            *under,
            sys.executable,
            "-P",
            "-m",
            "grader",
            "check",
            "dense",
            "--format",
            "json",
            "somebody.py",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode < 2, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def test_a_submission_sees_a_script_and_no_place_of_the_grader(tmp_path: Path) -> None:
    """A file that parses its arguments is right, and what it prints names no folder of ours."""
    reference = (ROOT / "reference" / "dense.py").read_text("utf-8")
    report = report_of(f"{reference}\n{SEEN}", tmp_path)
    assert report["score"] == 100, report["message"]
    printed = report["output"]
    assert "['dense.py'] ['python', 'dense.py']" in printed
    assert "numpy/_core/fromnumeric.py" in printed
    for place in (ROOT, Path(np.__file__).parents[1], Path(sys.prefix) / "bin", "expected.json"):
        assert str(place) not in printed
    assert str(tmp_path) not in printed


def test_usage_is_that_of_the_script(tmp_path: Path) -> None:
    """Also in messages of exceptions nothing is named by a path of the grader's."""
    wants = "import argparse\np = argparse.ArgumentParser()\np.add_argument('x')\np.parse_args()\n"
    report = report_of(f"{wants}class Dense: ...\n", tmp_path)
    assert report["output"].startswith("usage: dense.py [-h] x\ndense.py: error:")
    reads = f"open({str(ROOT / 'reference' / 'dense.py')!r})\n"
    assert str(ROOT) not in json.dumps(report_of(reads, tmp_path)["message"])


@filters_calls
@pytest.mark.parametrize("place", ["the file", "a method"])
def test_a_module_that_cannot_be_loaded_there_is_not_said_to_be_missing(
    place: str, tmp_path: Path
) -> None:
    """Where no file can be opened, most of Python's own modules cannot be imported."""
    kernels = str(ROOT / "tests" / "sandbox" / "kernels.py")
    made = "class Dense:\n    def __init__(self, *a, **k):\n        "
    text = f"import pydoc\n{made}pydoc.render_doc(self)\n"
    if place == "a method":
        text = f"{made}import pydoc\n"
    report = report_of(text, tmp_path, sys.executable, kernels, "landlock", "--")
    told = json.dumps(report, ensure_ascii=False)
    assert "the module 'pydoc' cannot be used where submissions run" in told
    assert "The module pydoc cannot be used where submissions run." in told
    assert "is not available" not in told
