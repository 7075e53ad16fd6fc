"""One snapshot and one delta, in the forms in which they are sent; each form is made once, and shared by all."""

from __future__ import annotations

import asyncio
import binascii
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from beeplace.gateway.connection.session import SharedMessage
from beeplace.gateway.wire.plain_json import Long
from beeplace.gateway.wire.protocol import encode_range

_B64_SLICE, _ARRAY_SLICE = 786_432, 65_536  # bytes encoded in one step of the loop, about 1 ms; the first by 3


@dataclass(slots=True)
class Snapshot:
    """The board as of (epoch, seq), with its term in `epoch` as clients are told it.

    `made_at` and `seconds` say when it was made, and how much work that was.
    """

    epoch: str
    seq: int
    pixels: bytes
    forms: dict[str, Long] = field(default_factory=dict)
    made_at: float = 0.0
    seconds: float = 0.0

    @property
    def bytes(self) -> int:
        """Of all of its forms."""
        return sum(form.size for form in self.forms.values())

    def encoded(self, form: str) -> Long:
        """JSON text of the pixels: "array" of indices row by row, or base64 ("b64") of the same bytes."""
        if form not in self.forms:
            self.forms[form] = Long(*_SLICES[form](self.pixels))
        return self.forms[form]

    async def encode(self, form: str) -> None:
        """The same, in short steps of the loop."""
        found: list[bytes] = []
        await self._step_by_step(map(found.append, _SLICES[form](self.pixels)))
        self.forms[form] = Long(*found)

    async def pack(self, form: str) -> None:
        """Compresses one that is encoded, in short steps of the loop."""
        await self._step_by_step(self.forms[form].pack())

    async def _step_by_step(self, steps: Iterator[None]) -> None:
        began = time.perf_counter()
        for _ in steps:
            self.seconds += time.perf_counter() - began
            await asyncio.sleep(0)
            began = time.perf_counter()


class Delta:
    """What changed in (from_seq, to_seq] of an epoch, as a comma string."""

    __slots__ = ("_shared", "_text", "epoch", "from_seq", "pixels", "to_seq")

    def __init__(self, epoch: str, from_seq: int, to_seq: int, pixels: str) -> None:
        self.epoch, self.from_seq, self.to_seq, self.pixels = epoch, from_seq, to_seq, pixels
        self._text: Long | None = None
        self._shared: SharedMessage | None = None

    def fields(self) -> dict[str, Any]:
        """As an answer has them."""
        if self._text is None:
            self._text = Long(f'"{self.pixels}"'.encode())
        return {"from": self.from_seq, "to": self.to_seq, "pixels": self._text}

    def shared(self) -> SharedMessage:
        """As a batch."""
        if self._shared is None:
            self._shared = batch(self.pixels, self.epoch, self.from_seq, self.to_seq)
        return self._shared


def batch(pixels: str, epoch: str, from_seq: int, to_seq: int) -> SharedMessage:
    """The message `u`."""
    return SharedMessage(f'2["u","{pixels}","{encode_range(epoch, from_seq, to_seq)}"]')


def _array(pixels: bytes) -> Iterator[bytes]:
    before = b"["
    for start in range(0, len(pixels), _ARRAY_SLICE):
        yield before + orjson.dumps(list(pixels[start : start + _ARRAY_SLICE]))[1:-1]
        before = b","
    yield b"]"


def _b64(pixels: bytes) -> Iterator[bytes]:
    yield b'"'
    for start in range(0, len(pixels), _B64_SLICE):
        yield binascii.b2a_base64(pixels[start : start + _B64_SLICE], newline=False)
    yield b'"'


_SLICES = {"array": _array, "b64": _b64}
