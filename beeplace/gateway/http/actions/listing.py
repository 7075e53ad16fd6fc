"""The list of what organisers did, with everything that is known of each, and the last undo of it."""

from __future__ import annotations

from contextlib import suppress

from aiohttp import web
from msgspec import UNSET

from beeplace.board.changes import KINDS as CHANGES
from beeplace.board.changes import Record
from beeplace.board.changes.change import Listed
from beeplace.board.geometry import Area
from beeplace.board.terms import place_name
from beeplace.desk.selection import read_moment
from beeplace.gateway.gateway import GATEWAY, Gateway
from beeplace.gateway.http.actions.selections import moment
from beeplace.gateway.http.api.bodies import query
from beeplace.gateway.http.api.listing_models import LISTED, ActionList, ActionQuery, ActionShown, ActionUndo
from beeplace.gateway.http.api.operations import Operation, described
from beeplace.gateway.http.errors import reply
from beeplace.log.past import ActionFilter, DoneUndo, ListedAction

MAX_LOOKED_AT = 5  # pages of the log for one answer: where few fit, the next request goes on from there
_NEWEST = 2**62
_LISTED = Operation(
    "What organisers did, newest first",
    about="A page may be shorter than `limit`; `next` is null on the last alone. What happens meanwhile moves none.",
    query=ActionQuery,
    answers=ActionList,
    answer=LISTED,
    may=(503,),
)

routes = web.RouteTableDef()


@routes.get("/api/actions")
@described(_LISTED)
async def listed(request: web.Request) -> web.Response:
    """Those that the query asks for."""
    gateway, asked = request.app[GATEWAY], query(request, ActionQuery)
    after, before = await _seqs(gateway, asked)
    names = await gateway.keys.names()
    kinds = None if asked.kind is UNSET else tuple(number for number in CHANGES if word(number) == asked.kind)
    who = next((identity for identity, name in names.items() if name == asked.by), None)
    if kinds == () or (asked.by is not UNSET and who is None):
        return reply(ActionList([], None))
    shown: list[ActionShown] = []
    for _ in range(MAX_LOOKED_AT):
        found = await gateway.reads.actions(ActionFilter(before, kinds, who), asked.limit)
        undos = await _undos(gateway, found)
        for action in found:
            if action.seq <= after:
                return reply(ActionList(shown, None))
            if len(shown) == asked.limit:
                return reply(ActionList(shown, before))
            before = action.seq
            if _is_asked_for(one := _shown(action, names, undos, gateway), asked):
                shown.append(one)
        if len(found) < asked.limit:
            return reply(ActionList(shown, None))
    return reply(ActionList(shown, before))


async def _seqs(gateway: Gateway, asked: ActionQuery) -> tuple[int, int]:
    """What the times mean: the actions after a seq and before another."""
    since = 0 if asked.since is UNSET else read_moment(asked.since, "since")
    until = 2**52 if asked.until is UNSET else read_moment(asked.until, "until") + 1
    after, last = await gateway.reads.seqs_before([since, until]) if asked.since or asked.until else (0, _NEWEST - 1)
    return after, min(last + 1, asked.before or _NEWEST)


async def _undos(gateway: Gateway, actions: list[ListedAction]) -> Undos:
    """What concerns the actions of one page, of however many undos came after them."""
    found = Undos({action.seq for action in actions})
    if actions:
        async for undo in gateway.reads.undos(actions[-1].seq):
            found.follow(undo)
    return found


class Undos:
    """The last undo of some actions, and of their undos, which are followed in their order.

    An action is taken back where that one is not taken back itself.
    """

    def __init__(self, seqs: set[int]) -> None:
        self._seqs = seqs
        self.last: dict[int, DoneUndo] = {}  # by what is undone

    def follow(self, undo: DoneUndo) -> None:
        """The next undo, of whatever it is."""
        if undo.target in self._seqs:
            self.last[undo.target] = undo
            self._seqs.add(undo.seq)

    def holds(self, seq: int) -> bool:
        """Whether an action is taken back now."""
        taken_back = False
        while undo := self.last.get(seq):
            taken_back, seq = not taken_back, undo.seq
        return taken_back


def _shown(action: ListedAction, names: dict[bytes, str], undos: Undos, gateway: Gateway) -> ActionShown:
    area, fields = _listed(action)
    undo = undos.last.get(action.seq)
    return ActionShown(
        seq=action.seq,
        epoch=place_name(action.epoch, gateway.board.state.term),
        at=moment(action.at_ms),
        kind=word(action.kind),
        by=names.get(action.identity),
        reason=action.reason,
        undone=undos.holds(action.seq),
        undone_by=undo.seq if undo else None,
        undo=ActionUndo(undo.seq, names.get(undo.identity), moment(undo.at_ms)) if undo else UNSET,
        area=area._asdict() if area else UNSET,
        **fields,
    )


def _listed(action: ListedAction) -> Listed:
    """What the log has of an action beside its columns."""
    if kind := CHANGES.get(action.kind):
        with suppress(ValueError):  # of a newer version
            return kind.listed(Record(action.kind, action.area, action.color, action.payload))
    return Listed(action.area, {})


def _is_asked_for(action: ActionShown, asked: ActionQuery) -> bool:
    if asked.undone is not UNSET and action.undone is not asked.undone:
        return False
    if asked.area is UNSET:
        return True
    x, y, width, height = map(int, asked.area.split(","))
    if action.area is UNSET:
        return False
    there = Area(**action.area)
    return there.x < x + width and x < there.x + there.width and there.y < y + height and y < there.y + there.height


def word(kind: int) -> str:
    """What interfaces call a kind."""
    return CHANGES[kind].NAME.replace("_", "-") if kind in CHANGES else "other"
