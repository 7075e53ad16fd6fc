"""The wire format against its golden vectors, and what decoding takes and refuses."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beeplace.board.geometry import Pixel
from beeplace.board.rules import Answer
from beeplace.errors import BadPayload
from beeplace.gateway.wire import protocol
from beeplace.gateway.wire.protocol import DecodedPlacement, Join, decode_join, decode_placement, decode_sync
from tests.project.tree import ROOT

WIRE = ROOT / "tests" / "wire"
BATCHES = json.loads((WIRE / "batch.json").read_text())["good"]
RANGES = json.loads((WIRE / "range.json").read_text())["good"]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("x", "y", "color", "rid", "epoch", "seq", "fingerprint", "token", "board", "watch")
T = TypeVar("T")
PAYLOADS = ANYTHING | st.dictionaries(st.sampled_from(FIELDS), ANYTHING)


def decoded(decode: Callable[[list[Any]], T], arguments: list[Any]) -> tuple[T | None, str]:
    """What a payload means, or the code of its refusal."""
    try:
        return decode(arguments), ""
    except BadPayload as error:
        return None, error.code


@pytest.mark.parametrize("vector", BATCHES, ids=lambda vector: vector["text"] or "empty")
def test_a_batch_is_written_as_in_the_vectors(vector: dict[str, Any]) -> None:
    pieces = [encoded_alone(*pixel) for pixel in vector["pixels"]]
    assert ",".join(pieces) == vector["text"]


def encoded_alone(x: int, y: int, color: int) -> str:
    board = bytearray(4096 * 4096) if max(x, y) > 63 else bytearray(64 * 64)
    width = 4096 if max(x, y) > 63 else 64
    board[y * width + x] = color
    return protocol.encode_pixels(board, width, [y * width + x])


@pytest.mark.parametrize("vector", RANGES, ids=lambda vector: vector["text"])
def test_a_range_is_written_as_in_the_vectors(vector: dict[str, Any]) -> None:
    assert protocol.encode_range(vector["epoch"], vector["from"], vector["to"]) == vector["text"]


@given(st.integers(1, 70), st.data())
def test_the_comma_string_says_each_position_and_its_colour(width: int, data: st.DataObject) -> None:
    board = data.draw(st.binary(min_size=width, max_size=width * 5).map(lambda b: b[: len(b) // width * width]))
    offsets = data.draw(st.lists(st.integers(0, len(board) - 1), unique=True))
    text = protocol.encode_pixels(board, width, offsets)
    numbers = [int(n) for n in text.split(",")] if text else []
    read = list(zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True))
    assert read == [(offset % width, offset // width, board[offset]) for offset in offsets]


# join


def test_a_text_joins_as_an_original_client() -> None:
    assert decode_join(["me"]) == Join(fingerprint="me", board="array")


def test_an_object_joins_with_what_it_names() -> None:
    given_ = {"fingerprint": "f", "token": "t", "epoch": "e", "seq": 7, "board": "none", "watch": True}
    assert decode_join([given_]) == Join("f", "t", "e", 7, "none", watch=True)


def test_an_object_joins_in_base64_by_default() -> None:
    assert decode_join([{}]) == Join(board="b64")


@given(st.lists(PAYLOADS, max_size=2))
def test_any_join_is_decoded_or_refused(arguments: list[Any]) -> None:
    join, code = decoded(decode_join, arguments)
    if join is None:
        assert code == "bad_join"
    else:
        assert join.seq is None or (type(join.seq) is int and 0 <= join.seq < 2**53)
        assert join.board in ("array", "b64", "none")


# pixelFromPlayer


@given(st.integers(), st.integers(), st.integers())
def test_any_integers_are_a_wish(x: int, y: int, color: int) -> None:
    assert decode_placement([{"x": x, "y": y, "color": color}]) == DecodedPlacement(Pixel(x, y, color))


@given(st.binary(min_size=16, max_size=16), st.booleans())
def test_sixteen_bytes_in_base64url_are_a_request_id(rid: bytes, padded: bool) -> None:
    text = urlsafe_b64encode(rid).decode()
    wish = decode_placement([{"x": 1, "y": 1, "color": 1, "rid": text if padded else text.rstrip("=")}])
    assert wish.rid == rid


@given(st.binary(max_size=40).filter(lambda b: len(b) != 16))
def test_other_numbers_of_bytes_are_no_request_id(rid: bytes) -> None:
    with pytest.raises(BadPayload, match="malformed") as refused:
        decode_placement([{"x": 1, "y": 1, "color": 1, "rid": urlsafe_b64encode(rid).decode()}])
    assert refused.value.code == "bad_pixel"


@given(st.lists(PAYLOADS, max_size=2))
def test_any_placement_is_decoded_or_refused(arguments: list[Any]) -> None:
    wish, code = decoded(decode_placement, arguments)
    if wish is None:
        assert code in ("bad_pixel", "bad_color")
    else:
        assert {type(value) for value in (wish.pixel.x, wish.pixel.y, wish.pixel.color)} == {int}
        assert wish.rid is None or len(wish.rid) == 16


# sync


def test_a_sync_names_epoch_and_seq() -> None:
    assert decode_sync([{"epoch": "e", "seq": 0}]) == ("e", 0)


@given(st.lists(PAYLOADS, max_size=2))
def test_any_sync_is_decoded_or_refused(arguments: list[Any]) -> None:
    sync, code = decoded(decode_sync, arguments)
    if sync is None:
        assert code == "bad_sync"
    else:
        assert isinstance(sync[0], str)
        assert 0 <= sync[1] < 2**53


# answers


def test_a_yes_has_no_code() -> None:
    said = protocol.encode_answer(Answer(None, 7, 2, 900))
    assert said == {"ok": True, "seq": 7, "remainingPixels": 2, "retryIn": 900}


@pytest.mark.parametrize("code", list(protocol.MESSAGES))
def test_a_no_has_a_code_and_words(code: str) -> None:
    said = protocol.encode_refusal(code)
    assert (said["ok"], said["code"], bool(said["message"])) == (False, code, True)


def test_a_no_says_when_it_may_be_a_yes() -> None:
    assert protocol.encode_answer(Answer("cooldown", None, 0, 1234))["retryIn"] == 1234
    assert "retryIn" not in protocol.encode_refusal("bad_pixel")


CODES = (
    "bad_join bad_pixel out_of_board bad_color not_joined cooldown read_only epoch duplicate busy restarting "
    "store_unavailable unknown"
)


@pytest.mark.parametrize("code", CODES.split())
def test_the_contracts_codes_have_words(code: str) -> None:
    assert protocol.MESSAGES[code]


@given(
    st.sampled_from(["", "0", "7", "1234567890"]),
    st.tuples(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9)),
    st.none() | st.binary(min_size=16, max_size=16),
    st.none() | st.from_regex(r"[A-Za-z0-9_]{1,32}(-[A-Za-z0-9_]{0,31})?", fullmatch=True),
)  # fmt: skip
def test_a_plain_placement_is_decoded_as_any_other(
    address: str, pixel: tuple[int, int, int], rid: bytes | None, epoch: str | None
) -> None:
    x, y, color = pixel
    payload: dict[str, object] = {"x": x, "y": y, "color": color}
    if rid is not None:
        payload["rid"] = urlsafe_b64encode(rid).decode().rstrip("=")
    if epoch is not None:
        payload["epoch"] = epoch
    text = json.dumps(["pixelFromPlayer", payload], separators=(",", ":"))
    plain = protocol.decode_plain_placement(f"2{address}{text}")
    assert plain in (None, (address, *protocol.decode_placement([payload])))
    assert plain is not None or max(x, y, color) == 10**9


@pytest.mark.parametrize(
    "text",
    [
        '["pixelFromPlayer",{"x":1,"y":2,"color":3 }]', '["pixelFromPlayer",{"y":2,"x":1,"color":3}]',
        '["pixelFromPlayer",{"x":01,"y":2,"color":3}]', '["pixelFromPlayer",{"x":-1,"y":2,"color":3}]',
        '["pixelFromPlayer",{"x":1.0,"y":2,"color":3}]', '["pixelFromPlayer",{"x":1,"y":2,"color":3}]]',
        '["pixelFromPlayer",{"x":1,"y":2,"color":3},1]', '["join",{"x":1,"y":2,"color":3}]', "",
        '["pixelFromPlayer",{"x":1,"x":1,"y":2,"color":3}]', '["pixelFromPlayer",{"x":\u0661,"y":2,"color":3}]',
    ],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_the_parser(text: str) -> None:
    assert protocol.decode_plain_placement(f"2{text}") is None


@pytest.mark.parametrize(
    "head", ["", "1", "3", "5", "2/x,", "2-1", "2+1", "2 ", "201", "212345678901", "2\u0661", "51-"]
)
def test_a_placement_in_another_packet_is_left_to_the_parser(head: str) -> None:
    assert protocol.decode_plain_placement(head + '["pixelFromPlayer",{"x":1,"y":2,"color":3}]') is None
