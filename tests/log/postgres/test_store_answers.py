"""Answers to COMMIT that never come: the database is asked what became of the commit, and only that is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from beeplace.errors import StoreUnavailable
from beeplace.log.store import OutcomeUnknown
from tests.chaos.links.proxy import Filter, Proxy
from tests.log.patience import again, seqs, session_at
from tests.log.samples import Session, placement, rid
from tests.postgres import PostgresServer, shared


@pytest.fixture
def server() -> PostgresServer:
    """Only its links are broken here."""
    return shared()


@pytest.fixture
async def link(server: PostgresServer) -> AsyncIterator[Proxy]:
    async with Proxy(server.port) as link:
        yield link


@pytest.fixture
async def behind(server: PostgresServer, link: Proxy) -> AsyncIterator[Session]:
    """A store behind a link that breaks on command."""
    async with session_at(server.inside(server.schema(), link.port)) as session:
        yield session


async def test_a_commit_whose_answer_is_lost_stands(link: Proxy, behind: Session) -> None:
    link.lose_answer(b"COMMIT")
    assert [a.seq for a in await behind.place(placement(rid=rid(1)))] == [1]
    assert link.answers_lost == 1
    assert [a.seq for a in await behind.place(placement(rid=rid(1)))] == [1]
    assert await seqs(behind) == [1]


async def test_a_commit_that_never_arrived_is_refused(link: Proxy, behind: Session) -> None:
    link.lose_answer(b"COMMIT", arrives=False)
    with pytest.raises(StoreUnavailable) as error:
        await behind.place(placement(rid=rid(1)))
    assert not isinstance(error.value, OutcomeUnknown)
    assert link.answers_lost == 1
    assert [a.seq for a in await again(behind)] == [1]
    assert await seqs(behind) == [1]


class AtCommit(Filter):
    """Does something when COMMIT comes by."""

    def __init__(self, happens: Callable[[], None]) -> None:
        self.happens = happens

    def pass_on(self, data: bytes) -> bytes:
        if b"COMMIT" in data:
            self.happens()
        return data


class WatchedProxy(Proxy):
    """Calls `at_commit` before COMMIT passes."""

    def at_commit(self) -> None:
        """What happens then."""

    def filters(self) -> tuple[Filter, Filter]:
        return AtCommit(lambda: self.at_commit()), Filter()


@asynccontextmanager
async def watched(server: PostgresServer) -> AsyncIterator[tuple[WatchedProxy, Session]]:
    async with WatchedProxy(server.port) as link, session_at(server.inside(server.schema(), link.port)) as session:
        yield link, session


async def test_an_outcome_that_cannot_be_learnt_is_said_to_be_unknown(server: PostgresServer) -> None:
    async with watched(server) as (link, session):
        link.at_commit = link.refuse  # type: ignore[method-assign]  # a fault of this test only
        with pytest.raises(OutcomeUnknown):
            await session.place(placement(rid=rid(1)))
        link.at_commit = lambda: None  # type: ignore[method-assign]
        link.heal()
        await again(session)
        assert await seqs(session) in ([1], [1, 2])


async def test_a_link_that_falls_silent_at_commit_is_settled(server: PostgresServer) -> None:
    """Nothing is reset: only the store's own patience ends, and the answer is the truth."""
    async with watched(server) as (link, session):

        def silent() -> None:
            link.at_commit = lambda: None  # type: ignore[method-assign]
            link.silence("down")
            asyncio.get_running_loop().call_later(3, link.heal)

        link.at_commit = silent  # type: ignore[method-assign]
        assert [a.seq for a in await session.place(placement(rid=rid(1)))] == [1]
        assert await seqs(session) == [1]
