"""`make engines`: the pages in Firefox, in WebKit, the engine of every iPhone, and in QtWebEngine 5.15, which is
Chromium 87 and our floor; today's Chromium has `tests/browser`. `--only NAME` walks through one of them.

Installs the browsers from Debian where they are missing, walks through the pages in each of them, says what went
wrong, and exits with 1 then.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from tests.engines.driver import Driver
from tests.engines.firefox import firefox
from tests.engines.qtwebengine import qtwebengine
from tests.engines.walk import walk
from tests.engines.webkit import webkit
from tests.ports import free_port
from tests.servers import ServerProcess

PACKAGES = {"firefox-esr": "firefox-esr", "WebKitWebDriver": "webkit2gtk-driver", "Xvfb": "xvfb"}
PYTHON = "/usr/bin/python3"  # the system's, for which Debian's PyQt5 is built
QT_PACKAGE = "python3-pyqt5.qtwebengine"
WALK_SECONDS = 300
NAMES = ("firefox", "webkit", "qtwebengine")


def program(name: str) -> str:
    """Where it is. Raises SystemExit where it is not to be had."""
    if not (path := shutil.which(name)):
        install(PACKAGES[name])
        path = shutil.which(name)
    if not path:
        raise SystemExit(f"{name} is missing: on Debian, apt-get install {PACKAGES[name]}")
    return path


def install(package: str) -> None:
    """From Debian, where that may be done."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
        subprocess.run(["apt-get", "update", "-qq"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def qt_python() -> str:
    """A Python with QtWebEngine. Raises SystemExit where there is none."""
    has_it = [PYTHON, "-c", "import PyQt5.QtWebEngineWidgets"]
    if subprocess.run(has_it, check=False, capture_output=True).returncode != 0:
        install(QT_PACKAGE)
        if subprocess.run(has_it, check=False, capture_output=True).returncode != 0:
            raise SystemExit(f"QtWebEngine is missing: on Debian, apt-get install {QT_PACKAGE}")
    return PYTHON


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


def browser(name: str, folder: Path) -> AbstractAsyncContextManager[Driver]:
    """That one, with a profile in that folder."""
    if name == "firefox":
        return firefox(program("firefox-esr"), folder, free_port())
    if name == "webkit":
        return webkit(program("WebKitWebDriver"), mini_browser(), folder, free_port())
    return qtwebengine(qt_python(), folder, free_port())


async def main(names: Sequence[str]) -> int:
    program("Xvfb")
    went = []
    for name in names:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as root:
            profile, server = Path(root) / name, Path(root) / "server"
            for folder in (profile, server):
                folder.mkdir(mode=0o700)
            went.append(await walked(browser(name, profile), server))
    return 0 if all(went) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="make engines")
    parser.add_argument("--only", choices=NAMES)
    only = parser.parse_args().only
    sys.exit(asyncio.run(main([only] if only else NAMES)))
