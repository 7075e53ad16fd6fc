"""Organisers' keys as a gateway knows them."""

from __future__ import annotations

import secrets

import pytest

from beeplace.errors import StoreUnavailable
from beeplace.log.keys import StoredKey
from beeplace.people.identities import Identities
from beeplace.people.keys import API_KEY_ID, FRESH_SECONDS, KeyHolder, KeyRing, is_name, new_key
from beeplace.people.roles import Role

API_KEY = "the key of the settings, long enough"
NOW_MS = 1_000_000
IDENTITIES = Identities(b"s" * 32, b"n" * 32)


class Table:
    """What a store would read, a clock, and how often it was asked."""

    def __init__(self) -> None:
        self.rows: list[StoredKey] = []
        self.reads, self.now, self.now_ms = 0, 0.0, NOW_MS
        self.away = False
        self.ring = KeyRing(self.read, IDENTITIES, API_KEY, lambda: self.now, lambda: self.now_ms)

    async def read(self) -> list[StoredKey]:
        self.reads += 1
        if self.away:
            raise StoreUnavailable
        return list(self.rows)

    def add(self, role: Role = Role.MODERATOR, until_ms: int | None = None) -> str:
        key, stored = new_key("Anna", role, NOW_MS, until_ms)
        self.rows.append(stored)
        return key

    def revoke(self) -> None:
        row = self.rows[-1]
        self.rows[-1] = StoredKey(row.id, row.name, row.role, row.hash, row.made_ms, None, self.now_ms)


@pytest.fixture
def table() -> Table:
    return Table()


async def test_the_key_of_the_settings_is_an_operators(table: Table) -> None:
    holder = await table.ring.holder(API_KEY)
    assert holder is not None
    assert (holder.name, holder.role, table.reads) == (API_KEY_ID, Role.OPERATOR, 0)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MODERATOR, Role.OPERATOR])
async def test_a_key_says_who_holds_it_and_what_it_may_do(table: Table, role: Role) -> None:
    key = table.add(role)
    stored = table.rows[0]
    assert await table.ring.holder(key) == KeyHolder(stored.id, "Anna", role, IDENTITIES.organiser(stored.id))


async def test_nothing_of_a_key_is_kept_but_its_hash(table: Table) -> None:
    key = table.add()
    assert key not in repr(table.rows[0])
    assert len(table.rows[0].hash) == 32


@pytest.mark.parametrize("wrong", ["", "x", API_KEY + "x", API_KEY[:-1], API_KEY.upper(), "\udcff", "0" * 10_000])
async def test_another_key_is_nobodys(table: Table, wrong: str) -> None:
    key = table.add()
    assert await table.ring.holder(wrong) is None
    assert await table.ring.holder(key + "x") is None


async def test_a_key_that_was_just_made_opens_at_once(table: Table) -> None:
    first = table.add()
    assert await table.ring.holder(first)
    assert await table.ring.holder(table.add())


async def test_a_revoked_key_opens_nothing_any_more_within_half_a_second(table: Table) -> None:
    holder = await table.ring.holder(key := table.add())
    assert holder is not None
    table.revoke()
    table.now = FRESH_SECONDS
    assert await table.ring.holder(key) is None
    assert await table.ring.by_identity(holder.identity) is None


async def test_a_key_ends_at_its_moment(table: Table) -> None:
    holder = await table.ring.holder(key := table.add(until_ms=NOW_MS + 1))
    assert holder is not None
    assert await table.ring.by_identity(holder.identity) == holder
    table.now_ms += 1
    assert await table.ring.holder(key) is None
    assert await table.ring.by_identity(holder.identity) is None


async def test_a_key_with_a_role_of_a_newer_version_opens_nothing(table: Table) -> None:
    key, stored = new_key("Anna", Role.VIEWER, NOW_MS)
    table.rows.append(StoredKey(stored.id, "Anna", "emperor", stored.hash, NOW_MS))
    assert await table.ring.holder(key) is None


async def test_keys_that_were_known_open_while_the_log_is_away(table: Table) -> None:
    assert await table.ring.holder(key := table.add())
    table.away, table.now = True, 100.0
    assert await table.ring.holder(key)
    assert await table.ring.holder("another") is None


async def test_a_known_key_is_not_read_for_at_each_request(table: Table) -> None:
    key = table.add()
    for _ in range(100):
        assert await table.ring.holder(key)
    assert table.reads == 1


async def test_the_log_can_name_who_acted_also_with_a_key_that_has_ended(table: Table) -> None:
    holder, operator = await table.ring.holder(table.add()), await table.ring.holder(API_KEY)
    assert holder is not None
    assert operator is not None
    table.revoke()
    table.now = FRESH_SECONDS
    assert await table.ring.names() == {holder.identity: "Anna", operator.identity: API_KEY_ID}


@pytest.mark.parametrize("name", ["", " ", " a", "a\n", "a\x1b[31m", "x" * 65, API_KEY_ID, "\u202e"])
def test_a_name_is_readable_in_a_list(name: str) -> None:
    assert not is_name(name)


def test_no_two_keys_are_the_same() -> None:
    made = [new_key("Anna", Role.VIEWER, NOW_MS) for _ in range(100)]
    assert len({key for key, _ in made}) == len({stored.id for _, stored in made}) == 100
    assert all(len(key) > len(secrets.token_urlsafe(31)) for key, _ in made)
