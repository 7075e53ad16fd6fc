"""Organisers' keys in a database of either kind: added and revoked while a gateway has it open, and in its backup."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from beeplace.history.backup import backup, restore
from beeplace.log.keys import KeyNameTaken, KeyStore, StoredKey
from beeplace.log.postgres.keys import postgres_keys
from beeplace.log.sqlite.keys import sqlite_keys
from tests.closed_store import archive
from tests.log.samples import STORES, WANTED, Session, placement
from tests.postgres import schema_url

ANNA = StoredKey("1", "Anna", "viewer", b"a" * 32, 1_000)
BERT = StoredKey("2", "Bert", "operator", b"b" * 32, 2_000, until_ms=9_000)


@asynccontextmanager
async def keys(session: Session) -> AsyncIterator[KeyStore]:
    """As a command of its own would open them."""
    if session.make is STORES["postgres"]:
        async with postgres_keys(schema_url(str(session.folder)), WANTED, 0) as store:
            yield store
    else:
        async with sqlite_keys(session.folder / "board.db", WANTED) as store:
            yield store


async def test_keys_are_added_and_read_beside_an_open_store(session: Session) -> None:
    async with keys(session) as store:
        await store.add(BERT, 2_000)
        await store.add(ANNA, 2_000)
        assert await store.keys() == [ANNA, BERT]
    assert await session.store.keys() == [ANNA, BERT]


async def test_a_store_goes_on_beside_whoever_adds_keys(session: Session) -> None:
    for number in range(40):  # more than one page of the write-ahead log
        async with keys(session) as store:
            await store.add(StoredKey(str(number), f"key {number}", "viewer", bytes((number,)) * 32, number), 0)
        assert (await session.place(placement(number % 9, 0, by=bytes((number,)) * 16)))[0].seq == number + 1
    await session.store.look()
    await session.restart()
    assert session.board.state.seq == len(await session.store.keys()) == 40


async def test_a_name_is_one_valid_keys(session: Session) -> None:
    async with keys(session) as store:
        await store.add(ANNA, 1_000)
        again = StoredKey("3", "Anna", "moderator", b"c" * 32, 3_000)
        with pytest.raises(KeyNameTaken):
            await store.add(again, 3_000)
        assert await store.revoke("Anna", 3_000)
        await store.add(again, 3_000)
        assert [key.revoked_ms for key in await store.keys()] == [3_000, None]


async def test_a_name_is_free_once_its_key_has_ended(session: Session) -> None:
    async with keys(session) as store:
        await store.add(BERT, 2_000)
        await store.add(StoredKey("3", "Bert", "viewer", b"c" * 32, 9_000), 9_000)
        assert len(await store.keys()) == 2


async def test_only_a_valid_key_is_revoked(session: Session) -> None:
    async with keys(session) as store:
        await store.add(BERT, 2_000)
        assert not await store.revoke("Anna", 3_000)
        assert not await store.revoke("Bert", 9_000)
        assert await store.revoke("Bert", 3_000)
        assert not await store.revoke("Bert", 4_000)
        assert [key.revoked_ms for key in await store.keys()] == [3_000]


@pytest.mark.parametrize("kind", sorted(STORES))
async def test_a_backup_carries_the_keys(kind: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    session = Session(tmp_path_factory.mktemp("one"), STORES[kind])
    await session.open()
    await session.place(placement())
    async with keys(session) as store:
        await store.add(ANNA, 1_000)
        await store.add(BERT, 2_000)
        await store.revoke("Anna", 3_000)
        kept = await store.keys()
    await session.store.close()
    await backup(archive(session), session.folder / "backup")
    for into in sorted(STORES):
        other = Session(tmp_path_factory.mktemp(into), STORES[into])
        await restore(archive(other), session.folder / "backup")
        await other.open()
        assert await other.store.keys() == kept
        await other.store.close()


@pytest.mark.parametrize("kind", sorted(STORES))
async def test_keys_may_be_made_before_the_first_start(kind: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    session = Session(tmp_path_factory.mktemp("new"), STORES[kind])
    async with keys(session) as store:
        await store.add(ANNA, 1_000)
    await session.open()
    assert await session.store.keys() == [ANNA]
    assert session.board.state.seq == 0
    await session.store.close()


async def test_secrets_are_written_anew_beside_an_open_store(session: Session) -> None:
    old = await session.store.secret("identities")
    await session.place(placement(1, 1))
    async with keys(session) as store:
        known = await store.secrets()
        await store.replace_secrets(known | {"identities": b"n" * 32, "organiser:1": b"o" * 16})
    assert await session.store.secret("identities") == b"n" * 32 != old
    assert (await session.store.secrets())["organiser:1"] == b"o" * 16
    while not await session.store.scrub():
        pass
    assert (await session.place(placement(2, 2)))[0].seq == 2
    await session.store.look()
    assert [path for path in session.folder.glob("board.db*") if old in path.read_bytes()] == []
