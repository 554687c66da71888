"""How many of the hostile files are contained, in each setting in which a grader may find itself.

    python benchmarks/contained.py [SETTING ...] [--python PYTHON] [--packages FOLDER]

Run as root, from a checkout. Settings: ``root``; ``user``, a user id that owns nothing; ``docker``
and ``docker-user``, a container of the Docker daemon that DOCKER_HOST names, with its default
seccomp profile and capabilities; each with ``-no-landlock`` behind it: a filter answers Landlock's
system calls with ENOSYS, as older kernels do. All of them by default, ``docker`` only if there is
a daemon. What a file may get and what contained means: tests/attacks/README.md.

The Python and the packages (NumPy, pytest, hypothesis, ...) must be readable by everybody: by
default the system's Python, with the packages of the Python that runs this.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = ("root", "user", "docker", "docker-user")
USER = "12345"
IMAGE = "grader-contained"


def grade_here() -> dict[str, Any]:
    """Grade every hostile file, with the reference after each; say which are not contained."""
    from tests.conftest import shared_memory
    from tests.e2e.test_attacks import ATTACKS, judge, loot, without_durations

    reference = ROOT / "reference" / "dense.py"
    with tempfile.TemporaryDirectory() as folder:
        places = [Path(folder, name) for name in ("alone", "all")]
        for place in places:
            place.mkdir()
        (alone,) = judge(places[0], [reference])["reports"]
        before = shared_memory()
        data = judge(places[1], [file for attack in ATTACKS for file in (attack, reference)])
    reports, open_ = data["reports"], {}
    for attack, report, after in zip(ATTACKS, reports[::2], reports[1::2], strict=True):
        expect = re.search(rb"# EXPECT: *([\w-]+)", attack.read_bytes()[:2000])
        full = report["score"] == report["max_score"]
        wrong = [
            *(["fault"] if report["status"] == "fault" else []),
            *(
                ["marks"]
                if expect and {b"full": not full, b"not-full": full}.get(expect[1])
                else []
            ),
            *loot(report),
            *(["the next report"] if without_durations(after) != without_durations(alone) else []),
        ]
        if wrong:
            open_[attack.name] = wrong
    for what in ("left", "written"):
        if data[what]:
            open_[what] = data[what]
    if shared_memory() - before:
        open_["shared memory"] = sorted(shared_memory() - before)
    refused = [area for area, closed in alone["isolation"].items() if closed]
    return {"tried": len(ATTACKS), "open": open_, "refused": refused, "all": alone["isolation"]}


def command(setting: str, python: str, checkout: Path, packages: Path) -> list[str]:
    """The command line that grades in a setting and prints what came of it."""
    place, *without = setting.split("-no-")
    script = [python, str(checkout / "benchmarks" / "contained.py"), "--here"]
    script += ["--hide-landlock"] if without else []
    variables = {"PYTHONPATH": f"{checkout}:{packages}", "PYTHONDONTWRITEBYTECODE": "1"}
    if not place.startswith("docker"):
        user = ["--reuid", USER, "--regid", USER, "--clear-groups", "--inh-caps=-all"]
        prefix = ["setpriv", *user] if place == "user" else []
        return [*prefix, "env", *[f"{k}={v}" for k, v in variables.items()], *script]
    run = ["docker", "run", "--rm", "--network", "none", "--workdir", "/tmp"]
    run += ["--user", f"{USER}:{USER}"] if place == "docker-user" else []
    for path in ("/usr", "/lib", "/lib64", "/bin", "/etc", str(checkout), str(packages)):
        run += ["--volume", f"{path}:{path}:ro"]
    for name, value in variables.items():
        run += ["--env", f"{name}={value}"]
    return [*run, IMAGE, *script]


def make_image() -> None:
    """An image with nothing in it but a /tmp: the host's Python is mounted into it."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        Path(folder, "tmp").mkdir()
        Path(folder, "tmp").chmod(0o1777)
        packed = subprocess.run(["tar", "-C", folder, "-c", "."], capture_output=True, check=True)
    subprocess.run(
        ["docker", "import", "-", IMAGE], input=packed.stdout, check=True, stdout=subprocess.DEVNULL
    )


def has_docker() -> bool:
    """Whether there is a daemon to ask."""
    docker = shutil.which("docker")
    return (
        bool(docker) and subprocess.run([str(docker), "info"], capture_output=True).returncode == 0
    )


def main() -> int:
    """Grade in each setting, print a table."""
    parser = argparse.ArgumentParser(description="Count the hostile files that are contained.")
    parser.add_argument("settings", nargs="*", metavar="SETTING")
    parser.add_argument("--python", default="/usr/bin/python3")
    parser.add_argument("--packages", type=Path)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--hide-landlock", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.hide_landlock:
        from tests.sandbox.kernels import lack

        lack(["landlock"])
    if options.here:
        print(json.dumps(grade_here()))
        return 0
    import numpy as np

    packages = options.packages or Path(np.__file__).parents[1]
    chosen = options.settings
    if not chosen:
        places = [p for p in SETTINGS if not p.startswith("docker") or has_docker()]
        chosen = [place + ending for ending in ("", "-no-landlock") for place in places]
    if any(setting.startswith("docker") for setting in chosen):
        make_image()
    failed = 0
    print(f"{'setting':26}{'tried':>8}{'contained':>11}   not contained")
    with tempfile.TemporaryDirectory() as folder:
        checkout = Path(folder, "checkout")
        ignored = shutil.ignore_patterns(".git", "__pycache__", ".*_cache")
        shutil.copytree(ROOT, checkout, ignore=ignored)
        subprocess.run(["chmod", "-R", "a+rX", folder], check=True)
        for setting in chosen:
            line = command(setting, options.python, checkout, packages)
            done = subprocess.run(line, cwd="/tmp", capture_output=True, text=True)
            if done.returncode:
                print(f"{setting:26}{'failed':>8}   {done.stderr[-2000:]}", flush=True)
                failed += 1
                continue
            data = json.loads(done.stdout.splitlines()[-1])
            kept = data["tried"] - len(data["open"])
            told = f"{data['open'] or ''}"
            print(f"{setting:26}{data['tried']:8}{kept:11}   {told}", flush=True)
            failed += bool(data["open"])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
