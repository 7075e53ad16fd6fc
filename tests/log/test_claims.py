"""Claims of tickets in a store of either kind: a ticket is one person's, whoever asks at once, and in its backup."""

from __future__ import annotations

import asyncio

import pytest

from beeplace.history.backup import backup, restore
from beeplace.log.claims.claim import Claim
from tests.closed_store import archive
from tests.log.samples import ANN, BOB, STORES, Session, placement

CODE, TICKET = b"a code of a list", b"a signed ticket."


async def test_a_ticket_is_whose_it_was_first(session: Session) -> None:
    store = session.store
    assert (await store.holder_of(TICKET), await store.listed_claims()) == (None, 0)
    people = [bytes((number,)) * 16 for number in range(9)]
    [holder] = {*await asyncio.gather(*(store.claim(Claim(TICKET, who, listed=False)) for who in people))}
    assert await store.holder_of(TICKET) == holder in people
    assert await store.claim(Claim(CODE, ANN, listed=True)) == ANN
    assert await store.claim(Claim(CODE, BOB, listed=True)) == ANN
    assert await store.listed_claims() == 1
    await session.restart()
    assert await session.store.holder_of(CODE) == ANN


async def test_a_ticket_that_was_released_is_anybodys(session: Session) -> None:
    await session.store.claim(Claim(TICKET, ANN, listed=False))
    assert [await session.store.release(TICKET) for _ in range(2)] == [True, False]
    assert await session.store.claim(Claim(TICKET, BOB, listed=False)) == BOB


@pytest.mark.parametrize("kind", sorted(STORES))
async def test_a_backup_carries_the_claims(kind: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    session = Session(tmp_path_factory.mktemp("one"), STORES[kind])
    await session.open()
    await session.place(placement())
    for claim in (Claim(CODE, ANN, listed=True), Claim(TICKET, BOB, listed=False)):
        await session.store.claim(claim)
    await session.store.close()
    await backup(archive(session), session.folder / "backup")
    for into in sorted(STORES):
        other = Session(tmp_path_factory.mktemp(into), STORES[into])
        await restore(archive(other), session.folder / "backup")
        await other.open()
        assert [await other.store.holder_of(ticket) for ticket in (CODE, TICKET)] == [ANN, BOB]
        assert await other.store.listed_claims() == 1
        await other.store.close()
