"""`beeplace doctor --url`, run for real against servers behind nginx, well and badly set."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.clients.http import get
from tests.conftest import StartServer
from tests.e2e.process import run_beeplace
from tests.nginx import HOST, UPGRADE, NginxProcess
from tests.ports import free_port
from tests.waiting import until

SCHEME = "proxy_set_header X-Forwarded-Proto $scheme;"
TRUSTED = {"TRUSTED_PROXIES": "127.0.0.1"}

StartNginx = Callable[..., str]


@pytest.fixture
def start_nginx(tmp_path: Path) -> Iterator[StartNginx]:
    """Starts nginx in front of servers, `location /` having these lines; its address."""
    running: list[NginxProcess] = []

    def start(lines: str, *ports: int, tls: tuple[Path, Path] | None = None) -> str:
        location = f"location / {{ proxy_pass http://gateways; {lines} }}"
        running.append(NginxProcess(tmp_path / f"nginx{len(running)}", location, *ports, tls=tls))
        return running[-1].url.replace("127.0.0.1", "localhost")

    yield start
    for process in running:
        process.stop()


def certificate(folder: Path) -> tuple[Path, Path]:
    made = folder / "localhost.crt", folder / "localhost.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost", "-out", str(made[0]), "-keyout", str(made[1])],
        check=True, capture_output=True,
    )  # fmt: skip
    return made


async def found(folder: Path, url: str, **environment: object) -> dict[str, tuple[str, str]]:
    """For each thing looked at its level and what was said."""
    done = run_beeplace(folder, "doctor", "--url", url, **environment)
    assert done.stderr == ""
    *lines, total = done.stdout.splitlines()
    rows = {line[9:27].strip(): (line[:8].strip(), line[28:]) for line in lines}
    failures = sum(level == "failure" for level, _ in rows.values())
    assert done.returncode == (1 if failures else 0)
    assert total.endswith(f"{failures} to repair")
    return rows


async def test_a_server_itself_is_well(start_server: StartServer, tmp_path: Path) -> None:
    rows = await found(tmp_path, start_server().url)
    assert {name: level for name, (level, _) in rows.items()} == {
        "page": "ok", "TLS": "warning", "socket": "ok", "polling": "ok", "origin": "ok",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "name", "advice"),
    [
        (f"{UPGRADE} {HOST}", None, ""),
        (UPGRADE, "socket", "$http_host"),
        (f"{UPGRADE} proxy_set_header Host $host;", "socket", "loses the port"),
        (HOST, "socket", "Connection and Upgrade"),
        (f"{UPGRADE} {HOST} proxy_set_header Origin '';", "origin", "must not change the header Origin"),
    ],
)
async def test_what_a_proxy_does_wrong_is_named(
    start_server: StartServer, start_nginx: StartNginx, tmp_path: Path, *, lines: str, name: str | None, advice: str
) -> None:
    url = start_nginx(lines, start_server(**TRUSTED).port)
    rows = await found(tmp_path, await answering(url))
    wrong = {one: told for one, (level, told) in rows.items() if level != "ok" and one != "TLS"}
    assert (name in wrong) if name else wrong == {}
    assert not name or advice in wrong[name]


async def test_a_proxy_with_tls_that_does_not_say_so_is_named(
    start_server: StartServer, start_nginx: StartNginx, tmp_path: Path
) -> None:
    tls = certificate(tmp_path)
    trust = {"SSL_CERT_FILE": tls[0]}
    good = start_nginx(f"{UPGRADE} {HOST} {SCHEME}", start_server(**TRUSTED).port, tls=tls)
    untold = start_nginx(f"{UPGRADE} {HOST} {SCHEME}", start_server().port, tls=tls)
    await until(lambda: (tmp_path / "nginx1" / "pid").exists())
    assert {level for level, _ in (await found(tmp_path, good, **trust)).values()} == {"ok"}
    rows = await found(tmp_path, untold, **trust)
    assert {name for name, (level, _) in rows.items() if level == "failure"} == {
        "X-Forwarded-Proto",
        "socket",
        "polling",
    }
    assert "TRUSTED_PROXIES" in rows["socket"][1]
    assert "certificate" in (await found(tmp_path, good))["page"][1].lower()


async def test_polls_that_go_from_gateway_to_gateway_are_named(
    start_server: StartServer, start_nginx: StartNginx, tmp_path: Path
) -> None:
    url = start_nginx(f"{UPGRADE} {HOST}", start_server().port, start_server().port)
    rows = await found(tmp_path, await answering(url))
    assert (rows["socket"][0], rows["polling"][0]) == ("ok", "failure")
    assert "always to the same" in rows["polling"][1]


async def test_what_does_not_answer_and_what_is_none_are_said(tmp_path: Path) -> None:
    rows = await found(tmp_path, f"http://127.0.0.1:{free_port()}")
    assert list(rows) == ["page"]
    assert rows["page"][0] == "failure"
    done = run_beeplace(tmp_path, "doctor", "--url", "place.example.org")
    assert (done.returncode, done.stderr.count("\n")) == (78, 1)
    assert done.stderr.startswith("beeplace: --url: ")


async def answering(url: str) -> str:
    """The address, once something answers there."""

    async def answers() -> bool:
        try:
            return (await get(url, "/health"))[0] > 0
        except OSError:
            return False

    while not await answers():
        pass
    return url
