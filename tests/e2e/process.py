"""Runs a command of BeePlace that ends by itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests import preloaded

SECONDS = 60


def run_beeplace(folder: Path, *arguments: str, **settings: object) -> subprocess.CompletedProcess[str]:
    """What became of `beeplace ARGUMENTS` in that folder with those settings; None leaves one out."""
    given = {**os.environ, "API_KEY": "k" * 24, **settings}
    environment = {name: str(value) for name, value in given.items() if value is not None}
    if preloaded.can_start(environment):
        return preloaded.run(folder, environment, SECONDS, *arguments)
    return subprocess.run(
        [sys.executable, "-m", "beeplace", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
