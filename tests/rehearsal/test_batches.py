"""Batches as a crowd receives them: each placement is measured where it is seen, and never where it is not."""

from __future__ import annotations

from beeplace.rehearsal.batches import ReceivedBatches
from beeplace.rehearsal.figures import Delays
from beeplace.rehearsal.person import GROUP, columns

A, B = ("1", "2", "3"), ("4", "5", "6")


def packet(pixels: str, after: int, to: int, epoch: str = "e-t") -> str:
    return f'42["u","{pixels}","{epoch}:{after}:{to}"]'


def test_a_placement_is_measured_at_everyone_who_sees_it() -> None:
    delays = Delays()
    batches = ReceivedBatches(delays)
    batches.begin("e")
    assert batches.place(A, 10.0)
    assert not batches.place(A, 11.0)  # of two equal ones nobody could say which was seen
    batches.confirmed(A, 7)
    first = batches.read(packet("1,2,3,9,9,9", 6, 8))
    assert (first.epoch, first.after, first.to, first.placed) == ("e-t", 6, 8, [10.0])
    assert batches.read(packet("1,2,3,9,9,9", 6, 8)) is first
    for _ in range(3):
        batches.seen(first, 10.1)
    assert (len(delays), delays.part(1), len(batches)) == (3, 100, 0)


def test_what_was_overwritten_refused_or_is_of_another_board_is_not_waited_for() -> None:
    batches = ReceivedBatches(Delays())
    batches.begin("e")
    batches.place(A, 1.0)
    batches.confirmed(A, 5)
    batches.place(B, 1.0)
    batches.rejected(B)
    batches.confirmed(B, 6)
    assert len(batches) == 1
    assert batches.read(packet("1,2,9", 4, 5)).placed == []  # somebody drew over it in the same refresh
    assert len(batches) == 0
    batches.place(A, 1.0)
    batches.confirmed(A, 8)
    batches.read(packet("", 0, 0, "f-t"))
    assert len(batches) == 0


def test_people_whose_drawing_is_taken_back_apart_draw_apart() -> None:
    for people, width in ((1, 8), (GROUP, 64), (GROUP + 1, 64), (5_000, 8), (4_321, 61)):
        parts = [columns(number, people, width) for number in range(0, people, GROUP)]
        assert sorted(x for part in parts for x in part) == [*range(width)]
        assert all(part for part in parts)
        assert columns(people - 1, people, width) == parts[-1]
