"""What is in a selection: what its rewind would change, and who drew in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from beeplace.gateway.gateway import GATEWAY
from beeplace.gateway.http.errors import answer
from beeplace.gateway.http.organiser import authorised, json_body
from beeplace.people.identities import pseudonym

if TYPE_CHECKING:
    from beeplace.desk.authors import Author

MAX_AUTHORS = 1_000

routes = web.RouteTableDef()


@routes.post("/api/selections/preview")
async def preview(request: web.Request) -> web.Response:
    """What a rewind would change, in figures and as a picture of the selection's area."""
    authorised(request)
    desk = request.app[GATEWAY].desk
    selection = await desk.selection(await json_body(request))
    found = await desk.preview(selection)
    return answer(
        {
            "pixels": found.pixels,
            "people": found.people,
            "left": found.left,
            "picture": found.picture,
            "selection": selection.as_json(),
        }
    )


@routes.post("/api/selections/authors")
async def authors(request: web.Request) -> web.Response:
    """Who drew in a selection, who drew most first."""
    authorised(request)
    gateway = request.app[GATEWAY]
    selection = await gateway.desk.selection(await json_body(request))
    found = await gateway.desk.authors(selection, MAX_AUTHORS)
    moments = await gateway.reads.moments([seq for one in found.first for seq in (one.first_seq, one.last_seq)])
    people = [_told(author, found.pixels, moments) for author in found.first]
    more = found.people - len(people)
    return answer({"people": people, "pixels": found.pixels, "more": more, "selection": selection.as_json()})


def _told(author: Author, pixels: int, moments: dict[int, int]) -> dict[str, Any]:
    return {
        "person": pseudonym(author.name),
        "name": pseudonym(author.name),
        "pixels": author.pixels,
        "share": author.pixels / pixels,
        "first": moment(moments[author.first_seq]),
        "last": moment(moments[author.last_seq]),
    }


def moment(at_ms: int) -> str:
    """A moment as RFC 3339 says it."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
