"""Which of our languages an answer is in that needs no script: the one that is asked for, or the browser's."""

from __future__ import annotations

from typing import Final

from aiohttp import web

LANGUAGES: Final = ("en", "de", "fr", "it")


def language_of(request: web.BaseRequest) -> str:
    """What the address asks for (`?language=de`), else the first of the browser's that we speak, else English.

    Browsers name languages in the order of their wishes.
    """
    wished = [request.query.get("language", ""), *request.headers.get("Accept-Language", "").split(",")]
    return next((found for each in wished if (found := each.strip()[:2].lower()) in LANGUAGES), "en")
