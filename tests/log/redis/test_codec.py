"""What goes over the channel is what was meant, or nothing."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beeplace.board.allowance import Allowance
from beeplace.board.changes import KINDS, Change, Record
from beeplace.board.changes.adjust import Adjust
from beeplace.board.changes.change import next_state
from beeplace.board.changes.clear import Clear
from beeplace.board.changes.fill import Fill
from beeplace.board.changes.moderation.announce import Announce
from beeplace.board.changes.moderation.ban import Ban
from beeplace.board.changes.moderation.ban_and_rewind import BanAndRewind
from beeplace.board.changes.moderation.enforce import Span
from beeplace.board.changes.moderation.panic import Panic
from beeplace.board.changes.moderation.safe_picture import PNG, SafePicture
from beeplace.board.changes.moderation.zone import Zone
from beeplace.board.changes.paste import Paste
from beeplace.board.changes.placement import Placement
from beeplace.board.changes.read_only import ReadOnly
from beeplace.board.changes.recolor import Recolor
from beeplace.board.changes.reset import Reset
from beeplace.board.changes.resize import Resize, Size
from beeplace.board.changes.restore import Restore
from beeplace.board.changes.rewind import Rewind
from beeplace.board.changes.undo import Undone
from beeplace.board.changes.unknown import Unknown
from beeplace.board.entries import Entry
from beeplace.board.geometry import Area
from beeplace.board.palette import THESIS_COLORS, Palette
from beeplace.board.state import BoardState
from beeplace.log.committed import Committed
from beeplace.log.redis.codec import HASH_BYTES, Message, Seal, read, written
from tests.log.samples import ANN, BOB, ORGANISER, STATE, entry

SEAL = Seal(b"s" * 32, "beeplace")
NEWS = Committed([entry(4), entry(5, x=3)], replace(STATE, seq=5), {ANN: Allowance(2, 9_000)})
MESSAGE = Message("gateway", 7, "first", 5, NEWS)

identities = st.binary(min_size=16, max_size=16)
numbers = st.integers(0, 2**62)


@st.composite
def areas(draw: st.DrawFn, width: int, height: int) -> Area:
    x, y = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    return Area(x, y, draw(st.integers(1, width - x)), draw(st.integers(1, height - y)))


def _rewind(area: Area, color: int) -> Rewind:
    """Of one pixel."""
    paste = Paste(Area(area.x, area.y, 1, 1), bytes((color,)))
    return Rewind(paste, 0, (), {}, zlib.compress(bytes(8)))


def _resize(here: Size, there: tuple[int, int]) -> Resize:
    """To another size."""
    return Resize.to(Size(*there), here)


def changes(kind: int, size: Size, palette_size: int) -> st.SearchStrategy[Change]:
    """Changes of one kind that fit a board."""
    fitting, colors = areas(size.width, size.height), st.integers(0, palette_size - 1)
    others = st.tuples(*(st.integers(8, min(4096, side + 8)) for side in size)).filter(lambda other: other != size)
    return {
        Placement: st.builds(lambda area, color: Placement(area.x, area.y, color), fitting, colors),
        Fill: st.builds(Fill, fitting, colors),
        Reset: st.builds(Reset, fitting),
        ReadOnly: st.builds(ReadOnly, st.booleans()),
        Recolor: st.just(Recolor(None)),
        Restore: st.just(Restore()),
        Paste: st.builds(lambda area, color: Paste(Area(area.x, area.y, 1, 1), bytes((color,))), fitting, colors),
        Adjust: st.builds(lambda most: Adjust((("maxPixels", most),)), st.integers(1, 1000)),
        Clear: st.builds(lambda area: Clear(area, 0), fitting),
        Rewind: st.builds(_rewind, fitting, colors),
        Undone: st.builds(lambda closed: Undone(ReadOnly(closed), 0, (), 1), st.booleans()),
        Ban: st.builds(lambda lifted: Ban(Span(lifted=lifted), ("bee-1f2e3d4c",)), st.booleans()),
        Zone: st.builds(lambda area: Zone(Span(), area, closed=True), fitting),
        Announce: st.just(Announce(Span(), (("en", "Hello"),))),
        Panic: st.builds(Panic, st.booleans()),
        SafePicture: st.builds(SafePicture, st.just(PNG), st.booleans()),
        Resize: st.builds(_resize, st.just(size), others),
        BanAndRewind: st.builds(
            lambda area, color: BanAndRewind.of(Ban(Span(), ("bee-1f2e3d4c",)), _rewind(area, color)), fitting, colors
        ),
    }[KINDS[kind]]


@st.composite
def all_news(draw: st.DrawFn) -> Committed:
    """News as transactions make them, and longer ones: any kinds in a row, each with its epoch."""
    width, height = draw(st.integers(8, 4096)), draw(st.integers(8, 4096))
    colors = THESIS_COLORS[: draw(st.integers(2, 16))]
    state = BoardState(draw(st.text(max_size=16)), draw(numbers), width, height, Palette(colors), draw(st.booleans()))
    entries: list[Entry] = []
    for kind in draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=6)):
        change = draw(changes(kind, Size(state.width, state.height), len(colors)))
        epoch = f"{state.epoch[:16]}{state.seq}" if change.BEGINS_EPOCH else state.epoch
        state = next_state(change, state, epoch, state.seq + 1)
        action = None if kind == Placement.NUMBER else state.seq
        entries.append(Entry(state.seq, epoch, draw(numbers), draw(identities), action, change))
    allowances = st.builds(Allowance, st.integers(1, 1000), numbers)
    return Committed(entries, state, draw(st.dictionaries(identities, allowances, max_size=4)))


@given(all_news(), st.text(max_size=64), numbers)
def test_news_arrive_as_they_were_told(news: Committed, gateway: str, number: int) -> None:
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


class Unread(Unknown):
    """What another program may write."""


WRONG: dict[str, Committed] = {
    "a hole": NEWS._replace(entries=[entry(3), entry(5)]),
    "backwards": NEWS._replace(entries=[entry(5), entry(4)]),
    "nothing": NEWS._replace(entries=[]),
    "another state": NEWS._replace(state=replace(STATE, seq=6)),
    "another epoch": NEWS._replace(state=replace(STATE, seq=5, epoch="second")),
    "an epoch that nothing began": NEWS._replace(entries=[entry(4, epoch="zeroth"), entry(5)]),
    "an epoch that goes on": NEWS._replace(
        entries=[entry(4), Entry(5, "first", 0, ORGANISER, 5, Reset())]
    ),
    "beside the board": NEWS._replace(entries=[entry(4), entry(5, x=9)]),
    "below the board": NEWS._replace(entries=[entry(4), entry(5, y=8)]),
    "before the board": NEWS._replace(entries=[entry(4), entry(5, y=-1)]),
    "no area": NEWS._replace(entries=[entry(4), entry(5)._replace(change=Unread(Record(1, None, 1)))]),
    "an empty area": NEWS._replace(
        entries=[entry(4), entry(5)._replace(change=Unread(Record(2, Area(0, 0, 0, 1), 1)))]
    ),
    "no such colour": NEWS._replace(entries=[entry(4), entry(5, color=4)]),
    "not read-only": NEWS._replace(entries=[entry(4), Entry(5, "first", 0, ORGANISER, 5, ReadOnly(True))]),
    "no board": NEWS._replace(state=replace(STATE, seq=5, width=0)),
    "a huge board": NEWS._replace(state=replace(STATE, seq=5, height=10**6)),
}  # fmt: skip


@pytest.mark.parametrize("news", WRONG.values(), ids=WRONG)
def test_news_that_do_not_fit_are_none(news: Committed) -> None:
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
