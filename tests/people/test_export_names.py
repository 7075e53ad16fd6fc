"""Names in exports: one for each person, and no way between them and identities without the secret."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from beeplace.people.export_names import ExportNames

NAMES, OTHERS = ExportNames(b"s" * 32), ExportNames(b"t" * 32)
IDENTITIES = st.binary(min_size=16, max_size=16)


@given(st.lists(IDENTITIES, max_size=20))
def test_the_secret_leads_back_from_names_to_identities(identities: list[bytes]) -> None:
    packed = b"".join(identities)
    assert NAMES.identities(NAMES.of(packed)) == packed


@given(IDENTITIES, IDENTITIES)
def test_two_people_never_share_a_name(one: bytes, other: bytes) -> None:
    assert (NAMES.of(one) == NAMES.of(other)) is (one == other)


@given(IDENTITIES)
def test_another_secret_gives_other_names_and_keys(identity: bytes) -> None:
    name = NAMES.written(identity)
    assert name == f"bee-{NAMES.of(identity).hex()}" != f"bee-{identity.hex()}"
    assert name != OTHERS.written(identity)
    assert NAMES.pxls_key(name) != OTHERS.pxls_key(name)


def test_an_identity_of_another_length_has_a_name_too() -> None:
    """A damaged log has such, and is exported all the same."""
    assert len(NAMES.written(b"\0")) == len(NAMES.written(b"x" * 40)) == 36
