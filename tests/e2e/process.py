"""Runs a command of BeePlace that ends by itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SECONDS = 60


def run_beeplace(folder: Path, *arguments: str, **settings: object) -> subprocess.CompletedProcess[str]:
    """What became of `beeplace ARGUMENTS` in that folder with those settings; None leaves one out."""
    given = {**os.environ, "API_KEY": "k" * 24, **settings}
    return subprocess.run(
        [sys.executable, "-m", "beeplace", *arguments],
        cwd=folder,
        env={name: str(value) for name, value in given.items() if value is not None},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
