"""Light clients, thousands in one process: enough Socket.IO to join, resume and keep a board equal to the server's."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable

_HANDSHAKE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def masked(text: str) -> bytes:
    """A client's text frame, with a mask of zeros."""
    payload = text.encode()
    size = len(payload)
    head = bytes((0x81, 0x80 | size)) if size < 126 else bytes((0x81, 0xFE)) + size.to_bytes(2, "big")
    return head + bytes(4) + payload


class Phone(asyncio.Protocol):
    """One client. It keeps its board over connections, as a page does; `told` is called after everything it hears."""

    def __init__(self, name: str, told: Callable[[Phone], None]) -> None:
        self.name, self._told = name, told
        self.transport: asyncio.Transport | None = None
        self.board = bytearray()
        self.width, self.epoch, self.seq = 0, "", -1
        self.joined = self.refused = self.leaving = False
        self.answers: list[dict[str, object]] = []
        self.heard_at = 0.0
        self.settled = asyncio.Event()  # it is in, or its connection is lost
        self._rest = b""
        self._open = False

    async def connect(self, port: int) -> None:
        """Opens a connection; the rest follows by itself."""
        self.joined = self._open = False
        self._rest = b""
        self.settled.clear()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_connection(lambda: self, "127.0.0.1", port)
        self.transport = transport
        transport.write(_HANDSHAKE.format(port=port).encode())

    def cut(self) -> None:
        """Loses the connection without a word."""
        if self.transport:
            self.transport.abort()

    def say(self, text: str) -> None:
        """One packet."""
        if self.transport and not self.transport.is_closing():
            self.transport.write(masked(text))

    def place(self, x: int, y: int, color: int) -> None:
        """Places a pixel; the answer goes to `answers`."""
        self.say(f'427["pixelFromPlayer",{{"x":{x},"y":{y},"color":{color}}}]')

    def data_received(self, data: bytes) -> None:
        """Frames, once the handshake's answer is over."""
        data = self._rest + data
        if not self._open:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._rest = data
                return
            self._open, data = data.startswith(b"HTTP/1.1 101"), data[end + 4 :]
            self.refused = not self._open
            if self.refused:
                self.cut()
                return
        at = 0
        while (found := _frame(data, at)) is not None:
            opcode, payload, at = found
            if opcode == 8:
                self.cut()
            elif opcode == 1:
                self._hear(payload.decode())
        self._rest = data[at:]

    def connection_lost(self, _: Exception | None) -> None:
        """Tells who waits."""
        self.transport, self.joined = None, False
        self.settled.set()
        self._told(self)

    def _hear(self, text: str) -> None:
        if text == "2":
            self.say("3")
        elif text[0] == "0":
            self.say("40")
        elif text.startswith("40"):
            known = f',"epoch":"{self.epoch}","seq":{self.seq}' if self.seq >= 0 else ""
            self.say(f'421["join",{{"fingerprint":"{self.name}"{known}}}]')
        elif text.startswith("431"):
            self._begin(json.loads(text[3:])[0])
        elif text.startswith("437"):
            self.answers.append(json.loads(text[3:])[0])
        elif text.startswith('42["u"'):
            _, pixels, span = json.loads(text[2:])
            self._batch(pixels, span)
        self.heard_at = asyncio.get_running_loop().time()
        self._told(self)

    def _begin(self, answer: dict[str, dict[str, object]]) -> None:
        state = answer.get("initialState")
        if state is None:
            self.refused = True
            return
        self.width, self.epoch, self.seq = int(str(state["width"])), str(state["epoch"]), int(str(state["seq"]))
        if "board" in state:
            self.board = bytearray(base64.b64decode(str(state["board"])))
        delta = state.get("delta")
        if isinstance(delta, dict):
            self._draw(delta["pixels"])
        self.joined = True
        self.settled.set()

    def _batch(self, pixels: str, span: str) -> None:
        epoch, first, last = span.split(":")
        if epoch != self.epoch or int(first) > self.seq:
            raise AssertionError(f"a gap: at {self.seq} heard of {span}")
        if int(last) > self.seq:
            self._draw(pixels)
            self.seq = int(last)

    def _draw(self, pixels: str) -> None:
        numbers = list(map(int, pixels.split(","))) if pixels else []
        for x, y, color in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True):
            self.board[y * self.width + x] = color


def _frame(data: bytes, at: int) -> tuple[int, bytes, int] | None:
    if len(data) - at < 2:
        return None
    size, body = data[at + 1], at + 2
    if size >= 126:
        wide = 2 if size == 126 else 8
        size, body = int.from_bytes(data[body : body + wide], "big"), body + wide
    if len(data) < body + size:
        return None
    return data[at] & 15, data[body : body + size], body + size
