"""The events that /docs shows are those of the protocol's specification."""

from __future__ import annotations

import json
import re
from importlib.resources import files

from beeplace.gateway.wire import protocol

DESCRIBED = json.loads((files("beeplace.gateway.http.api") / "sockets.json").read_text())


def test_every_event_of_the_protocol_is_described_and_no_other() -> None:
    specified = re.findall(r"^    (->|<-) (\w+)", protocol.__doc__ or "", re.MULTILINE)
    told = [({"server": "->", "client": "<-"}[one["to"]], one["name"]) for one in DESCRIBED["/socket.io/"]]
    assert len(told) == len(set(told)) > 9
    assert set(told) == set(specified)
    assert all(one["payload"] and one["about"] for events in DESCRIBED.values() for one in events)
