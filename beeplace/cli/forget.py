"""The command `forget`: destroys the key that leads from devices to what the log calls people, and on to exports."""

from __future__ import annotations

import argparse
import secrets
import sys

from beeplace import app
from beeplace.cli import work as commands
from beeplace.people.identities import NAMING, organisers_kept
from beeplace.people.keys import API_KEY_ID
from beeplace.settings.settings import Settings
from beeplace.terminal import USAGE, fail, say

_KEY_BYTES = 32
_ASKED = "Type forget to destroy the event's key for good: "
_DONE = """The event's key is destroyed. Nobody can find out any more whose device drew a pixel, or whom exports name.
Backups and copies of the database that were made before still have it: destroy them, too."""


def run(given: argparse.Namespace) -> int:
    """Runs `beeplace forget`; its exit code."""
    if not given.yes:
        if not sys.stdin.isatty():
            return fail("this cannot be undone: say --yes", USAGE)
        if input(_ASKED).strip() != "forget":
            return fail("nothing was destroyed", USAGE)
    return commands.run(_forget)


async def _forget(settings: Settings) -> int:
    async with app.keys(settings) as store:
        known = await store.secrets()
        kept = organisers_kept(known, [API_KEY_ID, *(key.id for key in await store.keys())])
        await store.replace_secrets(known | kept | {NAMING: secrets.token_bytes(_KEY_BYTES)})
    say(_DONE)
    return 0
