"""Copies of a board, lost files and nameless boots do no harm; and the rig sees the faults that are planted for it."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.lineage import file_lost, nameless_boot


def kinds(violations: list[str]) -> set[str]:
    return {violation.split(":")[0] for violation in violations}


async def test_nothing_is_confirmed_into_a_deleted_wal(tmp_path: Path) -> None:
    assert await file_lost("wal", "", tmp_path) == []


async def test_nothing_is_confirmed_into_a_file_that_was_replaced(tmp_path: Path) -> None:
    assert await file_lost("replaced", "", tmp_path) == []


async def test_confirmations_into_a_deleted_wal_are_found(tmp_path: Path) -> None:
    assert {"lost", "unnoticed"} & kinds(await file_lost("wal", "blind-to-its-file", tmp_path))


async def test_a_window_is_as_long_where_the_boot_has_no_name(tmp_path: Path) -> None:
    assert await nameless_boot("", tmp_path) == []


async def test_a_window_that_ends_early_elsewhere_is_found(tmp_path: Path) -> None:
    assert "allowance" in kinds(await nameless_boot("clock-behind", tmp_path))
