"""What an organiser's key may do: each role may all that the ones before it may."""

from __future__ import annotations

from enum import IntEnum


class Role(IntEnum):
    """`EVERYONE` needs no key."""

    EVERYONE = 0
    VIEWER = 1
    MODERATOR = 2
    OPERATOR = 3

    @property
    def word(self) -> str:
        """As keys and answers name it."""
        return self.name.lower()

    @classmethod
    def of_key(cls, word: str) -> Role | None:
        """The role that a key can have by that name; None for no such."""
        return next((role for role in cls if role.word == word and role is not cls.EVERYONE), None)
