"""An error as a page, for who came with a browser; everyone else has it as JSON."""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape

from aiohttp import web

from beeplace.gateway.http.site.language import language_of

_STYLE = (
    "body{margin:0;min-height:100vh;display:grid;place-content:center;gap:1rem;padding:1.5rem;background:#0d0f13;"
    "color:#eef0f4;font:100%/1.5 system-ui,sans-serif;text-align:center}h1{margin:0;font-size:1.5rem}"
    "p{margin:0;color:#a0a8b5}a{color:#f7b928;padding:.75rem}"
    "@media(prefers-color-scheme:light){body{background:#e9ebef;color:#000}p{color:#2f343d}a{color:#0047d6}}"
)
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; frame-ancestors 'self'"

# Not there; refused; of no use; for the moment not to be had; and the way back.
_WORDS = {
    "en": ("There is nothing here", "Not for you", "This could not be answered", "Back in a moment", "To the board"),
    "de": ("Hier ist nichts", "Nicht für Sie", "Das war nicht zu beantworten", "Gleich wieder da", "Zum Bild"),
    "fr": ("Il n'y a rien ici", "Pas pour vous", "Impossible de répondre", "De retour bientôt", "Vers le tableau"),
    "it": ("Qui non c'è niente", "Non per te", "Impossibile rispondere", "Torniamo subito", "Alla tela"),
}
_NOT_FOUND, _SERVER = 404, 500
_WEIGHT = re.compile(r"[01](\.[0-9]{0,3})?")


def wants_page(request: web.Request) -> bool:
    """Whether a browser asked for something to show in its window: one that names HTML, and no sooner JSON."""
    wishes = _wishes(request.headers.get("Accept", ""))
    page = wishes.get("text/html", 0.0)
    return request.method in ("GET", "HEAD") and page > 0 and page >= wishes.get("application/json", 0.0)


def _wishes(accepted: str) -> dict[str, float]:
    """The kinds that an `Accept` names, and how much each is wished (RFC 9110, section 12.5.1)."""
    wishes: dict[str, float] = {}
    for part in accepted.lower().split(","):
        kind, *parameters = (each.strip() for each in part.split(";"))
        weight = next((each[2:] for each in parameters if each.startswith("q=")), "1")
        wishes[kind] = float(weight) if _WEIGHT.fullmatch(weight) else 1.0
    return wishes


def error_page(
    request: web.Request, status: int, message: str, headers: dict[str, str] | None, board: str
) -> web.Response:
    """The error in words of the browser's language, with the way to the board; `message` is the answer's own."""
    language = language_of(request)
    missing, refused, wrong, away, back = _WORDS[language]
    title = {_NOT_FOUND: missing, 401: refused, 403: refused}.get(status, away if status >= _SERVER else wrong)
    body = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8" />'
        '<meta name="viewport" content="width=device-width, initial-scale=1" />'
        f'<meta name="robots" content="noindex" /><title>{escape(title)}</title><style>{_STYLE}</style></head>'
        f"<body><h1>{escape(title)}</h1><p>{status}: {escape(message)}</p>"
        f'<p><a href="{escape(board)}">{escape(back)}</a></p>'
        "</body></html>"
    )
    headers = {**(headers or {}), "Content-Security-Policy": POLICY, "Vary": "Accept, Accept-Language"}
    return web.Response(text=body, status=status, content_type="text/html", charset="utf-8", headers=headers)
