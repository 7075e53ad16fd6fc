"""Whatever an organiser changes while people place: nobody gets a pixel more than the settings at each seq allow."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from beeplace.board.allowance import Allowance
from beeplace.board.changes.adjust import Adjust
from beeplace.board.rules import Action, Facts, decide, decide_action
from beeplace.history.verify.allowances import AllowanceReplay
from beeplace.log.archive import Row
from tests.log.samples import ANN, BOB, ORGANISER, STATE, placement

Step = tuple[str, int]  # what happens, and its number

placing = st.tuples(st.sampled_from(["ann", "bob"]), st.integers(1, 4))
waiting = st.tuples(st.just("wait"), st.sampled_from([1, 999, 1_000, 2_000, 10_000, 86_400_000]))
most = st.tuples(st.just("maxPixels"), st.sampled_from([1, 2, 3, 1_000]))
cooldown = st.tuples(st.just("cooldown"), st.sampled_from([0, 1, 2, 10, 86_400]))
steps = st.lists(placing | placing | waiting | most | cooldown, max_size=40)


class Model:
    """Windows said as plainly as can be: one opens with a pixel while there is a cooldown, keeps its end, and takes as
    many pixels as the settings of the moment say. Without a cooldown nothing is counted."""

    def __init__(self) -> None:
        self.values = {"maxPixels": 3, "cooldown": 10}
        self.windows: dict[bytes, tuple[int, int]] = {}  # end, pixels

    def allows(self, who: bytes, now_ms: int) -> bool:
        """Counts it, where it does."""
        if self.values["cooldown"] == 0:
            return True
        end, used = self.windows.get(who, (0, 0))
        if end <= now_ms:
            end, used = now_ms + 1000 * self.values["cooldown"], 0
        elif used >= self.values["maxPixels"]:
            return False
        self.windows[who] = end, used + 1
        return True


@given(steps)
@example([("ann", 3), ("maxPixels", 1), ("ann", 1), ("cooldown", 0), ("ann", 4), ("cooldown", 10), ("ann", 1)])
@example([("cooldown", 0), ("ann", 4), ("cooldown", 10), ("ann", 4), ("wait", 10_000), ("ann", 1)])
@example([("ann", 1), ("cooldown", 1), ("wait", 2_000), ("ann", 3), ("wait", 10_000), ("ann", 4)])
def test_nobody_gets_a_pixel_more_or_less_whatever_is_changed(steps: list[Step]) -> None:
    state, now_ms, allowances, model = STATE, 5_000, dict[bytes, Allowance](), Model()
    replay = AllowanceReplay(state.settings.limits)
    for what, number in steps:
        if what == "wait":
            now_ms += number
            continue
        facts = Facts(state, now_ms, now_ms, allowances)
        if what in model.values:
            model.values[what] = number
            state = decide_action(Action(Adjust(((what, number),)), ORGANISER), facts).state
            replay.follow(state.settings.limits)
            continue
        who = ANN if what == "ann" else BOB
        decision = decide([placement(by=who)] * number, facts)
        assert [answer.code is None for answer in decision.answers] == [
            model.allows(who, now_ms) for _ in range(number)
        ]
        state, allowances = decision.state, {**allowances, **decision.allowances}
        row = Row(0, "", 1, 0, 0, None, None, 0, None, now_ms, who, None)
        assert not any(replay.exceeds(row) for _ in decision.entries)


def test_one_pixel_too_many_under_changed_settings_is_found() -> None:
    """What a gateway that had not heard of the change would have allowed."""
    replay = AllowanceReplay(STATE.settings.limits)
    row = Row(1, "", 1, 0, 0, None, None, 0, None, 5_000, ANN, None)
    assert [replay.exceeds(row) for _ in range(2)] == [False, False]
    replay.follow(replace(STATE.settings, max_pixels=2).limits)
    assert replay.exceeds(row)
