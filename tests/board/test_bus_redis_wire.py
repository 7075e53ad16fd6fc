"""What goes over the channel is what was meant, or nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beeplace.board.allowance import Allowance
from beeplace.board.bus_redis_wire import HASH_BYTES, Message, Seal, read, written
from beeplace.board.entries import NEW_EPOCH, BoardState, Entry, Kind
from beeplace.board.news import News
from beeplace.board.palette import THESIS_COLORS, Palette
from beeplace.board.pixel import Area
from tests.board.samples import ANN, BOB, ORGANISER, STATE, entry

SEAL = Seal(b"s" * 32, "beeplace")
NEWS = News([entry(4), entry(5, x=3)], replace(STATE, seq=5), {ANN: Allowance(2, 9_000)})
MESSAGE = Message("gateway", 7, "first", 5, NEWS)

identities = st.binary(min_size=16, max_size=16)
numbers = st.integers(0, 2**62)


@st.composite
def areas(draw: st.DrawFn, width: int, height: int) -> Area:
    x, y = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    return Area(x, y, draw(st.integers(1, width - x)), draw(st.integers(1, height - y)))


@st.composite
def all_news(draw: st.DrawFn) -> News:
    """News as transactions make them, and longer ones: any kinds in a row, each with its epoch."""
    width, height = draw(st.integers(8, 4096)), draw(st.integers(8, 4096))
    colors = THESIS_COLORS[: draw(st.integers(2, 16))]
    state = BoardState(draw(st.text(max_size=16)), draw(numbers), width, height, Palette(colors), draw(st.booleans()))
    entries: list[Entry] = []
    for kind in draw(st.lists(st.sampled_from(Kind), min_size=1, max_size=6)):
        epoch = f"{state.epoch[:16]}{state.seq}" if kind in NEW_EPOCH else state.epoch
        state = replace(state, seq=state.seq + 1, epoch=epoch)
        corners = draw(areas(width, height))
        area = Area(corners.x, corners.y, 1, 1) if kind is Kind.PLACEMENT else corners
        color = draw(st.integers(0, 1 if kind is Kind.READ_ONLY else len(colors) - 1))
        if kind is Kind.READ_ONLY:
            state, area = replace(state, read_only=bool(color)), None  # type: ignore[assignment]  # as rules make it
        action = None if kind is Kind.PLACEMENT else state.seq
        entries.append(Entry(state.seq, epoch, kind, area, color, draw(identities), draw(numbers), action))
    allowances = st.builds(Allowance, st.integers(1, 1000), numbers)
    return News(entries, state, draw(st.dictionaries(identities, allowances, max_size=4)))


@given(all_news(), st.text(max_size=64), numbers)
def test_news_arrive_as_they_were_told(news: News, gateway: str, number: int) -> None:
    message = Message(gateway, number, news.state.epoch, news.state.seq, news)
    assert SEAL.opened(SEAL.closed(message)) == message


def test_a_sign_of_life_has_no_news() -> None:
    assert SEAL.opened(SEAL.closed(MESSAGE._replace(news=None))) == MESSAGE._replace(news=None)


@given(st.data())
def test_a_message_that_was_changed_is_none(data: st.DataObject) -> None:
    sent = bytearray(SEAL.closed(MESSAGE))
    sent[data.draw(st.integers(0, len(sent) - 1))] ^= data.draw(st.integers(1, 255))
    assert SEAL.opened(bytes(sent)) is None


@given(st.binary(max_size=200))
def test_junk_is_no_message(junk: bytes) -> None:
    assert SEAL.opened(junk) is None


@pytest.mark.parametrize("seal", [Seal(b"t" * 32, "beeplace"), Seal(b"s" * 32, "another")], ids=["secret", "board"])
def test_a_message_of_another_secret_or_board_is_none(seal: Seal) -> None:
    assert seal.opened(SEAL.closed(MESSAGE)) is None


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=30))
def test_whatever_else_is_sealed_is_no_message(told: Any) -> None:
    try:
        line = orjson.dumps(told)
    except orjson.JSONEncodeError:  # numbers beyond 64 bits
        return
    head = orjson.dumps(MESSAGE[:4])
    bodies = {b"": None, line: None, line + b"\nnull": None, head + b"\n" + line: None, head + line: None}
    for body in bodies:
        opened = SEAL.opened(SEAL._mac(body) + body)
        assert opened is None or opened == MESSAGE._replace(news=None) or opened.news is None


WRONG: dict[str, News] = {
    "a hole": NEWS._replace(entries=[entry(3), entry(5)]),
    "backwards": NEWS._replace(entries=[entry(5), entry(4)]),
    "nothing": NEWS._replace(entries=[]),
    "another state": NEWS._replace(state=replace(STATE, seq=6)),
    "another epoch": NEWS._replace(state=replace(STATE, seq=5, epoch="second")),
    "an epoch that nothing began": NEWS._replace(entries=[entry(4, epoch="zeroth"), entry(5)]),
    "an epoch that goes on": NEWS._replace(
        entries=[entry(4), Entry(5, "first", Kind.RESET, None, 0, ORGANISER, 0, 5)]
    ),
    "beside the board": NEWS._replace(entries=[entry(4), entry(5, x=9)]),
    "below the board": NEWS._replace(entries=[entry(4), entry(5, y=8)]),
    "before the board": NEWS._replace(entries=[entry(4), entry(5, y=-1)]),
    "no area": NEWS._replace(entries=[entry(4), entry(5)._replace(area=None)]),
    "an empty area": NEWS._replace(entries=[entry(4), entry(5)._replace(area=Area(0, 0, 0, 1))]),
    "no such colour": NEWS._replace(entries=[entry(4), entry(5, color=4)]),
    "not read-only": NEWS._replace(entries=[entry(4), Entry(5, "first", Kind.READ_ONLY, None, 1, ORGANISER, 0, 5)]),
    "no board": NEWS._replace(state=replace(STATE, seq=5, width=0)),
    "a huge board": NEWS._replace(state=replace(STATE, seq=5, height=10**6)),
}  # fmt: skip


@pytest.mark.parametrize("news", WRONG.values(), ids=WRONG)
def test_news_that_do_not_fit_are_none(news: News) -> None:
    assert SEAL.opened(SEAL.closed(MESSAGE._replace(news=news))) is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((0, 0), 1), ((0, 1), True), ((0, 1), -1), ((0, 2), 9.0), ((0, 4), ["#FFFFFF"]), ((0, 4), None), ((0, 5), 1),
        ((0,), {}), ((1, 0, 2), "1"), ((1, 0, 3), [1, 2, 1]), ((1, 0, 3), "1111"), ((1, 0, 5), "no hex"),
        ((1, 0, 5), None), ((1, 0, 6), 1e400), ((1, 0, 7), -1), ((1, 0), []), ((1,), {}), ((1,), 1), ((2,), []),
        ((2,), {"xy": [1, 2]}), ((2,), {"00": [1]}), ((2,), {"00": [1, -2]}), ((2,), None),
    ],
)  # fmt: skip
def test_a_field_of_another_type_is_an_error(path: tuple[int, ...], value: object) -> None:
    told = orjson.loads(orjson.dumps(written(NEWS)))
    assert read(told) == NEWS
    place = told
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises((ValueError, TypeError, KeyError, AttributeError)):
        read(told)


def test_people_are_hidden() -> None:
    hidden = SEAL.hidden(ANN)
    assert len(hidden) == HASH_BYTES
    assert hidden == SEAL.hidden(ANN) != SEAL.hidden(BOB)
    assert hidden != Seal(b"t" * 32, "beeplace").hidden(ANN)
    assert ANN[:4] not in hidden
