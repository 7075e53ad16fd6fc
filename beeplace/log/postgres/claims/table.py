"""Claims of tickets in PostgreSQL: by the connection for the past, so that no commit of placements waits for them."""

from __future__ import annotations

from typing import Any

from beeplace.log.claims.claim import Claim, ClaimStore
from beeplace.log.postgres.connection import Link
from beeplace.log.postgres.session import Connection, transaction
from beeplace.log.sql_files import queries
from beeplace.log.store import OutcomeUnknown

SQL = queries("postgres/claims")


class PostgresClaims(ClaimStore):
    """The part of the store that keeps claims. `_past` is the connection for people's questions."""

    _past: Link

    async def claim(self, claim: Claim) -> bytes:
        return bytes(await self._change("claim", *claim))

    async def holder_of(self, ticket: bytes) -> bytes | None:
        holder = await self._past.run(lambda db: db.fetchval(SQL["holder"], ticket))
        return None if holder is None else bytes(holder)

    async def release(self, ticket: bytes) -> bool:
        return await self._change("release", ticket) is not None

    async def listed_claims(self) -> int:
        return int(await self._past.run(lambda db: db.fetchval(SQL["listed"])))

    async def _change(self, query: str, *arguments: object) -> Any:
        async def work(db: Connection) -> Any:
            self._past.warning = None
            async with transaction(db):
                return await db.fetchval(SQL[query], *arguments)

        done = await self._past.run(work)
        if self._past.warning:  # a wait for a standby that was cut short
            raise OutcomeUnknown
        return done
