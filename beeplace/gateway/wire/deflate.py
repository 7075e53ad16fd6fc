"""permessage-deflate (RFC 7692) without context takeover: each message is compressed by itself, and so once for all."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import lru_cache

from beeplace.gateway.wire.errors import INVALID_TEXT, TOO_BIG, ProtocolError

COMPRESSED = 0x40  # RSV1 in the first byte of a message's first frame
LEAST_BYTES = 64  # of what is worth compressing
MOST_BYTES = 1_000_000  # that are compressed in one step of the loop, about 10 ms
LARGE_BYTES = 131_072  # of a long text, beyond which it is compressed in steps: 0.8 ms
_STEP_BYTES = 65_536
_MOST_STORED = 65_535
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


class CompressedText:
    """A long text as blocks of a deflate stream that refer to nothing before them, and end at a whole byte: a message
    has them between parts that are each client's own. Runs of one byte are what a board has most of."""

    def __init__(self) -> None:
        self._stream = zlib.compressobj(1, zlib.DEFLATED, _RAW, 9, zlib.Z_RLE)
        self._packed: list[bytes] = []

    def add(self, text: bytes) -> Iterator[None]:
        """In steps of half a millisecond."""
        for at in range(0, len(text), _STEP_BYTES):
            self._packed.append(self._stream.compress(text[at : at + _STEP_BYTES]))
            yield

    def end(self) -> bytes:
        """All of it."""
        return b"".join([*self._packed, self._stream.flush(zlib.Z_SYNC_FLUSH)])


def around(before: bytes, packed: bytes, behind: bytes) -> list[bytes] | None:
    """The payload of a message whose long part is packed, and whose others are as they are; None where these are long
    themselves. It costs nothing to speak of for each client."""
    if max(len(before), len(behind)) > _MOST_STORED:
        return None
    return [_stored(before), packed, _stored(behind) + b"\x00"]  # the last byte begins what is not sent


def _stored(data: bytes) -> bytes:
    """A block without compression (RFC 1951, 3.2.4), which begins and ends at a whole byte."""
    size = len(data)
    return b"\x00" + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little") + data


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
