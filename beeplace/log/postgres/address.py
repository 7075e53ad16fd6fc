"""An address of PostgreSQL as libpq reads it: one server, or several of which another takes over.

What the driver knows goes to it, what it lacks is done here or beside, and what nobody knows is refused by name. No
text of an error has a password.
"""

from __future__ import annotations

import os
import pwd
import random
import re
import ssl
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from beeplace.errors import SettingError
from beeplace.log.postgres.login import password_file
from beeplace.log.postgres.session_settings import OVERRULED
from beeplace.outage import Outage

SYSTEM = "system"  # as sslrootcert: whom the operating system trusts
_FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl")
_DRIVERS = frozenset(  # taken by the driver as libpq takes them
    (*_FILES, "passfile", "sslmode", "sslpassword", "sslnegotiation", "ssl_min_protocol_version",
     "ssl_max_protocol_version", "krbsrvname", "gsslib", "service")
)  # fmt: skip
_OURS = frozenset(
    ("host", "hostaddr", "port", "user", "password", "dbname", "database", "connect_timeout", "channel_binding",
     "target_session_attrs", "load_balance_hosts")
)  # fmt: skip
_SESSIONS = OVERRULED | {"search_path", "options"}  # told to the server
_NOTHING_TO_DO = {  # what an address may say because it is so anyway, or because our own time limits notice sooner
    "gssencmode": r"disable|prefer",
    "sslcompression": r"0|1",  # libpq does nothing of it any more
    "sslsni": r"1",
    "sslcertmode": r"allow",
    "client_encoding": r"(?i)auto|utf-?8",
    "fallback_application_name": r".*",
    "min_protocol_version": r"3\.0",
    "max_protocol_version": r"3\.[02]|latest",
    "keepalives": r"[01]",
    "keepalives_idle": r"[0-9]{1,6}",
    "keepalives_interval": r"[0-9]{1,6}",
    "keepalives_count": r"[0-9]{1,6}",
    "tcp_user_timeout": r"[0-9]{1,9}",
}
_VALUES = {  # of those that do something
    "sslmode": r"disable|allow|prefer|require|verify-ca|verify-full",
    "channel_binding": r"disable|prefer|require",
    "connect_timeout": r"[0-9]{1,4}",
    "load_balance_hosts": r"disable|random",
    "target_session_attrs": r"any|read-write|read-only|primary|standby|prefer-standby",
    "sslnegotiation": r"postgres|direct",
}


class CertificateFile(ConnectionError):
    """A file of a certificate that the address names cannot be read."""


class DatabaseServer(NamedTuple):
    """One server: a name, an address, or the folder of a socket."""

    name: str
    port: int | None

    def __str__(self) -> str:
        return f"{self.name}:{self.port or 5432}"


class PostgresAddress:
    """Where the database is, shared by all connections that must lead to one server. Raises SettingError."""

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url)
        except ValueError:
            raise SettingError("DATABASE_URL: the brackets are those of no address") from None
        login, _, place = parts.netloc.rpartition("@")
        given = _parameters(parts.query)
        _check(given)
        self.hosts = _hosts(place, given)
        self.outage = Outage("PostgreSQL", self.place)  # all connections lead to one server: it is away once
        if given.get("load_balance_hosts") == "random":
            random.shuffle(self.hosts)
        user, _, password = login.partition(":")
        self._login: dict[str, Any] = {
            "user": unquote(user) or given.get("user"),
            "password": unquote(password) or given.get("password"),
            "database": unquote(parts.path[1:]) or given.get("dbname") or given.get("database"),
        }
        self.connect_seconds = float(given.get("connect_timeout", 0))  # to one server; 0: not said
        self.target: str | None = given.get("target_session_attrs")
        self.session_settings = {name: value for name, value in given.items() if name in _SESSIONS}
        self._for_driver = _secured({name: value for name, value in given.items() if name in _DRIVERS}, given)

    def arguments(self, host: DatabaseServer | None) -> dict[str, Any]:
        """What the driver is to be given for one server. Raises CertificateFile, PasswordFile, or what reading
        certificates does."""
        given, trusted, login = dict(self._for_driver), None, dict(self._login)
        if (file := given.pop("passfile", None)) and not login["password"]:
            login["password"] = password_file.password(Path(file), self._asked_for(host))
        for name in _FILES:
            if (file := given.get(name, SYSTEM)) != SYSTEM and not os.access(file, os.R_OK):
                raise CertificateFile(f"{name}: {file}")
        if given.get("sslrootcert") == SYSTEM:
            trusted = _trusting_system(given)
            given = {name: value for name, value in given.items() if not name.startswith("ssl")}
        where = {"host": host.name, "port": host.port} if host else {}
        return {"dsn": f"postgresql://?{urlencode(given)}".rstrip("?"), "ssl": trusted, **where, **login}

    def _asked_for(self, host: DatabaseServer | None) -> tuple[str, str, str, str]:
        """What a line of a password file is for. A socket is the machine itself."""
        name = "localhost" if host is None or host.name.startswith("/") else host.name
        user = self._login["user"] or pwd.getpwuid(os.geteuid()).pw_name
        return name, str((host and host.port) or 5432), self._login["database"] or user, user

    def place(self) -> str:
        """The servers that are asked, for people."""
        return ", ".join(map(str, self.hosts)) or "this machine"

    def refuse_missing_files(self) -> None:
        """Raises SettingError where a file that the address names is not there, or the password's is no secret. While a
        gateway runs it may be about to be renewed, and is looked for anew with each connection."""
        for name in _FILES:
            if (file := self._for_driver.get(name, SYSTEM)) != SYSTEM and not os.path.exists(file):  # noqa: PTH110
                raise SettingError(f"DATABASE_URL: {name}={file}: there is no such file")
        if (secret := self._for_driver.get("passfile")) and (said := password_file.refusal(Path(secret))):
            raise SettingError(f"DATABASE_URL: passfile={secret}: {said}")

    def refuse_standbys(self) -> None:
        """Raises SettingError where the address asks for servers that take no changes."""
        if self.target in ("read-only", "standby", "prefer-standby"):
            raise SettingError(
                f"DATABASE_URL: target_session_attrs={self.target} leads to servers that take no changes"
            )

    def prefer(self, host: DatabaseServer) -> None:
        """Asks this server first from now on: one that was primary before and comes back is not gone back to."""
        self.hosts.sort(key=lambda one: one != host)


def _parameters(query: str) -> dict[str, str]:
    try:
        return {name: value for name, value in parse_qsl(query, strict_parsing=bool(query)) if value}
    except ValueError:
        raise SettingError("DATABASE_URL: what follows the ? is no list of name=value") from None


def _check(given: dict[str, str]) -> None:
    """Each is known, and has a value that can be kept to."""
    known = _DRIVERS | _OURS | _SESSIONS | set(_NOTHING_TO_DO)
    for name, value in given.items():
        if name not in known and name.lower() not in OVERRULED:
            raise SettingError(
                f"DATABASE_URL: unknown parameter {_shown(name)}; one of the server goes into options=-c name=value"
            )
        pattern = _NOTHING_TO_DO.get(name) or _VALUES.get(name)
        if pattern and not re.fullmatch(pattern, value):
            raise SettingError(f"DATABASE_URL: {name}={_shown(value)} is nothing that can be done here")


def _secured(given: dict[str, str], whole: dict[str, str]) -> dict[str, str]:
    """The parameters of TLS. The driver binds no channel: where it must, the certificate is checked instead."""
    mode = given.get("sslmode")
    if whole.get("channel_binding") == "require":
        if mode == "disable":
            raise SettingError("DATABASE_URL: channel_binding=require needs TLS, and sslmode=disable has none")
        given = {"sslrootcert": SYSTEM, **given, "sslmode": "verify-full"}
    elif given.get("sslrootcert") == SYSTEM:
        if mode not in (None, "verify-full"):
            raise SettingError(f"DATABASE_URL: sslrootcert=system needs sslmode=verify-full, not {mode}")
        given = {**given, "sslmode": "verify-full"}
    if given.get("sslrootcert") == SYSTEM and (lacking := {"sslcrl", "sslnegotiation"} & set(given)):
        raise SettingError(f"DATABASE_URL: {min(lacking)} needs the file of an authority as sslrootcert")
    return given


def _trusting_system(given: dict[str, str]) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if given.get("sslcert"):
        context.load_cert_chain(given["sslcert"], given.get("sslkey"), lambda: given.get("sslpassword", ""))
    for name in ("minimum", "maximum"):
        if version := given.get(f"ssl_{name[:3]}_protocol_version"):
            setattr(context, f"{name}_version", _tls_version(version))
    return context


def _tls_version(text: str) -> ssl.TLSVersion:
    try:
        return ssl.TLSVersion[text.replace(".", "_")]
    except KeyError:
        raise SettingError(f"DATABASE_URL: {_shown(text)} is no version of TLS") from None


def _hosts(place: str, given: dict[str, str]) -> list[DatabaseServer]:
    """The servers in their order; none where the driver's own default leads."""
    names, ports = list[str](), list[int | None]()
    for one in (place or given.get("hostaddr") or given.get("host", "")).split(","):
        found = re.fullmatch(r"(\[[^\[\]]+\]|[^:\[\]]*|[0-9A-Fa-f:]+:[0-9A-Fa-f:]+)(?::([0-9]{0,5}))?", unquote(one))
        if not found:
            raise SettingError("DATABASE_URL: what stands after @ is no list of host:port")
        names.append(found[1].strip("[]"))
        ports.append(_port(found[2]))
    if place and (addresses := given.get("hostaddr")):  # where they are; the names are for certificates
        names = addresses.split(",")
        if len(names) != len(ports):
            raise SettingError(f"DATABASE_URL: {len(names)} addresses in hostaddr for {len(ports)} hosts")
    more = [_port(text) for text in given["port"].split(",")] if "port" in given else []
    if len(more) not in (0, 1, len(names)):
        raise SettingError(f"DATABASE_URL: {len(more)} ports for {len(names)} hosts")
    more = more * len(names) if len(more) == 1 else more or [None] * len(names)
    if names == [""]:
        return [DatabaseServer("localhost", more[0])] if more[0] else []
    return [
        DatabaseServer(name or "localhost", port or other) for name, port, other in zip(names, ports, more, strict=True)
    ]


def _port(text: str | None) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise SettingError(f"DATABASE_URL: {_shown(text)} is no port")
    return int(text)


def _shown(text: str) -> str:
    return repr(text[:40])
