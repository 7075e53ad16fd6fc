"""What every command that works on a board does: settings in, one line about what went wrong, an exit code out.

It knows nothing of the server, so that a command that only asks a gateway starts quickly.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress

from beeplace.errors import (
    BackupDamaged,
    BeePlaceError,
    FilmRefused,
    ImportRefused,
    SettingError,
    StoreLocked,
    StoreNotEmpty,
)
from beeplace.gateway.connection.listener import url as door_url
from beeplace.settings.settings import Settings, read_settings
from beeplace.terminal import CONFIGURATION, DATA, INTERRUPTED, IO, NO_INPUT, TEMPORARY, UNAVAILABLE, fail

_NICENESS = 10  # gateways on the same machine come first

Work = Callable[[Settings], Coroutine[None, None, int]]


def run(
    work: Work,
    arguments: Mapping[str, str] | None = None,
    *,
    loop: Callable[[], asyncio.AbstractEventLoop] | None = None,
    niceness: int = _NICENESS,
) -> int:
    """Runs a command to its end; its exit code. What goes wrong is one line on stderr. `loop` makes a loop of another
    kind."""
    try:
        settings = read_settings(arguments)
        os.nice(niceness)
        with asyncio.Runner(loop_factory=loop) as runner:
            return runner.run(_until_told(work(settings)))
    except (SettingError, StoreNotEmpty) as error:
        return fail(str(error), CONFIGURATION)
    except StoreLocked as error:
        return fail(str(error), TEMPORARY)
    except (BackupDamaged, FilmRefused, ImportRefused) as error:
        return fail(str(error), DATA)
    except FileNotFoundError as error:
        return fail(f"{error.strerror}: {error.filename}", NO_INPUT)
    except OSError as error:
        return fail(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "), IO)
    except BeePlaceError as error:
        return fail(str(error), UNAVAILABLE)
    except (KeyboardInterrupt, asyncio.CancelledError):
        return fail("stopped; nothing is left of it", INTERRUPTED)


async def _until_told(work: Coroutine[None, None, int]) -> int:
    task = asyncio.ensure_future(work)
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows, where Ctrl-C ends the process
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    return await task


def own_url(settings: Settings) -> str:
    """The gateway of this machine that the settings describe."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    return door_url(host, settings.port)
