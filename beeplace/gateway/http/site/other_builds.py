"""Files of other builds, in a folder that gateways share: a page of one build finds its files at each of them."""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
_KEPT_SECONDS = 30 * 24 * 3600.0


class OtherBuilds:
    """Names have a hash of what is in them, so a file never changes and it does not matter who wrote it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def share(self, files: Mapping[str, bytes]) -> None:
        """Puts this build's files there, and removes those that no gateway has started with for a month.

        Raises OSError where the folder cannot be written."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            path = self._folder / name
            if path.is_file() and path.stat().st_size == len(content):
                os.utime(path)
                continue
            with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as new:
                new.write(content)
            Path(new.name).chmod(0o644)
            Path(new.name).replace(path)
        self._tidy(time.time() - _KEPT_SECONDS)

    def read(self, name: str) -> bytes | None:
        """A file of whatever build; None where there is none of that name."""
        if not _NAME.fullmatch(name):
            return None
        try:
            return (self._folder / name).read_bytes()
        except OSError:
            return None

    def _tidy(self, before: float) -> None:
        for path in self._folder.iterdir():
            try:
                if path.is_file() and path.stat().st_mtime < before:
                    path.unlink()
            except FileNotFoundError:
                pass  # another gateway that starts now was faster
