"""How long wrong keys wait."""

from __future__ import annotations

import pytest

from beeplace.gateway.connection.origins import network
from beeplace.gateway.http.access.wrong_keys import FREE, MAX_ADDRESSES, MAX_SECONDS, WrongKeys


def test_the_first_wrong_keys_are_answered_at_once() -> None:
    wrong = WrongKeys()
    assert [wrong.delay("1.2.3.4", 0.0) for _ in range(FREE)] == [0.0] * FREE


def test_twenty_wrong_keys_a_second_grow_to_half_a_minute_and_are_then_refused() -> None:
    wrong, delays = WrongKeys(), list[float | None]()
    for number in range(100):
        delays.append(wrong.delay("1.2.3.4", number / 20))
    waits = [delay for delay in delays if delay is not None]
    assert waits == sorted(waits)
    assert MAX_SECONDS - 1 < waits[-1] <= MAX_SECONDS
    assert delays.count(None) > 30


def test_another_address_waits_for_nobody() -> None:
    wrong = WrongKeys()
    for _ in range(100):
        wrong.delay("1.2.3.4", 0.0)
    assert wrong.delay("1.2.3.5", 0.0) == 0.0


def test_all_is_forgiven_with_time() -> None:
    wrong = WrongKeys()
    for _ in range(100):
        wrong.delay("1.2.3.4", 0.0)
    assert wrong.delay("1.2.3.4", FREE + MAX_SECONDS + 1) == 0.0


def test_what_is_remembered_is_bounded() -> None:
    wrong = WrongKeys()
    for number in range(MAX_ADDRESSES + 100):
        wrong.delay(f"10.{number // 65_536}.{number // 256 % 256}.{number % 256}", 0.0)
    assert len(wrong._settled) == MAX_ADDRESSES


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("1.2.3.4", "1.2.3.5", False),
        ("unix", "", False),
    ],
)
def test_one_customer_of_ipv6_has_a_whole_network(one: str, other: str, same: bool) -> None:
    assert (network(one) == network(other)) is same


def test_addresses_are_known_by_keyed_hashes_and_forgotten_with_what_they_owe() -> None:
    wrong = WrongKeys()
    for _ in range(100):
        wrong.delay("1.2.3.4", 0.0)
    assert "1.2.3.4" not in repr(vars(wrong))
    wrong.step(1.0)
    assert len(wrong._settled) == 1
    wrong.step(FREE + MAX_SECONDS + 1)
    assert not wrong._settled
