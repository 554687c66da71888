"""Grading a class: real runs of the command line, interrupted in every way."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pytest
from filelock import FileLock

from grader.errors import Fault
from grader.grading.pool import grade_stream
from grader.intake.collect import collect
from grader.model.problem import Problem
from grader.results import class_run
from grader.results.class_run import grade_class
from grader.results.progress import Tally
from grader.results.store import Store
from tests.conftest import ROOT, Run, filters_calls
from tests.small_problem import CHECKS, thing

Done = subprocess.CompletedProcess[str]


@pytest.fixture
def grade(small: Problem, tmp_path: Path) -> Callable[..., Done]:
    """Grade the folder ``class`` into the folder ``out``."""

    def run(*options: str, program: tuple[str, ...] = ("-m", "grader")) -> Done:
        arguments = ["grade", "small", "class", "-o", "out", "--library", "library"]
        command = [sys.executable, *program, *arguments, "-j", "1", *options]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    return run


def hand_in(folder: Path, **words: str) -> None:
    """Write a class: a student for each name, whose file says a word to the checks."""
    folder.mkdir(exist_ok=True)
    for name, word in words.items():
        (folder / f"{name}.py").write_bytes(thing(word).source)


def gradebook(folder: Path) -> dict[str, dict[str, str]]:
    """The lines of a plain gradebook, by student."""
    with (folder / "gradebook.csv").open(newline="", encoding="utf-8") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def count_results(folder: Path) -> int:
    """How often something was graded."""
    database = sqlite3.connect(folder / "results.sqlite")
    try:
        (count,) = database.execute("SELECT count(*) FROM results").fetchone()
    finally:
        database.close()
    return int(count)


def test_a_class_is_graded_once(grade: Callable[..., Done], tmp_path: Path) -> None:
    """Equal files share a result, and a second run has nothing to do."""
    hand_in(tmp_path / "class", ada="", bob="x", cyd="")
    (tmp_path / "class" / "dan.py").write_text("class Other: pass\n", "utf-8")
    done = grade("-j", "2")
    assert (done.returncode, "4 students, 4 graded" in done.stdout) == (0, True), done.stderr
    marks = {
        name: (row["score"], row["status"]) for name, row in gradebook(tmp_path / "out").items()
    }
    assert marks == {
        "ada": ("100.0", "passed"),
        "bob": ("100.0", "passed"),
        "cyd": ("100.0", "passed"),
        "dan": ("0.0", "unloadable"),
    }
    assert count_results(tmp_path / "out") == 3
    again = grade()
    assert again.stdout == done.stdout
    assert again.stderr == "grader: 4 submissions (files)\n"
    assert count_results(tmp_path / "out") == 3


def test_a_new_student_is_added_and_one_who_left_is_not_in_the_gradebook(
    grade: Callable[..., Done], tmp_path: Path
) -> None:
    """The gradebook is that of the class as it is now."""
    hand_in(tmp_path / "class", ada="", bob="x")
    grade()
    (tmp_path / "class" / "ada.py").unlink()
    hand_in(tmp_path / "class", cyd="y")
    grade()
    assert list(gradebook(tmp_path / "out")) == ["bob", "cyd"]


def test_a_fault_is_no_zero_and_is_tried_again(grade: Callable[..., Done], tmp_path: Path) -> None:
    """Who could not be graded has an empty cell, and the others their marks."""
    hand_in(tmp_path / "class", ada="", bob="die", cyd="x")
    done = grade("-j", "2")
    assert done.returncode == 4
    assert "no mark: bob: " in done.stderr
    assert "SIGKILL" in done.stderr
    book = gradebook(tmp_path / "out")
    assert (book["bob"]["score"], book["bob"]["status"]) == ("", "fault")
    assert book["cyd"]["score"] == "100.0"
    before = count_results(tmp_path / "out")
    hand_in(tmp_path / "class", bob="y")
    assert grade().returncode == 0
    assert gradebook(tmp_path / "out")["bob"]["score"] == "100.0"
    assert count_results(tmp_path / "out") == before + 1


def test_a_machine_that_grades_nobody_is_told_early(
    small: Problem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for a thousand faults."""
    monkeypatch.setattr(class_run, "HOPELESS", 2)
    hand_in(tmp_path / "class", ada="die", bob="leave")
    with (
        collect(tmp_path / "class", problem=small) as intake,
        Store(tmp_path / "out", create=True) as store,
        pytest.raises(Fault, match="none of the first 2 submissions could be graded"),
    ):
        class_run.grade_class(small, intake, store, Tally(), engine=partial(grade_stream, jobs=2))


def test_killed_at_random_moments(grade: Callable[..., Done], tmp_path: Path) -> None:
    """A run that is killed and started again ends with the gradebook of one left alone."""
    words = {f"s{n:02}": f"word {n}" for n in range(20)}
    hand_in(tmp_path / "class", **words)
    (tmp_path / "class" / "broken.py").write_text("class", "utf-8")
    command = [sys.executable, "-m", "grader", "grade", "small", "class", "-o", "killed"]
    dice = random.Random(5)
    for _ in range(3):
        run = subprocess.Popen(
            [*command, "--library", "library", "-j", "2"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            run.wait(dice.uniform(0.2, 3.0))
        except subprocess.TimeoutExpired:
            run.kill()
            run.wait()
    assert grade().returncode == 0
    last = grade("-o", "killed")
    assert last.returncode == 0, last.stderr
    books = [(tmp_path / name / "gradebook.csv").read_bytes() for name in ("out", "killed")]
    assert books[0] == books[1]
    assert count_results(tmp_path / "killed") == 21


def test_interrupted_from_the_keyboard(small: Problem, tmp_path: Path) -> None:
    """Ctrl-C ends a run with 130, says what is kept, and leaves it there."""
    hand_in(tmp_path / "class", ada="", bob="stop")  # bob's judge hangs, so the run cannot end
    command = [sys.executable, "-m", "grader", "grade", "small", "class", "-o", "out", "-j", "2"]
    run = subprocess.Popen(
        [*command, "--library", "library"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stderr is not None
    assert "2 submissions (files)" in run.stderr.readline()
    assert "2 submissions" in run.stderr.readline()  # what is said once grading begins
    run.send_signal(signal.SIGINT)
    _, told = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "of 2 students are graded; the same command goes on from there." in told
    with Store(tmp_path / "out") as store:
        assert [row.student for row in store.rows(store.rounds()[0])] == ["ada", "bob"]


SMALL_DISK = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (90_000, 90_000))
from grader.cli.main import main
main()
"""


def test_a_full_disk(grade: Callable[..., Done], tmp_path: Path) -> None:
    """What does not fit is told, what fitted is kept, and the run goes on when there is room."""
    hand_in(tmp_path / "class", **{f"s{n:02}": f"word {n}" for n in range(40)})
    full = grade("-j", "1", program=("-c", SMALL_DISK))
    assert full.returncode == 4, full.stderr
    assert "results.sqlite" in full.stderr
    assert "run the same command again when there is room on the disk" in full.stderr
    kept = count_results(tmp_path / "out")
    assert 0 < kept < 40
    assert grade().returncode == 0
    assert count_results(tmp_path / "out") == 40
    assert {row["score"] for row in gradebook(tmp_path / "out").values()} == {"100.0"}


def test_two_runs_on_one_folder(grade: Callable[..., Done], tmp_path: Path) -> None:
    """The second one says so and leaves everything alone."""
    hand_in(tmp_path / "class", ada="")
    assert grade().returncode == 0
    with FileLock(tmp_path / "out" / "results.lock"):
        second = grade()
    assert second.returncode == 2
    assert "another run is grading into this folder" in second.stderr


def test_results_among_the_submissions(grade: Callable[..., Done], tmp_path: Path) -> None:
    """A folder of results is no student, wherever it is; and none takes the place of the class."""
    hand_in(tmp_path / "class", ada="")
    for _ in range(2):
        done = grade("-o", "class/out", "--reports", "text")
        assert "1 students, 1 graded" in done.stdout
    assert "left out: out: results of an earlier run" in done.stderr
    refused = grade("-o", "class")
    assert (refused.returncode, "holds the submissions" in refused.stderr) == (2, True)


def seeds_of(folder: Path) -> list[int]:
    """The seeds of the rounds."""
    with Store(folder) as store:
        return [round_.seed for round_ in store.rounds()]


def test_a_class_has_a_seed_of_its_own_and_keeps_it(
    grade: Callable[..., Done], small: Problem, tmp_path: Path
) -> None:
    """Also for who comes later and after a change; a published seed is not kept for that."""
    hand_in(tmp_path / "class", ada="", bob="x")
    done = grade("--reports", "json")
    (seed,) = seeds_of(tmp_path / "out")
    assert f"(round 1, seed {seed})" in done.stdout
    for report in (tmp_path / "out" / "reports").iterdir():
        assert json.loads(report.read_text("utf-8"))["seed"] == seed
    hand_in(tmp_path / "class", cyd="y")
    grade()
    assert seeds_of(tmp_path / "out") == [seed]
    grade("--regrade")
    (small.folder / "checks.py").write_text(f"{CHECKS}\n", "utf-8")
    grade()
    assert seeds_of(tmp_path / "out") == [seed] * 3
    published = small.settings.seed
    grade("--seed", str(published))
    grade()
    assert seeds_of(tmp_path / "out") == [*[seed] * 3, published]
    (small.folder / "checks.py").write_text(CHECKS, "utf-8")
    grade()
    assert len({seed, published, seeds_of(tmp_path / "out")[-1]}) == 3


def test_another_seed_can_be_drawn_and_stays_until_all_are_graded(
    small: Problem, tmp_path: Path
) -> None:
    """The same command goes on with it when it was interrupted."""
    hand_in(tmp_path / "class", ada="", bob="x")

    def rounds(seed: Literal["random"] | None, stop: bool = False) -> list[int]:
        def engine(*given: Any, **named: Any) -> Any:
            if stop:
                raise KeyboardInterrupt
            return grade_stream(*given, jobs=1, **named)

        with (
            collect(tmp_path / "class", problem=small) as intake,
            Store(tmp_path / "out", create=True) as store,
            contextlib.suppress(KeyboardInterrupt),
        ):
            grade_class(
                small, intake, store, Tally(), engine=engine, seed=seed, allow_unisolated=True
            )
        return seeds_of(tmp_path / "out")

    first = rounds(None, stop=True)
    assert rounds(None) == first
    both = rounds("random", stop=True)
    assert len(set(both)) == 2
    assert rounds("random") == both
    assert len(set(rounds("random"))) == 3


def test_rounds_are_compared_with_one_of_the_same_seed(
    grade: Callable[..., Done], grader: Run, tmp_path: Path
) -> None:
    """Where there is none, it is said that the examples are others."""
    hand_in(tmp_path / "class", ada="")
    grade("--seed", "7")
    grade("--seed", "8")
    told = "Other seeds, other examples: a mark may move for that alone."
    assert told in grader("diff", "out").stdout
    assert "0 marks differ from round 1" in grade("--seed", "7").stdout
    shown = grader("diff", "out").stdout
    assert "round 1 → round 3" in shown
    assert told not in shown
    assert told in grader("diff", "out", "--since", "2").stdout


def test_a_changed_problem_and_what_it_moves(
    grade: Callable[..., Done], small: Problem, tmp_path: Path
) -> None:
    """Everybody is graded by the new checks; diff tells whose mark moves, and by which check."""
    hand_in(tmp_path / "class", ada="", bob="rude")
    assert grade().returncode == 0
    harsher = CHECKS.replace(
        'if word == "stop"', 'expect(word != "rude", "rude")\n    if word == "stop"'
    )
    (small.folder / "checks.py").write_text(harsher, "utf-8")
    done = grade()
    assert "1 marks differ from round " in done.stdout
    assert count_results(tmp_path / "out") == 4
    command = [sys.executable, "-m", "grader", "diff", "out"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    shown = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert "bob  100 → 60" in shown.stdout
    assert "passed → failed: the judge survives (test_two)" in shown.stdout
    assert "ada" not in shown.stdout
    told = subprocess.run(
        [*command, "--format", "json"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        check=True,
    )
    (moved,) = json.loads(told.stdout)["moved"]
    assert (moved["student"], moved["before"], moved["after"]) == ("bob", 100.0, 60.0)
    (small.folder / "checks.py").write_text(CHECKS, "utf-8")  # back, and nothing is to be graded
    assert "1 marks differ" in grade().stdout
    assert count_results(tmp_path / "out") == 4


def test_a_problem_with_other_weights(
    grade: Callable[..., Done], small: Problem, tmp_path: Path
) -> None:
    """Where nothing but points has changed, it is said which checks they are of."""
    hand_in(tmp_path / "class", ada="")
    (tmp_path / "class" / "bob.py").write_bytes(thing(value="2").source)
    assert grade().returncode == 0
    settings = small.folder / "problem.toml"
    written = settings.read_text("utf-8")
    settings.write_text(written.replace("60", "70").replace("40", "30"), "utf-8")
    assert "1 marks differ" in grade().stdout
    shown = subprocess.run(
        [sys.executable, "-m", "grader", "diff", "out"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "bob  40 → 30" in shown.stdout
    assert "-10 by other weights: test_two" in shown.stdout


def test_regrading(grade: Callable[..., Done], tmp_path: Path) -> None:
    """--regrade grades everybody again and moves no mark; without it nothing is done again."""
    hand_in(tmp_path / "class", ada="", bob="x")
    grade()
    done = grade("--regrade")
    assert "0 marks differ" in done.stdout
    assert count_results(tmp_path / "out") == 4
    grade()
    assert count_results(tmp_path / "out") == 4


@pytest.mark.parametrize(("form", "ending"), [("text", ".txt"), ("json", ".json")])
def test_a_report_for_every_student(
    grade: Callable[..., Done], tmp_path: Path, form: str, ending: str
) -> None:
    """Who handed in equal files has reports with their own file names on them."""
    hand_in(tmp_path / "class", ada="", bob="")
    assert grade("--reports", form).returncode == 0
    folder = tmp_path / "out" / "reports"
    assert {path.name for path in folder.iterdir()} == {f"ada{ending}", f"bob{ending}"}
    assert "bob.py" in (folder / f"bob{ending}").read_text("utf-8")


@filters_calls
def test_what_is_open_on_a_machine_is_not_graded_over(
    grade: Callable[..., Done], tmp_path: Path
) -> None:
    """Where submissions are not isolated, nothing is graded unless that is asked for."""
    hand_in(tmp_path / "class", ada="")
    kernels = str(ROOT / "tests" / "sandbox" / "kernels.py")
    without = (kernels, "seccomp", "--", sys.executable, "-m", "grader")
    refused = grade(program=without)
    assert refused.returncode == 4
    assert "not isolated on this machine (open: network" in refused.stderr
    assert "--allow-unisolated" in refused.stderr
    assert count_results(tmp_path / "out") == 0
    allowed = grade("--allow-unisolated", program=without)
    assert allowed.returncode == 0, allowed.stderr
    assert gradebook(tmp_path / "out")["ada"]["score"] == "100.0"
