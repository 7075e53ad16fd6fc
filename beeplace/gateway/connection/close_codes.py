"""With which codes the gateway closes a WebSocket, and what a client may make of each.

| code | why | coming back |
|---|---|---|
| 1000 | the client left | as it likes |
| 1006 | nothing is said: a ping was not answered, or a poll broke off | yes |
| 1002, 1007, 1009 | bytes that are no WebSocket, text that is not UTF-8, a message that is too long | no |
| 1011 | a fault of the gateway's own, which is in its log | yes |
| 4400 | Engine.IO or Socket.IO violated, or outside of the profile | no |
| 4408 | too slow or silent | yes |
| 4409 | displaced: a newer socket of the same person, beyond SOCKETS_PER_IDENTITY | when its page is used again |
| 4429 | more frames than the limit, and than 5 seconds' worth at once | yes, and slower |
| 4503 | the gateway drains | yes, when it said |

1006 is never sent; it is what clients call the end of a connection without a code, and what it is counted by.
Those below 3000 are RFC 6455's (section 7.4.1).
"""

from __future__ import annotations

from beeplace.gateway.wire.errors import PROTOCOL_VIOLATED

NORMAL, CUT, OUR_FAULT, TOO_SLOW, DISPLACED, TOO_MANY, DRAINING = 1000, 1006, 1011, 4408, 4409, 4429, 4503

__all__ = ["CUT", "DISPLACED", "DRAINING", "NORMAL", "OUR_FAULT", "PROTOCOL_VIOLATED", "TOO_MANY", "TOO_SLOW"]
