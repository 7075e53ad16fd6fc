"""Who else can read a file that has a secret in it."""

from __future__ import annotations

import os
import stat


def others(status: os.stat_result) -> str | None:
    """Why a file is no secret, None where it is one: its group may read it where the process is of it, as a mounted
    secret of Kubernetes is read."""
    mode = stat.S_IMODE(status.st_mode)
    shared = mode & 0o040 and status.st_gid not in {os.getegid(), *os.getgroups()}
    if mode & 0o037 or shared:
        return f"its mode is {mode:04o}: 0600, or 0440 where the process is of its group (defaultMode of a secret)"
    return None
