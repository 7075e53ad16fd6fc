"""A short form of `make fuzz`: the same kinds and checks, with a seed that is always the same."""

from __future__ import annotations

from pathlib import Path

from tests.fuzz.chance import Chance
from tests.fuzz.grammar import Grammar
from tests.fuzz.rig import Plan, Rig
from tests.fuzz.target import target

SHORT = Plan(frames=1_500, requests=300, frames_per_batch=1_500, requests_per_batch=300, warm_up_seconds=0, seed=20)


async def test_no_frame_and_no_request_breaks_the_server(tmp_path: Path) -> None:
    async with target(tmp_path) as server:
        totals = await Rig(SHORT, server).run()
    assert totals.sent["grammar"] >= SHORT.frames
    assert totals.sent["bytes"] >= SHORT.frames
    assert totals.sent["requests"] >= SHORT.requests
    assert {"closed 4400", "closed 1002", "closed 1007", "closed 1009", "status 200", "status 400"} <= set(totals.ends)


def test_the_same_seed_draws_the_same_frames() -> None:
    one, same, other = (Grammar(Chance(seed)) for seed in ("1", "1", "2"))
    frames = [one.frame() for _ in range(50)]
    assert frames == [same.frame() for _ in range(50)]
    assert frames != [other.frame() for _ in range(50)]
