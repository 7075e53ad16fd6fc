"""WebSocket frames, as RFC 6455 (section 5) writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beeplace.gateway.wire.errors import ProtocolError
from beeplace.gateway.wire.frames import BINARY, CLOSE, PING, TEXT, close_frame, frame, lone_text, parse
from tests.clients.frames import MASK, masked


def test_the_standards_example_is_written() -> None:
    assert frame("Hello") == bytes.fromhex("810548656c6c6f")


def test_the_standards_example_is_read() -> None:
    found = parse(bytes.fromhex("818537fa213d7f9f4d5158"), 0, 100)
    assert found
    assert (found.opcode, found.final, found.payload, found.end) == (TEXT, True, b"Hello", 11)


@pytest.mark.parametrize(
    ("size", "head"),
    [
        (0, b"\x81\x00"),
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65_535, b"\x81\x7e\xff\xff"),
        (65_536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_a_length_has_the_shortest_form(size: int, head: bytes) -> None:
    assert frame("x" * size) == head + b"x" * size


def test_the_length_counts_bytes_not_letters() -> None:
    assert frame("🐝") == b"\x81\x04\xf0\x9f\x90\x9d"


def test_bytes_are_a_binary_frame() -> None:
    assert frame(b"\0") == bytes((0x80 | BINARY, 1, 0))


def test_a_close_frame_has_a_code_and_a_short_reason() -> None:
    assert close_frame(4400) == b"\x88\x02\x11\x30"
    assert len(close_frame(1000, "x" * 200)) == 2 + 125
    assert close_frame(1000, "x" + "é" * 100)[4:].decode() == "x" + "é" * 61


@given(st.binary(max_size=70_000), st.binary(min_size=4, max_size=4))
def test_what_a_client_masks_is_read_back(payload: bytes, mask: bytes) -> None:
    found = parse(masked(payload, mask=mask), 0, 70_000)
    assert found
    assert found.payload == payload


@given(st.binary(max_size=300), st.data())
def test_a_frame_that_is_not_whole_waits(payload: bytes, data: st.DataObject) -> None:
    whole = masked(payload)
    cut = data.draw(st.integers(0, len(whole) - 1))
    assert parse(whole[:cut], 0, 300) is None


@given(st.lists(st.binary(max_size=200), max_size=5))
def test_frames_that_come_together_are_read_one_by_one(payloads: list[bytes]) -> None:
    data = b"".join(map(masked, payloads))
    at, found = 0, []
    while one := parse(data, at, 200):
        found.append(one.payload)
        at = one.end
    assert (found, at) == (payloads, len(data))


@given(st.binary(max_size=40))
def test_any_bytes_are_a_frame_or_wait_or_are_refused(data: bytes) -> None:
    code = None
    try:
        parse(data, 0, 100)
    except ProtocolError as error:
        code = error.code
    assert code in (None, 1002, 1009)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (frame("unmasked"), 1002),
        (masked(b"x", 0xC1), 1002),
        (masked(b"x", 0xA1), 1002),
        (masked(b"x", 0x83), 1002),
        (masked(b"x", 0x8F), 1002),
        (masked(b"x", PING), 1002),
        (masked(b"x" * 126, 0x80 | PING), 1002),
        (masked(b"x" * 126, 0x80 | CLOSE), 1002),
        (masked(b"x" * 101), 1009),
        (b"\x81\xfe\xff\xff" + MASK, 1009),
        (b"\x81\xff\x7f" + 7 * b"\xff" + MASK, 1009),
        (b"\x81\xff" + 8 * b"\xff" + MASK, 1002),
        (b"\x81\xfe\x00\x7d" + MASK, 1002),
        (b"\x81\xff" + (65_535).to_bytes(8, "big") + MASK, 1002),
    ],
)
def test_what_the_standard_or_the_limit_forbids_is_refused(data: bytes, code: int) -> None:
    with pytest.raises(ProtocolError) as refused:
        parse(data, 0, 100)
    assert refused.value.code == code


def as_parsed(data: bytes) -> bytes | None:
    """What `parse` says of one short text frame and nothing else."""
    try:
        found = parse(data, 0, 125)
    except ProtocolError:
        return None
    whole = found and found.final and found.opcode == TEXT and found.end == len(data)
    return found.payload if found and whole else None


@given(st.binary(max_size=140))
def test_a_lone_text_is_what_parse_finds(payload: bytes) -> None:
    data = masked(payload)
    assert lone_text(data, 125) == as_parsed(data) == (payload if len(payload) < 126 else None)


@given(st.one_of(st.binary(max_size=12), st.binary(max_size=9).map(lambda rest: b"\x81\x83" + rest)))
def test_whatever_else_comes_is_no_lone_text(data: bytes) -> None:
    assert lone_text(data, 125) == as_parsed(data)


@pytest.mark.parametrize("more", [b"", b"\x81", masked(b"3")])
@pytest.mark.parametrize("first", [0x01, 0x80, 0x82, 0x88, 0x89, 0x8A, 0xC1])
def test_other_frames_and_more_than_one_are_left_to_parse(first: int, more: bytes) -> None:
    assert lone_text(masked(b"42", first) + more, 125) is None
    assert not more or lone_text(masked(b"42") + more, 125) is None


def test_a_lone_text_that_is_too_long_is_left_to_parse() -> None:
    assert (lone_text(masked(b"four"), 4), lone_text(masked(b"four"), 3)) == (b"four", None)
