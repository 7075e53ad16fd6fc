"""The event's time zone: a name of the IANA database, or what the system calls its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from beeplace.settings.time_zone import own_time_zone, time_zone


@pytest.mark.parametrize("name", ["", "Zurich", "../../etc/passwd", "Europe/Zürich", "Europe/Nowhere"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"^$"):
        time_zone(name)


def test_a_zone_is_called_as_it_is_in_the_database() -> None:
    assert time_zone("Europe/Zurich") == "Europe/Zurich"


def test_the_servers_zone_is_that_of_its_settings(tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    assert own_time_zone("", link) == "UTC"
    link.symlink_to("/usr/share/zoneinfo/Europe/Rome")
    assert own_time_zone("", link) == "Europe/Rome"
    assert own_time_zone(":Europe/Paris", link) == "Europe/Paris"
    assert own_time_zone("CET-1CEST,M3.5.0,M10.5.0/3", link) == "Europe/Rome"
