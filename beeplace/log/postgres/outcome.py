"""What became of a COMMIT: sent without ever being cancelled, and looked up in the database where its answer is lost.

Where the server waits for a standby (`synchronous_standby_names`), a wait that is cancelled ends like any commit, with
a warning: the transaction is then on one machine alone. Such a commit is not confirmed before a later one that waits
too has ended without a warning, since standbys confirm in the order of the write-ahead log. A wait that nobody cancels
holds the board's lock, so that nothing of it is seen or answered anywhere until a standby has it.
"""

from __future__ import annotations

import asyncio

from beeplace.errors import StoreUnavailable
from beeplace.log.crash_points import passing
from beeplace.log.postgres.connection import ANSWER_SECONDS, FAILURES, Backend, Link, NotReplicated, reason
from beeplace.log.postgres.session import Connection
from beeplace.log.sql_files import queries
from beeplace.log.store import OutcomeUnknown

SETTLE_SECONDS = 5.0
_RETRY_SECONDS = 0.1
_NEVER_CANCELLED = 86_400.0  # seconds: the driver's own limit would send a cancel request

_SQL = queries("postgres")
_WAITS_FOR_STANDBY = "SyncRep"  # the wait event of a commit that is local and not replicated


class Outcome:
    """Ends transactions of the commits' link, one at a time."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def commit(self, db: Connection, token: bytes) -> None:
        """Returns once the transaction with that token is confirmed. Raises StoreUnavailable, OutcomeUnknown."""
        backend = self._link.backend
        asyncio.get_running_loop().call_soon(passing, "committing")  # runs when COMMIT is sent and not answered
        try:
            committed = await self._committed(db)
        except FAILURES as error:
            await self._settle(db, backend, token, error)
        else:
            if not committed:
                raise StoreUnavailable("the database took the transaction back")

    async def repeat(self, db: Connection) -> None:
        """Ends a transaction in which an earlier commit was read that is now to be confirmed once more.

        Raises OutcomeUnknown where that commit may be on one machine alone.
        """
        if not await db.fetchval(_SQL["replicated"]):
            await db.execute("ROLLBACK")
            return
        await db.execute(_SQL["mark"])
        try:
            await self._committed(db)
        except FAILURES as error:
            self._link.drop(db, reason(error))
            raise OutcomeUnknown from error

    async def _committed(self, db: Connection) -> bool:
        """Whether COMMIT was answered as such. Raises one of FAILURES where it is in doubt, and cancels nothing."""
        link = self._link
        link.warning = None
        late = asyncio.get_running_loop().call_later(ANSWER_SECONDS, link.drop, db, reason(TimeoutError()))
        try:
            status = await db.execute("COMMIT", timeout=_NEVER_CANCELLED)
        finally:
            late.cancel()
        if status == "COMMIT" and link.warning:
            raise NotReplicated(link.warning)
        return status == "COMMIT"

    async def _settle(self, db: Connection, backend: Backend, token: bytes, error: BaseException) -> None:
        """Returns where the commit stands. Raises StoreUnavailable where it does not, OutcomeUnknown after 5 s."""
        self._link.drop(db, reason(error))
        try:
            async with asyncio.timeout(SETTLE_SECONDS):
                stands = await self._found(token, backend)
        except TimeoutError:
            raise OutcomeUnknown from error
        if not stands:
            raise StoreUnavailable(reason(error)) from error

    async def _found(self, token: bytes, backend: Backend) -> bool:
        """Whether the commit is there for good, as soon as that can be told.

        With the board's lock in hand the old server process has ended its transaction, one way or the other.
        """
        while True:
            db = await self._link.again()
            try:
                if not db.shared:  # where sessions are shared, it may be somebody else's by now
                    await db.execute(_SQL["end_backend"], *backend, _WAITS_FOR_STANDBY)
                await db.execute(db.begin_locked)
                found: bool = await db.fetchval(_SQL["stands"], token)
                if found:
                    await db.execute(_SQL["mark"])
                    await self._committed(db)
                else:
                    await db.execute("ROLLBACK")
            except asyncio.CancelledError:  # the time is up
                self._link.drop(db, reason(TimeoutError()))
                raise
            except FAILURES as error:
                self._link.drop(db, reason(error))
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                return found
