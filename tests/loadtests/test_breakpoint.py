"""The breakpoint test ends when connecting takes too long, and not before."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from loadtests.run import UNLIMITED, has_passed, rehearsal_token
from tests.clients.http import get
from tests.conftest import StartServer
from tests.loadtests.conftest import RunK6
from tests.servers import API_KEY

THRESHOLDS_CROSSED = 99


def test_it_ends_when_connecting_takes_too_long(start_server: StartServer, k6: RunK6) -> None:
    outcome = k6("breakpoint", start_server(**UNLIMITED).url, MAX_USERS_AT_ONCE="100", CONNECTING_LIMIT_MS="0.001")
    assert outcome.exit_code == THRESHOLDS_CROSSED
    assert outcome.crossed == ["ws_connecting"]
    assert outcome.value("users", "count") > 0
    assert outcome.value("vus", "max") <= 100


def test_it_goes_on_while_connecting_is_fast_until_k6_has_no_room(start_server: StartServer, k6: RunK6) -> None:
    """50 users have come after 5.5 s of the ramp; those of them who placed see their pixels."""
    url = start_server(**UNLIMITED).url
    limits = {"MAX_USERS_AT_ONCE": "50", "CONNECTING_LIMIT_MS": "20000"}
    outcome = k6("breakpoint", url, REHEARSAL=rehearsal_token(url), **limits)
    assert outcome.crossed == ["dropped_iterations"]
    assert 40 <= outcome.value("users", "count") <= 50
    assert "user_errors" not in outcome.summary["metrics"]  # k6 leaves out what never happened
    assert 0 < outcome.value("pixels_seen", "count") <= outcome.value("pixels", "count")
    assert outcome.summary["state"]["testRunDurationMs"] > 5_000
    _, desk, _ = asyncio.run(get(url, "/api/desk", headers={"apiKey": API_KEY}))
    assert json.loads(desk)["newcomers"]["minute"] == 0  # they are no flood, however many come and leave


def summary(crossed: tuple[str, ...] = (), users: int = 9, errors: int = 1) -> dict[str, Any]:
    metrics: dict[str, Any] = {name: {"values": {}, "thresholds": {"rule": {"ok": False}}} for name in crossed}
    counters = {"users": users, "user_errors": errors}
    return {"metrics": metrics | {name: {"values": {"count": n}} for name, n in counters.items()}}


@pytest.mark.parametrize("crossed", ["ws_connecting", "dropped_iterations"])
def test_breaking_is_how_it_passes(crossed: str) -> None:
    assert has_passed("breakpoint", THRESHOLDS_CROSSED, summary((crossed,)))


def test_lasting_five_minutes_passes() -> None:
    assert has_passed("breakpoint", 0, summary())


@pytest.mark.parametrize("exit_code", [1, 104, 107, -9])
def test_a_k6_that_failed_does_not_pass(exit_code: int) -> None:
    assert not has_passed("breakpoint", exit_code, summary())


def test_more_errors_than_users_do_not_pass() -> None:
    assert not has_passed("breakpoint", THRESHOLDS_CROSSED, summary(("ws_connecting",), users=3, errors=3))


def test_a_crossed_threshold_fails_the_smoke_test() -> None:
    assert not has_passed("smoke", THRESHOLDS_CROSSED, summary(("ws_connecting",)))
