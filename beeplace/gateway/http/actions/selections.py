"""What is in a selection: what its rewind would change, and who drew in it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from beeplace.desk.selection import AskedSelection
from beeplace.gateway.gateway import GATEWAY, Gateway
from beeplace.gateway.http.api.action_models import SelectionAuthor, SelectionAuthors, SelectionPreview
from beeplace.gateway.http.api.bodies import body
from beeplace.gateway.http.api.operations import Operation, described
from beeplace.gateway.http.errors import reply
from beeplace.gateway.http.organiser import authorised
from beeplace.people.identities import pseudonym

if TYPE_CHECKING:
    from beeplace.desk.authors import Authors

MAX_AUTHORS = 1_000
_AREA = {"x": 10, "y": 20, "width": 30, "height": 40}
_SETTLED = {"area": _AREA, "from": 1201, "to": 1743}
_EXAMPLES: dict[str, dict[str, Any]] = {
    "an area since a moment": {"area": _AREA, "since": "2026-11-28T21:15:00Z"},
    "what one drew": {"people": ["bee-1f2e3d4c"]},
    "everything but the banner": {"except": ["bee-1f2e3d4c"], "kinds": ["placement"]},
}
_PREVIEW = Operation(
    "What the rewind of a selection would change",
    reads=AskedSelection,
    examples=_EXAMPLES,
    answers=SelectionPreview,
    answer={"pixels": 211, "people": 3, "left": 1, "picture": "data:image/png;base64,...", "selection": _SETTLED},
    may=(503,),
)
_AUTHORS = Operation(
    "Who drew in a selection, who drew most first",
    reads=AskedSelection,
    examples=_EXAMPLES,
    answers=SelectionAuthors,
    answer={
        "people": [
            {
                "person": "bee-1f2e3d4c",
                "name": "bee-1f2e3d4c",
                "pixels": 180,
                "share": 0.85,
                "first": "2026-11-28T21:15:07.123Z",
                "last": "2026-11-28T21:19:40.500Z",
            }
        ],
        "pixels": 211,
        "more": 2,
        "selection": _SETTLED,
    },
    may=(503,),
)

routes = web.RouteTableDef()


@routes.post("/api/selections/preview")
@described(_PREVIEW)
async def preview(request: web.Request) -> web.Response:
    """What a rewind would change, in figures and as a picture of the selection's area."""
    authorised(request)
    return reply(await previewed(request.app[GATEWAY], await body(request, AskedSelection)))


@routes.post("/api/selections/authors")
@described(_AUTHORS)
async def authors(request: web.Request) -> web.Response:
    """Who drew in a selection, who drew most first."""
    authorised(request)
    return reply(await drawn_by(request.app[GATEWAY], await body(request, AskedSelection)))


async def previewed(gateway: Gateway, asked: AskedSelection) -> SelectionPreview:
    """What the rewind of a selection would change. Raises BadRequest, Busy or StoreUnavailable."""
    selection = await gateway.desk.selection(asked)
    found = await gateway.desk.preview(selection)
    return SelectionPreview(found.pixels, found.people, found.left, found.picture, selection.settled())


async def drawn_by(gateway: Gateway, asked: AskedSelection) -> SelectionAuthors:
    """Who drew in a selection. Raises what `previewed` does."""
    selection = await gateway.desk.selection(asked)
    found = await gateway.desk.authors(selection, MAX_AUTHORS)
    moments = await gateway.reads.moments([seq for one in found.first for seq in (one.first_seq, one.last_seq)])
    people = await asyncio.to_thread(_told, found, moments)  # a thousand take as long as fifty placements
    return SelectionAuthors(people, found.pixels, found.people - len(people), selection.settled())


def _told(found: Authors, moments: dict[int, int]) -> list[SelectionAuthor]:
    people = []
    for author in found.first:
        name = pseudonym(author.name)
        first, last = moment(moments[author.first_seq]), moment(moments[author.last_seq])
        people.append(SelectionAuthor(name, name, author.pixels, author.pixels / found.pixels, first, last))
    return people


def moment(at_ms: int) -> str:
    """A moment as RFC 3339 says it."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
