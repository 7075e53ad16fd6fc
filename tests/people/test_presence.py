"""People are counted by identity, whatever sockets come and go."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from beeplace.people.presence import Presence

PEOPLE = (b"a", b"b", b"c")


@given(st.lists(st.tuples(st.sampled_from(PEOPLE), st.none() | st.integers(0, 3))))
def test_people_are_those_with_a_socket(steps: list[tuple[bytes, int | None]]) -> None:
    people: Presence[int] = Presence()
    sockets: dict[bytes, list[int]] = {who: [] for who in PEOPLE}
    for number, (who, leaves) in enumerate(steps):
        if leaves is None:
            people.come(who, number)
            sockets[who].append(number)
        elif leaves < len(sockets[who]):
            people.go(who, sockets[who].pop(leaves))
        assert len(people) == sum(1 for open_ones in sockets.values() if open_ones)
        assert {who: people.sockets(who) for who in PEOPLE} == sockets


def test_a_number_is_news_once() -> None:
    people: Presence[str] = Presence()
    assert people.news() is None
    people.come(b"a", "one")
    people.come(b"a", "two")
    assert (people.news(), people.news()) == (1, None)
    people.go(b"a", "one")
    assert people.news() is None
    people.go(b"a", "two")
    assert people.news() == 0
