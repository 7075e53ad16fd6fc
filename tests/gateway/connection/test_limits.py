"""Budgets, deadlines and the gate, on clocks of the test."""

from __future__ import annotations

import asyncio

import pytest

from beeplace.gateway.connection.admission import Admission
from beeplace.gateway.connection.limits import Budget, Deadlines


def test_a_budget_is_spent_and_comes_back_with_the_next_second() -> None:
    budget = Budget(2)
    assert [budget.spend(now) for now in (10.0, 10.5, 10.9, 11.0, 11.1, 11.2)] == [True, True, False, True, True, False]


class Item:
    pass


def test_a_deadline_is_looked_at_once_when_its_time_has_come() -> None:
    now, missed = [100.0], list[Item]()
    deadlines: Deadlines[Item] = Deadlines(5, lambda: now[0], missed.append)
    first, second = Item(), Item()
    deadlines.add(first)
    now[0] += 1
    deadlines.add(second)
    looked = []
    for at in (104.9, 105.0, 105.9, 106.0, 200.0):
        deadlines.step(at)
        looked.append(len(missed))
    assert (looked, missed) == ([0, 1, 1, 2, 2], [first, second])


def test_a_deadline_keeps_nothing_alive() -> None:
    missed: list[Item] = []
    deadlines: Deadlines[Item] = Deadlines(5, lambda: 0.0, missed.append)
    deadlines.add(Item())
    deadlines.step(10)
    assert missed == []


@pytest.mark.parametrize("at_once", [1, 3])
async def test_a_gate_lets_a_few_in_at_each_turn_and_in_order(at_once: int) -> None:
    gate, inside = Admission(at_once), list[int]()

    async def come(number: int) -> None:
        await gate.enter()
        inside.append(number)

    coming = [asyncio.create_task(come(number)) for number in range(10)]
    most = before = 0
    async with asyncio.timeout(60):
        while len(inside) < 10:
            await asyncio.sleep(0)
            most, before = max(most, len(inside) - before), len(inside)
    await asyncio.gather(*coming)
    assert inside == list(range(10))
    assert most <= at_once


async def test_who_gives_up_at_the_gate_holds_nobody_up() -> None:
    gate = Admission(1)
    coming = [asyncio.create_task(gate.enter()) for _ in range(3)]
    await asyncio.sleep(0)
    coming[1].cancel()
    async with asyncio.timeout(60):
        await coming[2]
    assert coming[1].cancelled()
