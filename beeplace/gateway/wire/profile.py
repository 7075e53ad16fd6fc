"""Which part of Engine.IO and Socket.IO a server speaks; whatever is outside of it is refused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """The defaults are what BeePlace's clients need. Each field widens the same code to the whole protocol.

    An event outside of the profile is a protocol error, which closes the socket with 4400.
    """

    namespaces: frozenset[str] = frozenset(("/",))
    """Those that a client may connect to. The main one is written without its name, as every client does. A CONNECT to
    any other is answered with CONNECT_ERROR, as the reference implementation does, and the session goes on; a second
    CONNECT to the same one is a protocol error, there as here."""

    max_attachments: int = 0
    """Binary attachments of one event. With 0 every binary message and every binary packet is refused."""

    without_namespace: bool = False
    """Whether a session goes on after its client has left the last namespace; else it closes with 1000."""

    max_auth_characters: int = 1_026
    """The JSON text of a CONNECT, a flat object of strings."""

    max_waiting: int = 256
    """Packets that wait for a client's next poll; one more ends the session."""

    other_method_status: int = 405
    """How HTTP methods other than GET, POST and OPTIONS are answered. The reference implementation says 400."""


BEEPLACE = Profile()
