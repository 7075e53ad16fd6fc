"""A large file goes to the disk as it is written, not all at once at its end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from beeplace.history.whole_file import SHARED, STEADY_BYTES, new_file


def test_no_more_than_a_piece_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced, fsync = list[int](), os.fsync

    def counted(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_size)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", counted)
    line, lines = bytes(1000), 5 * STEADY_BYTES // 1000
    with new_file(tmp_path / "export.csv", "an export", SHARED) as file:
        for _ in range(lines):
            file.write(line)
    waiting = [size - before for before, size in zip([0, *synced], synced, strict=False)]
    assert len(synced) >= 5
    assert max(waiting) < 2 * STEADY_BYTES
    assert synced[-1] == lines * len(line) == (tmp_path / "export.csv").stat().st_size
