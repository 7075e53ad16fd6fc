"""One WebSocket connection on a bare transport, which it takes over after the HTTP handshake.

Every message is handed on in the step in which its last byte arrives. There is no task and no queue;
what the bytes mean is the business of `wire/websocket.py`.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from beeplace.gateway.wire.frames import TEXT, frame, head
from beeplace.gateway.wire.websocket import Control, ControlKind, WebSocketMachine

_CLOSING_SECONDS = 0.5  # how long a peer may take to answer a close, and a full transport to empty itself
FULL_BYTES = 65_536  # that wait to be written, from which on the listener is told; it may write on


class MessageListener(Protocol):
    """Who hears what comes in."""

    def admits(self) -> bool:
        """Whether one more frame, of whatever kind, may be taken."""

    def heard(self, message: str | bytes) -> None:
        """A whole text or binary message."""

    def broke(self, code: int) -> None:
        """What came in is no WebSocket any more; the code says why."""

    def busy(self) -> None:
        """Something was written to the transport, more than the peer takes, or it closes."""

    def ended(self) -> None:
        """The connection is no more; called once."""


class WebSocket(asyncio.Protocol):
    """`max_bytes` is the longest message that is taken; a longer one closes with 1009. `deflates` says whether
    permessage-deflate was agreed on."""

    __slots__ = ("__weakref__", "_connection", "listener", "transport")

    def __init__(
        self, transport: asyncio.Transport, listener: MessageListener, max_bytes: int, *, deflates: bool = False
    ) -> None:
        self.transport = transport
        self.listener: MessageListener | None = listener
        self._connection = WebSocketMachine(max_bytes, deflates=deflates)
        transport.set_write_buffer_limits(FULL_BYTES)

    @property
    def deflates(self) -> bool:
        """Whether what is sent may be compressed."""
        return self._connection.deflates

    # Sending

    def write(self, data: bytes) -> None:
        """Whole frames."""
        self.transport.write(data)
        if self.listener:
            self.listener.busy()

    def send(self, message: str | bytes) -> None:
        """One message in one frame."""
        if not self._connection.closing:
            self.write(frame(message))

    def send_text(self, text: bytes) -> None:
        """One text message that is encoded already."""
        if not self._connection.closing:
            self.write(frame(text, TEXT))

    def send_pieces(self, pieces: list[bytes], opcode: int = TEXT) -> None:
        """One message that is encoded already, in pieces, which are not copied."""
        if not self._connection.closing:
            self.transport.writelines([head(sum(map(len, pieces)), opcode), *pieces])
            if self.listener:
                self.listener.busy()

    def close(self, code: int) -> None:
        """Says goodbye with a code; the connection ends when the peer answers, or half a second later."""
        if goodbye := self._connection.close(code):
            self.write(goodbye)
            self._end_soon()

    def _end_soon(self) -> None:
        """However slowly the peer reads what is still to be written."""
        asyncio.get_running_loop().call_later(_CLOSING_SECONDS, self.transport.abort)

    # Receiving

    def data_received(self, data: bytes) -> None:
        """Bytes of the peer."""
        text = self._connection.short_text(data)
        if text is None:
            self._read(data)
        elif self.listener and self.listener.admits():
            self.listener.heard(text)

    def _read(self, data: bytes) -> None:
        for event in self._connection.receive(data):
            if isinstance(event, Control):
                self._control(event)
            elif self.listener and self.listener.admits():
                self.listener.heard(event)
            if self.transport.is_closing():
                return

    def _control(self, event: Control) -> None:
        if event.kind is ControlKind.CLOSE:
            if event.answer:
                self.write(event.answer)
            self._let_go()
        elif event.kind is ControlKind.ERROR:
            self._fail(event)
        elif self.listener and self.listener.admits() and event.answer:
            self.write(event.answer)

    def _fail(self, event: Control) -> None:
        """The listener hears of it first, while the code is still on its way."""
        if event.answer:
            if self.listener:
                self.listener.broke(event.code)
            self.write(event.answer)
            self._end_soon()

    # The transport

    def pause_writing(self) -> None:
        """More than `FULL_BYTES` wait to be written."""
        if self.listener:
            self.listener.busy()

    def eof_received(self) -> None:
        """A peer that has said its last word is answered no more."""
        self._let_go()

    def _let_go(self) -> None:
        if self.transport.get_write_buffer_size():
            self._end_soon()
        self.transport.close()
        if self.listener:
            self.listener.busy()

    def connection_lost(self, _: Exception | None) -> None:
        """Forgets what was unfinished."""
        self._connection = _GONE
        listener, self.listener = self.listener, None
        if listener:
            listener.ended()


_GONE = WebSocketMachine(0)  # of every connection that is no more
_GONE.close(1000)
