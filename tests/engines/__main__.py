"""`make engines`: the pages in Firefox and in WebKit, the engine of every iPhone; Chromium has `tests/browser`.

Installs the browsers from Debian where they are missing, walks through the pages in each of them, says what went
wrong, and exits with 1 then.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import traceback
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from tests.engines.driver import Driver
from tests.engines.firefox import firefox
from tests.engines.walk import walk
from tests.engines.webkit import webkit
from tests.ports import free_port
from tests.servers import ServerProcess

PACKAGES = {"firefox-esr": "firefox-esr", "WebKitWebDriver": "webkit2gtk-driver", "Xvfb": "xvfb"}
WALK_SECONDS = 300


def program(name: str) -> str:
    """Where it is. Raises SystemExit where it is not to be had."""
    if not (path := shutil.which(name)) and os.geteuid() == 0 and shutil.which("apt-get"):
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", PACKAGES[name]]
        subprocess.run(["apt-get", "update", "-qq"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(install, check=True, stdout=subprocess.DEVNULL)
        path = shutil.which(name)
    if not path:
        raise SystemExit(f"{name} is missing: on Debian, apt-get install {PACKAGES[name]}")
    return path


def mini_browser() -> str:
    """The window that comes with WebKitGTK."""
    found = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    if not found:
        raise SystemExit("WebKitGTK's MiniBrowser is missing")
    return str(found[-1])


async def walked(driving: AbstractAsyncContextManager[Driver], folder: Path) -> bool:
    """Whether all went well in this browser."""
    server = ServerProcess(folder, PORT=free_port())
    try:
        async with asyncio.timeout(WALK_SECONDS), driving as driver:
            try:
                await walk(driver, server)
            except AssertionError:
                traceback.print_exc()
                print(f"{driver.name}: not as it should be", flush=True)
                return False
            print(f"{driver.name}: draws, finds back, shows the wall dot by dot", flush=True)
            return True
    finally:
        server.kill()


async def main() -> int:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folders = [Path(name) / part for part in ("firefox", "webkit", "server1", "server2")]
        for folder in folders:
            folder.mkdir()
        program("Xvfb")
        browsers = (
            firefox(program("firefox-esr"), folders[0], free_port()),
            webkit(program("WebKitWebDriver"), mini_browser(), folders[1], free_port()),
        )
        went = [await walked(browser, folder) for browser, folder in zip(browsers, folders[2:], strict=True)]
    return 0 if all(went) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
