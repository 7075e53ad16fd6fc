"""One connection that says everything at once and listens until the server has nothing more to say."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from tests.clients.frames import FINAL, PING, masked, upgrade_request
from tests.clients.tcp import connected, end_with_reset

SECONDS = 10.0  # in which the server must have ended a connection; more is a wedge
PONG = b"\x8a\x04fuzz"
_PING = masked(b"fuzz", FINAL | PING)
_NO_FRAME = b"\0" * 2300  # completes whatever is unfinished, and is no frame itself: the connection must end here


@dataclass(frozen=True, slots=True)
class Volley:
    """What is said at once, and what after the server has said `cue`; a client that knows nothing waits for nothing."""

    first: bytes
    cue: bytes = b""
    then: bytes = b""


def frames_after(opening: bytes, cue: bytes, frames: list[bytes]) -> Volley:
    """A handshake, an opening, and the frames with a ping behind each: the pongs say how many were survived."""
    return Volley(upgrade_request() + opening, cue, b"".join(frame + _PING for frame in frames) + _NO_FRAME)


async def shoot(
    port: int, volley: Volley, *, seconds: float = SECONDS, reset: bool = False, frames: bool = False
) -> bytes:
    """Everything that was answered. Raises TimeoutError where the server does not end the connection in time.

    `reset` leaves with RST, as a phone that is switched off does; `frames` leaves at the server's close frame.
    """
    connection = await connected(port)
    if reset:
        end_with_reset(connection)
    reader, writer = await asyncio.open_connection(sock=connection)
    heard, waits = bytearray(), bool(volley.cue)
    writer.write(volley.first)
    try:
        async with asyncio.timeout(seconds):
            while part := await reader.read(65_536):
                heard += part
                if waits and volley.cue in heard:
                    waits = False
                    writer.write(volley.then)
                if frames and heard[-4:-2] == b"\x88\x02":
                    break
    except ConnectionError:
        pass  # an end as well
    finally:
        writer.transport.abort()
    return bytes(heard)
