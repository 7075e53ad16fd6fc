"""permessage-deflate (RFC 7692): what is agreed on, what messages become, and what of a peer's is refused."""

from __future__ import annotations

import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beeplace.gateway.fanout.snapshot import batch
from beeplace.gateway.wire.deflate import LARGE_BYTES, agreed, around, deflated, inflated
from beeplace.gateway.wire.errors import ProtocolError
from beeplace.gateway.wire.plain_json import Long
from beeplace.gateway.wire.protocol import encode_pixels

OURS = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
MAX_BYTES = 2048


@pytest.mark.parametrize(
    ("offers", "answer"),
    [
        ("permessage-deflate", OURS),
        ("permessage-deflate; client_max_window_bits", OURS),
        ("permessage-deflate;client_max_window_bits=9;server_no_context_takeover", OURS),
        ('permessage-deflate; client_max_window_bits="15"', OURS),
        ("permessage-deflate; server_max_window_bits=15", f"{OURS}; server_max_window_bits=15"),
        ("permessage-deflate; server_max_window_bits=10, permessage-deflate", OURS),
        ("x-webkit-deflate-frame, permessage-deflate", OURS),
        ("permessage-deflate; server_max_window_bits=10", None),
        ("permessage-deflate; server_max_window_bits", None),
        ("permessage-deflate; client_max_window_bits=16", None),
        ("permessage-deflate; client_max_window_bits=08", None),
        ("permessage-deflate; server_no_context_takeover=1", None),
        ("permessage-deflate; server_no_context_takeover; server_no_context_takeover", None),
        ("permessage-deflate; something", None),
        ("permessage-bzip2", None),
        ("", None),
        (";,;,=", None),
    ],
)
def test_the_first_offer_that_can_be_kept_is_taken_up(offers: str, answer: str | None) -> None:
    assert agreed(offers) == answer


@given(st.text(max_size=3_000))
def test_what_was_deflated_is_inflated_again(text: str) -> None:
    packed = deflated(text.encode())
    assert packed is None or inflated(packed, 12_000).decode() == text


@pytest.mark.parametrize(("side", "most"), [(64, 3.65), (256, 4.3), (1024, 4.8)])
def test_a_batch_of_100_pixels_takes_few_bytes_a_pixel(side: int, most: float) -> None:
    """The whole frame; a plain one takes 8.4, 9.9 and 10.6."""
    chance, total = random.Random(side), 0
    pixels = bytes(value & 15 for value in chance.randbytes(side * side))
    for _ in range(20):
        message = batch(encode_pixels(pixels, side, chance.sample(range(side * side), 100)), "Abcd", 123_456, 123_556)
        total += len(message.deflated)
    assert total / 2_000 < most


def stream(data: bytes, flush: int = zlib.Z_SYNC_FLUSH) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(data) + packer.flush(flush)
    return packed[:-4] if flush == zlib.Z_SYNC_FLUSH else packed


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (stream(b"Hello"), b"Hello"),
        (stream(b"Hel") + b"\x00\x00\xff\xff" + stream(b"lo"), b"Hello"),  # two blocks of one message
        (b"\x00\x05\x00\xfa\xffHello\x00", b"Hello"),  # without compression
        (bytes.fromhex("f348cdc9c9070000"), b"Hello"),  # section 7.2.3.4: the sender has ended its stream
        (b"\x00", b""),
        (b"", b""),
        (stream(b"x" * MAX_BYTES), b"x" * MAX_BYTES),
    ],
)
def test_every_form_of_a_message_is_read(payload: bytes, message: bytes) -> None:
    assert inflated(payload, MAX_BYTES) == message


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (stream(b"x" * (MAX_BYTES + 1)), 1009),
        (stream(bytes(1_000_000)), 1009),  # a bomb: 1 kB that would be a megabyte
        (zlib.compress(b"Hello"), 1007),  # with the head of zlib
        (b"\x07", 1007),  # a kind of block that there is not
        (b"\x00\x05\x00\x00\x00Hello\x00", 1007),  # a length that does not check
        (bytes.fromhex("f348cdc9c90700") + stream(b"more"), 1007),  # something behind the end
    ],
)
def test_a_bad_stream_is_refused_with_its_code(payload: bytes, code: int) -> None:
    with pytest.raises(ProtocolError) as refused:
        inflated(payload, MAX_BYTES)
    assert refused.value.code == code


@pytest.mark.parametrize("text", [b"", b"2[1]", b"x" * 63, bytes(random.Random(1).randbytes(300)), b"1" * 1_000_001])
def test_what_does_not_get_shorter_or_would_take_long_is_left_as_it_is(text: bytes) -> None:
    assert deflated(text) is None


@given(st.binary(max_size=300), st.lists(st.binary(max_size=2_000), max_size=4), st.binary(max_size=300))
def test_a_long_part_is_packed_once_and_stands_between_any_others(
    before: bytes, pieces: list[bytes], end: bytes
) -> None:
    packed = Long(*pieces).deflated
    assert packed
    payload = around(before, packed, end)
    assert payload
    assert any(part is packed for part in payload)
    assert inflated(b"".join(payload), 20_000) == before + b"".join(pieces) + end


def test_what_is_large_is_packed_in_steps_alone() -> None:
    text = bytes(LARGE_BYTES + 1)
    long = Long(text)
    assert long.deflated is None
    assert sum(1 for _ in long.pack()) == 3
    packed = long.deflated
    assert packed
    assert inflated(b"".join(around(b"", packed, b"") or []), len(text)) == text
    assert around(bytes(65_536), packed, b"") is None
