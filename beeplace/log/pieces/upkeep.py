"""Runs what makes something of the log in the background: step by step, beside the evening, and never in its way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import perf_counter

import structlog

from beeplace.errors import StoreUnavailable

LOOK_SECONDS = 5.0  # between two looks at how far the log has come
REST = 3.0  # of the time that one step took: a long log from before is caught up with beside the evening
FAULT_SECONDS = 300.0  # before what cannot be made is tried again

log: structlog.stdlib.BoundLogger = structlog.get_logger()


async def run_steps(what: str, step: Callable[[], Awaitable[bool]]) -> None:
    """Takes one step after the other until it is cancelled; a step says whether there was anything to do.

    A store that is away is asked again. What is damaged costs people this part of the history, not the gateway.
    """
    while True:
        began = perf_counter()
        try:
            pause = REST * (perf_counter() - began) if await step() else LOOK_SECONDS
        except StoreUnavailable:
            pause = LOOK_SECONDS
        except Exception as error:  # whatever is wrong with what is stored: drawing goes on
            log.error("a part of the history cannot be made", what=what, error=repr(error))
            pause = FAULT_SECONDS
        await asyncio.sleep(pause)
