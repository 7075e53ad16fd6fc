"""schemathesis against a running server: every route, by what the server's own /openapi.json says of it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
# A WebSocket is no HTTP; each picture is a process of its own, with a test file of its own.
ELSEWHERE = ("--exclude-path", "/desk/socket.io/", "--exclude-path", "/api/pictures")


def tried(url: str, key: str | None, *options: str, seconds: int = 120) -> subprocess.CompletedProcess[str]:
    """A run with a key, or none; its exit code is 0 where no check failed."""
    tool = str(Path(sys.executable).with_name("schemathesis"))
    shown = ["-H", f"apiKey: {key}"] if key else ["--generation-with-security-parameters", "false"]
    command = [tool, "--config-file", str(CONFIGURATION), "run", f"{url}/openapi.json", *ELSEWHERE, *shown]
    command += ["--no-shrink", "--continue-on-failure", "--no-color", *options]
    with tempfile.TemporaryDirectory() as folder:  # the tool leaves what it found where it runs
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=seconds)
