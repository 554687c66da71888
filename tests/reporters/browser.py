"""Headless Chromium, driven through its debugging pipe: no port, no package, no network."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
_FLAGS = """--headless --no-sandbox --disable-gpu --disable-background-networking
--disable-component-update --disable-sync --no-first-run --hide-scrollbars
--remote-debugging-pipe""".split()


class Tab:
    """One page in a browser."""

    def __init__(self, read: int, write: int) -> None:
        self._read, self._write = read, write
        self._pending = b""
        self._number = 0
        self._session: str | None = None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        found = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = found["sessionId"]
        self.ask("Page.enable")

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command of the DevTools protocol and return its result."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        answer = self._until(lambda told: told.get("id") == self._number)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        result: dict[str, Any] = answer["result"]
        return result

    def show(self, path: Path, width: int, *, dark: bool = False) -> None:
        """Load a file in a window of so many CSS pixels."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=800,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])
        self.ask("Page.navigate", url=path.resolve().as_uri())
        self._until(lambda told: told.get("method") == "Page.loadEventFired")

    def picture(self, width: int, height: int, *, dark: bool = False) -> bytes:
        """The beginning of what is shown as PNG, with nothing moving on it."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        still = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme, still])
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        frame = "new Promise(go => requestAnimationFrame(() => requestAnimationFrame(go)))"
        self.run(f"{frame}.then(() => 0)")
        return base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"])

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression in the page, awaited if it is a promise."""
        found = self.ask(
            "Runtime.evaluate",
            expression=script,
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        if "exceptionDetails" in found:
            raise RuntimeError(found["exceptionDetails"])
        return found["result"].get("value")

    def _until(self, wanted: Any) -> dict[str, Any]:
        while True:
            while b"\0" not in self._pending:
                data = os.read(self._read, 1 << 16)
                if not data:
                    raise RuntimeError("the browser has ended")
                self._pending += data
            line, _, self._pending = self._pending.partition(b"\0")
            told: dict[str, Any] = json.loads(line)
            if wanted(told):
                return told


@contextmanager
def tab(profile: Path, chromium: str | None = CHROMIUM) -> Iterator[Tab]:
    """A browser with one page, which ends with the block."""
    assert chromium is not None
    ours, theirs = os.pipe(), os.pipe()  # commands; answers
    # The browser reads descriptor 3 and writes 4.
    script = f'exec "$@" 3<&{ours[0]} 4>&{theirs[1]}'
    command = ["bash", "-c", script, "bash", chromium, *_FLAGS, f"--user-data-dir={profile}"]
    with subprocess.Popen(
        command, pass_fds=(ours[0], theirs[1]), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as browser:
        os.close(ours[0])
        os.close(theirs[1])
        try:
            yield Tab(theirs[0], ours[1])
        finally:
            os.close(ours[1])
            os.close(theirs[0])
            browser.kill()
