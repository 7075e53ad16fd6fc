"""A line at once, every five seconds, later every minute, and one at the end, on a clock of the test."""

from __future__ import annotations

from structlog.testing import capture_logs

from beeplace.outage import Outage


def test_an_outage_has_a_line_at_once_every_five_seconds_and_at_its_end() -> None:
    now = [100.0]
    outage = Outage("Redis", lambda: "cache:6379", lambda: now[0])
    with capture_logs() as lines:
        outage.over()
        for tenth in range(121):
            now[0] = 100 + tenth / 10
            outage.lasts("connection refused")
        outage.over()
        outage.over()
    assert [line["seconds"] for line in lines] == [0, 5, 10, 12]
    assert {(line["server"], line["at"]) for line in lines} == {("Redis", "cache:6379")}
    assert lines[0]["why"] == "connection refused"
    assert [line["log_level"] for line in lines] == ["warning"] * 3 + ["info"]


def test_a_long_outage_has_a_line_a_minute() -> None:
    now = [0.0]
    outage = Outage("PostgreSQL", lambda: "db:5432", lambda: now[0])
    with capture_logs() as lines:
        for second in range(3600):
            now[0] = second
            outage.lasts("timeout")
    assert len(lines) == 12 + 59


def test_the_next_outage_begins_anew() -> None:
    now = [0.0]
    outage = Outage("Redis", lambda: "cache:6379", lambda: now[0])
    with capture_logs() as lines:
        outage.lasts("a")
        outage.over()
        outage.lasts("b")
    assert [line.get("why") for line in lines] == ["a", None, "b"]
