"""Reports end to end, on a file and on two gateways of one database: people report, moderators decide, once."""

from __future__ import annotations

import io
from base64 import b64decode
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

import aiohttp
import pytest
from PIL import Image

from beeplace.desk.reports.rules import MAX_SIDE, PER_WINDOW
from tests.clients.phone import Phone, dial
from tests.e2e.pair import shared_ports
from tests.gateway.desk_socket.desks import desk
from tests.keys import add_key
from tests.placing import FREELY
from tests.servers import API_KEY, ServerProcess

_places = count(0, 4)  # each test has rows of its own


class Site(NamedTuple):
    """One board: its gateways, and the keys of two who keep order."""

    gateways: list[ServerProcess]
    anna: str
    bert: str

    @property
    def first(self) -> str:
        return self.gateways[0].url

    @property
    def last(self) -> str:
        """Another gateway where there is one."""
        return self.gateways[-1].url


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    shared = shared_ports(bus=False) if request.param == "postgres" else {}
    settings = {**FREELY, "BOARD_SIZE": 256, **shared}
    running = [ServerProcess(folder / str(number), **settings) for number in range(2 if shared else 1)]
    yield Site(running, API_KEY, add_key(running[0], "Bert", "moderator"))
    for server in running:
        server.kill()


class Person(NamedTuple):
    """Somebody who draws and reports."""

    phone: Phone
    token: str

    async def draw(self, *pixels: tuple[int, int, int]) -> int:
        """The seq of the last one."""
        for x, y, color in pixels:
            answer = await self.phone.place(x, y, color)
            assert answer["ok"], answer
        return int(answer["seq"])

    async def report(self, url: str, area: dict[str, int], reason: str = "hate", **more: Any) -> tuple[int, Any]:
        return await asked(url, "POST", "/api/reports", {"token": self.token, "area": area, "reason": reason}, **more)


@asynccontextmanager
async def people(*urls: str) -> AsyncIterator[list[Person]]:
    """One new person at each address."""
    async with AsyncExitStack() as stack:
        phones = [await stack.enter_async_context(dial(url)) for url in urls]
        yield [Person(phone, (await phone.join({"board": "none"}))["token"]) for phone in phones]


async def asked(
    url: str, method: str, path: str, body: object = None, *, key: str | None = None, name: str | None = None
) -> tuple[int, Any]:
    """Status and answer; `name` is the Idempotency-Key."""
    headers = ({"apiKey": key} if key else {}) | ({"Idempotency-Key": name} if name else {})
    async with aiohttp.ClientSession() as http, http.request(method, url + path, json=body, headers=headers) as answer:
        return answer.status, await answer.json()


async def act(site: Site, path: str, body: object = None, key: str | None = None) -> dict[str, Any]:
    """What a moderator does, which must be possible."""
    status, answer = await asked(site.first, "POST", path, body, key=key or site.anna)
    assert status == 200, answer
    found: dict[str, Any] = answer
    return found


async def queue(site: Site, state: str = "open") -> list[dict[str, Any]]:
    """As another gateway lists it."""
    status, answer = await asked(site.last, "GET", f"/api/reports?state={state}", key=site.bert)
    assert status == 200, answer
    found: list[dict[str, Any]] = answer["reports"]
    return found


async def filed(site: Site, person: Person, area: dict[str, int], reason: str = "hate") -> int:
    """The number of the new report."""
    assert (await person.report(site.first, area, reason))[0] == 200
    return int((await queue(site))[0]["number"])


def place(width: int = 4, height: int = 3) -> dict[str, int]:
    """An area that no other test draws in."""
    return {"x": 8, "y": next(_places), "width": width, "height": height}


def pixels(url: str) -> list[tuple[int, int, int]]:
    """Of a picture, row by row."""
    image = Image.open(io.BytesIO(b64decode(url.removeprefix("data:image/png;base64,")))).convert("RGB")
    found = image.tobytes()
    return [(found[at], found[at + 1], found[at + 2]) for at in range(0, len(found), 3)]


async def test_the_evidence_is_what_the_log_says_as_of_the_report(site: Site) -> None:
    area = place()
    x, y = area["x"], area["y"]
    async with people(site.first, site.first, site.first) as (ann, bob, cat):
        began = await ann.draw((x, y, 1), (x + 1, y, 1))
        await bob.draw((x + 1, y, 2), (x + 2, y, 2), (x + 2, y, 3))
        last = await ann.draw((x + 3, y + 2, 4))
        number = await filed(site, cat, area)
        path = f"/api/reports/{number}/evidence"
        status, told = await asked(site.last, "GET", path, key=site.anna)
        assert status == 200, told
        colors = [tuple(bytes.fromhex(color[1:])) for color in told["palette"]]
        white = colors[0]
        assert pixels(told["before"]) == [white] * 12
        assert pixels(told["after"]) == [colors[1], colors[2], colors[3], white, *[white] * 7, colors[4]]
        assert [(one["pixels"], one["shown"]) for one in told["people"]] == [(3, 2), (3, 2)]
        assert told["steps"]["seqs"] == [*range(began - 1, last + 1)]
        assert told["steps"]["offsets"] == [0, 1, 1, 2, 2, 11]
        assert told["steps"]["colors"] == [1, 1, 2, 2, 3, 4]
        assert told["steps"]["people"] == [0, 0, 1, 1, 1, 0]
        assert told["report"]["seq"] >= last
        # The board goes on, and is taken back: what was reported stays what it was.
        await bob.draw((x, y, 5))
        await act(site, "/api/actions", {"kind": "fill", "area": area, "color": 6, "reason": "because"})
        await act(
            site,
            "/api/actions",
            {"kind": "rewind", "selection": {"area": area, "from": began - 2}, "reason": "a mistake"},
        )
        for gateway in site.gateways:
            again = (await asked(gateway.url, "GET", path, key=site.anna))[1]
            assert again == told
        selection = {**told["selection"], "people": [told["people"][1]["person"]]}
        preview = await act(site, "/api/selections/preview", selection)
        assert preview["selection"]["people"] == [told["people"][1]["person"]]


async def test_organisers_changes_are_steps_without_a_person(site: Site) -> None:
    area = place(2, 1)
    await act(site, "/api/actions", {"kind": "fill", "area": area, "color": 6, "reason": "because"})
    async with people(site.first) as [ann]:
        await ann.draw((area["x"], area["y"], 1))
        number = await filed(site, ann, area)
    told = (await asked(site.first, "GET", f"/api/reports/{number}/evidence", key=site.anna))[1]
    assert (told["steps"]["offsets"], told["steps"]["people"]) == ([0, 1, 0], [-1, -1, 0])
    assert len(told["people"]) == 1


async def test_a_report_says_nothing_about_people(site: Site) -> None:
    area = place()
    async with people(site.first, site.first) as (ann, bob):
        await ann.draw((area["x"], area["y"], 1))
        answer = await bob.report(site.first, area)
        assert answer == (200, {"statusCode": 200, "message": "Thank you. An organiser will look at it."})
        [report] = [one for one in await queue(site) if one["area"] == area]
        assert report["reporter"].startswith("bee-")
        assert bob.token not in str(report)


async def test_one_name_is_one_report(site: Site) -> None:
    area = place()
    async with people(site.first) as [ann]:
        for gateway in (*site.gateways, *site.gateways):
            assert (await ann.report(gateway.url, area, name="once"))[0] == 200
        assert len([one for one in await queue(site) if one["area"] == area]) == 1
        assert (await ann.report(site.first, area, "nudity", name="once"))[0] == 422


async def test_a_person_reports_a_few_times_and_is_told_when_again(site: Site) -> None:
    async with people(site.first) as [ann]:
        for _ in range(PER_WINDOW):
            assert (await ann.report(site.first, place()))[0] == 200
        for gateway in site.gateways:
            status, told = await ann.report(gateway.url, place())
            assert (status, told["code"]) == (429, "limited")
            assert 0 < told["retryIn"] <= 600_000


async def test_who_reports_falsely_is_muted_until_a_moment(site: Site) -> None:
    def moment(minutes: int) -> dict[str, str]:
        return {"until": (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()}

    async with people(site.first, site.first) as (ann, bob):
        number = await filed(site, ann, place())
        await act(site, f"/api/reports/{number}/mute", moment(30))
        status, told = await ann.report(site.last, place())
        assert (status, told["code"]) == (403, "muted")
        assert 29 * 60_000 < told["retryIn"] <= 30 * 60_000
        assert (await bob.report(site.last, place()))[0] == 200
        assert [one["reporterMuted"] for one in await queue(site) if one["number"] == number] == [True]
        told = await act(site, f"/api/reports/{number}/mute", {**moment(-1), "dismiss": True})
        assert told["closed"] == [number]
        assert (await ann.report(site.last, place()))[0] == 200


async def test_all_that_was_reported_in_an_area_is_dismissed_at_once(site: Site) -> None:
    area = {"x": 100, "y": 100, "width": 2, "height": 2}
    async with people(site.first, site.first) as (ann, bob):
        numbers = [await filed(site, who, {**area, "x": x}) for who, x in ((ann, 100), (bob, 140), (ann, 180))]
    around = {"x": 90, "y": 90, "width": 80, "height": 166}
    for wrong in ({"outcome": "acted", "action": 1, "area": around}, {"outcome": "dismissed", "area": {"x": 1}}):
        path = f"/api/reports/{numbers[0]}/decision"
        assert (await asked(site.first, "POST", path, wrong, key=site.anna))[0] == 422
    told = await act(site, f"/api/reports/{numbers[0]}/decision", {"outcome": "dismissed", "area": around})
    assert told["closed"] == numbers[:2]


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"token": "nobody"}, 401),
        ({"token": ""}, 401),
        ({"reason": "boredom"}, 422),
        ({"reason": None}, 422),
        ({"text": "look"}, 422),
        ({"area": {"x": 0, "y": 0, "width": MAX_SIDE + 1, "height": 1}}, 422),
        ({"area": {"x": 0, "y": 0, "width": 0, "height": 1}}, 422),
        ({"area": {"x": 255, "y": 0, "width": 2, "height": 1}}, 422),
        ({"area": {"x": -1, "y": 0, "width": 2, "height": 1}}, 422),
        ({"area": {"x": 0, "y": 0, "width": 2.5, "height": 1}}, 422),
    ],
)
async def test_what_is_no_report_is_refused_with_the_reason(site: Site, wrong: dict[str, Any], status: int) -> None:
    async with people(site.first) as [ann]:
        body = {"token": ann.token, "area": place(), "reason": "hate", **wrong}
    found, told = await asked(site.first, "POST", "/api/reports", body)
    assert (found, told["statusCode"]) == (status, status)
    assert told["message"]


async def test_two_moderators_never_decide_the_same(site: Site) -> None:
    async with people(site.first) as [ann]:
        number = await filed(site, ann, place())
    path = f"/api/reports/{number}"
    assert (await asked(site.first, "POST", f"{path}/claim", key=site.anna))[0] == 200
    assert (await asked(site.last, "POST", f"{path}/claim", key=site.anna))[0] == 200
    [claim] = [one["claim"] for one in await queue(site) if one["number"] == number]
    assert (claim["by"], claim["yours"], 0 < claim["endsIn"] <= 300_000) == ("API_KEY", False, True)
    dismissed = {"outcome": "dismissed"}
    for method, what, body in (("POST", "claim", None), ("DELETE", "claim", None), ("POST", "decision", dismissed)):
        status, _ = await asked(site.last, method, f"{path}/{what}", body, key=site.bert)
        assert status == 409
    assert (await asked(site.last, "DELETE", f"{path}/claim", key=site.anna))[0] == 200
    first = await asked(site.last, "POST", f"{path}/decision", dismissed, key=site.bert, name="mine")
    again = await asked(site.first, "POST", f"{path}/decision", dismissed, key=site.bert, name="mine")
    assert first == again == (200, {"statusCode": 200, "message": "Decided", "closed": [number]})
    assert (await asked(site.first, "POST", f"{path}/decision", dismissed, key=site.anna))[0] == 409
    assert (await asked(site.first, "POST", f"{path}/claim", key=site.anna))[0] == 409
    [closed] = [one for one in await queue(site, "closed") if one["number"] == number]
    assert (closed["decision"]["outcome"], closed["decision"]["by"]) == ("dismissed", "Bert")


async def test_a_decision_closes_what_it_answers(site: Site) -> None:
    area, far = place(8, 3), place(4, 3)
    x, y = area["x"], area["y"]
    async with people(site.first, site.first, site.first) as (ann, bob, cat):
        await ann.draw((x, y, 1), (x + 1, y, 1), (far["x"], far["y"], 1))
        await bob.draw((x + 7, y + 2, 2))
        number = await filed(site, bob, area)
        overlapping = await filed(site, cat, {**area, "width": 4}, "vandalism")
        elsewhere = await filed(site, cat, far)
        beside = await filed(site, cat, place())
        evidence = (await asked(site.first, "GET", f"/api/reports/{elsewhere}/evidence", key=site.anna))[1]
        [drawer] = evidence["people"]
        banned = await act(site, "/api/actions", {"kind": "ban", "people": [drawer["person"]], "reason": "hate"})
        for wrong in ({"outcome": "acted"}, {"outcome": "dismissed", "action": banned["seq"]},
                      {"outcome": "acted", "action": 10**9}, {"outcome": "burnt"}):  # fmt: skip
            assert (await asked(site.first, "POST", f"/api/reports/{number}/decision", wrong, key=site.anna))[0] == 422
        told = await act(site, f"/api/reports/{number}/decision", {"outcome": "acted", "action": banned["seq"]})
        assert told["closed"] == [number, overlapping, elsewhere]
        numbers = [one["number"] for one in await queue(site)]
        assert beside in numbers
        assert not {number, overlapping, elsewhere} & set(numbers)
        await act(site, f"/api/actions/{banned['seq']}/undo")


async def test_a_desk_on_any_gateway_sees_reports_come_and_go(site: Site) -> None:
    async with desk(site.last) as seen, people(site.first) as [ann]:
        open_before = seen.state["reports"]["open"]
        number = await filed(site, ann, place())
        await seen.until(lambda: seen.state["reports"]["open"] == open_before + 1)
        version = seen.state["reports"]["version"]
        await act(site, f"/api/reports/{number}/claim")
        await seen.until(lambda: seen.state["reports"]["version"] > version)
        await act(site, f"/api/reports/{number}/decision", {"outcome": "dismissed"})
        await seen.until(lambda: seen.state["reports"]["open"] == open_before)
    async with aiohttp.ClientSession() as http, http.get(f"{site.first}/metrics") as answer:
        text = await answer.text()
    assert 'beeplace_reports_total{code="taken"}' in text
    assert "beeplace_reports_open" in text


async def test_reports_can_be_turned_off_while_it_runs(site: Site) -> None:
    async with people(site.last) as [ann]:
        for on, status in ((False, 403), (True, 200)):
            done, told = await asked(site.first, "PATCH", "/api/settings", {"reports": on}, key=API_KEY)
            assert done == 200, told
            assert (await ann.phone.event("settings"))[0]["reports"] is on
            found, told = await ann.report(site.last, place())
            assert (found, told.get("code")) == (status, None if on else "off")


async def test_a_confirmed_report_survives_a_crash(site: Site) -> None:
    async with people(site.first) as [ann]:
        area = place()
        await ann.draw((area["x"], area["y"], 3))
        assert (await ann.report(site.first, area, name="kept"))[0] == 200
    number = (await queue(site))[0]["number"]
    before = (await asked(site.first, "GET", f"/api/reports/{number}/evidence", key=site.anna))[1]
    assert (await asked(site.first, "POST", f"/api/reports/{number}/claim", key=site.anna))[0] == 200
    site.gateways[0].kill()
    site.gateways[0].start()
    assert [one["claim"]["by"] for one in await queue(site) if one["number"] == number] == ["API_KEY"]
    after = (await asked(site.first, "GET", f"/api/reports/{number}/evidence", key=site.anna))[1]
    assert {**after, "report": None} == {**before, "report": None}
    assert (await ann.report(site.first, area, name="kept"))[0] == 200
    assert len([one for one in await queue(site) if one["area"] == area]) == 1
