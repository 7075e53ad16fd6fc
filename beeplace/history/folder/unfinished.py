"""A folder that is there whole or not at all: written under another name, and renamed once it is on stable storage."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

CHECKSUMS: Final = "SHA256SUMS"
_AT_ONCE: Final = 1 << 20


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A new folder, empty at first, at the end with the checksums of all in it. Nothing is left of one that fails.

    Raises FileExistsError where the name is taken, before anything is done, and OSError where it cannot be written.
    """
    if path.exists() or path.is_symlink():
        raise FileExistsError(0, "there is something of that name already", str(path))
    unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    unfinished.mkdir()
    try:
        yield unfinished
        _write_checksums(unfinished)
        for folder in [one for one in unfinished.rglob("*") if one.is_dir()]:
            _synchronise(folder)
        _synchronise(unfinished)
        unfinished.rename(path)  # a folder of that name that is not empty is never replaced
        _synchronise(path.parent)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _write_checksums(folder: Path) -> None:
    """In the form of `sha256sum`, whose `-c` compares them; each file is on stable storage then."""
    files = sorted(one.relative_to(folder) for one in folder.rglob("*") if one.is_file())
    lines = [f"{_sha256(folder / name)}  {name.as_posix()}\n" for name in files]
    with (folder / CHECKSUMS).open("w", encoding="utf-8") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())


def _sha256(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while some := file.read(_AT_ONCE):
            found.update(some)
        os.fsync(file.fileno())
    return found.hexdigest()


def _synchronise(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
