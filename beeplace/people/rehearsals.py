"""The people of a rehearsal: clients of `beeplace rehearse`, whose names follow from the rehearsal's token.

Each joins with a fingerprint that begins with the token. So the site can say what it calls all of them, nobody else can
be one of them, and what they drew is found again among what others drew meanwhile.
"""

from __future__ import annotations

from typing import Final

from beeplace.people.identities import Identities, pseudonym

MAX_PEOPLE: Final = 5_000


def fingerprint(token: str, number: int) -> str:
    """What the person with that number joins with."""
    return f"{token}.{number}"


def names(identities: Identities, token: str, people: int) -> list[str]:
    """What the site calls each of them, by number."""
    return [pseudonym(identities.from_fingerprint(fingerprint(token, number)).hash) for number in range(people)]
