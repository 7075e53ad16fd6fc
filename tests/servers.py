"""Starts the real server as a process of its own: free port, temporary folder, ended by its own handle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from beeplace.settings.table import FIELDS
from tests import preloaded
from tests.waiting import ended

API_KEY = "a-key-for-tests-of-enough-length"
START_SECONDS = 60.0


class ServerProcess:
    """One running gateway. `url` is where it listens; `folder` has its data and its log."""

    command: tuple[str, ...] = (sys.executable, "-m", "beeplace")

    def __init__(self, folder: Path, **settings: object) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.log = folder / "server.log"
        ours = {field.variable for field in FIELDS}
        given = {"HOST": "127.0.0.1", "PORT": "0", "API_KEY": API_KEY, **{k: str(v) for k, v in settings.items()}}
        self.environment = {k: v for k, v in os.environ.items() if k not in ours} | given
        self.start()

    def set(self, **settings: object) -> None:
        """Changes settings for the next start."""
        self.environment |= {name: str(value) for name, value in settings.items()}

    def start(self) -> None:
        """Starts it, again if it was stopped or killed; returns once it listens."""
        with self.log.open("ab") as log:
            self.process = self._begun(log)
        self.url = self._listening()
        self.port = int(self.url.rsplit(":", 1)[1])

    def _begun(self, log: IO[bytes]) -> subprocess.Popen[bytes] | preloaded.Fork:
        of_python, (module, *arguments) = self.command[:2] == (sys.executable, "-m"), self.command[2:] or ("",)
        if of_python and "--workers" not in arguments and preloaded.can_start(self.environment):
            return preloaded.start(self.folder, self.environment, *arguments, module=module, stderr=log)
        return subprocess.Popen(self.command, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=log)

    def _listening(self) -> str:
        assert self.process.stdout
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            line = self.process.stdout.readline().decode()
            if "listens on " in line:
                return line.split("listens on ")[1].strip()
            if not line and self.process.poll() is not None:
                break
        raise AssertionError(f"the server did not start: {self.log.read_text()[-2000:]}")

    def resident_bytes(self) -> int:
        """Its memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) * 1024

    def stop(self) -> int:
        """SIGTERM, and its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self._ended()

    def kill(self) -> int:
        """SIGKILL, as a crash would."""
        self.process.kill()
        return self._ended()

    def _ended(self) -> int:
        try:
            return ended(self.process, "the server")
        finally:
            if self.process.stdout:
                self.process.stdout.close()
