"""Makes organisers' keys as an organiser would: by the command, beside a server that runs."""

from __future__ import annotations

import re
import subprocess

from tests import preloaded
from tests.servers import ServerProcess

SECONDS = 60


def keys_command(server: ServerProcess, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`beeplace keys` with the settings and in the folder of a server."""
    return preloaded.run(server.folder, server.environment, SECONDS, "keys", *arguments)


def add_key(server: ServerProcess, name: str, role: str, *more: str) -> str:
    """A new key."""
    done = keys_command(server, "add", name, "--role", role, *more)
    assert done.returncode == 0, done.stderr
    [key] = re.findall(r"^  (\S{43})$", done.stdout, re.MULTILINE)
    return str(key)
