"""What a rule may read of a board: its size, palette, whether it is open, its live settings, and what is in force."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

import orjson

from beeplace.board.allowance import Limits
from beeplace.board.geometry import Area
from beeplace.board.moderation import NOTHING_IN_FORCE, Moderation
from beeplace.board.palette import Palette
from beeplace.board.setting_rules import OPEN, EntryRule, FlagRule, IndicesRule, NumberRule, Rule, TextRule
from beeplace.board.terms import place_name

NAME: Final = "BeePlace"  # of an event without one


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """The settings that are state in the log: equal on all gateways at the same seq, and changeable while it runs.

    Units: seconds, milliseconds, hours, sockets, events, and screen pixels for each pixel of the board (scales).
    `gated` says that only who has entered may draw: all that a placement asks while anyone may.
    """

    max_pixels: int = 3
    cooldown_seconds: int = 10
    refresh_rate_ms: int = 100
    sockets_per_identity: int = 4
    events_per_second: int = 20
    initial_color: int = 3
    initial_scale: float = 9
    min_scale: float = 1
    max_scale: float = 40
    disabled_colors: tuple[int, ...] = ()  # indices that nobody may place; pixels that have them keep them
    event_name: str = ""  # NAME where there is none
    reports: bool = True  # whether people may report what they see
    entry: tuple[str, ...] = (OPEN,)  # who may draw: anyone, or who came in by one of these ways
    entry_hours: int = 24  # for which somebody who came in may draw
    wall_code_seconds: int = 15  # for which a code is on the walls
    wall_code_round: int = 0  # another one ends all codes that are on the walls
    chosen: frozenset[str] = frozenset()  # by an organiser, under the interface's names: no environment changes them
    gated: bool = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "gated", OPEN not in self.entry)

    @property
    def limits(self) -> Limits:
        """What the allowance is counted by."""
        return _limits(self.max_pixels, self.cooldown_seconds * 1000)

    def named(self) -> dict[str, Any]:
        """The values under the names of the interface."""
        return {name: getattr(self, rule.field) for name, rule in RULES.items()}

    def with_values(self, values: dict[str, Any]) -> LiveSettings:
        """These with some values changed, under the names of the interface; unknown names are left out."""
        known: dict[str, Any] = {}
        for name, value in values.items():
            if name in RULES:
                known[RULES[name].field] = tuple(value) if isinstance(value, list) else value
        return replace(self, **known)

    def chosen_by_organiser(self, names: Iterable[str]) -> LiveSettings:
        """These, some of which are an organiser's choice from here on."""
        return replace(self, chosen=self.chosen.union(names))

    @lru_cache(maxsize=8)  # noqa: B019  # settings never change, and few are in use: each commit writes them
    def text(self) -> str:
        """As JSON, for stores."""
        return orjson.dumps({"values": self.named(), "chosen": sorted(self.chosen)}).decode()

    @staticmethod
    @lru_cache(maxsize=8)
    def read(text: str | None) -> LiveSettings:
        """From `text`; None stands for a board of a version that did not keep them. Raises ValueError."""
        if text is None:
            return LiveSettings()
        told = orjson.loads(text)
        return LiveSettings(chosen=frozenset(told["chosen"])).with_values(told["values"])

    def objection(self, colors: int, changed: Collection[str]) -> str | None:
        """The rule that a changed setting breaks, in words that begin with its name; None where all are kept."""
        for name in changed:
            if (broken := RULES[name].objection(getattr(self, RULES[name].field))) is not None:
                return f"{name} must be {broken}"
        if (names := _COLORS.intersection(changed)) and (broken := self._colors_objection(colors)):
            return f"{min(names)} must {broken}"
        if _SCALES.intersection(changed) and not self.min_scale <= self.initial_scale <= self.max_scale:
            return "initialScale must lie between minScale and maxScale"
        return None

    def _colors_objection(self, colors: int) -> str | None:
        if any(index >= colors for index in (self.initial_color, *self.disabled_colors)):
            return "name indices of the palette"
        if self.initial_color in self.disabled_colors:
            return "leave the initial colour enabled; choose another initialColor with it"
        return None


@lru_cache(maxsize=8)
def _limits(max_pixels: int, cooldown_ms: int) -> Limits:
    """Asked for with each placement: the same object."""
    return Limits(max_pixels, cooldown_ms)


MAX_EVENT_NAME: Final = 80  # characters
MAX_SCALE: Final = 1e9
MIN_SCALE: Final = 1e-9

_SCALES: Final = frozenset({"initialScale", "minScale", "maxScale"})
_COLORS: Final = frozenset({"initialColor", "disabledColors"})

RULES: Final[dict[str, Rule]] = {
    "maxPixels": NumberRule("max_pixels", 1, 1_000),
    "cooldown": NumberRule("cooldown_seconds", 0, 86_400),
    "refreshRate": NumberRule("refresh_rate_ms", 20, 5_000),
    "socketsPerIdentity": NumberRule("sockets_per_identity", 1, 1_000_000),
    "eventsPerSecond": NumberRule("events_per_second", 1, 10_000),
    "initialColor": NumberRule("initial_color", 0, 255),
    "initialScale": NumberRule("initial_scale", MIN_SCALE, MAX_SCALE, whole=False),
    "minScale": NumberRule("min_scale", MIN_SCALE, MAX_SCALE, whole=False),
    "maxScale": NumberRule("max_scale", MIN_SCALE, MAX_SCALE, whole=False),
    "disabledColors": IndicesRule("disabled_colors"),
    "eventName": TextRule("event_name", MAX_EVENT_NAME),
    "reports": FlagRule("reports"),
    "entry": EntryRule("entry"),
    "entryHours": NumberRule("entry_hours", 1, 720),
    "wallCodeSeconds": NumberRule("wall_code_seconds", 5, 300),
    "wallCodeRound": NumberRule("wall_code_round", 0, 1_000_000),
}


@dataclass(frozen=True, slots=True)
class BoardState:
    """The rules' view of a board: what it is, the last committed change, and the term in which the log goes on."""

    epoch: str
    seq: int
    width: int
    height: int
    palette: Palette
    read_only: bool = False
    term: str = field(default="", compare=False)  # the same board in another term is the same board
    settings: LiveSettings = field(default_factory=LiveSettings)
    moderation: Moderation = NOTHING_IN_FORCE

    @property
    def name(self) -> str:
        """What clients are given as `epoch`: this numbering, and this history of it."""
        return place_name(self.epoch, self.term)

    @property
    def closed(self) -> bool:
        """Whether nobody may draw."""
        return self.read_only or self.moderation.panic

    def holds(self, area: Area) -> bool:
        """Whether all of a rectangle lies on the board."""
        across = area.x >= 0 and area.width >= 1 and area.x + area.width <= self.width
        return across and area.y >= 0 and area.height >= 1 and area.y + area.height <= self.height
