"""The process that reads archives and notebooks: what it is kept from, and what becomes of it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from grader.documents import reader as reader_module
from grader.documents.reader import Reader, TooDear
from grader.errors import Fault
from grader.intake.collect import collect
from grader.model.problem import Problem
from tests.conftest import ROOT
from tests.intake.packing import code, folder, notebook, zipped

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them")
ASKED: dict[str, Any] = {"called": "a.zip", "where": "a.zip", "stem": "dense", "entry": "Dense"}


def read(reader: Reader, marker: str) -> bytes:
    """Have an archive read that holds one file; return what was found."""
    return reader.ask("archive", archive(marker), **ASKED)[1]


@cache
def archive(marker: str) -> bytes:
    """An archive with one file, made once: it holds the time at which it was made."""
    return zipped({"dense.py": code(marker)})


def test_one_process_reads_one_file_after_the_other() -> None:
    """It is started for the first and kept; what was read once is known."""
    with Reader() as reader:
        assert read(reader, "a") == code("a")
        (first,) = reader._processes.values()
        assert read(reader, "b") == code("b")
        assert reader._processes == {"archive": first}
        first.kill()
        assert read(reader, "a") == code("a")
        assert reader._processes == {"archive": first}
    assert first.poll() is not None
    assert not reader._processes


def test_a_lost_process_costs_nobody_a_mark() -> None:
    """Another one reads the file; who is lost again has met the machine's fault, not their own."""
    with Reader() as reader:
        read(reader, "a")
        reader._processes["archive"].kill()
        assert read(reader, "b") == code("b")


def test_a_process_that_keeps_failing_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says how it ended, and gives no mark."""
    monkeypatch.setattr(reader_module, "_code", lambda kind: "raise SystemExit(3)")
    with Reader() as reader, pytest.raises(Fault, match=r"could not be read: .* status 3"):
        read(reader, "a")


@linux
def test_a_process_that_is_stopped_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wall time is the machine's: only processor time is the file's."""
    monkeypatch.setattr(reader_module, "_PATIENCE", 0.1)
    stop = "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)"
    monkeypatch.setattr(reader_module, "_code", lambda kind: stop)
    with Reader() as reader, pytest.raises(Fault, match="did not answer within"):
        read(reader, "a")


@linux
def test_what_a_file_has_cost_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A class is read twice; a file that overruns costs its limit once."""
    died = "import os, signal; os.kill(os.getpid(), signal.SIGPROF)"
    monkeypatch.setattr(reader_module, "_code", lambda kind: died)
    with Reader() as reader:
        with pytest.raises(TooDear, match="takes more than 4 s to read"):
            read(reader, "a")
        monkeypatch.undo()
        with pytest.raises(TooDear):
            read(reader, "a")
        assert read(reader, "b") == code("b")


def test_plain_files_need_no_process(tmp_path: Path, dense: Problem) -> None:
    """A class of them is read as it always was."""
    source = folder(tmp_path / "c", {"anna.py": code(), "bo/dense.py": code("bo")})
    with collect(source, problem=dense) as intake:
        assert len(list(intake)) == 2
        assert not intake._reader._processes


@linux
def test_it_is_locked_up() -> None:
    """It opens no file and gains no privileges, whatever a decompressor can be made to do."""
    with Reader() as reader:
        reader.ask("notebook", notebook("x = 1"))
        read(reader, "a")
        for process in reader._processes.values():
            status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
            assert "NoNewPrivs:\t1" in status
            assert "CapEff:\t0000000000000000" in status
            assert "Seccomp:\t2" in status


@linux
def test_it_ends_with_whoever_started_it() -> None:
    """Also if that is killed and had no time to say so."""
    script = (
        "import sys, os, signal; from grader.documents.reader import Reader\n"
        "reader = Reader(); reader.ask('notebook', b'{}')\n"
        "print(reader._processes['notebook'].pid, flush=True); sys.stdin.read()"
    )
    given = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "env": given}
    with subprocess.Popen([sys.executable, "-c", script], **pipes) as caller:
        assert caller.stdout
        watched = os.pidfd_open(int(caller.stdout.readline()))
        caller.send_signal(signal.SIGKILL)
        assert select.select([watched], [], [], 60)[0]
        os.close(watched)
