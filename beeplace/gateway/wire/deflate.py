"""permessage-deflate (RFC 7692) without context takeover: each message is compressed by itself, and so once for all."""

from __future__ import annotations

import zlib
from functools import lru_cache

from beeplace.gateway.wire.errors import INVALID_TEXT, TOO_BIG, ProtocolError

COMPRESSED = 0x40  # RSV1 in the first byte of a message's first frame
LEAST_BYTES = 64  # of what is worth compressing
MOST_BYTES = 1_000_000  # that are compressed in one step of the loop, about 10 ms
_NAME = "permessage-deflate"
_TERMS = "server_no_context_takeover; client_no_context_takeover"
_WINDOW_BITS = frozenset(map(str, range(8, 16)))
_OURS = "15"
_RAW = -zlib.MAX_WBITS
_TAIL = b"\x00\x00\xff\xff"  # ends a message, and is not sent
_AFTER_FINAL = (_TAIL, b"\x00" + _TAIL)  # what is left where a sender has ended its stream (section 7.2.3.4)


@lru_cache(128)
def agreed(offers: str) -> str | None:
    """What the first offer that can be taken up is answered with; None for none. `offers` is the header's value.

    An offer that wants a smaller window of the server is declined: its sender would need frames of its own.
    """
    for offer in offers.split(","):
        name, *given = (part.strip() for part in offer.split(";"))
        if name == _NAME and (terms := _answered(given)) is not None:
            return f"{_NAME}; {terms}"
    return None


def _answered(given: list[str]) -> str | None:
    """The answer to the parameters of an offer; None where one is unknown, wrong, there twice, or not for us."""
    parameters: dict[str, str | None] = {}
    for one in given:
        name, equals, value = (part.strip() for part in one.partition("="))
        if name in parameters:
            return None
        parameters[name] = value.removeprefix('"').removesuffix('"') if equals else None
    server, client = parameters.pop("server_max_window_bits", ""), parameters.pop("client_max_window_bits", None)
    for flag in ("server_no_context_takeover", "client_no_context_takeover"):
        if parameters.pop(flag, None) is not None:
            return None
    if parameters or server not in ("", _OURS) or (client is not None and client not in _WINDOW_BITS):
        return None
    return f"{_TERMS}; server_max_window_bits={_OURS}" if server else _TERMS


def deflated(text: bytes) -> bytes | None:
    """The payload of one message; None where it is not worth it, or would hold up the loop.

    Huffman codes alone: pixels are digits with next to nothing that comes twice, so that looking for it makes a batch
    longer (its length codes are dearer) and takes ten times as long.
    """
    if not LEAST_BYTES <= len(text) <= MOST_BYTES:
        return None
    stream = zlib.compressobj(1, zlib.DEFLATED, _RAW, 9, zlib.Z_HUFFMAN_ONLY)
    packed = stream.compress(text) + stream.flush(zlib.Z_SYNC_FLUSH)
    return packed[: -len(_TAIL)] if len(packed) - len(_TAIL) < len(text) else None


def inflated(payload: bytes, max_bytes: int) -> bytes:
    """The message of a payload. Raises ProtocolError: no more than one byte beyond `max_bytes` is ever unpacked."""
    stream = zlib.decompressobj(_RAW)
    try:
        message = stream.decompress(payload + _TAIL, max_bytes + 1)
    except zlib.error as error:
        raise ProtocolError(INVALID_TEXT) from error
    if len(message) > max_bytes:
        raise ProtocolError(TOO_BIG)
    if stream.eof and stream.unused_data not in _AFTER_FINAL:
        raise ProtocolError(INVALID_TEXT)
    return message
