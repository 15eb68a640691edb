"""A Chromium without a window, asked by its own protocol: what a page does under hands, keys and a change of size.

It is driven through the sockets of tornado, which comes with the Jupyter client.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_PATIENCE = 90.0
_WAITING = """
  const rest = (ms = 30) => new Promise((done) => setTimeout(done, ms));
  const until = async (test) => { for (let n = 0; n < 300 && !test(); n++) await rest(10); };
"""


class Browser:
    """One tab. Errors of the page are kept in `errors`: what a script threw, and what the policy forbade."""

    def __init__(self, address: str) -> None:
        from tornado.websocket import websocket_connect

        self._loop = asyncio.new_event_loop()
        self._socket = self._loop.run_until_complete(self._begun(websocket_connect, address))
        self._number = 0
        self._events: list[dict[str, Any]] = []
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    @staticmethod
    async def _begun(connect: Any, address: str) -> Any:
        return await connect(address, max_message_size=1 << 30)

    def call(self, method: str, **given: Any) -> dict[str, Any]:
        """Call a method of the protocol. Raises RuntimeError with what the browser says is wrong."""
        self._number += 1
        asked = json.dumps({"id": self._number, "method": method, "params": given})
        self._loop.run_until_complete(self._said(asked))
        while (found := self._next()).get("id") != self._number:
            self._events.append(found)
        if "error" in found:
            raise RuntimeError(f"{method}: {found['error']}")
        return dict(found["result"])

    def _next(self) -> dict[str, Any]:
        return dict(json.loads(self._loop.run_until_complete(self._heard())))

    # tornado's methods ask for a running loop.
    async def _said(self, text: str) -> None:
        await self._socket.write_message(text)

    async def _heard(self) -> Any:
        return await asyncio.wait_for(self._socket.read_message(), _PATIENCE)

    def open(self, path: Path, *, width: int = 1280, height: int = 900, dark: bool = False) -> float:
        """Open a page and return after how many seconds it was loaded; below 600 pixels it is a phone's."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 600,
        )  # fmt: skip
        self.call("Emulation.setTouchEmulationEnabled", enabled=width < 600)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)
        self._events.clear()
        begin = time.monotonic()
        self.call("Page.navigate", url=path.resolve().as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self._events):
            self._events.append(self._next())
        return time.monotonic() - begin

    def ask(self, script: str) -> Any:
        """Run the body of an async function in the page and return what it returns.

        `rest(ms)` waits in it, and `until(test)` waits until something is so, at most three seconds.
        """
        found = self.call(
            "Runtime.evaluate",
            expression=f"(async () => {{ {_WAITING} {script} }})()",
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in found:
            raise RuntimeError(found["exceptionDetails"].get("exception", {}).get("description", str(found)))
        return found["result"].get("value")

    @property
    def errors(self) -> list[str]:
        told = {"Runtime.exceptionThrown", "Log.entryAdded"}
        return [json.dumps(event["params"]) for event in self._events if event.get("method") in told]

    def close(self) -> None:
        """Leave the tab."""
        self._socket.close()
        self._loop.close()


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """Give a browser that keeps what it needs in a folder; the test is skipped where there is none that runs."""
    if PROGRAM is None:
        pytest.skip("there is no Chromium on this machine")
    profile = folder / "profile"
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    command = [PROGRAM, *options, "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        port = _port(process, profile / "DevToolsActivePort")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=_PATIENCE) as answer:
            tabs = json.load(answer)
        opened = Browser(next(tab for tab in tabs if tab["type"] == "page")["webSocketDebuggerUrl"])
        try:
            yield opened
        finally:
            opened.close()
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _port(process: subprocess.Popen[bytes], path: Path) -> str:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            pytest.skip(f"Chromium does not run here (exit code {process.returncode})")
        if path.exists() and "\n" in (held := path.read_text()):
            return held.split("\n")[0]
        time.sleep(0.02)
    pytest.skip("Chromium does not answer here")
