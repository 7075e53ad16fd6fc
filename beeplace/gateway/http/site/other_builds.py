"""Files of other builds, in a folder that gateways share: a page of one build finds its files at each of them."""

from __future__ import annotations

import asyncio
import gzip
import os
import re
import tempfile
import time
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
_KEPT_SECONDS = 30 * 24 * 3600.0
_MAX_KEPT = 64  # files in memory: all of a build or two


class OtherBuilds:
    """Names have a hash of what is in them, so a file never changes and it does not matter who wrote it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._packed: OrderedDict[str, tuple[bytes, bytes]] = OrderedDict()  # what was asked for last

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

    async def read(self, name: str) -> tuple[bytes, bytes] | None:
        """A file of whatever build, plain and gzipped; None where there is none of that name."""
        if name not in self._packed:
            if not _NAME.fullmatch(name) or (found := await asyncio.to_thread(self._read, name)) is None:
                return None
            self._packed[name] = found
            if len(self._packed) > _MAX_KEPT:
                self._packed.popitem(last=False)
        return self._packed[name]

    def _read(self, name: str) -> tuple[bytes, bytes] | None:
        try:
            plain = (self._folder / name).read_bytes()
        except OSError:
            return None
        return plain, gzip.compress(plain, mtime=0)

    def _tidy(self, before: float) -> None:
        for path in self._folder.iterdir():
            try:
                if path.is_file() and path.stat().st_mtime < before:
                    path.unlink()
            except FileNotFoundError:
                pass  # another gateway that starts now was faster
