"""The record of what organisers did, for an archive folder: who, when, why, where, and which entries it made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from beeplace.board.changes import KINDS
from beeplace.board.entries import Entry
from beeplace.log.archive import Head
from beeplace.people.identities import NAMING, Identities, organisers
from beeplace.people.keys import API_KEY_ID


class ActionRecord:
    """Takes in the log's entries that are no placements, in order."""

    def __init__(self, head: Head, reasons: Mapping[int, str]) -> None:
        self._reasons = reasons
        identities = Identities(b"", head.secrets.get(NAMING, b""), organisers(head.secrets))
        ids = {API_KEY_ID: API_KEY_ID, **{key.id: key.name for key in head.keys}}
        self._names = {identities.organiser(key_id): name for key_id, name in ids.items()}
        self._actions: dict[int, dict[str, Any]] = {}

    def follow(self, entry: Entry) -> None:
        """Takes in what is an organiser's."""
        if entry.action is None:
            return
        known = self._actions.get(entry.action)
        if known:  # one action may make several entries
            known["to"] = entry.seq
            return
        kind, area = KINDS.get(entry.change.record().kind), entry.change.area
        self._actions[entry.action] = {
            "action": entry.action,
            "from": entry.seq,
            "to": entry.seq,
            "epoch": entry.epoch,
            "at": rfc3339(entry.at_ms),
            "kind": kind.NAME.replace("_", "-") if kind else "other",
            "by": self._names.get(entry.identity),
            "reason": self._reasons.get(entry.action, ""),
            "area": area._asdict() if area else None,
        }

    @property
    def actions(self) -> list[dict[str, Any]]:
        """In order; `by` is the name of a key, None where it is not known."""
        return list(self._actions.values())


def rfc3339(at_ms: int) -> str:
    """A moment in UTC, to the millisecond."""
    try:
        told = datetime.fromtimestamp(at_ms / 1000, UTC)
    except (ValueError, OverflowError):  # of a clock that was wrong by more than a calendar has
        return str(at_ms)
    return told.isoformat(timespec="milliseconds").replace("+00:00", "Z")
