"""`make schemathesis`: the long run, with a key of each role and none, random and in sequences of requests."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.keys import add_key
from tests.servers import API_KEY, ServerProcess
from tests.specification.tried import tried

MINUTES = 10


def main() -> int:
    """Prints what each run found; 1 where one found something."""
    with tempfile.TemporaryDirectory() as folder:
        server = ServerProcess(Path(folder))
        try:
            keys = {"operator": API_KEY, **{role: add_key(server, role, role) for role in ("moderator", "viewer")}}
            failed = False
            for role, key in [*keys.items(), ("nobody", None)]:
                found = tried(server.url, key, "-n", "100", "--max-time", str(MINUTES * 60), seconds=MINUTES * 90)
                print(f"== {role}", found.stdout[-6000:], sep="\n")
                failed |= found.returncode != 0
            return int(failed)
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
