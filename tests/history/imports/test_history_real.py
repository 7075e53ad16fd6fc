"""`make history-real`: the comparison finds what was lost, and nothing where nothing was."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.history.imports.test_import import REDDIT_2022
from tests.project.tree import ROOT


def compared(path: Path) -> subprocess.CompletedProcess[str]:
    """What the script says of a file."""
    command: list[str | Path] = [sys.executable, ROOT / "scripts" / "history_real.py", path]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_a_file_whose_rows_all_come_out_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "file.csv").write_text(REDDIT_2022)
    ended = compared(tmp_path / "file.csv")
    assert (ended.returncode, ended.stdout.splitlines()[-1]) == (
        0, "3 rows of one pixel in the file, 3 in the export",
    )  # fmt: skip


def test_a_row_that_does_not_come_out_is_told(tmp_path: Path) -> None:
    (tmp_path / "file.csv").write_text(REDDIT_2022 + '2022-04-31 00:53:52 UTC,ann,#FF0000,"3,1"\n')
    ended = compared(tmp_path / "file.csv")
    assert ended.returncode == 1
    assert "1 rows only in the file, such as ('2022-04-31 00:53:52 UTC', '#FF0000', '3,1')" in ended.stdout
