"""What replays mark as done by organisers has words in each of the page's languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from beeplace.history.pieces import SEEN

TEXTS = Path(__file__).parents[3] / "frontend/src/texts/replay"


@pytest.mark.parametrize("language", ["en", "de", "fr", "it"])
def test_each_marked_moment_has_words(language: str) -> None:
    texts = json.loads((TEXTS / f"{language}.json").read_text())
    assert {key.removeprefix("mark.") for key in texts if key.startswith("mark.")} == SEEN
