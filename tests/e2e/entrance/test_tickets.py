"""Tickets end to end, on two gateways: one person each, whoever shows it first, and nobody by what is none."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from beeplace.lifecycle import Running
from tests.clients.phone import dial
from tests.e2e.entrance.test_wall_code import Answer, asked, entered, settle, two
from tests.e2e.inside import gateways
from tests.servers import API_KEY

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parents[2] / "people" / "tickets" / "pretix_sig1.json").read_text())
TICKETS: dict[str, str] = GOLDEN["tickets"]


def sources(folder: Path) -> dict[str, object]:
    """Settings under which the golden tickets of product 12, and three codes, let in; one of each is revoked."""
    (folder / "keys").write_text(GOLDEN["pem"])
    (folder / "list.csv").write_text("code;name\nHIVE-0001;a\nHIVE-0002;b\nHIVE-0003;c\n")
    (folder / "revoked").write_text(f"{TICKETS['another']}\nhive0003\n")
    return {
        "ENTRY": "ticket", "TICKET_KEY_FILE": folder / "keys", "TICKET_LIST": folder / "list.csv",
        "TICKET_REVOKED": folder / "revoked", "TICKET_ITEMS": "12",
    }  # fmt: skip


@asynccontextmanager
async def pair(folder: Path) -> AsyncIterator[list[Running]]:
    async with two(folder, **sources(folder)) as both:
        yield both


async def shown(one: Running, ticket: str, token: str = "") -> Answer:
    return await asked(one, "POST", "/api/entry", {"ticket": ticket, "token": token})


async def test_a_ticket_lets_its_first_holder_draw_and_nobody_else(tmp_path: Path) -> None:
    async with pair(tmp_path) as (one, other), dial(one.address) as ann, dial(other.address) as bob:
        mine, theirs = await ann.join(), await bob.join()
        assert (mine["entry"]["ways"], (await ann.place(1, 1, 1))["code"]) == (["ticket"], "entry")
        done = await shown(one, TICKETS["standard"], mine["token"])
        assert (done.status, done.cookies) == (200, {"beeplace": done.told["token"]})
        assert (await ann.join({"token": done.told["token"], "board": "none"}))["entry"]["entered"]
        assert (await ann.place(1, 1, 1))["remainingPixels"] == 2
        used = await shown(other, TICKETS["standard"], theirs["token"])
        assert (used.status, used.told["code"], used.cookies) == (403, "used", {})
        assert (await shown(other, TICKETS["standard"])).told["code"] == "used"
        assert (await bob.place(1, 2, 1))["code"] == "entry"
        again = await shown(other, TICKETS["standard"], mine["token"])  # the answer was lost: the holder asks again
        assert (again.status, (await shown(one, "hive 0001", theirs["token"])).status) == (200, 200)
        told = {name: (await shown(one, TICKETS[name])).told["code"] for name in ("another", "vip", "of_another_event")}
        assert told == {"another": "revoked", "vip": "other", "of_another_event": "invalid"}
        codes = [(await shown(one, code)).told["code"] for code in ("hive0003", "hive0004", "hive0001")]
        assert codes == ["revoked", "invalid", "used"]
        state = (await asked(one, "GET", "/api/entry", key=API_KEY)).told
        assert (state["possible"], state["byWay"], state["tickets"], state["codes"]) == (
            ["code", "ticket", "work"], [{"way": "ticket", "entered": 2}], {"listed": 3, "left": 2}, [],
        )  # fmt: skip


async def test_of_many_who_show_one_code_at_once_on_two_gateways_one_comes_in(tmp_path: Path) -> None:
    async with pair(tmp_path) as both:
        answers = await asyncio.gather(*(shown(both[number % 2], "HIVE-0002") for number in range(12)))
        assert sorted(answer.status for answer in answers) == [200] + 11 * [403]
        assert {answer.told.get("code") for answer in answers} == {None, "used"}


async def test_who_is_in_by_a_wall_uses_no_ticket_up(tmp_path: Path) -> None:
    async with pair(tmp_path) as both, dial(both[0].address) as ann:
        await settle(both, entry=["code", "ticket"])
        code = (await asked(both[1], "GET", "/api/entry", key=API_KEY)).told["codes"][0]["code"]
        state = await entered(both[0], ann, code, (await ann.join())["token"])
        same = await shown(both[0], "HIVE-0001", state["token"])
        assert same.told["token"] == state["token"]
        assert (await shown(both[1], "HIVE-0001")).status == 200


async def test_a_restart_forgets_no_claim_and_an_operator_frees_a_lost_phones_ticket(tmp_path: Path) -> None:
    settings = sources(tmp_path)
    async with gateways(1, tmp_path, **settings) as [one]:
        assert (await shown(one, "HIVE-0001")).status == 200
    async with gateways(1, tmp_path, **settings) as [one]:
        assert (await shown(one, "HIVE-0001")).told["code"] == "used"
        release, ticket = "/api/entry/tickets/release", {"ticket": "hive-0001"}
        assert (await asked(one, "POST", release, ticket)).status == 401
        freed = [(await asked(one, "POST", release, ticket, key=API_KEY)).told["released"] for _ in range(2)]
        assert freed == [True, False]
        assert (await asked(one, "POST", release, {"ticket": "nonsense"}, key=API_KEY)).status == 409
        assert (await shown(one, "HIVE-0001")).status == 200


async def test_no_ticket_itself_is_stored(tmp_path: Path) -> None:
    async with gateways(1, tmp_path, **sources(tmp_path)) as [one]:
        assert (await shown(one, TICKETS["standard"])).status == 200
        assert (await shown(one, "HIVE-0001")).status == 200
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file() and "db" in path.suffix)
    assert stored
    for secret in (TICKETS["standard"], TICKETS["standard"][::-1], "HIVE-0001", "hive0001"):
        assert secret.encode() not in stored


@pytest.mark.parametrize("both", [{}, {"code": "BBBBBB", "ticket": "x"}, {"ticket": ""}, {"ticket": "x" * 1001}])
async def test_one_thing_is_shown_at_a_time(tmp_path: Path, both: dict[str, str]) -> None:
    async with gateways(1, tmp_path, **sources(tmp_path)) as [one]:
        assert (await asked(one, "POST", "/api/entry", both)).status == 422


async def test_tickets_are_no_way_where_none_is_known(tmp_path: Path) -> None:
    async with gateways(1, tmp_path, ENTRY="code") as [one]:
        refused = await asked(one, "PATCH", "/api/settings", {"entry": ["code", "ticket"], "reason": ""}, key=API_KEY)
        assert (refused.status, "TICKET_KEY_FILE" in refused.told["message"]) == (422, True)
        assert (await shown(one, "HIVE-0001")).told["code"] == "way"
