"""What Redis shows of the board, for `beeplace verify`."""

from __future__ import annotations

from typing import NamedTuple

from beeplace.board.geometry import LARGEST_SIDE
from beeplace.log.redis.address import Address
from beeplace.log.redis.connection import RedisConnection, Refused, Script, Unavailable

_READ = Script("read")


class ShownBitfield(NamedTuple):
    """The bitfield, and what Redis says that it includes; `seq` is -1 where it says no number."""

    epoch: str
    seq: int
    pixels: bytes


async def shown(url: str, name: str = "beeplace") -> ShownBitfield | None:
    """The bitfield as of one moment; None where there is none.

    Raises LookupError, which says why that is not known, and SettingError for what is no address of a Redis.
    """
    line = RedisConnection(Address(url))
    try:
        answer = await line.run(_READ, [f"{{{name}}}:board", f"{{{name}}}:state"], size=LARGEST_SIDE**2)
    except (Unavailable, Refused) as error:
        raise LookupError(str(error)) from error
    finally:
        await line.close()
    if not answer:
        return None
    epoch, seq, _, _, pixels = answer
    return ShownBitfield(epoch.decode(errors="replace"), int(seq) if seq.isdigit() and len(seq) < 16 else -1, pixels)
