"""Whether what somebody shows is a ticket that lets them in; nothing is asked of anybody else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple, Protocol, TypeVar

from beeplace.errors import BeePlaceError, SettingError
from beeplace.people.tickets.files import TicketFile, codes, plain, texts
from beeplace.people.tickets.signed import TicketSays, parts, public_keys, verified

T = TypeVar("T")

_LISTED: Final = b"code:"
_SIGNED: Final = b"pretix:"


class TicketRefused(BeePlaceError):
    """Something is no ticket, or none that lets anybody in: `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class FoundTicket(NamedTuple):
    """`name` is one ticket's, however it is written; `listed`: it is a code of a list."""

    name: bytes
    listed: bool


class TicketSettings(Protocol):
    """What makes a ticket valid: files, and the products and dates that let in, all of them where none is named."""

    @property
    def ticket_key_file(self) -> Path | None: ...
    @property
    def ticket_list(self) -> Path | None: ...
    @property
    def ticket_revoked(self) -> Path | None: ...
    @property
    def ticket_items(self) -> frozenset[int]: ...
    @property
    def ticket_subevents(self) -> frozenset[int]: ...


class TicketCheck:
    """`clock` counts seconds; `wall_ms` is the wall clock, which tickets with a first or last moment go by."""

    def __init__(self, settings: TicketSettings, clock: Callable[[], float], wall_ms: Callable[[], int]) -> None:
        self._settings, self._wall_ms = settings, wall_ms
        self._keys = _file("TICKET_KEY_FILE", settings.ticket_key_file, public_keys, clock)
        self._list = _file("TICKET_LIST", settings.ticket_list, codes, clock)
        self._revoked = _file("TICKET_REVOKED", settings.ticket_revoked, _names, clock)

    @property
    def possible(self) -> bool:
        """Whether there is any ticket that lets somebody in."""
        return bool(self._keys or self._list)

    @property
    def listed(self) -> int:
        """How many codes the list has."""
        return len(self._list.says) if self._list else 0

    async def judge(self, text: str) -> FoundTicket:
        """The ticket that somebody shows. Raises TicketRefused."""
        for file in (self._keys, self._list, self._revoked):
            if file:
                await file.look()
        found = self._valid(text.strip())
        if self._revoked and found.name in self._revoked.says:
            raise TicketRefused("revoked")
        return found

    def _valid(self, text: str) -> FoundTicket:
        if self._keys and (says := verified(text, self._keys.says)):
            self._check_terms(says)
            return FoundTicket(_SIGNED + says.payload, listed=False)
        if self._list and (code := plain(text)) in self._list.says:
            return FoundTicket(_LISTED + code.encode(), listed=True)
        raise TicketRefused("invalid")

    def _check_terms(self, says: TicketSays) -> None:
        items, subevents = self._settings.ticket_items, self._settings.ticket_subevents
        if (items and says.item not in items) or (subevents and says.subevent not in subevents):
            raise TicketRefused("other")
        now_seconds = self._wall_ms() // 1000
        if says.valid_from and now_seconds < says.valid_from:
            raise TicketRefused("early")
        if says.valid_until and now_seconds > says.valid_until:
            raise TicketRefused("over")


def _names(content: str) -> frozenset[bytes]:
    """What was revoked, whether signed or listed: a signed one by its payload, however it is written."""
    return frozenset(name for text in texts(content) for name in _ways_to_name(text))


def _ways_to_name(text: str) -> tuple[bytes, ...]:
    listed = _LISTED + plain(text).encode()
    signed = parts(text)
    return (listed, _SIGNED + signed[0]) if signed else (listed,)


def _file(
    variable: str, path: Path | None, read: Callable[[str], T], clock: Callable[[], float]
) -> TicketFile[T] | None:
    if path is None:
        return None
    try:
        return TicketFile(path, read, clock)
    except OSError as error:
        raise SettingError(f"{variable}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise SettingError(f"{variable}: {error}") from error
