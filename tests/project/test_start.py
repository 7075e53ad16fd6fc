"""What a gateway loads when it starts: large libraries come with the first need of them."""

from __future__ import annotations

import subprocess
import sys

_LATER = ("numpy", "PIL", "segno", "socketio", "pyarrow", "av", "obstore")
_STARTED = """
import sys
import beeplace.app, beeplace.log.sqlite.store, beeplace.log.postgres.store, beeplace.log.redis.bus
print(*{name.partition(".")[0] for name in sys.modules})
"""


def test_a_start_loads_no_library_that_only_history_pictures_or_desks_need() -> None:
    """A process of its own: the tests have loaded them all."""
    told = subprocess.run([sys.executable, "-c", _STARTED], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(told.stdout.split())
    assert "aiohttp" in loaded
    assert not loaded & {*_LATER}
