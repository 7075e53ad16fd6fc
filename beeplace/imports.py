"""Modules that a gateway loads when it needs them first, so that one that does not is small and starts fast."""

from __future__ import annotations

import asyncio
from importlib import import_module


async def load(module: str) -> None:
    """Loads a module in a thread: NumPy takes a tenth of a second, and the event loop goes on meanwhile.

    An `import` of it on the loop is then a look-up.
    """
    await asyncio.to_thread(import_module, module)
