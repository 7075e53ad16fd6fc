"""Proof of work: what is a solution, and what is none (any more)."""

from __future__ import annotations

from copy import deepcopy
from types import SimpleNamespace
from typing import Any, cast

import altcha
import pytest

from beeplace.log.once import Once
from beeplace.people.work import LEAST_TRIES, LIFE_MS, Work

LEVEL = 2.0


class Rig:
    """Work of a board, at a time that the test sets; its solutions are not used up here."""

    def __init__(self, secret: bytes = b"s" * 32) -> None:
        self.now_ms = 5_000_000
        self.work = Work(secret, lambda: self.now_ms, cast(Once, SimpleNamespace()))


def solved(challenge: dict[str, Any]) -> dict[str, Any]:
    """As the library's own client does it."""
    solution = altcha.solve_challenge(altcha.Challenge.from_dict(challenge))
    assert solution is not None
    assert solution.counter < challenge["parameters"]["data"]["tries"]
    return {**challenge, "counter": solution.counter, "derivedKey": solution.derived_key}


@pytest.fixture(scope="module")
def done() -> dict[str, Any]:
    return solved(Rig().work.challenge(LEVEL))


def test_a_solution_is_one_on_every_gateway_of_the_board_whatever_its_clock(done: dict[str, Any]) -> None:
    assert Rig().work.is_done(done, LEVEL)


def test_a_solution_of_another_board_is_none(done: dict[str, Any]) -> None:
    assert not Rig(b"t" * 32).work.is_done(done, LEVEL)


def test_a_solution_ends(done: dict[str, Any]) -> None:
    rig = Rig()
    rig.now_ms += LIFE_MS - 1
    assert rig.work.is_done(done, LEVEL)
    rig.now_ms += 1
    assert not rig.work.is_done(done, LEVEL)


def test_work_of_a_calmer_time_does_not_do_in_a_flood(done: dict[str, Any]) -> None:
    assert [Rig().work.is_done(done, level) for level in (0, 1, LEVEL, 2 * LEVEL, 3 * LEVEL)] == [True] * 4 + [False]


def test_in_calm_there_is_one_try() -> None:
    work = Rig().work
    assert [work.challenge(level)["parameters"]["data"]["tries"] for level in (0, 1.0)] == [1, LEAST_TRIES]
    assert work.is_done(solved(work.challenge(0)), 0)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("derivedKey",), "00" * 32),
        (("derivedKey",), "not hexadecimal"),
        (("derivedKey",), ""),
        (("signature",), "00" * 32),
        (("signature",), ""),
        (("parameters", "cost"), 1),
        (("parameters", "keyPrefix"), "00"),
        (("parameters", "keySignature"), ""),
        (("parameters", "data", "tries"), 1_000_000),
        (("parameters", "data", "ends"), 9_000_000),
    ],
)
def test_what_was_changed_is_no_solution(done: dict[str, Any], place: tuple[str, ...], value: object) -> None:
    changed = deepcopy(done)
    inner = changed
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    assert not Rig().work.is_done(changed, LEVEL)
