"""The password of a connection, from a file in PostgreSQL's own form.

Read as libpq reads it. The driver's own reading is not used: it passes over a file that a group may read, as a mounted
secret of Kubernetes is read, and a password with a colon or a backslash is another one to it.
"""

from __future__ import annotations

import re
from pathlib import Path

from beeplace import secret_file

_FIELD = re.compile(r"((?:[^:\\]|\\.?)*)(?::|$)")
_ESCAPED = re.compile(r"\\(.)")
_FIELDS = 4  # host, port, database and user stand before the password


class PasswordFile(ConnectionError):
    """The file with the database's password cannot be used."""


def refusal(path: Path) -> str | None:
    """Why a file cannot be used; None where it can."""
    try:
        return secret_file.others(path.stat()) if path.is_file() else "there is no such file"
    except OSError as error:
        return error.strerror


def password(path: Path, wanted: tuple[str, str, str, str]) -> str | None:
    """That of the first line for a host, a port, a database and a user; None where there is none.

    Raises PasswordFile.
    """
    if said := refusal(path):
        raise PasswordFile(f"{path}: {said}")
    try:
        lines = path.read_bytes().decode().split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise PasswordFile(f"{path}: it cannot be read") from error
    for line in lines:
        *fields, secret = _split(line.removesuffix("\r"))
        if len(fields) == _FIELDS and all(one in ("*", asked) for one, asked in zip(fields, wanted, strict=True)):
            return secret or None
    return None


def _split(line: str) -> list[str]:
    """The fields of a line, without the backslashes; what is behind the fourth colon is the password, up to the next
    colon. A comment is one field."""
    if line.startswith("#"):
        return [line]
    found = [match[1] for match in _FIELD.finditer(line)][: _FIELDS + 1]
    return [_ESCAPED.sub(r"\1", field) for field in found]
