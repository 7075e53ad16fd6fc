"""The files of the project, as git knows them or would after `git add`; used by the tests beside this file."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def files(*patterns: str) -> list[Path]:
    """Paths relative to ROOT of what is tracked, or new and not ignored; patterns as in `git ls-files`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = {Path(name) for name in listed.split("\0") if name}
    return sorted(path for path in paths if (ROOT / path).is_file())


def text(path: Path | str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")
