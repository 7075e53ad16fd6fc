"""The test clients' reading of WebSocket frames: whole wherever they are cut, and strict with a server."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clients.frames import FINAL, NO_MASK, PING, TEXT, FrameReader, masked


def unmasked(payload: bytes) -> bytes:
    """What a server would send: the same head without the mask's bit, and without a mask."""
    frame = masked(payload, mask=NO_MASK)
    head = frame[: len(frame) - len(payload) - 4]
    return bytes((head[0], head[1] & 0x7F)) + head[2:] + payload


def test_the_standards_example_is_written() -> None:
    assert masked(b"Hello") == bytes.fromhex("818537fa213d7f9f4d5158")


@given(st.lists(st.binary(max_size=70_000), max_size=4), st.data())
def test_where_bytes_are_cut_makes_no_difference(payloads: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(map(unmasked, payloads))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    reader = FrameReader()
    found = [f for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True) for f in reader.feed(whole[a:b])]
    assert [frame.payload for frame in found] == payloads
    assert b"".join(frame.raw for frame in found) == whole


def test_no_more_is_kept_than_asked_for() -> None:
    (frame,) = FrameReader(keep=3).feed(unmasked(b"x" * 1_000))
    assert (frame.payload, frame.size) == (b"xxx", 1_000)


@pytest.mark.parametrize(
    "data",
    [
        masked(b"masked"),
        bytes((TEXT, 1)) + b"f",
        bytes((0xC1, 0)),
        bytes((FINAL | 3, 0)),
        bytes((FINAL | TEXT, 126, 0, 5)),
        bytes((FINAL | PING, 126, 1, 0)),
    ],
    ids=["masked", "fragment", "reserved bit", "opcode", "length", "control"],
)
def test_what_no_server_may_send_is_a_failure(data: bytes) -> None:
    with pytest.raises(AssertionError):
        FrameReader().feed(data)
