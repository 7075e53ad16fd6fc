"""Two gateways on a real Redis: what one commits is on the other, in order, whatever is lost on the way."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import orjson
import pytest

from beeplace.board.board import Board
from beeplace.board.changes.recolor import Recolor
from beeplace.board.palette import Palette
from beeplace.board.rules import Action
from beeplace.errors import SettingError
from beeplace.log.redis.bus import RedisBus
from beeplace.log.redis.codec import MAX_BYTES, written
from beeplace.log.redis.pubsub import MAX_ENTRIES
from tests.deployment.proxies import certificate
from tests.log.gateways import SECRET, Gateway, Pair, pair, paused
from tests.log.samples import BOB, HEIGHT, ORGANISER, STATE, WANTED, WIDTH, Session, fill, placement, read_only, reset
from tests.ports import free_port
from tests.redis import RedisServer, shared
from tests.waiting import until


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[Pair]:
    async with pair(shared(), tmp_path) as both:
        yield both


@pytest.fixture
def guarded() -> Iterator[RedisServer]:
    with RedisServer(requirepass="open-sesame") as server:
        yield server


def crowd(count: int) -> list[bytes]:
    return [f"person {number}".encode().ljust(16) for number in range(count)]


async def test_what_one_commits_the_other_hears_whole_and_in_order(both: Pair) -> None:
    log: list[int] = []
    both.two.replica.follow(lambda entries, _: log.extend(e.seq for e in entries))
    for number in range(20):
        await both.one.place(placement(number % WIDTH, number % HEIGHT, number % 4, by=secrets.token_bytes(16)))
    await until(both.same)
    assert log == list(range(1, 21))
    assert [e for news in both.two.news() for e in news.entries] == await both.one.store.entries_after(0, 99)
    assert both.two.news()[-1].state == both.one.board.state
    assert both.two.replica.repairs == 0
    assert both.one.news() == []  # nobody hears oneself
    await until(both.right)


async def test_both_commit_and_both_have_all(both: Pair) -> None:
    people = crowd(60)
    await asyncio.gather(
        *[g.place(placement(i % WIDTH, i % HEIGHT, i % 4, by=p)) for i, p in enumerate(people) for g in both.gateways]
    )
    await until(lambda: both.same() and both.one.board.state.seq == 120)
    await until(both.right)


async def test_an_allowance_used_on_one_is_used_on_the_other(both: Pair) -> None:
    await both.one.place(placement(by=BOB), placement(by=BOB), placement(by=BOB))
    await until(both.same)
    assert both.two.commits.left(BOB)[0] == 0
    assert [a.code for a in await both.two.place(placement(by=BOB))] == ["cooldown"]


async def test_an_organisers_actions_are_on_the_other_and_in_the_bitfield(both: Pair) -> None:
    palette = Action(Recolor(Palette(("#000000", "#FFFFFF", "#123456"))), ORGANISER, epoch="fourth")
    for action in (fill(color=2), reset(), fill(color=1), read_only(), palette):
        await both.one.place(placement(by=secrets.token_bytes(16)))
        await both.two.commits.act(action)
        await until(both.same)
        await until(both.right)
    assert both.one.board.state.read_only
    assert len(both.one.board.state.palette) == 3


async def test_a_hole_is_read_from_the_log(both: Pair) -> None:
    await both.one.place_silently(placement(1, 1))
    await both.one.place(placement(2, 2))
    await until(both.same)
    assert both.two.replica.repairs == 1


async def test_what_nobody_told_of_is_found_by_the_next_sign_of_life(both: Pair) -> None:
    await both.one.place_silently(placement(1, 1))
    await until(both.same)
    assert None in both.two.heard
    await until(both.right)


async def test_news_too_long_for_a_message_are_read_from_the_log(both: Pair) -> None:
    news = await both.one.place_silently(*[placement(by=person) for person in crowd(3_000)])
    assert len(orjson.dumps(written(news))) > MAX_BYTES
    both.one.bus.announce(news)
    await until(both.same)
    assert both.two.news() == []
    await until(both.right)


async def test_what_waits_to_be_told_is_bounded_and_nothing_is_lost(both: Pair) -> None:
    with paused(both.server):
        for _ in range(2 * MAX_ENTRIES // 1_000):
            await both.one.place(*[placement(by=secrets.token_bytes(16)) for _ in range(1_000)])
        speaker = both.one.bus._speaker
        assert speaker.dropped
        assert sum(len(news.entries) for news in speaker._queue) == speaker._entries <= MAX_ENTRIES
    await until(both.same)
    await until(both.right)


async def test_boards_on_one_redis_do_not_meet(both: Pair, tmp_path: Path) -> None:
    async with pair(both.server, tmp_path / "other") as others:
        await both.one.place(placement(3, 3))
        await until(both.same)
        await others.settled()
        assert others.two.board.state.seq == 0
        assert others.two.bus.ignored == 0


async def test_a_gateway_with_another_secret_is_not_heard(both: Pair) -> None:
    stranger = Gateway(both.server.url(), both.one.store, both.one.board.twin(), both.name, bytes(32))
    stranger.start()
    await until(lambda: both.one.bus.ignored > 0)
    assert both.one.bus.gateways == 1
    await stranger.stop()


async def test_what_was_committed_last_is_told_before_the_end(both: Pair) -> None:
    await both.one.place(placement(4, 4))
    await both.one.stop()
    await until(both.same)
    both.one.start()
    await both.settled()


async def test_a_bus_before_it_runs_says_that_it_is_not_connected() -> None:
    bus = RedisBus(shared().url(), Board(STATE), SECRET, "one")
    await bus.open()
    assert bus.failing == "Redis: not connected yet"
    assert (bus.elsewhere, bus.ignored, bus.gateways, bus.rebuilt) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1", "redis://127.0.0.1:port", "redis://127.0.0.1/0?nonsense=1", "127.0.0.1:6379", ""]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(SettingError, match="REDIS_URL"):
        RedisBus(url, Board(STATE), SECRET, "one")


async def test_a_wrong_password_is_told_at_the_start_and_not_shown(guarded: RedisServer) -> None:
    bus = RedisBus(guarded.url(password="open-barley"), Board(STATE), SECRET, "one")
    with pytest.raises(SettingError, match=r"REDIS_URL: Redis: WRONGPASS") as raised:
        await bus.open()
    assert "barley" not in str(raised.value)


async def test_a_password_that_is_missing_is_told_at_the_start(guarded: RedisServer) -> None:
    bus = RedisBus(f"redis://127.0.0.1:{guarded.port}", Board(STATE), SECRET, "one")
    with pytest.raises(SettingError, match=r"REDIS_URL: Redis: NOAUTH"):
        await bus.open()


async def test_a_database_that_is_not_there_is_told_at_the_start() -> None:
    with pytest.raises(SettingError, match=r"REDIS_URL: Redis: .*DB index"):
        await RedisBus(shared().url(9999), Board(STATE), SECRET, "one").open()


async def test_a_redis_that_is_away_is_no_error_at_the_start() -> None:
    port = free_port()
    bus = RedisBus(f"redis://:open-sesame@127.0.0.1:{port}/0", Board(STATE), SECRET, "one")
    await bus.open()
    assert bus.failing
    assert str(port) in bus.failing
    assert "sesame" not in bus.failing


@pytest.mark.parametrize("form", ["password", "unix", "options"])
async def test_every_form_of_address_leads_there(form: str, guarded: RedisServer, tmp_path: Path) -> None:
    url = {
        "password": guarded.url(),
        "unix": f"unix://{guarded.socket}?password=open-sesame",
        "options": f"{guarded.url()}?protocol=3&decode_responses=yes&socket_timeout=60&retry_on_timeout=yes",
    }[form]
    await leads_there(url, guarded, tmp_path)


async def test_a_connection_can_be_sealed(tmp_path: Path) -> None:
    made, port = certificate(tmp_path), str(free_port())
    with RedisServer(
        tls_port=port,
        tls_cert_file=str(made.chain),
        tls_key_file=str(made.key),
        tls_ca_cert_file=str(made.authority),
        tls_auth_clients="no",
    ) as server:
        url = f"rediss://localhost:{port}/0"
        await leads_there(f"{url}?ssl_ca_certs={made.authority}", server, tmp_path / "sealed")
        stranger = RedisBus(url, Board(STATE), SECRET, "one")
        await stranger.open()
        assert "CERTIFICATE_VERIFY_FAILED" in (stranger.failing or "")
        for name in ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile"):
            with pytest.raises(SettingError, match=f"^REDIS_URL: {name}={tmp_path}/nothing: there is no such file"):
                RedisBus(f"{url}?{name}={tmp_path}/nothing", Board(STATE), SECRET, "one")


async def leads_there(url: str, server: RedisServer, folder: Path) -> None:
    """A gateway at this address paints the bitfield of that server."""
    folder.mkdir(exist_ok=True)
    session = Session(folder)
    await session.open(WANTED)
    gateway = Gateway(url, session.store, session.board, "beeplace")
    gateway.start()
    await gateway.place(placement(5, 5, 1))
    await until(lambda: not gateway.bus.failing)
    await until(lambda: server.command("GET", "{beeplace}:board") == bytes(session.board.pixels))
    await gateway.stop()
    await session.store.close()
