"""What OpenAPI says of the routes of reports."""

from __future__ import annotations

from typing import Any, Final

from beeplace.gateway.http.api.operations import IDEMPOTENCY_KEY, Operation
from beeplace.gateway.http.moderation.report_models import (
    NewReport,
    ReportDecision,
    ReportDone,
    ReportEvidence,
    ReportList,
    ReportMute,
    ReportPath,
    ReportQuery,
    ReportsClosed,
    ReportTaken,
)

_AREA = {"x": 40, "y": 12, "width": 16, "height": 10}
_REPORT: dict[str, Any] = {
    "number": 7,
    "at": "2026-11-28T20:15:00.000Z",
    "epoch": "5d2f0b1c9e8a7f63-a1b2c3d4",
    "seq": 1743,
    "area": _AREA,
    "reason": "hate",
    "reporter": "bee-1f2e3d4c",
    "reporterMuted": False,
    "claim": {"by": "Anna", "endsIn": 240_000, "yours": True},
    "decision": None,
}
_DRAWER = {
    "person": "bee-99aabbcc",
    "pixels": 42,
    "shown": 40,
    "first": "2026-11-28T20:12:10.000Z",
    "last": "2026-11-28T20:14:50.000Z",
}
_STEPS: dict[str, list[int]] = {"seqs": [1741, 1742], "offsets": [17, 18], "colors": [5, 5], "people": [0, 0]}
_EVIDENCE: dict[str, Any] = {
    "report": _REPORT,
    "before": "data:image/png;base64,",
    "after": "data:image/png;base64,",
    "palette": ["#FFFFFF", "#E50000"],
    "people": [_DRAWER],
    "steps": _STEPS,
    "selection": {"area": _AREA, "from": 1702},
}

FILE: Final = Operation(
    "Reports an area of the board as it is now; for everyone who has joined",
    reads=NewReport,
    examples={"hate on the wall": {"area": _AREA, "reason": "hate", "token": "..."}},
    answers=ReportTaken,
    answer={"statusCode": 200, "message": "Thank you. An organiser will look at it."},
    parameters=(IDEMPOTENCY_KEY,),
    may=(401, 403, 429, 503, 504),
)
LIST: Final = Operation(
    "Reports, newest first",
    answers=ReportList,
    answer={"reports": [_REPORT], "open": 1, "next": None},
    query=ReportQuery,
    may=(503,),
)
EVIDENCE: Final = Operation(
    "What the server knows of a report's area, as of the report",
    answers=ReportEvidence,
    answer=_EVIDENCE,
    path=ReportPath,
    may=(503,),
)
_DONE = {"statusCode": 200, "message": "You work on this report"}
CLAIM: Final = Operation(
    "Takes a report, and those like it, for five minutes: nobody else decides them meanwhile",
    answers=ReportDone,
    answer=_DONE,
    path=ReportPath,
    may=(409, 503, 504),
)
RELEASE: Final = Operation(
    "Gives them back",
    answers=ReportDone,
    answer={"statusCode": 200, "message": "Others can work on this report"},
    path=ReportPath,
    may=(409, 503, 504),
)
DECIDE: Final = Operation(
    "Closes a report and all that the decision answers",
    reads=ReportDecision,
    examples={
        "nothing is wrong": {"outcome": "dismissed"},
        "nothing is wrong in all that was reported there": {"outcome": "dismissed", "area": _AREA},
        "it was rewound": {"outcome": "acted", "action": 1750},
    },
    answers=ReportsClosed,
    answer={"statusCode": 200, "message": "Decided", "closed": [5, 7]},
    path=ReportPath,
    parameters=(IDEMPOTENCY_KEY,),
    may=(409, 503, 504),
)
MUTE: Final = Operation(
    "Takes no more reports from whoever made this one, until a moment",
    reads=ReportMute,
    examples={
        "an hour": {"until": "2026-11-28T21:15:00Z"},
        "and no more of what waits": {"until": "2026-11-28T21:15:00Z", "dismiss": True},
    },
    answers=ReportsClosed,
    answer={"statusCode": 200, "message": "Muted", "closed": [5, 7]},
    path=ReportPath,
    parameters=(IDEMPOTENCY_KEY,),
    may=(503, 504),
)
