"""The route that says who the newcomers are who behave as one: a selection's people, and its area."""

from __future__ import annotations

from aiohttp import web
from msgspec import Struct

from beeplace.desk.selection import AskedArea
from beeplace.gateway.gateway import GATEWAY
from beeplace.gateway.http.api.operations import Operation, described
from beeplace.gateway.http.errors import reply
from beeplace.people.group import Group
from beeplace.people.identities import pseudonym


class NewcomerGroup(Struct):
    """Newcomers of one network who behave as one: what the log calls them, the newest thousand, and where they draw."""

    number: int
    people: list[str]
    area: AskedArea


class NewcomerGroups(Struct, rename="camel"):
    """Those of this gateway; a group that has placed nothing for ten minutes is none any more."""

    status_code: int
    groups: list[NewcomerGroup]


_GROUPS = Operation(
    "Newcomers of one network who behave as one, and share the allowance of three people",
    about="`people` and `area` are those of a selection: so they are banned, and what they drew taken back, at once.",
    answers=NewcomerGroups,
    answer={
        "statusCode": 200,
        "groups": [{"number": 1, "people": ["bee-1f2e3d4c"], "area": {"x": 16, "y": 32, "width": 8, "height": 5}}],
    },
)

routes = web.RouteTableDef()  # of the whole entrance: `routes.py` adds the others


@routes.get("/api/entry/groups")
@described(_GROUPS)
async def groups(request: web.Request) -> web.Response:
    """As of now."""
    return reply(NewcomerGroups(200, [_shown(group) for group in request.app[GATEWAY].events.groups.groups]))


def _shown(group: Group) -> NewcomerGroup:
    told = group.told()
    area = AskedArea(told["x"], told["y"], told["width"], told["height"])
    return NewcomerGroup(told["number"], list(map(pseudonym, group.members)), area)
