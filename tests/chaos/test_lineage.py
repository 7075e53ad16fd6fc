"""Copies of a board, lost files and nameless boots do no harm; and the rig sees the faults that are planted for it."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.lineage import file_lost


def kinds(violations: list[str]) -> set[str]:
    return {violation.split(":")[0] for violation in violations}


async def test_nothing_is_confirmed_into_a_deleted_wal(tmp_path: Path) -> None:
    assert await file_lost("wal", "", tmp_path) == []


async def test_nothing_is_confirmed_into_a_file_that_was_replaced(tmp_path: Path) -> None:
    assert await file_lost("replaced", "", tmp_path) == []


async def test_confirmations_into_a_deleted_wal_are_found(tmp_path: Path) -> None:
    assert {"lost", "unnoticed"} & kinds(await file_lost("wal", "blind-to-its-file", tmp_path))
