"""Claims of tickets in the embedded store: made on its writing thread, read on the one for people's questions."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TypeVar

import apsw

from beeplace.log.claims.claim import Claim, ClaimStore
from beeplace.log.sql_files import queries

SQL = queries("sqlite/claims")

T = TypeVar("T")


class SqliteClaims(ClaimStore):
    """The part of the store that keeps claims."""

    @abstractmethod
    async def _run(self, work: Callable[..., T], *args: object) -> T:
        """On the thread that writes."""

    @abstractmethod
    def _transaction(self, work: Callable[[apsw.Connection], T]) -> T:
        """One transaction of that thread; what it wrote is on stable storage once this returns."""

    @abstractmethod
    async def _ask(self, work: Callable[[apsw.Connection], T]) -> T:
        """On the thread that reads."""

    async def claim(self, claim: Claim) -> bytes:
        def work(db: apsw.Connection) -> bytes:
            db.execute(SQL["claim"], claim)
            holder: bytes = db.execute(SQL["holder"], (claim.ticket,)).get
            return holder

        return await self._run(self._transaction, work)

    async def holder_of(self, ticket: bytes) -> bytes | None:
        def work(db: apsw.Connection) -> bytes | None:
            holder: bytes | None = db.execute(SQL["holder"], (ticket,)).get
            return holder

        return await self._ask(work)

    async def release(self, ticket: bytes) -> bool:
        def work(db: apsw.Connection) -> bool:
            db.execute(SQL["release"], (ticket,))
            return db.changes() > 0

        return await self._run(self._transaction, work)

    async def listed_claims(self) -> int:
        return await self._ask(lambda db: int(db.execute(SQL["listed"]).get))
