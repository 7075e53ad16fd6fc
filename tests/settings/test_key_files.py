"""The organiser's key in a file: what it may hold, and who may read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from beeplace.errors import SettingError
from beeplace.settings.settings import parse_settings

KEY = "k" * 24


def key_file(folder: Path, content: bytes, mode: int = 0o600) -> Path:
    path = folder / "key"
    path.write_bytes(content)
    path.chmod(mode)
    return path


@pytest.mark.parametrize("content", [KEY.encode(), KEY.encode() + b"\n", b"  " + KEY.encode() + b"\r\n"])
def test_a_key_file_gives_the_key(tmp_path: Path, content: bytes) -> None:
    assert parse_settings({"API_KEY_FILE": str(key_file(tmp_path, content))}).api_key == KEY


@pytest.mark.parametrize(
    ("content", "mode"),
    [
        (KEY.encode(), 0o644),
        (KEY.encode(), 0o604),
        (KEY.encode(), 0o660),
        (KEY.encode(), 0o610),
        (b"", 0o600),
        (b"k" * 23, 0o600),
        (b"\xef\xbb\xbf" + KEY.encode(), 0o600),
        (KEY.encode() + b"\n" + KEY.encode(), 0o600),
        (b"k" * 10_000_000, 0o600),
    ],
)
def test_a_bad_key_file_is_refused(tmp_path: Path, content: bytes, mode: int) -> None:
    path = key_file(tmp_path, content, mode)
    with pytest.raises(SettingError, match=r"^API_KEY_FILE: must be .*what was given is not shown") as refused:
        parse_settings({"API_KEY_FILE": str(path)})
    assert (f"its mode is {mode:04o}" in str(refused.value)) == (mode != 0o600)


@pytest.mark.parametrize(("mode", "taken"), [(0o440, True), (0o640, True), (0o444, False), (0o460, False)])
@pytest.mark.parametrize("ours", [True, False])
def test_a_key_file_may_be_read_by_a_group_of_the_process(
    tmp_path: Path, mode: int, taken: bool, ours: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Kubernetes mounts a secret: it is root's, and of the group that the pod is given."""
    path = key_file(tmp_path, KEY.encode(), mode)
    monkeypatch.setattr("os.getegid", lambda: 12_345)
    monkeypatch.setattr("os.getgroups", lambda: [12_345, path.stat().st_gid] if ours else [12_345])
    if taken and ours:
        assert parse_settings({"API_KEY_FILE": str(path)}).api_key == KEY
    else:
        with pytest.raises(SettingError, match=f"its mode is {mode:04o}"):
            parse_settings({"API_KEY_FILE": str(path)})


@pytest.mark.parametrize("path", ["", "no-such-file", "/", "/dev/null", "/dev/zero", "a\0b"])
def test_a_key_file_that_is_none_is_refused(path: str) -> None:
    with pytest.raises(SettingError, match=r"^API_KEY_FILE: must be .*what was given is not shown"):
        parse_settings({"API_KEY_FILE": path})


def test_a_key_and_a_key_file_are_one_too_many(tmp_path: Path) -> None:
    given = {"API_KEY": KEY, "API_KEY_FILE": str(key_file(tmp_path, KEY.encode()))}
    with pytest.raises(SettingError, match=r"^API_KEY and API_KEY_FILE: give one of them$"):
        parse_settings(given)
