"""The backup file: whatever was cut off, changed or is something else is refused."""

from __future__ import annotations

import gzip
import stat
from pathlib import Path

import pytest

from beeplace.errors import BackupDamaged, StoreUnavailable
from beeplace.history.backup import backup
from beeplace.history.backup_file import MAGIC, BackupReader
from tests.closed_store import archive, closed_store
from tests.log.stores import change


@pytest.fixture
async def kept(tmp_path: Path) -> Path:
    """A backup."""
    file = tmp_path / "board.backup"
    await backup(archive(await closed_store(tmp_path / "drawn")), file)
    return file


def test_only_its_owner_can_read_a_backup(kept: Path) -> None:
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_backup_says_what_it_is(kept: Path) -> None:
    with gzip.open(kept) as file:
        assert file.readline() == MAGIC


def test_a_backup_that_was_cut_off_is_refused_wherever(kept: Path) -> None:
    whole = kept.read_bytes()
    for length in range(len(whole)):
        kept.write_bytes(whole[:length])
        with pytest.raises(BackupDamaged):
            list(read(kept))


def test_a_backup_with_one_changed_byte_is_refused_or_means_the_same(kept: Path) -> None:
    """gzip has bits that mean nothing, and ways to say the same in other words; nothing else goes unnoticed."""
    whole, content, same = kept.read_bytes(), read(kept), 0
    for position in range(len(whole)):
        kept.write_bytes(whole[:position] + bytes([whole[position] ^ 0x10]) + whole[position + 1 :])
        try:
            assert read(kept) == content
            same += 1
        except BackupDamaged:
            pass
    assert same < len(whole) / 20


def test_a_backup_with_other_content_but_a_right_gzip_is_refused(kept: Path) -> None:
    content = gzip.decompress(kept.read_bytes())
    for position in range(0, len(content), 7):
        changed = content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :]
        kept.write_bytes(gzip.compress(changed, 1))
        with pytest.raises(BackupDamaged):
            list(read(kept))


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM log WHERE seq = 4",
        "DELETE FROM log WHERE seq = 8",
        "UPDATE log SET x = 70000 WHERE seq = 4",
        "UPDATE log SET color = 4 WHERE seq = 4",
        "UPDATE log SET kind = 5 WHERE seq = 6",
        "UPDATE log SET epoch = 1 WHERE seq = 4",
    ],
)
async def test_a_log_that_could_not_be_restored_is_told_when_it_is_backed_up(tmp_path: Path, sql: str) -> None:
    session = await closed_store(tmp_path / "drawn")
    change(tmp_path / "drawn" / "board.db", sql)
    with pytest.raises(StoreUnavailable, match=r"the log (is damaged|ends) at entry"):
        await backup(archive(session), tmp_path / "file")
    assert [path.name for path in tmp_path.iterdir()] == ["drawn"]


def read(path: Path) -> list[object]:
    with path.open("rb") as file:
        return list(BackupReader(file))
