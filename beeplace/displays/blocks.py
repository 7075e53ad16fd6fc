"""The log in blocks of 1,024 entries, read from the store once and kept as text: what is committed never changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator

from beeplace.board.entries import Entry
from beeplace.board.store import Store
from beeplace.displays.log_text import encode_log
from beeplace.displays.trail import Trail

BLOCK = 1024
MOST_BLOCKS = 256  # about 4 MB of text


class Blocks:
    """Reads the log for walls; at most one block is held for an answer under way, whatever its length."""

    def __init__(self, store: Store, trail: Trail) -> None:
        self._store, self._trail = store, trail
        self._texts: OrderedDict[int, bytes] = OrderedDict()

    async def read(self, after: int, to: int) -> AsyncIterator[bytes]:
        """The text of the entries in (after, to], in pieces. `to` is committed. Raises StoreUnavailable."""
        while after < to:
            number, inside = divmod(after, BLOCK)
            end = min(to, (number + 1) * BLOCK)
            if inside == 0 and end - after == BLOCK:
                yield await self._block(number)
            else:
                yield encode_log(await self._entries(after, end - after)).encode()
            after = end

    async def _entries(self, after: int, most: int) -> list[Entry]:
        recent = self._trail.after(after, most)
        return await self._store.entries_after(after, most) if recent is None else recent

    async def _block(self, number: int) -> bytes:
        if number in self._texts:
            self._texts.move_to_end(number)
            return self._texts[number]
        text = encode_log(await self._entries(number * BLOCK, BLOCK)).encode()
        self._texts[number] = text
        if len(self._texts) > MOST_BLOCKS:
            self._texts.popitem(last=False)
        return text
