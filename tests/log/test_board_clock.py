"""Board time, which never goes back and never asks the wall clock."""

from __future__ import annotations

from pathlib import Path

import pytest

from beeplace.log import board_clock as board_clock_module
from beeplace.log.board_clock import BoardClock, Reading, boot_id, boot_ms
from tests.log.samples import Ticks


def clock(last: Reading, ticks: Ticks, boot: str = "this boot") -> BoardClock:
    return BoardClock(last, ticks, lambda: boot)


def test_a_first_start_begins_at_the_stored_reading() -> None:
    assert clock(Reading(0, 0, ""), Ticks(77)).now_ms() == 0


def test_board_time_goes_with_the_machine() -> None:
    ticks = Ticks()
    board_clock = clock(Reading(100, 0, ""), ticks)
    ticks.now_ms += 250
    assert board_clock.now_ms() == 350


def test_time_between_two_starts_counts_within_a_boot() -> None:
    assert clock(Reading(100, 5_000, "this boot"), Ticks(5_300)).now_ms() == 400


def test_time_goes_on_where_it_was_after_a_reboot() -> None:
    assert clock(Reading(100, 900_000, "an earlier boot"), Ticks(40)).now_ms() == 100


def test_without_a_name_of_the_boot_no_time_is_assumed_to_have_passed() -> None:
    assert clock(Reading(100, 5_000, ""), Ticks(9_000), boot="").now_ms() == 100


def test_a_boot_clock_that_is_behind_its_reading_does_not_turn_time_back() -> None:
    assert clock(Reading(100, 5_000, "this boot"), Ticks(4_000)).now_ms() == 100


@pytest.mark.parametrize("boot", ["this boot", "the next boot"])
def test_a_reading_continues_in_the_next_start(boot: str) -> None:
    ticks = Ticks()
    first = clock(Reading(0, 0, ""), ticks)
    ticks.now_ms += 1_234
    second = clock(first.reading(), ticks, boot)
    assert second.now_ms() == first.now_ms() == 1_234


@pytest.mark.parametrize(("boot", "now_ms"), [("this boot", 940), ("another machine", 900)])
def test_what_another_gateway_stored_is_taken_over_where_it_is_ahead(boot: str, now_ms: int) -> None:
    board_clock = clock(Reading(100, 5_000, "this boot"), Ticks(5_050))
    board_clock.observe(Reading(900, 5_010, boot))
    assert board_clock.now_ms() == now_ms


@pytest.mark.parametrize("boot", ["this boot", "another machine"])
def test_what_another_gateway_stored_never_turns_time_back(boot: str) -> None:
    ticks = Ticks(5_050)
    board_clock = clock(Reading(100, 5_000, "this boot"), ticks)
    board_clock.observe(Reading(10, 5_040, boot))
    ticks.now_ms += 7
    assert board_clock.now_ms() == 157


def test_the_wall_clock_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("time", "time_ns"):
        monkeypatch.setattr(f"time.{name}", lambda: pytest.fail("board time asked the wall clock"))
    board_clock = BoardClock(Reading(0, 0, ""))
    assert board_clock.now_ms() <= board_clock.reading().board_ms


def test_the_machine_says_when_and_in_which_boot() -> None:
    assert boot_ms() > 0
    assert boot_id() == boot_id()


def test_a_system_that_hides_the_boot_s_name_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (tmp_path / "not there", tmp_path, tmp_path / "file" / "below"):
        (tmp_path / "file").touch()
        monkeypatch.setattr(board_clock_module, "_BOOT_ID", path)
        assert boot_id() == ""
