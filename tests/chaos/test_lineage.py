"""Copies of a board, lost files and nameless boots do no harm; and the rig sees the faults that are planted for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.lineage import Loss, Origin, file_lost, nameless_boot, older_copy, rehearsal

STORES = ("sqlite", "postgresql")
ORIGINS: tuple[Origin, ...] = ("restored", "cloned")
LOSSES: tuple[Loss, ...] = ("wal", "replaced")


def kinds(violations: list[str]) -> set[str]:
    return {violation.split(":")[0] for violation in violations}


@pytest.mark.parametrize("origin", ORIGINS)
async def test_a_rehearsal_beside_production_is_not_heard_there(origin: Origin, tmp_path: Path) -> None:
    assert await rehearsal(origin, "", tmp_path) == []


async def test_a_rehearsal_that_is_heard_is_found(tmp_path: Path) -> None:
    assert {"false", "stopped"} & kinds(await rehearsal("cloned", "one-bus-for-all", tmp_path))


@pytest.mark.parametrize("store", STORES)
async def test_who_saw_more_than_an_older_copy_has_gets_the_whole_board(store: str, tmp_path: Path) -> None:
    assert await older_copy(store, "", tmp_path) == []


async def test_a_delta_over_another_history_is_found(tmp_path: Path) -> None:
    assert "diverged" in kinds(await older_copy("sqlite", "one-history", tmp_path))


@pytest.mark.parametrize("loss", LOSSES)
async def test_nothing_is_confirmed_into_a_file_that_is_gone(loss: Loss, tmp_path: Path) -> None:
    assert await file_lost(loss, "", tmp_path) == []


@pytest.mark.parametrize("loss", LOSSES)
async def test_confirmations_into_a_file_that_is_gone_are_found(loss: Loss, tmp_path: Path) -> None:
    assert {"lost", "unnoticed"} & kinds(await file_lost(loss, "blind-to-its-file", tmp_path))


async def test_a_window_is_as_long_where_the_boot_has_no_name(tmp_path: Path) -> None:
    assert await nameless_boot("", tmp_path) == []


async def test_a_window_that_ends_early_elsewhere_is_found(tmp_path: Path) -> None:
    assert "allowance" in kinds(await nameless_boot("clock-behind", tmp_path))
