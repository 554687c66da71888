"""Who may take part in a cluster: certificates made here, addresses, and a folder of one's own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

pytest.importorskip("distributed")

import trustme

from grader.errors import UsageError
from grader.grading.cluster.connection import require_private, safe_address
from grader.grading.cluster.cpu_claims import claimed
from grader.model.problem import Problem
from tests.conftest import ROOT
from tests.grading.cluster import processes
from tests.results.test_class_run import count_results, hand_in

if sys.platform != "linux":
    pytest.skip("clusters are tried on Linux", allow_module_level=True)


@pytest.fixture
def certified(tmp_path: Path) -> dict[str, str]:
    """An environment in which Dask finds a certificate, by the commands of docs/scale.md.

    Where there is no openssl, the certificate is made without it.
    """
    has_openssl = shutil.which("openssl") is not None
    text = (ROOT / "docs" / "scale.md").read_text("utf-8")
    script = next(
        block for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) if "req" in block
    )
    folder = tmp_path / ".config" / "dask"
    if not has_openssl:
        script = "".join(line for line in script.splitlines(True) if "openssl" not in line)
    subprocess.run(["bash", "-euc", script], env={**os.environ, "HOME": str(tmp_path)}, check=True)
    if not has_openssl:
        authority = trustme.CA()
        ours = authority.issue_cert("127.0.0.1")
        chain = [*ours.cert_chain_pems, authority.cert_pem]
        (folder / "grader.pem").write_bytes(b"".join(part.bytes() for part in chain))
        ours.private_key_pem.write_to_path(folder / "grader.key")
    return {"HOME": str(tmp_path), "DASK_CONFIG": str(folder)}


def grade(
    folder: Path, *options: str, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    arguments = ["small", "class", "-o", "out", "-q", "--library", "library", *options]
    return subprocess.run(
        [sys.executable, "-P", "-m", "grader", "grade", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_cluster_by_tls(small: Problem, certified: dict[str, str], tmp_path: Path) -> None:
    """As docs/scale.md begins; who has no certificate, or one of somebody else, is not let in."""
    hand_in(tmp_path / "class", ada="", bob="x")
    with (
        processes.scheduler("--protocol", "tls", environment=certified) as (address, _),
        processes.workers(address, tmp_path / "s", "--no-nanny", environment=certified),
    ):
        assert address.startswith("tls://")
        done = grade(tmp_path, "--cluster", address, environment=certified)
        assert (done.returncode, done.stderr) == (0, "")
        assert count_results(tmp_path / "out") == 2
        nothing = {"DASK_CONFIG": str(tmp_path / "nowhere"), "HOME": str(tmp_path / "nowhere")}
        for variables in (nothing, stranger(tmp_path / "stranger")):
            done = grade(tmp_path, "--cluster", address, "--regrade", environment=variables)
            told = ("TLS needs certificates", 2) if variables is nothing else ("no Dask sched", 4)
            assert told[0] in done.stderr
            assert done.returncode == told[1]
            assert "Traceback" not in done.stderr


def stranger(folder: Path) -> dict[str, str]:
    """A certificate of an authority of its own, under which the cluster's is not."""
    folder.mkdir()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    ours = authority.issue_cert("127.0.0.1")
    ours.private_key_and_cert_chain_pem.write_to_path(folder / "both.pem")
    prefix = "DASK_DISTRIBUTED__COMM__TLS__"
    return {
        "DASK_CONFIG": str(folder),
        f"{prefix}CA_FILE": str(folder / "ca.pem"),
        f"{prefix}CLIENT__CERT": str(folder / "both.pem"),
        f"{prefix}CLIENT__KEY": str(folder / "both.pem"),
    }


SAFE = """
    127.0.0.1 127.0.0.1:1 localhost tcp://localhost:1 tcp://127.1.2.3 tcp://[::1]:1 ws://[::1]
    tcp://[::ffff:127.0.0.1]:1 ucx://127.0.0.1 tls://10.0.0.5 TLS://host:1 wss://host
"""
UNSAFE = """
    10.0.0.5 host tcp://host:1 tcp://10.0.0.5:1 ws://host ucx://host tcp://0.0.0.0 tcp://[::]:1
    tcp://[fe80::1] tcp://127.0.0.1@10.0.0.5:1 tcp://localhost.evil.org 2130706433 tcp://127.1
"""


@pytest.mark.parametrize("address", SAFE.split())
def test_addresses_that_only_we_can_reach(address: str) -> None:
    """This machine, or encrypted."""
    assert safe_address(address) == safe_address(address, trust_network=True)
    require_private(safe_address(address))


@pytest.mark.parametrize("address", UNSAFE.split())
def test_addresses_that_others_can_reach(address: str) -> None:
    """Names that are not this machine's for certain are among them; the network may be trusted."""
    with pytest.raises(UsageError, match="--trust-network"):
        safe_address(address)
    safe_address(address, trust_network=True)


@pytest.mark.parametrize(
    "address", ["inproc://1", "http://h:1", "tcp://h:x", "", "tcp://", "::1:8"]
)
def test_what_is_no_address(address: str) -> None:
    """Dask has no listener of that kind, or there is no host in it."""
    with pytest.raises(UsageError, match="not the address of a Dask scheduler"):
        safe_address(address, trust_network=True)


def test_a_file_is_no_address(tmp_path: Path) -> None:
    """A scheduler file of Dask has the address in it."""
    (tmp_path / "scheduler.json").write_text("{}")
    with pytest.raises(UsageError, match="is a file; give the address"):
        safe_address(str(tmp_path / "scheduler.json"))


def test_the_command_refuses_before_it_connects(small: Problem, tmp_path: Path) -> None:
    """Exit code 2, and what to do; also where there is nothing to be graded any more."""
    hand_in(tmp_path / "class", ada="")
    done = grade(tmp_path, "--cluster", "tcp://10.255.255.1:8786", environment={})
    assert done.returncode == 2
    assert "Use TLS (tls://host:8786; docs/scale.md says how), or" in done.stderr
    done = grade(tmp_path, "--trust-network", environment={})
    assert done.returncode == 2
    assert "is about --cluster" in done.stderr


# -- claims of processors ------------------------------------------------------------------


def claims_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"grader-processors-{os.getuid()}"


def test_claims_are_in_a_folder_of_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else can enter it; a processor that is claimed is not claimed again."""
    folder = claims_folder(monkeypatch, tmp_path)
    count = len(os.sched_getaffinity(0))
    with claimed(count) as first, claimed(1) as second:
        assert (len(first), second) == (count, [])
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("kind", ["link", "open", "file", "another's"])
def test_a_folder_that_may_be_anothers_is_not_used(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is said, and nothing is written there; grading goes on without claims."""
    folder = claims_folder(monkeypatch, tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    if kind == "link":
        folder.symlink_to(elsewhere)
    elif kind == "file":
        folder.touch()
    else:
        folder.mkdir(mode=0o700)
    if kind == "open":
        folder.chmod(0o755)
    if kind == "another's":
        if os.getuid() != 0:
            pytest.skip("only root can give a folder away")
        os.chown(folder, 12345, 12345)
    with claimed(1) as found:
        assert found == []
    assert "is not a folder of this user alone" in caplog.text
    assert not list(elsewhere.iterdir())
    assert folder.is_file() or not list(folder.iterdir())
