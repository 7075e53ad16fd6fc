"""Addresses of PostgreSQL as people have them: hosts, ports and parameters as libpq reads them."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from beeplace.errors import SettingError
from beeplace.log.postgres.address import DatabaseServer, PostgresAddress
from beeplace.log.postgres.login.password_file import PasswordFile, password
from beeplace.log.postgres.store import PostgresStore
from beeplace.settings.settings import parse_settings
from tests.e2e.process import run_beeplace
from tests.log.patience import session_at
from tests.log.samples import WANTED, placement
from tests.ports import free_port
from tests.postgres import GUARDED, PASSWORD, USER, shared

HOSTED = "connect_timeout=10&gssencmode=prefer&keepalives=1&keepalives_idle=30&target_session_attrs=read-write"


@pytest.fixture(scope="module")
def silent() -> Iterator[int]:
    """The port of somebody who takes connections and says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=64)) as listener:
        yield listener.getsockname()[1]


@pytest.mark.parametrize(
    ("given", "hosts"),
    [
        ("a", [("a", None)]),
        ("a:1,b:2", [("a", 1), ("b", 2)]),
        ("a,b:2", [("a", None), ("b", 2)]),
        ("[::1]:1,[fe80::2]", [("::1", 1), ("fe80::2", None)]),
        ("%2Frun%2Fpostgresql", [("/run/postgresql", None)]),
        ("u:p%40w@a:1,b:2", [("a", 1), ("b", 2)]),
        ("u:p@w@a", [("a", None)]),
        ("/db?host=a,b&port=1,2", [("a", 1), ("b", 2)]),
        ("/db?host=a,b&port=7", [("a", 7), ("b", 7)]),
        ("/db?host=/run/postgresql", [("/run/postgresql", None)]),
        ("/db", []),
    ],
)
def test_hosts_are_read_as_libpq_reads_them(given: str, hosts: list[tuple[str, int | None]]) -> None:
    parse_settings({"DATABASE_URL": f"postgresql://{given}"})
    assert PostgresAddress(f"postgresql://{given}").hosts == [DatabaseServer(*host) for host in hosts]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("a/db?sslmod=require", "sslmod"),
        ("a/db?sslmode=bogus", "sslmode"),
        ("a/db?SSLMODE=require", "SSLMODE"),
        ("a/db?require_auth=scram-sha-256", "require_auth"),
        ("a/db?gssencmode=require", "gssencmode"),
        ("a/db?connect_timeout=soon", "connect_timeout"),
        ("a/db?channel_binding=always", "channel_binding"),
        ("a/db?pgbouncer=true", "pgbouncer"),
        ("a/db?target_session_attrs=standby", "target_session_attrs"),
        ("a/db?sslrootcert=system&sslmode=require", "sslmode"),
        ("a/db?sslmode=disable&channel_binding=require", "channel_binding"),
        ("a,b,c/db?port=1,2", "2 ports for 3 hosts"),
        ("a/db?port=many", "'many' is no port"),
        ("a/db?nothing", "name=value"),
    ],
)
def test_what_is_not_known_is_refused_by_name_at_once(given: str, named: str) -> None:
    """No server is asked, and no password is repeated."""
    with pytest.raises(SettingError) as refused:
        PostgresStore(f"postgresql://ann:secret-horse@{given}")
    assert str(refused.value).startswith("DATABASE_URL: ")
    assert named in str(refused.value)
    assert "horse" not in str(refused.value)


def test_every_command_ends_with_78_for_it(tmp_path: Path) -> None:
    for command in (["serve"], ["backup", "file"], ["verify"], ["doctor"]):
        ended = run_beeplace(tmp_path, *command, DATABASE_URL=f"postgresql://127.0.0.1:{free_port()}/db?sslmod=require")
        assert ended.returncode == 78
        assert "unknown parameter 'sslmod'" in ended.stderr
        assert len(ended.stderr.splitlines()) == 1


def test_a_setting_that_the_server_does_not_know_is_refused_in_its_words(tmp_path: Path) -> None:
    url = f"{shared().url()}?options={quote('-c no_such_setting=1')}"
    ended = run_beeplace(tmp_path, "serve", DATABASE_URL=url)
    assert ended.returncode == 78
    assert 'unrecognized configuration parameter "no_such_setting"' in ended.stderr


async def places_at(url: str) -> None:
    async with session_at(url) as session:
        assert [a.code for a in await session.place(placement())] == [None]


async def test_the_parameters_of_hosted_databases_are_taken() -> None:
    await places_at(f"{shared().url()}?{HOSTED}")


async def test_a_password_may_have_any_sign() -> None:
    server, name = shared(), shared().url().rpartition("/")[2]
    server.guard()
    server.sql(f"GRANT CREATE ON SCHEMA public TO {GUARDED}", name)
    await places_at(f"postgresql://{GUARDED}:{quote(PASSWORD)}@127.0.0.1:{server.port}/{name}")
    await places_at(f"postgresql:///{name}?host=127.0.0.1&port={server.port}&user={GUARDED}&password={PASSWORD}")


async def test_a_server_that_is_away_or_silent_is_passed_over(silent: int) -> None:
    server, name = shared(), shared().url().rpartition("/")[2]
    ports = free_port(), silent, server.port
    where = ",".join(f"127.0.0.1:{port}" for port in ports)
    await places_at(f"postgresql://{USER}@{where}/{name}?connect_timeout=1")


async def test_the_server_that_answered_last_is_asked_first(silent: int) -> None:
    """One that comes back is not gone back to, and one that is silent costs its time once."""
    server, name = shared(), shared().url().rpartition("/")[2]
    store = PostgresStore(f"postgresql://{USER}@127.0.0.1:{silent},127.0.0.1:{server.port}/{name}")
    await store.open(WANTED)
    assert store._commits._address.hosts[0].port == server.port
    await store.close()


def test_required_channel_binding_is_a_checked_certificate() -> None:
    """The driver binds none, so nothing less than a certificate that is trusted will do."""
    arguments = PostgresAddress("postgresql://a/db?sslmode=require&channel_binding=require").arguments(None)
    assert isinstance(arguments["ssl"], ssl.SSLContext)
    assert (arguments["ssl"].verify_mode, arguments["ssl"].check_hostname) == (ssl.CERT_REQUIRED, True)
    given = PostgresAddress("postgresql://a/db?channel_binding=require&sslrootcert=/dev/null").arguments(None)["dsn"]
    assert "sslmode=verify-full" in given


SIGNS, ESCAPED = "p@s%:/#\\?&=+ x", "p@s%\\:/#\\\\?&=+ x"


@pytest.fixture(scope="module")
def guarded() -> str:
    """A database for which the role that needs a password has a difficult one, without one: the rest of its address."""
    server, name = shared(), shared().url().rpartition("/")[2]
    server.guard()
    server.sql(f"GRANT CREATE ON SCHEMA public TO {GUARDED}", name)
    return f"127.0.0.1:{server.port}/{name}"


@pytest.mark.parametrize("mode", [0o600, 0o440, 0o640])
async def test_a_password_file_is_read_as_libpq_reads_it(tmp_path: Path, guarded: str, mode: int) -> None:
    """Also by the group of the process, as a mounted secret of Kubernetes is."""
    file = tmp_path / "pgpass"
    lines = (
        "# mine",
        "*:1:*:*:other",
        "127.0.0.1:*:*:nobody:other",
        f"127.0.0.1:*:*:{GUARDED}:{PASSWORD}",
        "*:*:*:*:last",
    )
    file.write_text("\n".join(lines))
    file.chmod(mode)
    await places_at(f"postgresql://{GUARDED}@{guarded}?passfile={file}")


def test_a_line_of_a_password_file_has_its_signs_behind_backslashes(tmp_path: Path) -> None:
    file = tmp_path / "pgpass"
    file.write_text(
        f"[::1]:1:a:b\nh\\:1:5432:d:u:{ESCAPED}\nh:5432:d:u:a:rest\nend:*:*:*:a\\\nline:*:*:*:a\u0085b\u2028c\r\n",
        newline="",
    )
    file.chmod(0o600)
    assert password(file, ("h:1", "5432", "d", "u")) == SIGNS
    assert password(file, ("h", "5432", "d", "u")) == "a"
    assert password(file, ("end", "1", "d", "u")) == "a\\"
    assert password(file, ("line", "1", "d", "u")) == "a\u0085b\u2028c"  # only a newline ends a line
    assert password(file, ("h", "5433", "d", "u")) is None


@pytest.mark.parametrize("mode", [None, 0o644, 0o660])
def test_a_password_file_that_is_no_secret_or_missing_ends_a_start(tmp_path: Path, mode: int | None) -> None:
    file = tmp_path / "pgpass"
    if mode is not None:
        file.write_text("*:*:*:*:x\n")
        file.chmod(mode)
    said = "there is no such file" if mode is None else f"its mode is {mode:04o}"
    with pytest.raises(SettingError, match=f"^DATABASE_URL: passfile={file}: {said}"):
        PostgresStore(f"postgresql://a/db?passfile={file}")
    with pytest.raises(PasswordFile):
        PostgresAddress(f"postgresql://a/db?passfile={file}").arguments(None)


async def test_an_address_beside_the_name_is_where_the_server_is() -> None:
    server, name = shared(), shared().url().rpartition("/")[2]
    await places_at(f"postgresql://{USER}@no-such-host.invalid:{server.port}/{name}?hostaddr=127.0.0.1")
    with pytest.raises(SettingError, match=r"^DATABASE_URL: 2 addresses in hostaddr for 1 hosts"):
        PostgresAddress("postgresql://a/db?hostaddr=127.0.0.1,127.0.0.2")
