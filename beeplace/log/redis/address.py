"""Where Redis is: one server, nodes of a cluster, or Sentinels that know which server is the master now."""

from __future__ import annotations

import asyncio
from collections import deque
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import unquote, urlsplit

from redis.asyncio.connection import Connection, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import MovedError, RedisError

from beeplace.errors import SettingError

# What a connection that does not work raises; RuntimeError is what uvloop says of one that the other end has reset,
# and ValueError comes of bytes that are no answer of a Redis.
BROKEN = (RedisError, OSError, TimeoutError, RuntimeError, ValueError)
PORT, SENTINEL_PORT = 6379, 26379
SENTINEL_SECONDS = 0.08  # for one of them to answer: two may be silent, and the master is still reached in a budget
_SENTINEL = "+sentinel"
_FILES = ("ssl_ca_certs", "ssl_ca_path", "ssl_certfile", "ssl_keyfile")
_FORMS = "redis://, rediss:// or unix://, and a database number; redis+sentinel://host:port,.../name of the master"


class RedisLink(Protocol):
    """What is used of redis-py's connections, with the types that they lack."""

    async def connect(self) -> None: ...

    async def send_command(self, *words: Any) -> None: ...

    async def read_response(self) -> Any: ...

    async def disconnect(self, *, nowait: bool) -> None: ...


class RedisNode(NamedTuple):
    """A server by name and port; no name where it is a UNIX socket."""

    host: str
    port: int


class Address:
    """What REDIS_URL says, shared by all connections. Raises SettingError for what is no address of a Redis."""

    def __init__(self, url: str) -> None:
        self._tls: Any = None
        parts = urlsplit(url)
        login, at, places = parts.netloc.rpartition("@")
        sentinel, path = parts.scheme.endswith(_SENTINEL), parts.path
        self._master = ""
        if sentinel:
            self._master, _, database = unquote(path).strip("/").partition("/")
            path = f"/{database}"
        try:
            self._nodes = deque(_node(place, SENTINEL_PORT if sentinel else PORT) for place in places.split(","))
            plain = parts._replace(
                scheme=parts.scheme.removesuffix(_SENTINEL), netloc=f"{login}{at}{places.split(',')[0]}", path=path
            )
            self._options: dict[str, Any] = dict(parse_url(plain.geturl()))
            self._asking = {name: self._options.pop(f"sentinel_{name}", None) for name in ("username", "password")}
            self._tls = getattr(self._direct(self._nodes[0]), "ssl_context", None)
            if self._tls:
                self._refuse_missing_files()
                self._tls.get()  # reads all certificates there are: once, and before anyone waits
        except (ValueError, TypeError, RedisError):
            raise SettingError(f"REDIS_URL: {_FORMS}") from None
        except OSError as error:
            raise SettingError(f"REDIS_URL: {error}") from None
        if sentinel != bool(self._master):
            raise SettingError(f"REDIS_URL: {_FORMS}")
        self._moved: RedisNode | None = None
        self.place = str(self._options.get("path") or ",".join(f"{node.host}:{node.port}" for node in self._nodes))
        secrets = unquote(parts.password or ""), self._options.get("password"), self._asking["password"]
        self._secrets = [secret for secret in secrets if secret]

    def _refuse_missing_files(self) -> None:
        for name in _FILES:
            if (file := self._options.get(name)) and not Path(file).exists():
                raise SettingError(f"REDIS_URL: {name}={file}: there is no such file")

    def link(self) -> RedisLink:
        """A connection, not yet made; what the address says of time-outs and repetitions does not count."""
        return SentinelLink(self) if self._master else self._direct(self._moved or self._nodes[0])

    def moved(self, error: MovedError) -> None:
        """A node of a cluster says which one has our slot: all our keys are in one."""
        at = self._moved or self._nodes[0]
        self._moved = RedisNode(error.host or at.host, error.port)

    def failed(self, link: RedisLink | None) -> None:
        """A connection broke: another node may know better."""
        self._moved = None
        if len(self._nodes) > 1 and getattr(link, "port", None) == self._nodes[0].port:
            self._nodes.rotate(-1)

    async def master(self) -> RedisLink:
        """A connection to whom the Sentinels call the master; who is silent is asked last from then on."""
        for _ in range(len(self._nodes)):
            asked = self._nodes[0]
            self._nodes.rotate(-1)
            try:
                async with asyncio.timeout(SENTINEL_SECONDS):
                    node = await self._told(asked)
            except BROKEN:
                continue
            if node:
                self._nodes.rotate(1)
                return await self._master_at(node)
        raise ConnectionError(f"no Sentinel of {self.place} knows a master {self._master}")

    async def _told(self, sentinel: RedisNode) -> RedisNode | None:
        link = self._direct(sentinel, db=0, **self._asking)
        try:
            await link.connect()
            await link.send_command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", self._master)
            found = await link.read_response()
        finally:
            await link.disconnect(nowait=True)
        return RedisNode(found[0].decode(), int(found[1])) if found else None

    async def _master_at(self, node: RedisNode) -> RedisLink:
        link = self._direct(node)
        try:
            await link.connect()
            await link.send_command("ROLE")
            [role, *_] = await link.read_response()
            if role != b"master":
                raise ConnectionError(f"{node.host}:{node.port} is not the master yet")
        except BaseException:
            await link.disconnect(nowait=True)
            raise
        return link

    def _direct(self, node: RedisNode, **others: Any) -> RedisLink:
        options = self._options | others
        kind = options.pop("connection_class", Connection)
        options |= {"retry": Retry(NoBackoff(), 0), "retry_on_timeout": False, "health_check_interval": 0}
        options |= {"socket_timeout": None, "socket_connect_timeout": None, "socket_keepalive": True}
        options |= {"protocol": 2, "decode_responses": False, "driver_info": None}
        if "path" in options:
            del options["socket_keepalive"]  # a UNIX socket has none
        else:
            options |= node._asdict()
        link = kind(**options)
        if self._tls:
            link.ssl_context = self._tls
        made: RedisLink = link
        return made

    def why(self, error: BaseException) -> str:
        """One line for people, without the password."""
        text = (str(error).strip().splitlines() or [""])[0] or "no answer in time"
        for secret in self._secrets:
            text = text.replace(secret, "***")
        code = getattr(error, "status_code", None)
        return f"Redis: {code} {text}" if isinstance(code, str) and code != "ERR" else f"Redis: {text}"


class SentinelLink(RedisLink):
    """A connection to the master of the moment it is made."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._link: RedisLink | None = None

    async def connect(self) -> None:
        """Asks the Sentinels first."""
        self._link = await self._address.master()

    async def send_command(self, *words: Any) -> None:
        """As to any server."""
        await self._connected().send_command(*words)

    async def read_response(self) -> Any:
        """As from any server."""
        return await self._connected().read_response()

    async def disconnect(self, *, nowait: bool) -> None:
        """Ends it, if it was made."""
        if self._link:
            await self._link.disconnect(nowait=nowait)

    def _connected(self) -> RedisLink:
        if self._link is None:
            raise ConnectionError("not connected")
        return self._link


def _node(place: str, port: int) -> RedisNode:
    parts = urlsplit(f"//{place}")
    return RedisNode(unquote(parts.hostname or "localhost"), parts.port or port)
