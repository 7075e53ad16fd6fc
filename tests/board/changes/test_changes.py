"""Each kind of change against what it should do, said with a dict: painting, its record, its undo."""

from __future__ import annotations

import random
import zlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beeplace.board.bitmap import Bitmap
from beeplace.board.changes import KINDS, Change, Record, read, read_state
from beeplace.board.changes.adjust import Adjust
from beeplace.board.changes.change import Before
from beeplace.board.changes.clear import Clear
from beeplace.board.changes.fill import Fill
from beeplace.board.changes.moderation.ban import Ban
from beeplace.board.changes.moderation.ban_and_rewind import BanAndRewind
from beeplace.board.changes.moderation.enforce import Span
from beeplace.board.changes.moderation.panic import Panic
from beeplace.board.changes.moderation.safe_picture import PNG, SafePicture
from beeplace.board.changes.paste import Paste
from beeplace.board.changes.placement import Placement
from beeplace.board.changes.read_only import ReadOnly
from beeplace.board.changes.recolor import Recolor
from beeplace.board.changes.reset import Reset
from beeplace.board.changes.resize import Resize, Size
from beeplace.board.changes.restoration import Left
from beeplace.board.changes.restore import Restore
from beeplace.board.changes.rewind import Rewind
from beeplace.board.changes.undo import Undone
from beeplace.board.changes.unknown import Unknown
from beeplace.board.geometry import Area
from beeplace.board.palette import Palette
from beeplace.board.state import BoardState, LiveSettings

WIDTH, HEIGHT, COLORS = 64, 33, 4  # two blocks of 1,024 pixels and a bit
PALETTE = Palette(("#000000", "#111111", "#222222", "#333333"))
STATE = BoardState("e", 0, WIDTH, HEIGHT, PALETTE)

xs, ys = st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1)
colors = st.integers(0, COLORS - 1)


@st.composite
def areas(draw: st.DrawFn) -> Area:
    x, y = draw(xs), draw(ys)
    return Area(x, y, draw(st.integers(1, WIDTH - x)), draw(st.integers(1, HEIGHT - y)))


@st.composite
def pastes(draw: st.DrawFn) -> Paste:
    area, seed = draw(areas()), random.Random(draw(st.integers(0, 2**32)))
    pixels = area.width * area.height
    given_colors = bytes(seed.choices(range(COLORS), k=pixels))
    found = Paste.over(area, given_colors, bytes(seed.choices((0, 1), (seed.random(), seed.random() + 0.01), k=pixels)))
    return found or Paste(area, given_colors)


counts = st.integers(0, 2**40)
told = st.lists(st.builds(Left, xs, ys, st.integers(1, 2**40)), max_size=3).map(tuple)


@st.composite
def rewinds(draw: st.DrawFn) -> Rewind:
    paste = draw(pastes())
    sources = zlib.compress(b"".join(draw(st.integers(0, 2**40)).to_bytes(8, "little") for _ in range(3)))
    return Rewind(paste, draw(counts), draw(told), {"from": draw(counts)}, sources)


@st.composite
def resizes(draw: st.DrawFn) -> Resize:
    before, after = (Size(draw(st.integers(8, 60)), draw(st.integers(8, 60))) for _ in range(2))
    new = sum(area.width * area.height for area in after.beyond(before))
    return Resize.to(after, before, random.Random(new).randbytes(new), draw(st.none() | st.integers(1, 2**40)))


bans = st.builds(
    lambda of, lifted: Ban(Span(None, 5, of, lifted), ("bee-1f2e3d4c", "bee-1f2e3d4d"), "a flood"),
    st.integers(0, 3), st.booleans(),
)  # fmt: skip
placements = st.builds(Placement, xs, ys, colors)
fills = st.builds(Fill, areas(), colors)
painting = placements | fills | pastes()
settings = st.builds(
    lambda most, seconds, chosen: Adjust((("maxPixels", most), ("cooldown", seconds)), from_environment=chosen),
    st.integers(1, 1000), st.integers(0, 86_400), st.booleans(),
)  # fmt: skip
changes = (
    painting
    | settings
    | st.builds(ReadOnly, st.booleans())
    | st.builds(Panic, st.booleans())
    | st.builds(SafePicture, st.just(PNG + b"\n"), st.booleans())
    | st.builds(Reset, st.none() | areas())
    | st.builds(Recolor, st.sampled_from([None, PALETTE]))
    | st.builds(Clear, areas())
    | rewinds()
    | bans
    | st.builds(BanAndRewind.of, bans, rewinds())
    | st.builds(
        lambda paste, ban: Undone(BanAndRewind(paste, 0, (), {}, b"", ban), 0, (), 7),
        pastes(),
        bans,
    )
    | st.builds(Undone, pastes() | settings | st.builds(ReadOnly, st.booleans()), counts, told, st.integers(1, 2**40))
    | st.just(Restore())
    | st.builds(lambda area: Unknown(Record(99, area, 1, b"{}")), st.none() | areas())
)


def pixels_of(change: Change) -> dict[int, int]:
    """What a change paints, asked pixel by pixel."""
    every = ((y * WIDTH + x, change.color_of(x, y)) for y in range(HEIGHT) for x in range(WIDTH))
    return {offset: color for offset, color in every if color is not None}


@given(changes)
def test_a_change_is_read_as_it_was_written(change: Change) -> None:
    assert read(change.record()) == change


@given(changes.filter(lambda change: change.KNOWN and change.in_state.area is None) | resizes(), st.integers(0, 999))
def test_a_beginning_of_what_paints_says_how_it_changes_the_state(change: Change, more: int) -> None:
    record = change.record()
    if record.payload and (record.area or isinstance(change, SafePicture)):
        needed = type(change).state_end(record.payload[:999]) or 64
        record = record._replace(payload=record.payload[: needed + more])
    state, found = replace(STATE, seq=2**41), read_state(record)
    assert found.state_after(state) == change.state_after(state)
    assert found.area is None


def test_nothing_is_believed_of_what_is_damaged() -> None:
    for payload in (None, b"", b"\x01\xff", b"\x01\x02\x00\x00\x00{}", b"\x09"):
        for kind in (Undone.NUMBER, BanAndRewind.NUMBER, Resize.NUMBER, SafePicture.NUMBER, Adjust.NUMBER):
            assert read_state(Record(kind, None, 0, payload)).state_after(STATE) == STATE


@given(st.lists(painting, min_size=1, max_size=4))
def test_painting_gives_the_pixels_their_colours_and_seqs(several: list[Change]) -> None:
    bitmap, model, seqs = Bitmap(WIDTH * HEIGHT), bytearray(WIDTH * HEIGHT), [0] * (WIDTH * HEIGHT)
    for seq, change in enumerate(several, 1):
        change.paint(bitmap, WIDTH, seq)
        painted = pixels_of(change)
        assert {offset for row in change.offsets(WIDTH) for offset in row} == painted.keys()
        assert change.size == len(painted)
        for offset, color in painted.items():
            model[offset], seqs[offset] = color, seq
    assert bitmap.pixels == model
    assert [bitmap.versions.at(offset) for offset in range(WIDTH * HEIGHT)] == seqs
    assert bitmap.versions.newest == [max(seqs[first : first + 1024]) for first in range(0, WIDTH * HEIGHT, 1024)]


@given(fills | pastes(), st.lists(painting, max_size=3), st.lists(painting, max_size=3))
def test_an_undo_gives_back_what_nobody_changed_since(
    action: Change, earlier: list[Change], later: list[Change]
) -> None:
    bitmap, area = Bitmap(WIDTH * HEIGHT), action.area
    assert area
    for seq, change in enumerate([*earlier, action, *later], 1):
        if change is action:
            before = bytes(bitmap.pixels)
        change.paint(bitmap, WIDTH, seq)
    seq, now = len(earlier) + 1, bytes(bitmap.pixels)
    expected = {o: before[o] for o in pixels_of(action) if bitmap.versions.at(o) == seq}
    inside = b"".join(before[row.start : row.stop] for row in area.rows(WIDTH))
    undo = action.undone(seq, Before(STATE, inside, bitmap, WIDTH))
    assert (pixels_of(undo) if undo else {}) == expected
    if undo:
        undo.paint(bitmap, WIDTH, 100)
        again = undo.undone(
            100, Before(STATE, b"".join(now[r.start : r.stop] for r in area.rows(WIDTH)), bitmap, WIDTH)
        )
        assert again
        again.paint(bitmap, WIDTH, 101)
        assert bitmap.pixels == now


def test_the_undo_of_a_reset_keeps_what_was_drawn_since() -> None:
    bitmap, whole = Bitmap(WIDTH * HEIGHT), Area(0, 0, WIDTH, HEIGHT)
    Placement(3, 0, 2).paint(bitmap, WIDTH, 8)
    undo = Reset(whole).undone(7, Before(STATE, bytes([1]) * (WIDTH * HEIGHT), bitmap, WIDTH))
    assert undo
    undo.paint(bitmap, WIDTH, 9)
    assert bitmap.pixels == bytes([1, 1, 1, 2]) + bytes([1]) * (WIDTH * HEIGHT - 4)


STATE_CHANGES: dict[str, tuple[Change, BoardState]] = {
    "closed": (ReadOnly(closed=True), BoardState("e", 0, WIDTH, HEIGHT, PALETTE, read_only=True)),
    "settings": (
        Adjust((("maxPixels", 9),)),
        replace(STATE, settings=LiveSettings(max_pixels=9, chosen=frozenset({"maxPixels"}))),
    ),
    "settings of the environment": (
        Adjust((("maxPixels", 9),), from_environment=True),
        BoardState("e", 0, WIDTH, HEIGHT, PALETTE, settings=LiveSettings(max_pixels=9)),
    ),
    "palette": (
        Recolor(Palette(("#000000", "#FFFFFF"))), BoardState("e", 0, WIDTH, HEIGHT, Palette(("#000000", "#FFFFFF"))),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STATE_CHANGES)
def test_what_a_rule_reads_changes_and_is_taken_back(name: str) -> None:
    change, after = STATE_CHANGES[name]
    assert change.fits(STATE)
    assert change.state_after(STATE) == after
    undo = change.undone(5, Before(STATE, b"", Bitmap(WIDTH * HEIGHT), WIDTH))
    assert undo
    back = undo.state_after(after)
    assert (back.read_only, back.palette, back.settings.named()) == (False, PALETTE, STATE.settings.named())


BROKEN: list[tuple[tuple[str, Any], ...]] = [
    (("maxPixels", 0),), (("maxPixels", 1001),), (("maxPixels", 1.5),), (("maxPixels", True),), (("maxPixels", "3"),),
    (("cooldown", -1),), (("cooldown", 86_401),), (("refreshRate", 19),), (("initialColor", 4),), (("minScale", 50),),
    (("maxScale", 0),), (("initialScale", float("nan")),), (("unheardOf", 1),), (),
]  # fmt: skip


@pytest.mark.parametrize("values", BROKEN)
def test_a_live_setting_keeps_its_rule(values: tuple[tuple[str, Any], ...]) -> None:
    assert not Adjust(values).fits(STATE)


UNFIT: list[Change] = [
    Placement(WIDTH, 0, 0), Placement(0, -1, 0), Placement(0, 0, COLORS), Fill(Area(0, 0, WIDTH + 1, 1), 0),
    Fill(Area(0, 0, 0, 1), 0), Fill(Area(0, 0, 1, 1), COLORS), Paste(Area(WIDTH - 1, 0, 2, 1), bytes(2)),
    Paste(Area(0, 0, 1, 1), bytes([COLORS])),
]  # fmt: skip


@pytest.mark.parametrize("change", UNFIT)
def test_what_is_not_of_this_board_does_not_fit(change: Change) -> None:
    assert not change.fits(STATE)


ONE = Paste(Area(0, 0, 1, 1), b"\x01")
ONE_PIXEL = ONE.record().payload or b""
OPENED = Undone(ReadOnly(False), 0, (), 1).record().payload or b""

DAMAGED = [
    Record(1), Record(1, Area(0, 0, 2, 1)), Record(2), Record(4, None, 2), Record(5, payload=b"{}"),
    Record(5, payload=b"[1]"),
    Record(7), Record(7, Area(0, 0, 1, 1)), Record(7, Area(0, 0, 1, 1), 0, b"\x01garbage"),
    Record(7, Area(0, 0, 2, 1), 0, Paste(Area(0, 0, 1, 1), b"\x01").record().payload),
    Record(7, Area(0, 0, 1, 1), 0, Paste(Area(0, 0, 2, 1), b"\x01\x01").record().payload),
    Record(8), Record(8, payload=b"[]"), Record(8, payload=b"no JSON"),
    Record(7, Area(0, 0, 1, 1), 0, b"\x03garbage"), Record(7, Area(0, 0, 1, 1), 0, b"\x02\x01\0\0\0"),
    Record(7, Area(0, 0, 1, 1), 0, b"\x02\x01\0\0\0\x01\0\0\0" + ONE_PIXEL[1:]),  # keeps one that is not there
    Record(9), Record(9, Area(0, 0, 1, 1), 0, b"\x01"), Record(9, Area(0, 0, 1, 1), 0, b"\x01\x02\0\0\0{}"),
    Record(9, Area(0, 0, 1, 1), 0, Undone(Paste(Area(0, 0, 1, 1), b"\x01"), 0, (), 1).record().payload),
    Record(10), Record(10, payload=b"\x01\x02\0\0\0[]"), Record(10, payload=OPENED[:-1]), Record(10, None, 2, OPENED),
    Record(11), Record(11, Area(0, 0, 1, 1), 1),
    Record(12), Record(12, payload=b"[]"), Record(12, payload=b'{"people":[],"reason":1,"end":null}'),
    *(Record(kind, payload=b'{"end":null,"made":0,"of":0,"lifted":false}') for kind in (12, 13, 15)),
    Record(18), Record(18, Area(0, 0, 1, 1), 0, Rewind(ONE, 0, (), {}, b"").record().payload),
    Record(14, None, 2), Record(14, Area(0, 0, 1, 1), 1), Record(16), Record(16, payload=b"{}\n"),
    Record(16, payload=b'{"armed":1,"earlier":0}\n'),
    Record(16, Area(0, 0, 1, 1), payload=b'{"armed":true,"earlier":0}\n'),
]  # fmt: skip


@pytest.mark.parametrize("record", DAMAGED)
def test_a_damaged_record_is_none(record: Record) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whatever was wrong with it
        read(record)


def test_numbers_and_names_are_these() -> None:
    assert {number: kind.NAME for number, kind in KINDS.items()} == {
        1: "placement", 2: "fill", 3: "reset", 4: "read_only", 5: "palette", 6: "restore", 7: "paste", 8: "settings",
        9: "rewind", 10: "undo", 11: "clear", 12: "ban", 13: "zone", 14: "panic", 15: "announce", 16: "safe_picture",
        17: "size", 18: "ban",
    }  # fmt: skip


@given(pastes(), st.sets(st.integers(0, WIDTH * HEIGHT - 1)))
def test_a_paste_keeps_some_pixels_without_being_packed_again(paste: Paste, some: set[int]) -> None:
    kept = {index for index in some if index < len(paste.colors)}
    offsets = [offset for row in paste.pasted.rows(WIDTH) for offset in row]
    fewer = paste.keeping(kept)
    assert read(fewer.record()) == fewer
    assert pixels_of(fewer) == {o: c for o, c in pixels_of(paste).items() if o not in {offsets[i] for i in kept}}
    assert fewer.size == len(pixels_of(fewer))
    assert fewer.keeping({0}) == paste.keeping({*kept, 0})


def test_a_paste_of_the_largest_board_is_painted_and_taken_back() -> None:
    side = 4096
    bitmap, area = Bitmap(side * side), Area(0, 0, side, side)
    mask = bytes([1, 0]) * (side * side // 2)
    paste = Paste.over(area, bytes([3]) * (side * side), mask)
    assert paste
    assert read(paste.record()) == paste
    before = bytes(bitmap.pixels)
    paste.paint(bitmap, side, 1)
    assert bitmap.pixels[:4] == bytes([3, 0, 3, 0])
    undo = paste.undone(1, Before(STATE, before, bitmap, side))
    assert undo
    undo.paint(bitmap, side, 2)
    assert bitmap.pixels == before


def test_what_is_shown_again_goes_back_too_however_large_it_is() -> None:
    side = 600  # more than one piece of the work
    bitmap, area = Bitmap(side * side), Area(0, 0, side, side)
    Fill(area, 3).paint(bitmap, side, 1)
    Fill(Area(0, 0, side, side - 1), 2).paint(bitmap, side, 2)  # covers all but the last row
    again = bytes(side) + bytes([1]) * (side * (side - 2)) + bytes(side)  # all but the first and the last row
    undo = Fill(area, 3).undone(1, Before(STATE, bytes(side * side), bitmap, side, shown_again=again))
    assert undo
    assert undo.size == side * (side - 1)
    assert (undo.color_of(0, 0), undo.color_of(0, 1), undo.color_of(5, side - 1)) == (None, 0, 0)
