"""One message for many sockets, in the forms in which they take it."""

from __future__ import annotations

from beeplace.gateway.wire.deflate import COMPRESSED, deflated
from beeplace.gateway.wire.frames import TEXT, frame


class SharedMessage:
    """One message for many sockets, framed once. `data` is a Socket.IO packet, such as `2["u","1,2,3"]`.

    `deflated` is the frame for those who take compressed ones, made when the first of them is sent it.
    """

    __slots__ = ("_deflated", "frame", "packet")

    def __init__(self, data: str) -> None:
        self.packet = f"4{data}"
        self.frame = frame(self.packet)
        self._deflated: bytes | None = None

    @property
    def deflated(self) -> bytes:
        """The plain one where compression does not pay."""
        if self._deflated is None:
            payload = deflated(self.packet.encode())
            self._deflated = self.frame if payload is None else frame(payload, TEXT | COMPRESSED)
        return self._deflated
