"""Proof of work: a newcomer's device searches a number, so a thousand made-up people cost what a thousand phones do.

The form is ALTCHA's deterministic one: the server chooses the number, so nobody is unlucky beyond the most tries, and
checks it by a signature, without the work. A challenge says itself what it is, signed with a secret of the board: any
gateway takes what another one gave, none is stored, and only a solved one is used up, in the log's memory of requests.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Any, Final

from altcha import Challenge, Payload, Solution, create_challenge, verify_solution

from beeplace.log.once import Once

ALGORITHM: Final = "PBKDF2/SHA-256"  # which browsers have in WebCrypto
COST: Final = 500  # iterations of one try: as many as the server does to make a challenge
LEAST_TRIES: Final = 40  # at most, where a flood begins
MOST_TRIES: Final = 640  # at most, in any flood: four seconds on a phone of 2018 without WebCrypto
LIFE_MS: Final = 120_000  # of a challenge; less than what was used up is remembered for
_HOLDER: Final = hashlib.blake2s(b"solved challenges", digest_size=16).digest()  # beside people's identities


def tries(level: float) -> int:
    """The most tries of a challenge at a level of newcomers; in calm one, which is none to speak of."""
    return min(MOST_TRIES, round(LEAST_TRIES * level)) if level else 1


class Work:
    """`secret` and `now_ms`, board time, are the same on all gateways of a board."""

    def __init__(self, secret: bytes, now_ms: Callable[[], int], once: Once) -> None:
        self._sign, self._sign_key = (hmac.digest(secret, use, hashlib.sha256) for use in (b"work", b"work done"))
        self._now_ms, self._once = now_ms, once

    def challenge(self, level: float) -> dict[str, Any]:
        """A new one, in ALTCHA's form; `data` has the most tries it takes, and its end in board time."""
        most = tries(level)
        made = create_challenge(
            ALGORITHM, COST, counter=secrets.randbelow(most),
            data={"tries": most, "ends": self._now_ms() + LIFE_MS},
            hmac_secret=self._sign, hmac_key_secret=self._sign_key,
        )  # fmt: skip
        return made.to_dict()

    def is_done(self, done: dict[str, Any], level: float) -> bool:
        """Whether a challenge of ours is solved, in time, and was not far easier than one of now. It may be used up.

        What is given has the challenge's fields beside those of the solution.
        """
        given = Payload(Challenge.from_dict(done), Solution.from_dict(done))
        if not verify_solution(given, self._sign, hmac_key_secret=self._sign_key).verified:
            return False
        said = given.challenge.parameters.data or {}
        return bool(self._now_ms() < said["ends"] and 2 * said["tries"] >= tries(level))

    async def use(self, done: dict[str, Any]) -> bool:
        """Uses a solved one up; False where it was used before, on whichever gateway. Raises StoreUnavailable."""
        name = hashlib.blake2s(done["signature"].encode(), digest_size=16).digest()
        return await self._once.first(_HOLDER, name)
