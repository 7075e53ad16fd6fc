"""Tokens and hashes of identities."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import Signer

from beeplace.people.identities import Identities, organisers_kept, pseudonym
from beeplace.people.rehearsals import fingerprint, names

SIGNING, NAMING = b"s" * 32, b"n" * 32
IDENTITIES = Identities(SIGNING, NAMING)


def test_a_token_names_the_same_person_after_a_restart() -> None:
    newcomer = IDENTITIES.newcomer("a session")
    again = Identities(SIGNING, NAMING).recognise(newcomer.token)
    assert again
    assert (again.hash, again.token, again.fresh) == (newcomer.hash, newcomer.token, False)


def test_tokens_are_signed_as_the_library_signs_so_that_those_of_older_versions_hold() -> None:
    library, token = Signer(SIGNING, salt="beeplace.identity", digest_method=hashlib.sha256), IDENTITIES.new_token()
    assert library.sign(token.rpartition(".")[0]).decode() == token
    assert IDENTITIES.recognise(library.sign("somebody").decode())


def test_who_enters_is_the_same_person_and_the_token_says_until_when() -> None:
    before = IDENTITIES.newcomer("a session")
    after = IDENTITIES.entered(before, 5_000)
    assert (after.hash, after.entered_until_ms) == (before.hash, 5_000)
    assert IDENTITIES.recognise(after.token) == after
    assert IDENTITIES.entered(after, 9_000).hash == before.hash  # begins anew
    assert IDENTITIES.recognise((after.token or "").replace(".5000.", ".9000.")) is None


def test_who_enters_and_shows_nothing_is_somebody_new() -> None:
    one, other = (IDENTITIES.entered(None, 5_000) for _ in range(2))
    assert one.hash != other.hash
    assert IDENTITIES.recognise(one.token) == one


def test_a_token_is_new_each_time() -> None:
    assert len({IDENTITIES.new_token() for _ in range(100)}) == 100


def test_a_session_that_asks_again_gets_the_same_name() -> None:
    assert IDENTITIES.newcomer("a session") == IDENTITIES.newcomer("a session") != IDENTITIES.newcomer("another")


def test_a_cookie_is_found_under_either_name() -> None:
    old, new = IDENTITIES.new_token(), IDENTITIES.new_token()
    assert IDENTITIES.shown({}) is None
    assert IDENTITIES.shown({"beeplace": old}) == old
    assert IDENTITIES.shown({"__Host-beeplace": new, "beeplace": old}) == new
    assert IDENTITIES.shown({"__Host-beeplace": "forged", "beeplace": old}) == old


def test_a_token_of_another_server_is_not_recognised() -> None:
    assert Identities(b"x" * 32, NAMING).recognise(IDENTITIES.new_token()) is None


def test_a_token_changed_anywhere_is_not_recognised() -> None:
    token = IDENTITIES.new_token()
    for at in range(len(token)):
        changed = "A" if token[at] != "A" else "B"
        if at != len(token) - 1:  # the last letter of base64 has bits that count for nothing
            assert IDENTITIES.recognise(token[:at] + changed + token[at + 1 :]) is None


@given(st.text())
def test_any_other_text_is_not_recognised(text: str) -> None:
    assert IDENTITIES.recognise(text) is None


@pytest.mark.parametrize("nothing", [None, "", "\udcff", "\udcff.\udcfe", "é.é"])
def test_nothing_and_what_is_no_text_is_not_recognised(nothing: str | None) -> None:
    assert IDENTITIES.recognise(nothing) is None


def test_whoever_destroys_the_naming_secret_cuts_every_tie() -> None:
    token = IDENTITIES.new_token()
    before, after = IDENTITIES.recognise(token), Identities(SIGNING, b"x" * 32).recognise(token)
    assert before
    assert after
    assert before.hash != after.hash


def test_a_fingerprint_is_kept_as_a_hash_alone() -> None:
    found = IDENTITIES.from_fingerprint("fingerprint")
    assert (len(found.hash), found.token) == (16, None)
    assert b"fingerprint" not in found.hash


def test_fingerprints_tokens_and_keys_never_meet() -> None:
    token = IDENTITIES.new_token()
    name = token.split(".")[0]
    known = IDENTITIES.recognise(token)
    assert known
    others = [IDENTITIES.from_fingerprint(text).hash for text in (token, name, f"token:{name}")]
    assert len({known.hash, *others, IDENTITIES.organiser(name), IDENTITIES.organiser(token)}) == 6


def test_a_pseudonym_says_the_same_each_time() -> None:
    assert pseudonym(bytes(16)) == "bee-00000000"


def test_organisers_keep_their_names_when_the_naming_secret_is_destroyed_again_and_again() -> None:
    identities, secrets = Identities(SIGNING, NAMING), {"identities": NAMING}
    token, vera = identities.new_token(), identities.organiser("vera")
    known = [identities.recognise(token)]
    for new in (b"x" * 32, b"y" * 32):
        secrets = secrets | organisers_kept(secrets, ["vera"]) | {"identities": new}
        assert identities.adopt(secrets)
        assert not identities.adopt(secrets)
        assert identities.organiser("vera") == vera
        known.append(identities.recognise(token))
    assert len({who.hash for who in known if who}) == 3
    assert identities.organiser("bert") != Identities(SIGNING, NAMING).organiser("bert")


def test_a_store_without_the_secret_changes_nobodys_name() -> None:
    assert not Identities(SIGNING, NAMING).adopt({})


def test_who_comes_in_a_flood_owes_work_until_it_was_shown() -> None:
    one = Identities(SIGNING, NAMING)
    known = one.newcomer("before")
    one.flooded = lambda: True
    newcomer = one.newcomer("a session")
    assert (newcomer.owes_work, newcomer.hash) == (True, IDENTITIES.newcomer("a session").hash)
    again, before = IDENTITIES.recognise(newcomer.token), IDENTITIES.recognise(known.token)
    assert again
    assert before
    assert (again.hash, again.owes_work, before.owes_work) == (newcomer.hash, True, False)
    worked = one.entered(newcomer, 5_000, owes_work=True)
    assert (worked.hash, worked.owes_work, worked.entered_until_ms) == (newcomer.hash, True, 5_000)
    assert IDENTITIES.recognise(worked.token) == worked
    for good in (one.entered(newcomer, 9_000), one.entered(worked, 9_000)):
        assert (good.hash, good.owes_work, good.entered_until_ms) == (newcomer.hash, False, 9_000)
        assert IDENTITIES.recognise(good.token) == good


def test_no_debt_is_taken_off_a_token_by_who_has_it() -> None:
    one = Identities(SIGNING, NAMING)
    one.flooded = lambda: True
    token = one.newcomer("a session").token or ""
    name, _, signature = token.rpartition(".")
    for changed in (name.replace(".-0", "."), name.replace(".-0", ""), name.replace(".-0", ".9000000000000")):
        assert changed != name
        assert IDENTITIES.recognise(f"{changed}.{signature}") is None


@pytest.mark.parametrize("flooded", [False, True])
def test_a_name_is_fresh_until_somebody_joins_by_it(flooded: bool) -> None:
    one = Identities(SIGNING, NAMING)
    one.flooded = lambda: flooded
    given = one.recognise(one.new_token())
    assert given
    assert (given.fresh, given.owes_work, given.entered_until_ms, one.issued) == (True, False, 0, 0)
    come = one.arrived(given)
    assert (come.hash, come.owes_work, one.issued) == (given.hash, flooded, 1)
    again = IDENTITIES.recognise(come.token)
    assert again
    assert (again.hash, again.fresh, again.owes_work) == (given.hash, False, flooded)
    assert one.entered(given, 5_000).hash == given.hash


def test_fingerprints_of_before_a_flood_owe_nothing_and_others_are_newcomers() -> None:
    one = Identities(SIGNING, NAMING)
    assert [one.from_fingerprint(name).owes_work for name in ("ann", "bob", "ann")] == [False] * 3
    assert (one.issued, one.from_fingerprint("bob").fresh, one.from_fingerprint("cid").fresh) == (2, False, True)
    one.flooded = lambda: True
    assert [one.from_fingerprint(name).owes_work for name in ("ann", "eve", "eve")] == [False, True, True]
    one.adopt({"identities": b"x" * 32})  # nothing of who they were is known any more
    assert one.from_fingerprint("ann").owes_work


def test_people_of_a_rehearsal_are_no_newcomers_and_owe_no_work_on_any_gateway() -> None:
    token = Identities(SIGNING, NAMING).rehearsal_token()
    other = Identities(SIGNING, NAMING)
    other.flooded = lambda: True
    called = names(other, token, 3)
    people = [other.from_fingerprint(fingerprint(token, number)) for number in range(3)]
    assert [pseudonym(one.hash) for one in people] == called
    assert not any(one.owes_work or one.fresh for one in people)
    assert other.issued == 0
    for forged in ("rehearsal-x.1", f"{token}x.1", token, f"rehearsal-{other.new_token()}.1"):
        assert other.from_fingerprint(forged).owes_work
    assert other.recognise(token) is None
