"""Gateways that die at a step of an organiser's action; `python -m tests.crash.take_back` does it at length."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.take_back_judge import PLACEMENT, Acted, Judge, Row
from tests.crash.take_back_rig import Plan, TakeBackRig

ANN, BOB = b"ann!" * 4, b"bob!" * 4
RECT = {"x": 0, "y": 0, "width": 2, "height": 1}


@pytest.mark.parametrize("shared", [False, True], ids=["sqlite", "two gateways"])
async def test_an_action_is_whole_or_not_at_all_wherever_its_gateway_dies(tmp_path: Path, shared: bool) -> None:
    totals = await TakeBackRig(Plan(rounds=1, shared=shared), tmp_path).run()
    assert totals.violations == [], f"seed {totals.seed}"
    assert (sum(totals.crash_points.values()), totals.actions) == (1, 1)
    assert totals.confirmed > 0


ROWS = [Row(1, PLACEMENT, 0, 0, 5, BOB), Row(2, PLACEMENT, 1, 0, 6, ANN), Row(3, 9, 0, 0, 0, b"")]
CONFIRMED = {1: (0, 0, 5), 2: (1, 0, 6)}
REWIND = Acted("/api/actions", {"kind": "rewind", "selection": {"to": 2, "people": [f"bee-{ANN[:4].hex()}"]}},
               {"seq": 3, "changed": 1, "left": 0})  # fmt: skip


def judged(rows: list[Row], acted: list[Acted]) -> tuple[bytes, list[str]]:
    judge = Judge(2, CONFIRMED, acted)
    return judge.board(rows), [violation.split(":")[0] for violation in judge.violations]


def test_what_is_right_is_not_complained_of() -> None:
    assert judged(ROWS, [REWIND]) == (bytes((5, 0, 0, 0)), [])


def test_an_action_that_nobody_asked_for_is_seen() -> None:
    assert judged(ROWS, [])[1] == ["doubled"]


def test_an_action_that_is_gone_is_seen() -> None:
    assert judged(ROWS[:2], [REWIND])[1] == ["lost"]


def test_an_action_that_changed_more_than_it_should_is_seen() -> None:
    more = Acted(REWIND.path, REWIND.body, {"seq": 3, "changed": 2, "left": 0})
    assert judged(ROWS, [more])[1] == ["rewind"]


def test_a_placement_of_a_banned_person_or_in_a_closed_area_is_seen() -> None:
    ban = Acted(
        "/api/actions", {"kind": "ban", "people": [f"bee-{BOB[:4].hex()}"]}, {"seq": 3, "changed": 0, "left": 0}
    )
    zone = Acted("/api/actions", {"kind": "zone", "area": RECT}, {"seq": 4, "changed": 0, "left": 0})
    rows = [*ROWS[:2], Row(3, 12, None, None, 0, b""), Row(4, 13, 0, 0, 0, b""), Row(5, PLACEMENT, 1, 0, 1, BOB)]
    assert judged(rows, [ban, zone])[1] == ["ban", "zone"]
