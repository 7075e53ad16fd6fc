"""What a shared link shows in a chat before anyone opens it: a title, a sentence, and a picture of the place."""

from __future__ import annotations

import io
import re
from html import escape
from typing import NamedTuple

from beeplace.board.palette import Palette

WIDTH, HEIGHT = 1200, 630  # as chats show it
_DOTS = 15  # for each pixel of the board, around a place
_GROUND = (13, 15, 19)
_AT = re.compile(r"(\d{1,4}),(\d{1,4})(?:,\d{1,4}(?:\.\d{1,4})?)?")
_HEAD = re.compile(r"<title>.*?</title>\s*<meta name=\"description\" content=\"([^\"]*)\" />", re.DOTALL)


class Place(NamedTuple):
    """A pixel that a link leads to."""

    x: int
    y: int


def place_of(text: str) -> Place | None:
    """`x,y` or `x,y,scale`, as the page writes it."""
    found = _AT.fullmatch(text)
    return Place(int(found[1]), int(found[2])) if found else None


def with_preview(html: str, name: str, root: str, place: Place | None) -> str:
    """The drawing page's HTML, whose head says what it is called and how it looks there.

    `root`, the site's address, is empty where the request named no host that may be repeated: then there is no picture.
    """
    if (found := _HEAD.search(html)) is None:
        return html
    title = f"{name} · {place.x}, {place.y}" if place else name
    at = f"?x={place.x}&y={place.y}" if place else ""
    said = {"og:type": "website", "og:site_name": name, "og:title": title, "og:description": found[1]}
    if root:
        said["og:url"] = f"{root}/" + (f"?at={place.x},{place.y}" if place else "")
        said |= {"og:image": f"{root}/api/preview.png{at}"}
        said |= {"og:image:width": str(WIDTH), "og:image:height": str(HEIGHT)}
    tags = "".join(f'\n    <meta property="{key}" content="{escape(value)}" />' for key, value in said.items())
    large = '\n    <meta name="twitter:card" content="summary_large_image" />'
    head = f'<title>{escape(name)}</title>\n    <meta name="description" content="{found[1]}" />{tags}{large}'
    return html[: found.start()] + head + html[found.end() :]


def draw(pixels: bytes, width: int, height: int, palette: Palette, place: Place | None) -> bytes:
    """The picture as PNG: the whole board, or what lies around a place."""
    from PIL import Image  # noqa: PLC0415  # in a thread, and not before somebody asks

    board = Image.frombytes("P", (width, height), pixels)
    board.putpalette(palette.rgb())
    picture = Image.new("RGB", (WIDTH, HEIGHT), _GROUND)
    if place is None:
        scale = min(WIDTH / width, HEIGHT / height)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        if scale < 1:  # a large board would be 48 MB as RGB: two dots of it for each of the picture are enough
            board = board.resize((min(width, 2 * size[0]), min(height, 2 * size[1])), Image.Resampling.NEAREST)
        way = Image.Resampling.NEAREST if scale >= 1 else Image.Resampling.BOX
        picture.paste(board.convert("RGB").resize(size, way), ((WIDTH - size[0]) // 2, (HEIGHT - size[1]) // 2))
    else:
        across, down = WIDTH // _DOTS, HEIGHT // _DOTS
        left, top = place.x - across // 2, place.y - down // 2
        part = board.crop((max(0, left), max(0, top), min(width, left + across), min(height, top + down)))
        large = part.convert("RGB").resize((part.width * _DOTS, part.height * _DOTS), Image.Resampling.NEAREST)
        picture.paste(large, (max(0, -left) * _DOTS, max(0, -top) * _DOTS))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
