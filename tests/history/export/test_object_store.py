"""Exports into an object store: a server that speaks S3, and links to it that break in the middle."""

from __future__ import annotations

import asyncio
import hashlib
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
from moto.server import ThreadedMotoServer
from obstore.store import S3Store

from beeplace.history.object_store import is_object
from tests.chaos.links.proxy import Proxy
from tests.clients.http import get
from tests.e2e.process import begin_beeplace, run_beeplace
from tests.history.long_log import write_long_log
from tests.preloaded import PIPE
from tests.waiting import becomes, until

ROWS, SIZE = 100_000, 64  # 23 MB of JSON: more parts than are on their way at once
KEYS: dict[str, object] = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "us-east-1"}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Where it listens; it has one bucket."""
    running = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    url = f"http://{host}:{port}"
    asyncio.run(_put_bucket(url))
    yield url
    running.stop()


async def _put_bucket(url: str) -> None:

    async with aiohttp.ClientSession() as client, client.put(f"{url}/evening") as answer:
        assert answer.status == 200


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A log of some length."""
    path = tmp_path_factory.mktemp("log") / "board.db"
    asyncio.run(write_long_log(path, ROWS, SIZE))
    return f"sqlite:///{path}"


@pytest.fixture(scope="module")
def whole(database: str, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What every export of it is."""
    folder = tmp_path_factory.mktemp("whole")
    assert run_beeplace(folder, "export", "--to", "out.ndjson", DATABASE_URL=database).returncode == 0
    return (folder / "out.ndjson").read_bytes()


def stored(url: str, key: str) -> bytes:
    store = S3Store(
        "evening", endpoint=url, access_key_id="a", secret_access_key="b", region="us-east-1",
        client_options={"allow_http": True},
    )  # fmt: skip
    return bytes(store.get(key).bytes())


async def left(url: str, key: str) -> int:
    """How much there is of an object: uploads under way, and whole ones."""
    found = 0
    for asked in ("uploads", "list-type=2"):
        _, body, _ = await get(url, f"/evening?{asked}")
        found += body.count(f"<Key>{key}</Key>".encode())
    return found


def environment(url: str, database: str) -> dict[str, object]:
    return {**KEYS, "AWS_ENDPOINT_URL": url, "DATABASE_URL": database}


async def test_an_object_has_the_same_bytes_as_a_file(server: str, database: str, whole: bytes, tmp_path: Path) -> None:
    """Also where the connection is cut in the middle of a part: it is sent again."""
    async with Proxy(urlsplit(server).port or 0) as link:
        link.cut_after(6_000_000, "up")
        url = f"http://127.0.0.1:{link.port}"
        words = ("export", "--to", "s3://evening/a/b.ndjson")
        ended = await asyncio.to_thread(run_beeplace, tmp_path, *words, **environment(url, database))
        assert (ended.returncode, ended.stderr) == (0, "")
        assert link.up.left_bytes is None  # it was cut
        assert link.up.carried_bytes > len(whole)
    assert stored(server, "a/b.ndjson") == whole
    assert re.findall("sha256 (.*)", ended.stdout) == [hashlib.sha256(whole).hexdigest()]
    assert await left(server, "a/b.ndjson") == 1

    ended = await asyncio.to_thread(run_beeplace, tmp_path, *words, **environment(server, database))
    assert (ended.returncode, ended.stderr) == (
        74, "beeplace: there is an object of that name already: s3://evening/a/b.ndjson\n",
    )  # fmt: skip
    assert list(tmp_path.iterdir()) == []


async def test_what_was_sent_of_a_stopped_export_is_taken_back(server: str, database: str, tmp_path: Path) -> None:
    async with Proxy(urlsplit(server).port or 0) as link:
        link.slow(500_000)
        given = environment(f"http://127.0.0.1:{link.port}", database)
        words = ("export", "--to", "s3://evening/stopped.ndjson")
        process = begin_beeplace(tmp_path, *words, stdout=PIPE, stderr=PIPE, **given)
        await becomes(lambda: left(server, "stopped.ndjson"), 1)
        await until(lambda: link.up.carried_bytes > 1_000_000)
        process.send_signal(signal.SIGTERM)
        link.heal()
        with process:
            assert process.stderr
            said = await asyncio.to_thread(process.stderr.read)
    assert (process.returncode, said) == (130, b"beeplace: stopped; nothing is left of it\n")
    assert await left(server, "stopped.ndjson") == 0


@pytest.mark.parametrize(
    ("to", "code", "said"),
    [("s3://nowhere/out.csv", 74, "NoSuchBucket"), ("s3://evening/", 64, "--to must be like s3://bucket/key")],
)
def test_what_names_no_object_is_one_line(
    server: str, database: str, tmp_path: Path, *, to: str, code: int, said: str
) -> None:
    ended = run_beeplace(tmp_path, "export", "--as", "csv", "--to", to, **environment(server, database))
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (code, "", 1)
    assert said in ended.stderr


@pytest.mark.parametrize("half", ["s3://evening", "s3://", "s3:///out.csv", "s3://evening/folder/"])
def test_half_a_name_names_no_object(half: str) -> None:
    with pytest.raises(ValueError, match="must be like s3://bucket/key"):
        is_object(half)
    assert not is_object("out.csv")
