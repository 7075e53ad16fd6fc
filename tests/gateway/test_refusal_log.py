"""A line a minute of each reason, on a clock of the test; every one is counted."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from beeplace.gateway.refusal_log import REASONS, RefusalLog


@pytest.mark.parametrize("reason", REASONS)
def test_each_reason_has_a_line_a_minute_which_says_how_many_there_were_meanwhile(reason: str) -> None:
    now, registry = [100.0], CollectorRegistry()
    refusals = RefusalLog(registry, lambda: now[0])
    with capture_logs() as lines:
        for at in (100, 101, 130, 159, 161, 162, 300):
            now[0] = at
            refusals.note(reason)
    assert [line.get("more", 0) for line in lines] == [0, 3, 1]
    assert {(line["reason"], line["why"]) for line in lines} == {(reason, REASONS[reason])}
    assert registry.get_sample_value("beeplace_refused_total", {"reason": reason}) == 7


def test_what_is_costly_to_say_is_found_out_only_for_a_line() -> None:
    asked = list[int]()

    def why() -> dict[str, str]:
        asked.append(1)
        return {"why": "because", "origin": "https://place.example.org"}

    refusals = RefusalLog(CollectorRegistry(), lambda: 0.0)
    with capture_logs() as lines:
        for _ in range(1000):
            refusals.note("origin", why)
    assert len(asked) == len(lines) == 1
    assert (lines[0]["why"], lines[0]["origin"]) == ("because", "https://place.example.org")


def test_reasons_do_not_hide_each_other() -> None:
    refusals = RefusalLog(CollectorRegistry(), lambda: 0.0)
    with capture_logs() as lines:
        for reason in [*REASONS, *REASONS]:
            refusals.note(reason)
    assert [line["reason"] for line in lines] == list(REASONS)
