"""Wall codes: equal on all gateways, taken for as long as one is on the wall and once more, and never without."""

from __future__ import annotations

from dataclasses import replace

from beeplace.board.state import LiveSettings
from beeplace.people.screen_passes import LIFE_MS, ScreenPass, ScreenPasses
from beeplace.people.wall_codes import AHEAD, ALPHABET, EARLY_MS, LETTERS, WALLS, WallCodes

SECRET = b"c" * 32
LENGTH_MS = 15_000


class Gateway:
    """The codes of one gateway at a board time that the test sets."""

    def __init__(self, secret: bytes = SECRET) -> None:
        self.now_ms, self.settings = 100 * LENGTH_MS, LiveSettings(wall_code_seconds=15)
        self.codes = WallCodes(secret, lambda: self.now_ms, lambda: self.settings)


def test_any_gateway_shows_and_takes_the_same_codes() -> None:
    one, other = Gateway(), Gateway()
    other.now_ms += EARLY_MS - 1  # as far as clocks of gateways may be apart
    for wall in range(WALLS):
        code = one.codes.ahead(wall)[0].code
        assert other.codes.find(code) == one.codes.find(code)
        assert other.codes.find(code).wall == wall  # type: ignore[union-attr]
    assert Gateway(b"d" * 32).codes.find(one.codes.ahead(0)[0].code) is None


def test_a_code_is_taken_while_it_is_on_the_wall_and_as_long_again() -> None:
    gateway = Gateway()
    code, first_ms = gateway.codes.ahead(3)[0].code, gateway.now_ms
    taken = []
    for at_ms in (-EARLY_MS - 1, -EARLY_MS, 0, LENGTH_MS, 2 * LENGTH_MS - 1, 2 * LENGTH_MS):
        gateway.now_ms = first_ms + at_ms
        taken.append(gateway.codes.find(code) is not None)
    assert taken == [False, True, True, True, True, False]


def test_codes_ahead_are_what_is_shown_then() -> None:
    gateway = Gateway()
    gateway.now_ms += 4_000
    ahead = gateway.codes.ahead(1)
    assert [(one.starts_in_ms, one.ends_in_ms) for one in ahead[:2]] == [(0, 11_000), (11_000, 26_000)]
    assert len(ahead) == 1 + AHEAD
    gateway.now_ms += ahead[3].starts_in_ms
    assert gateway.codes.ahead(1)[0].code == ahead[3].code


def test_a_code_is_read_as_people_write_it_and_is_no_word() -> None:
    gateway = Gateway()
    code = gateway.codes.ahead(0)[0].code
    assert len(code) == LETTERS
    assert set(code) <= set(ALPHABET)
    for written in (code.lower(), f"{code[:3]} {code[3:]}", f" {code[:2]}-{code[2:]}\n"):
        assert gateway.codes.find(written) is not None
    for wrong in ("", code[:-1], code + code[0], "ABC", "Ω" * 6):
        assert gateway.codes.find(wrong) is None


def test_another_round_or_length_ends_all_codes() -> None:
    gateway = Gateway()
    code = gateway.codes.ahead(0)[0].code
    for settings in (replace(gateway.settings, wall_code_round=1), replace(gateway.settings, wall_code_seconds=30)):
        gateway.settings = settings
        assert gateway.codes.find(code) is None
        assert gateway.codes.find(gateway.codes.ahead(0)[0].code) is not None


def test_a_pass_names_its_wall_and_its_key_and_ends() -> None:
    now_ms = [5_000]
    passes = ScreenPasses(SECRET, lambda: now_ms[0])
    made = passes.issue(3, b"h" * 16)
    assert passes.read(made) == ScreenPass(3, b"h" * 16)
    assert ScreenPasses(b"x" * 32, lambda: 0).read(made) is None
    now_ms[0] += LIFE_MS
    assert passes.read(made) is None
