"""What a peer may not do."""

from __future__ import annotations

PROTOCOL_ERROR, INVALID_TEXT, TOO_BIG = 1002, 1007, 1009  # RFC 6455, section 7.4.1
PROTOCOL_VIOLATED = 4400


class ProtocolError(Exception):
    """The peer broke the protocol. The connection closes with `code`; `answer`, a packet, is sent before."""

    def __init__(self, code: int = PROTOCOL_VIOLATED, answer: str = "") -> None:
        super().__init__()
        self.code, self.answer = code, answer
