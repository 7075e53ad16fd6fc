"""All rules of the board, in one place and without I/O: what a placement or an organiser's action leads to.

A store calls `decide` or `decide_action` inside its transaction, with the facts it read there, and writes
down what comes back. Nothing else decides: bounds, palette, read-only, epoch, allowance, repeated requests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b, blake2s
from typing import NamedTuple

from beeplace.board.allowance import Allowance, Limits
from beeplace.board.changes.change import Change, next_state
from beeplace.board.changes.placement import Placement
from beeplace.board.entries import Entry
from beeplace.board.geometry import Pixel
from beeplace.board.state import BoardState

REMEMBERED_MS = 600_000  # a request's first answer is given again for ten minutes
ACTION_REMEMBERED_MS = 86_400_000  # an organiser may look the next morning


class PlacementRequest(NamedTuple):
    """One person's wish: a pixel, who asks, and optionally the request's id and the epoch it was drawn on.

    `entered_until_ms` is until when who asks may draw where not everyone may, or owing work, in board time.
    """

    identity: bytes
    pixel: Pixel
    rid: bytes | None = None
    epoch: str | None = None
    entered_until_ms: int = 0
    owes_work: bool = False


class Answer(NamedTuple):
    """What became of a placement: `code` is None and `seq` set where it was committed, else the reason."""

    code: str | None
    seq: int | None
    remaining: int
    retry_in_ms: int


class CachedAnswer(NamedTuple):
    """The first answer to a request id, and the pixel that it was about."""

    identity: bytes
    rid: bytes
    pixel: Pixel
    answer: Answer
    expires_ms: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What a store read inside its transaction: the board, the time, and the allowances and answers asked for.

    `now_ms` is board time, which never goes back; `at_ms` the wall clock, which is only recorded. `late_ms` is how far
    board time may be ahead on other machines.
    """

    state: BoardState
    now_ms: int
    at_ms: int
    allowances: Mapping[bytes, Allowance] = field(default_factory=dict)
    answers: Mapping[tuple[bytes, bytes], CachedAnswer] = field(default_factory=dict)
    late_ms: int = 0


@dataclass(frozen=True, slots=True)
class Action:
    """An organiser's wish: a change, and who asks for it, why.

    `epoch` names the new epoch of a change that begins one, and is None for others.
    `before` is what the change's area looked like, one byte a pixel, kept so that the action can be undone.
    `rid` is the request's id, under which it happens once. `seen` is the board that the change was worked out from:
    pixels that changed since stay as they are. `request` is what was asked for, where the change follows from it and
    from the board; asked for again, it leads to another change.
    """

    change: Change
    identity: bytes
    epoch: str | None = None
    before: bytes = b""
    reason: str = ""
    rid: bytes | None = None
    seen: BoardState | None = None
    request: bytes | None = None

    @property
    def asked(self) -> Pixel:
        """What is asked for, in the three numbers that are remembered of a request."""
        if self.request is not None:
            return Pixel(0, int.from_bytes(blake2s(self.request, digest_size=7).digest()), 0)
        record = self.change.record()
        payload = record.payload and blake2b(record.payload, digest_size=16).digest()
        told = repr((record.area, record.color, payload, self.reason)).encode()
        return Pixel(record.kind, int.from_bytes(blake2s(told, digest_size=7).digest()), 0)


@dataclass(slots=True)
class Decision:
    """What a transaction is to write down: the new state, entries, allowances, answers, and the action behind."""

    state: BoardState
    entries: list[Entry] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    allowances: dict[bytes, Allowance] = field(default_factory=dict)
    remembered: list[CachedAnswer] = field(default_factory=list)
    action: Action | None = None


def decide(placements: Sequence[PlacementRequest], facts: Facts) -> Decision:
    """Answers each placement in its order; `answers` has one for each, in the same order."""
    decision, limits = Decision(facts.state), facts.state.settings.limits
    known = dict(facts.answers)
    allowances = dict(facts.allowances)
    for placement in placements:
        key = (placement.identity, placement.rid) if placement.rid else None
        if key and key in known:
            decision.answers.append(_again(known[key], placement.pixel))
            continue
        answer = _answer(placement, facts, decision, allowances, limits)
        decision.answers.append(answer)
        if key:
            known[key] = CachedAnswer(*key, placement.pixel, answer, facts.now_ms + REMEMBERED_MS)
            decision.remembered.append(known[key])
    decision.state = replace(facts.state, seq=facts.state.seq + len(decision.entries))
    return decision


def _again(first: CachedAnswer, pixel: Pixel) -> Answer:
    """The first answer once more; a request id that comes back with another pixel is a mistake."""
    return first.answer if first.pixel == pixel else first.answer._replace(code="duplicate")


def _answer(
    placement: PlacementRequest, facts: Facts, decision: Decision, allowances: dict[bytes, Allowance], limits: Limits
) -> Answer:
    identity, pixel, now_ms = placement.identity, placement.pixel, facts.now_ms
    code = refusal(placement, facts.state, now_ms)
    holder, own = identity, limits
    if facts.state.moderation.restricts and not code:
        holder, own = window(placement, facts.state, now_ms)
    if not code and own.cooldown_ms:
        charged = own.charge(allowances.get(holder), now_ms, facts.late_ms)
        if charged is None:
            code = "cooldown"
        else:
            allowances[holder] = decision.allowances[holder] = charged
    if code:
        return Answer(code, None, *own.left(allowances.get(holder), now_ms))
    seq = facts.state.seq + len(decision.entries) + 1
    placed = Placement(pixel.x, pixel.y, pixel.color)
    decision.entries.append(Entry(seq, facts.state.epoch, facts.at_ms, identity, None, placed))
    return Answer(None, seq, *limits.left(allowances.get(identity), now_ms))


def refusal(placement: PlacementRequest, state: BoardState, now_ms: int) -> str | None:
    """Why the board as it is takes no such pixel of who asks; None where it does. The allowance is another matter."""
    (x, y, color), epoch = placement.pixel, placement.epoch
    if epoch is not None and epoch != state.epoch:
        return "epoch"
    if not (0 <= x < state.width and 0 <= y < state.height):
        return "out_of_board"
    if not 0 <= color < len(state.palette.colors) or color in state.settings.disabled_colors:
        return "bad_color"
    if (state.settings.gated or placement.owes_work) and placement.entered_until_ms <= now_ms:
        return "entry"
    if state.read_only:
        return "read_only"
    if state.moderation.restricts:
        return state.moderation.refusal(placement.identity, placement.pixel, now_ms)
    return None


def window(placement: PlacementRequest, state: BoardState, now_ms: int) -> tuple[bytes, Limits]:
    """Under which name the window is kept that a placement is charged to, and its limits: the person's own, or, in a
    zone with limits of its own, another that counts there alone."""
    zone = state.moderation.limited_at(placement.pixel, now_ms)
    if zone and zone.limits:
        return zone.window(placement.identity), zone.limits
    return placement.identity, state.settings.limits


def decide_action(action: Action, facts: Facts) -> Decision:
    """Carries an organiser's action out: one entry, so that it happens whole or not at all.

    A change that does not fit the board, by an area or a colour that is not there say, leads to no entry, and so does a
    request id that was answered before: `answers` then has that answer. A refusal is not remembered.
    """
    if action.rid and (first := facts.answers.get((action.identity, action.rid))):
        return Decision(facts.state, answers=[_again(first, action.asked)])
    change = action.change
    if not change.fits(facts.state):
        return Decision(facts.state)
    seq, epoch = facts.state.seq + 1, action.epoch or facts.state.epoch
    state = next_state(change, facts.state, epoch, seq)
    entry = Entry(seq, epoch, facts.at_ms, action.identity, seq, change)
    decision = Decision(state, entries=[entry], answers=[Answer(None, seq, 0, 0)], action=action)
    if action.rid:
        expires_ms = facts.now_ms + ACTION_REMEMBERED_MS
        decision.remembered = [CachedAnswer(action.identity, action.rid, action.asked, decision.answers[0], expires_ms)]
    return decision
