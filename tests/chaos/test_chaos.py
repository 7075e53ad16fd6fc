"""The chaos rig in short, and that it sees the faults that are planted for it; `make chaos` runs it at length."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from tests.chaos import power
from tests.chaos.links.stalled import stalled
from tests.chaos.rig import Plan, Rig
from tests.chaos.site import Shape
from tests.chaos.totals import Totals
from tests.postgres import PostgresServer

SEED = 20261122
MIX = Plan(
    seconds=15, confirmed=100, kills=1, per_second=120, people=100, cheats=15, screens=8, most_passes=40, seed=SEED
)
SMALL = Plan(
    seconds=2, confirmed=300, per_second=120, people=60, cheats=20, screens=3, crashes=(), faults=frozenset(),
    seed=SEED,
)  # fmt: skip
CUTS = 200
FILLS = 200


async def test_gateways_redis_and_postgresql_may_fail_as_they_like(tmp_path: Path) -> None:
    totals = await Rig(MIX, tmp_path).run()
    assert totals.violations == [], f"seed {totals.seed}"
    assert totals.confirmed > 0
    assert totals.gateway_kills > 0
    assert totals.faults


def kinds(totals: Totals) -> set[str]:
    return {violation.split(":")[0] for violation in totals.violations}


async def test_an_answer_before_its_commit_is_found(tmp_path: Path) -> None:
    shape = Shape("sqlite", planted="answer-before-commit")
    plan = replace(SMALL, shape=shape, crashes=("written",), most_passes=20, confirmed=30, kills=2, patience_seconds=5)
    assert "lost" in kinds(await Rig(plan, tmp_path).run())


async def test_a_cooldown_that_is_read_and_raised_apart_is_found(tmp_path: Path) -> None:
    with PostgresServer() as server:
        plan = replace(SMALL, shape=Shape(planted="cooldown-apart", postgres=server))
        assert "allowance" in kinds(await Rig(plan, tmp_path).run())


async def test_a_bus_whose_gaps_nobody_repairs_is_found(tmp_path: Path) -> None:
    shape, faults = Shape(planted="no-gap-repair"), frozenset({"Redis link doubling and losing"})
    plan = replace(SMALL, faults=faults, shape=shape, patience_seconds=2)
    assert {"false", "diverged"} & kinds(await Rig(plan, tmp_path).run())


async def test_nothing_is_confirmed_that_a_standby_was_to_have_and_has_not(tmp_path: Path) -> None:
    plan = replace(SMALL, seconds=8, faults=frozenset({"standby gone"}))
    sound = await Rig(plan, tmp_path / "sound").run()
    assert sound.violations == [], f"seed {sound.seed}"
    assert sound.faults["standby gone"]


async def test_a_confirmation_that_no_standby_has_is_found(tmp_path: Path) -> None:
    plan = replace(SMALL, seconds=8, faults=frozenset({"standby gone"}), shape=Shape(planted="confirm-unreplicated"))
    assert "unreplicated" in kinds(await Rig(plan, tmp_path).run())


async def cut(planted: str, folder: Path) -> list[str]:
    """What power cuts do to a server on SQLite."""
    rig = Rig(replace(SMALL, shape=Shape("sqlite", planted=planted)), folder)
    totals = await rig.run()
    assert totals.violations == []
    assert totals.confirmed > 0
    return list(power.cuts(folder / "gateway0" / power.TRACE, rig.history, CUTS, SEED))


async def test_a_power_cut_loses_nothing_that_was_confirmed_and_would_with_synchronous_normal(tmp_path: Path) -> None:
    sound, planted = await asyncio.gather(
        cut("power-trace", tmp_path / "sound"), cut("power-normal", tmp_path / "planted")
    )
    assert sound == []
    assert any(violation.startswith("lost") for violation in planted)


async def test_who_does_not_read_costs_little_and_a_fan_out_without_bound_is_found(tmp_path: Path) -> None:
    sound, planted = await asyncio.gather(
        stalled("", tmp_path / "sound", FILLS), stalled("unbounded-fan-out", tmp_path / "planted", FILLS)
    )
    assert sound == []
    assert planted
