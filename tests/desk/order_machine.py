"""The same with all that keeps order in between: bans with what was drawn, zones, announcements, panic and settings."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from beeplace.board.changes import Change
from beeplace.board.changes.adjust import Adjust
from beeplace.board.changes.moderation.announce import Announce
from beeplace.board.changes.moderation.ban import Ban
from beeplace.board.changes.moderation.enforce import Span
from beeplace.board.changes.moderation.panic import Panic
from beeplace.board.changes.moderation.zone import Zone
from beeplace.board.geometry import Area
from beeplace.desk.selection import Selection
from beeplace.people.identities import pseudonym
from tests.desk.machine import COLORS, PEOPLE, XS, YS, TakeBackMachine, areas, colors, order, places
from tests.desk.model import Asked, Happened
from tests.desk.order_model import PANIC, PLACES, SETTINGS, WORDS, OrderModel, Values
from tests.desk.order_model import PEOPLE as BANNED
from tests.log.samples import NO_LIMIT, ORGANISER, WHOLE, placement

MOST = 8  # bans, zones and announcements at once: each is looked at for each placement


class OrderMachine(TakeBackMachine):
    """What is allowed, what holds and the whole board are compared after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.order = OrderModel(first={"maxPixels": NO_LIMIT.max_pixels, "refreshRate": NO_LIMIT.refresh_rate_ms})

    @rule(who=st.sampled_from(PEOPLE), x=st.sampled_from(XS), y=st.sampled_from(YS), color=colors)
    def place(self, who: bytes, x: int, y: int, color: int) -> None:
        [answer] = self.run(self.session.place(placement(x, y, color, by=who)))
        assert answer.code == self.order.refusal(who, (x, y), color)
        if answer.seq:
            self.model.happen(Happened(answer.seq, "placement", who, {(x, y): color}))

    def enforce(self, change: Change, kind: str, values: Values, of: int | None = None) -> None:
        outcome = self.run(self.desk.act(change, order()))
        assert outcome.entry
        self.order.happen(outcome.entry.seq, kind, values, of)

    def room_for(self, kind: str) -> bool:
        return len(self.order.in_force(kind)) < MOST

    @precondition(lambda self: self.room_for(BANNED))
    @rule(people=st.sets(st.sampled_from(PEOPLE), min_size=1, max_size=2), drawn=st.none() | areas | st.just(WHOLE))
    def ban(self, people: set[bytes], drawn: Area | None) -> None:
        """With what they drew, which is taken back in the same entry."""
        ban = Ban(Span(), tuple(pseudonym(person[:4]) for person in sorted(people)))
        if drawn is None:
            self.enforce(ban, BANNED, {"people": people})
            return
        asked, goes_on = order(), self.seq % 2 == 0
        selection = Selection(drawn, self.model.empty, self.seq, frozenset(person[:4] for person in people))
        painted, back, left = self.model.rewound(Asked(places(drawn), self.model.empty, self.seq, people))
        done = self.run(self.desk.ban(ban, selection, asked, goes_on=goes_on))
        assert done.entry
        assert (done.changed, done.left) == (len(painted), left)
        again = self.run(self.desk.ban(ban, selection, asked, goes_on=goes_on))
        assert (again.changed, again.entry) == (done.changed, done.entry)
        self.order.happen(done.entry.seq, BANNED, {"people": people})
        self.model.happen(Happened(done.entry.seq, "ban", ORGANISER, painted, back))

    @precondition(lambda self: self.room_for(PLACES))
    @rule(area=areas, some=st.none() | st.sets(colors, min_size=1, max_size=COLORS - 1))
    def zone(self, area: Area, some: set[int] | None) -> None:
        zone = Zone(Span(), area, closed=some is None, colors=None if some is None else tuple(sorted(some)))
        self.enforce(zone, PLACES, {"places": places(area), "colors": some})

    @precondition(lambda self: self.room_for(WORDS))
    @rule()
    def announce(self) -> None:
        self.enforce(Announce(Span(), (("und", "soon"),)), WORDS, {"text": "soon"})

    @rule(begun=st.booleans())
    def panic(self, begun: bool) -> None:
        self.enforce(Panic(begun), PANIC, {"begun": True} if begun else {}, of=0)

    @rule(most=st.integers(1, 9), refresh=st.none() | st.integers(20, 100))
    def adjust(self, most: int, refresh: int | None) -> None:
        values = {"maxPixels": most} | ({} if refresh is None else {"refreshRate": refresh})
        self.enforce(Adjust(tuple(values.items())), SETTINGS, values, of=0)

    @precondition(lambda self: bool(self.order.log))
    @rule(number=st.integers(0, 50))
    def undo_order(self, number: int) -> None:
        self.undo_of(self.order.log[-1 - number % min(len(self.order.log), 6)].seq)

    def undo_of(self, seq: int) -> None:
        """Of all that it did: pixels, what keeps order, or both."""
        painting = next((one for one in self.model.log if one.seq == seq), None)
        ordering = next((one for one in self.order.log if one.seq == seq), None)
        painted, back, left = self.model.undone(seq) if painting else ({}, {}, 0)
        expected = self.order.undone(ordering) if ordering else None
        outcome = self.run(self.desk.undo(seq, order()))
        assert (outcome.entry is None) == (expected is None and not painted)
        if outcome.entry or painting:
            assert (outcome.changed, outcome.left, len(outcome.told)) == (len(painted), left, min(left, 20))
        if outcome.entry and painted:
            self.model.happen(Happened(outcome.entry.seq, "undo", ORGANISER, painted, back))
        if outcome.entry and ordering and expected:
            self.order.happen(outcome.entry.seq, ordering.kind, *expected)

    @invariant()
    def what_holds_is_as_the_model_says(self) -> None:
        if not hasattr(self, "session"):
            return
        state, model = self.board.state, self.order
        found = state.moderation
        assert {one.seq for one in found.bans} == model.in_force(BANNED).keys()
        assert {one.seq for one in found.zones} == model.in_force(PLACES).keys()
        assert {one.seq for one in found.announcements} == model.in_force(WORDS).keys()
        assert found.panic == bool(model.in_force(PANIC))
        settings = {"maxPixels": state.settings.max_pixels, "refreshRate": state.settings.refresh_rate_ms}
        assert settings == model.settings()
