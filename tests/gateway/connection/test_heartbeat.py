"""The heartbeat, on a clock of the test."""

from __future__ import annotations

from beeplace.gateway.connection.heartbeat import Heartbeat

INTERVAL, PATIENCE = 25.0, 20.0


class Peer:
    def __init__(self, sid: str) -> None:
        self.sid = sid
        self.asked = 0
        self.dropped = 0

    def ping(self) -> None:
        self.asked += 1

    def drop(self) -> None:
        self.dropped += 1


class Times:
    """A heartbeat whose clock is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.heart: Heartbeat[Peer] = Heartbeat(INTERVAL, PATIENCE, lambda: self.now)

    def new(self, sid: str = "a") -> Peer:
        peer = Peer(sid)
        self.heart.expect_ping(peer)
        return peer

    def pass_by(self, seconds: float) -> None:
        self.now += seconds
        self.heart.step(self.now)


def test_a_peer_is_asked_after_the_interval() -> None:
    times = Times()
    peer = times.new()
    times.pass_by(INTERVAL - 0.1)
    assert peer.asked == 0
    times.pass_by(0.1)
    assert (peer.asked, peer.dropped) == (1, 0)


def test_a_peer_that_does_not_answer_is_dropped_once() -> None:
    times = Times()
    peer = times.new()
    times.pass_by(INTERVAL)
    times.pass_by(PATIENCE - 0.1)
    assert peer.dropped == 0
    for _ in range(5):
        times.pass_by(PATIENCE)
    assert (peer.asked, peer.dropped) == (1, 1)


def test_a_peer_that_answers_is_asked_again() -> None:
    times = Times()
    peer = times.new()
    for _ in range(10):
        times.pass_by(INTERVAL)
        times.pass_by(PATIENCE / 2)
        assert times.heart.heard(peer)
    assert (peer.asked, peer.dropped) == (10, 0)


def test_an_answer_that_nobody_asked_for_changes_nothing() -> None:
    times = Times()
    peer = times.new()
    for _ in range(1000):
        assert not times.heart.heard(peer)
    times.pass_by(INTERVAL)
    assert peer.asked == 1
    assert times.heart.heard(peer)
    assert not times.heart.heard(peer)


def test_a_peer_that_has_gone_is_left_alone() -> None:
    times = Times()
    one, two = times.new("one"), times.new("two")
    times.heart.forget(one)
    times.pass_by(INTERVAL)
    times.heart.forget(two)
    times.pass_by(PATIENCE)
    assert (one.asked, two.asked, two.dropped) == (0, 1, 0)
    assert not times.heart.heard(two)


def test_a_late_step_asks_before_it_drops() -> None:
    times = Times()
    peer = times.new()
    times.pass_by(INTERVAL + PATIENCE / 2)
    assert (peer.asked, peer.dropped) == (1, 0)


def test_many_peers_are_each_asked_at_their_time() -> None:
    times = Times()
    peers = []
    for number in range(10):
        peers.append(times.new(str(number)))
        times.pass_by(1)
    times.pass_by(INTERVAL - 11)
    for number in range(10):
        times.pass_by(1)
        assert sum(peer.asked for peer in peers) == number + 1


def test_a_peer_that_has_not_read_the_question_is_given_time_while_it_may_be_on_its_way() -> None:
    times = Times()
    peer = times.new()
    known: list[int | None] = []

    def awaited(_peer: Peer, before: int | None) -> int | None:
        known.append(before)
        return 500 if len(known) < 3 else None

    times.heart.awaited = awaited
    times.pass_by(INTERVAL)
    for _ in range(2):
        times.pass_by(PATIENCE)
        assert peer.dropped == 0
    times.pass_by(PATIENCE)
    assert (peer.asked, peer.dropped, known) == (1, 1, [None, 500, 500])


def test_a_slow_peer_that_answers_in_the_end_is_asked_again() -> None:
    times = Times()
    peer = times.new()
    times.heart.awaited = lambda _peer, _before: 500
    times.pass_by(INTERVAL)
    times.pass_by(PATIENCE)
    assert times.heart.heard(peer)
    times.pass_by(INTERVAL)
    assert (peer.asked, peer.dropped) == (2, 0)
