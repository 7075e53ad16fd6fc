"""Makes tests/people/tickets/pretix_sig1.json: tickets signed by pretix's own code, with `make pretix-tickets`.

Runs in an environment of its own that has pretix (70 packages, none of which anything else here needs).
"""

from __future__ import annotations

import base64
import json
import os
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from types import SimpleNamespace
from typing import Any

SUMMER = (datetime(2026, 6, 1, 12, tzinfo=UTC), datetime(2026, 6, 2, 4, tzinfo=UTC))


def main() -> None:
    """Prints the JSON."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "pretix.settings", "DATA_DIR": tempfile.mkdtemp()}
    import django  # type: ignore[import-not-found,import-untyped,unused-ignore]  # noqa: PLC0415

    django.setup()
    from pretix.base.secrets import (  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415
        Sig1TicketSecretGenerator,
    )

    def event() -> Any:
        return SimpleNamespace(
            settings=SimpleNamespace(
                ticket_secrets_pretix_sig1_privkey=None, ticket_secrets_pretix_sig1_pubkey=None
            )
        )  # fmt: skip

    ours, theirs = event(), event()

    def ticket(item: int, subevent: int = 0, of: Any = ours, **more: datetime) -> str:
        date = SimpleNamespace(pk=subevent) if subevent else None
        kinds = {"variation": SimpleNamespace(pk=9), "subevent": date}
        made: str = Sig1TicketSecretGenerator(of).generate_secret(item=SimpleNamespace(pk=item), **kinds, **more)
        return made

    tickets = {
        "standard": ticket(12), "another": ticket(12), "large_item": ticket(2**40 + 5), "vip": ticket(14),
        "friday": ticket(12, 301), "saturday": ticket(12, 302),
        "timed": ticket(12, valid_from=SUMMER[0], valid_until=SUMMER[1]), "of_another_event": ticket(12, of=theirs),
    }  # fmt: skip
    packed = ours.settings.ticket_secrets_pretix_sig1_pubkey
    told = {
        "pretix": version("pretix"), "valid_keys": {"pretix_sig1": [packed]},
        "pem": base64.b64decode(packed).decode(), "tickets": tickets,
    }  # fmt: skip
    json.dump(told, sys.stdout, indent=1)
    print()


main()
