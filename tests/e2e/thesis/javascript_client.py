"""The official JavaScript client (socket.io-client) as a process, for the tests that must not trust our own."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.project.tree import ROOT

DEADLINE_SECONDS = 30.0
SCRIPT = Path(__file__).with_name("thesis-client.mjs")


def node() -> str:
    """Where Node.js is: as the set-up found it, else in the PATH."""
    tools = ROOT / ".setup" / "tools.json"
    known: dict[str, str] = json.loads(tools.read_text()) if tools.exists() else {}
    found = known.get("node") or shutil.which("node")
    assert found, "Node.js is missing: make setup"
    return found


class JavaScriptClient:
    """One socket of socket.io-client; what happened to it is taken in order."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._asked = 0
        self.happened: list[dict[str, Any]] = []

    def do(self, **what: Any) -> None:
        """Something to do, see the script."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(what).encode() + b"\n")

    async def next(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first happening of that kind that nobody has taken yet."""
        assert self._process.stdout
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not (found := next(filter(wanted, self.happened), None)):
                line = await self._process.stdout.readline()
                assert line, "the client has ended"
                self.happened.append(json.loads(line))
        self.happened.remove(found)
        return found

    async def ask(self, event: str, *arguments: Any) -> Any:
        """An event with an acknowledgement; what the acknowledgement says."""
        self._asked += 1
        mine = self._asked
        self.do(ask=[mine, event, *arguments])
        return (await self.next(lambda h: h.get("answer") == mine))["args"]

    async def event(self, name: str) -> list[Any]:
        """The arguments of an event."""
        found: list[Any] = (await self.next(lambda h: h.get("event") == name))["args"]
        return found

    async def sign(self, name: str) -> Any:
        """A change of the connection: connected, upgraded, disconnected, transport, error."""
        return (await self.next(lambda h: name in h))[name]


@asynccontextmanager
async def javascript_client(
    url: str, transports: str, *, refused: Mapping[str, Any] | None = None
) -> AsyncIterator[JavaScriptClient]:
    """A connected client; `transports` is `default` (polling, then an upgrade) or a list with commas.

    `refused` are options of one that will not be connected.
    """
    process = await asyncio.create_subprocess_exec(
        node(),
        str(SCRIPT),
        url,
        transports,
        json.dumps(refused or {}),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        client = JavaScriptClient(process)
        if not refused:
            await client.sign("connected")
        yield client
    finally:
        assert process.stdin
        process.stdin.close()
        await process.wait()
