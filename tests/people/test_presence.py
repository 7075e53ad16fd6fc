"""People are counted by identity, whatever sockets come and go."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from beeplace.people.presence import Presence

MOST = 3


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([b"a", b"b", b"c"]))))
def test_people_are_those_with_a_socket(steps: list[tuple[bool, bytes]]) -> None:
    people, sockets = Presence(lambda: MOST), Counter[bytes]()
    for comes, who in steps:
        if comes:
            taken = people.come(who)
            assert taken == (sockets[who] < MOST)
            sockets[who] += taken
        elif sockets[who]:
            people.go(who)
            sockets[who] -= 1
        assert len(people) == sum(1 for count in sockets.values() if count)


def test_a_number_is_news_once() -> None:
    people = Presence(lambda: MOST)
    assert people.news() is None
    people.come(b"a")
    people.come(b"a")
    assert (people.news(), people.news()) == (1, None)
    people.go(b"a")
    assert people.news() is None
    people.go(b"a")
    assert people.news() == 0
