"""Runs commands of BeePlace, each as a fork where that does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests import preloaded
from tests.preloaded import PIPE, Stream

SECONDS = 60


def run_beeplace(folder: Path, *arguments: str, **settings: object) -> subprocess.CompletedProcess[str]:
    """What became of `beeplace ARGUMENTS` in that folder with those settings; None leaves one out."""
    environment = environment_of(settings)
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


def pipe_beeplace(
    folder: Path, *arguments: str, given: bytes | None = None, **settings: object
) -> subprocess.CompletedProcess[bytes]:
    """The same for what reads and writes bytes."""
    return preloaded.run_in_bytes(folder, environment_of(settings), SECONDS, *arguments, given=given)


def begin_beeplace(
    folder: Path, *arguments: str, stdout: Stream = PIPE, stderr: Stream = PIPE, **settings: object
) -> subprocess.Popen[bytes] | preloaded.Fork:
    """`beeplace ARGUMENTS` while it runs, for a test that ends it or reads along."""
    environment = environment_of(settings)
    if preloaded.can_start(environment):
        return preloaded.start(folder, environment, *arguments, stdout=stdout, stderr=stderr)
    command = [sys.executable, "-m", "beeplace", *arguments]
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=stdout, stderr=stderr)


def environment_of(settings: dict[str, object]) -> dict[str, str]:
    """That of the tests with these settings."""
    given = {**os.environ, "API_KEY": "k" * 24, **settings}
    return {name: str(value) for name, value in given.items() if value is not None}
