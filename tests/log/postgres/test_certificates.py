"""TLS to PostgreSQL: certificates that are trusted or not, and what is said of those that are not."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from beeplace.errors import StoreUnavailable
from beeplace.log.postgres import connection
from tests.deployment.proxies import Certificate, certificate
from tests.e2e.process import run_beeplace
from tests.log.patience import again, session_at
from tests.log.samples import placement
from tests.postgres import USER, PostgresServer, memory

VERIFIED = "sslmode=verify-full&sslrootcert="


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("ours"))


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Of another authority."""
    return certificate(tmp_path_factory.mktemp("strange"))


@pytest.fixture(scope="module")
def server(ours: Certificate) -> Iterator[PostgresServer]:
    with PostgresServer(memory()) as server:
        show(server, ours)
        yield server


def show(server: PostgresServer, made: Certificate) -> None:
    """From now on the server shows this certificate."""
    for file, to in ((made.chain, "server.crt"), (made.key, "server.key")):
        shutil.copy(file, server.data / to)
        (server.data / to).chmod(0o600)
        if server._as_nobody:
            shutil.chown(server.data / to, "nobody", "nogroup")
    server.sql("ALTER SYSTEM SET ssl = on")
    server.sql("SELECT pg_reload_conf()")


def url(server: PostgresServer, parameters: str) -> str:
    name = server.url().rpartition("/")[2]
    return f"postgresql://{USER}@localhost:{server.port}/{name}?{parameters}"


async def sealed(at: str) -> None:
    async with session_at(at) as session:
        assert [a.code for a in await session.place(placement())] == [None]
        query = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        assert await session.store._commits.run(lambda db: db.fetchval(query)) is True  # type: ignore[attr-defined]


async def test_a_certificate_of_a_known_authority_is_trusted(server: PostgresServer, ours: Certificate) -> None:
    await sealed(url(server, f"{VERIFIED}{ours.authority}"))


@pytest.mark.parametrize("parameters", ["sslrootcert=system", "sslmode=require&channel_binding=require"])
async def test_an_authority_of_the_system_is_trusted(
    server: PostgresServer, ours: Certificate, monkeypatch: pytest.MonkeyPatch, parameters: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(ours.authority))
    await sealed(url(server, parameters))


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        (VERIFIED + "{strange.authority}", "the database's certificate is not trusted: unable to get local issuer"),
        ("sslrootcert=system", "the database's certificate is not trusted: "),
        (VERIFIED + "/no/such.crt", "a certificate's file for the database cannot be read: sslrootcert: /no/such.crt"),
        ("sslmode=verify-full", "no secure connection to the database can be set up: root certificate file"),
    ],
)
def test_trouble_with_certificates_is_said(
    server: PostgresServer, strange: Certificate, tmp_path: Path, parameters: str, words: str
) -> None:
    at = url(server, parameters.format(strange=strange))
    ended = run_beeplace(tmp_path, "doctor", DATABASE_URL=at, HOME=tmp_path)
    assert words in ended.stdout
    assert ended.returncode == 1


def test_a_start_that_cannot_trust_the_server_is_worth_another(
    server: PostgresServer, strange: Certificate, tmp_path: Path
) -> None:
    """It does not end with the code of a wrong setting, after which a service is not started again."""
    ended = run_beeplace(tmp_path, "serve", DATABASE_URL=url(server, f"{VERIFIED}{strange.authority}"))
    assert (ended.returncode, ended.stdout) == (69, "")
    assert "the database's certificate is not trusted: unable to get local issuer" in ended.stderr


@pytest.mark.parametrize("name", ["sslrootcert", "sslcert", "sslkey", "sslcrl"])
def test_a_start_names_the_file_that_is_not_there(server: PostgresServer, tmp_path: Path, name: str) -> None:
    ended = run_beeplace(tmp_path, "serve", DATABASE_URL=url(server, f"sslmode=verify-ca&{name}={tmp_path}/none.crt"))
    assert (ended.returncode, ended.stderr.count("\n")) == (78, 1)
    assert f"DATABASE_URL: {name}={tmp_path}/none.crt: there is no such file" in ended.stderr


async def test_a_running_gateway_waits_until_the_certificate_is_right_again(
    server: PostgresServer, ours: Certificate, strange: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "LONGEST_PAUSE", 0.2)
    async with session_at(url(server, f"{VERIFIED}{ours.authority}")) as session:
        await session.place(placement())
        try:
            show(server, strange)
            server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'beeplace'")
            said = [""]

            async def refused() -> bool:
                try:
                    await session.place(placement())
                except StoreUnavailable as error:
                    said[0] = str(error)
                return "certificate" in said[0]

            async with asyncio.timeout(60):
                while not await refused():
                    pass
            assert said == ["the database's certificate is not trusted"]  # the log has the rest
        finally:
            show(server, ours)
        assert [a.code for a in await again(session)] == [None]
