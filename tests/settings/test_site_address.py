"""Where the site is: its folder, and the address for the public."""

from __future__ import annotations

import pytest

from beeplace.errors import SettingError
from beeplace.settings.settings import parse_settings


@pytest.mark.parametrize(("text", "path"), [("", ""), ("/", ""), ("/place", "/place"), ("/a/b.c~d/", "/a/b.c~d")])
def test_a_folder_is_taken_without_its_last_slash(text: str, path: str) -> None:
    assert parse_settings({"BASE_PATH": text}).base_path == path


@pytest.mark.parametrize(
    "text",
    ["place", "//place", "/a/../b", "/.", "/a b", "/place?x", "/a%2fb", "https://a.example/place", "/" + 100 * "x"],
)
def test_what_is_no_folder_is_refused_with_its_name(text: str) -> None:
    with pytest.raises(SettingError, match=r"^BASE_PATH: must be a path such as /place"):
        parse_settings({"BASE_PATH": text})


@pytest.mark.parametrize(
    "text", ["a.example", "ftp://a.example", "https://a.example//x", "https://ann:horse@a.example"]
)
def test_what_is_no_address_is_refused_with_its_name(text: str) -> None:
    with pytest.raises(SettingError, match=r"^PUBLIC_URL: must be an address"):
        parse_settings({"PUBLIC_URL": text})


def test_the_address_for_the_public_ends_with_the_folder() -> None:
    given = {"BASE_PATH": "/place", "PUBLIC_URL": "https://a.example/place/"}
    assert parse_settings(given).public_url == "https://a.example/place"
    for wrong in ("https://a.example", "https://a.example/other"):
        with pytest.raises(SettingError, match=r"^PUBLIC_URL: must end with BASE_PATH \(/place\)"):
            parse_settings({**given, "PUBLIC_URL": wrong})
