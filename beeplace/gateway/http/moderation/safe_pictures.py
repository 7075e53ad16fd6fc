"""Safe pictures as the log has them; the last one is kept, since all walls ask for it together."""

from __future__ import annotations

from aiohttp import web

from beeplace.board.changes.moderation.safe_picture import SafePicture
from beeplace.coalesced import Coalesced
from beeplace.errors import StoreUnavailable
from beeplace.log.reads import Reads


class SafePictures:
    """Read from the log once, for all who wait."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self._last = (0, b"")
        self._read = Coalesced(self._from_log)

    async def png(self, seq: int) -> bytes:
        """The picture that the entry `seq` approved. Raises StoreUnavailable, Busy."""
        last, png = self._last
        return png if last == seq else await self._read(seq)

    async def _from_log(self, seq: int) -> bytes:
        [entry] = await self._reads.excerpt(seq - 1, 1)
        if not isinstance(entry.change, SafePicture):
            raise StoreUnavailable("the log has no safe picture there")
        self._last = (seq, entry.change.png)
        return entry.change.png


SAFE_PICTURES = web.AppKey("safe_pictures", SafePictures)
