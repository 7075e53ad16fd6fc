"""A user of Redis that may do what docs/deployment.md names and nothing else: it is enough, and none of it too much."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doctor.test_doctor import broken, examined
from tests.log.gateways import pair
from tests.log.samples import placement, reset
from tests.project import tree
from tests.redis import RedisServer

SENT = {"ping", "publish", "subscribe", "eval", "evalsha", "del"}  # beside what scripts call


def documented() -> list[str]:
    [line] = re.findall(r"^ACL SETUSER beeplace .*$", tree.text("docs/deployment.md"), re.MULTILINE)
    return str(line).split()


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with RedisServer() as server:
        server.command(*documented())
        yield server


def url(server: RedisServer) -> str:
    return f"redis://beeplace:PASSWORD@127.0.0.1:{server.port}/0"


def test_exactly_what_is_called_is_named() -> None:
    scripts = (tree.ROOT / "beeplace" / "log" / "redis" / "scripts").glob("*.lua")
    called = {name.lower() for path in scripts for name in re.findall(r"(?:call|change)\('([A-Z]+)'", path.read_text())}
    assert {word[1:] for word in documented() if word.startswith("+")} == called | SENT


async def test_gateways_and_the_doctor_are_refused_nothing(server: RedisServer, tmp_path: Path) -> None:
    async with pair(server, tmp_path, url(server), url(server), name="beeplace") as both:
        both.one.people = {b"one".ljust(16)}
        await both.one.place(placement(1, 1, 1))
        await both.two.commits.act(reset())
        await both.settled()
    code, found = examined(tmp_path, REDIS_URL=url(server))
    assert (code, broken(found)) == (0, {})
    assert found["script"][0] == found["messages"][0] == "ok"
    assert [entry for entry in server.command("ACL", "LOG") if b"info" not in str(entry).encode()] == []


@pytest.mark.parametrize(
    ("less", "name"),
    [("-evalsha", "script"), ("-set", "script"), ("resetkeys", "script"), ("resetchannels", "messages"),
     ("-publish", "messages"), ("-subscribe", "messages")],
)  # fmt: skip
def test_the_doctor_says_what_a_gateway_would_be_refused(
    server: RedisServer, tmp_path: Path, less: str, name: str
) -> None:
    server.command("ACL", "SETUSER", "beeplace", less)
    code, found = examined(tmp_path, REDIS_URL=url(server))
    assert (code, set(broken(found))) == (1, {name})
    assert "docs/deployment.md" in found[name][1]
