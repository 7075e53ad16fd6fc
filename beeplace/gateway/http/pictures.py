"""The board as PNG and as deflated bytes, for HTTP."""

from __future__ import annotations

import asyncio
import time
import zlib
from collections import OrderedDict
from functools import partial
from typing import NamedTuple

from aiohttp import web

from beeplace.board.board import Board
from beeplace.coalesced import Coalesced
from beeplace.errors import Busy
from beeplace.gateway.fanout.snapshot import Snapshot
from beeplace.gateway.fanout.snapshots import Snapshots
from beeplace.gateway.http.png import png
from beeplace.gateway.http.site.previews import Place, draw
from beeplace.gateway.sliced import Bodies

PREVIEW_SECONDS = 10.0  # for which a preview is given again: chats keep it for longer than that
MAX_PREVIEWS = 32  # that are kept, of at most some 200 kB
MAX_PREVIEWS_WAITING = 8  # one is drawn at a time; of more, who asks is told to come back


class Picture(NamedTuple):
    """A PNG and the name of what it shows: a snapshot at a scale."""

    etag: str
    png: bytes


class Packed(NamedTuple):
    """A snapshot, and its pixels deflated."""

    snapshot: Snapshot
    body: bytes


class Pictures:
    """Made in a thread, and the same for all who wait for them."""

    def __init__(self, board: Board, snapshots: Snapshots, bodies: Bodies) -> None:
        self._board, self._snapshots, self._bodies = board, snapshots, bodies
        self._shared: Snapshot | None = None
        self._shared_since = 0.0
        self.picture = Coalesced(self._draw)
        self._preview_next = Coalesced(self._draw_preview)
        self._previews: OrderedDict[Place | None, tuple[float, bytes]] = OrderedDict()  # and when each was begun
        self._pack_next = Coalesced(self._pack)
        self._last: Picture | None = None
        self._packed: Packed | None = None

    def snapshot(self) -> Snapshot:
        """The board as it is now; somewhat older while slow readers hold many."""
        now, seconds, shared = time.monotonic(), self._bodies.shared_seconds, self._shared
        if shared and shared.epoch == self._board.state.name and now - self._shared_since < seconds:
            return shared
        snapshot = self._snapshots.latest()
        self._shared, self._shared_since = (snapshot, now) if seconds else (None, now)
        return snapshot

    def etag(self, scale: int) -> str:
        """Names the picture of the present board."""
        snapshot = self.snapshot()
        return f'"{snapshot.epoch}:{snapshot.seq}:{scale}"'

    async def packed(self) -> Packed:
        """The board as it is now or a little later."""
        return self.packed_now() or await self._pack_next(None)

    def packed_now(self) -> Packed | None:
        """The board as it is now, where it has been deflated."""
        return self._packed if self._packed and self._packed.snapshot is self.snapshot() else None

    async def _draw(self, scale: int) -> Picture:
        etag, snapshot, state = self.etag(scale), self.snapshot(), self._board.state
        if not self._last or self._last.etag != etag:
            work = partial(png, snapshot.pixels, state.width, state.height, state.palette, scale)
            self._last = Picture(etag, await asyncio.to_thread(work))
        return self._last

    async def preview(self, place: Place | None) -> bytes:
        """What lies around a place, or the whole board, some seconds old at most. Raises Busy."""
        state = self._board.state
        place = place if place and place.x < state.width and place.y < state.height else None
        began, picture = self._previews.get(place, (0.0, b""))
        if picture and time.monotonic() - began < PREVIEW_SECONDS:
            return picture
        if len(self._preview_next) >= MAX_PREVIEWS_WAITING:
            raise Busy("too many pictures are asked for; come back in a moment")
        return await self._preview_next(place)

    async def _draw_preview(self, place: Place | None) -> bytes:
        snapshot, state, began = self.snapshot(), self._board.state, time.monotonic()
        picture = await asyncio.to_thread(draw, snapshot.pixels, state.width, state.height, state.palette, place)
        self._previews[place] = began, picture
        self._previews.move_to_end(place)
        if len(self._previews) > MAX_PREVIEWS:
            self._previews.popitem(last=False)
        return picture

    async def _pack(self, _: None) -> Packed:
        snapshot = self.snapshot()
        if not self._packed or self._packed.snapshot is not snapshot:
            self._packed = Packed(snapshot, await asyncio.to_thread(zlib.compress, snapshot.pixels, 1))
        return self._packed


PICTURES = web.AppKey("pictures", Pictures)
