"""What is really on a page's canvas, read dot by dot, and where on it a pixel of the board lies.

The page is not asked where it drew: a mark is painted on the board, and found again in the picture."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.async_api import Page

Color = tuple[int, int, int]

# A change of layout is noticed in one frame and drawn in the next; then it is there to be read.
_FRAMES = "for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);"
_CANVAS = "const canvas = document.getElementById('board'); const context = canvas.getContext('2d');"
_FIND = f"""async ([red, green, blue]) => {{
  {_FRAMES} {_CANVAS}
  const {{ width, height }} = canvas;
  const wanted = ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  const dots = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let index = dots.indexOf(wanted); index !== -1; index = dots.indexOf(wanted, index + 1)) {{
    const [x, y] = [index % width, Math.floor(index / width)];
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }}
  const box = canvas.getBoundingClientRect();
  return [left, top, right + 1, bottom + 1, width / box.width, box.left, box.top];
}}"""
_COLORS = f"""async ([left, top, width, height]) => {{
  {_FRAMES} {_CANVAS}
  const box = canvas.getBoundingClientRect();
  const dots = canvas.width / box.width;
  const at = [(left - box.left) * dots, (top - box.top) * dots, width * dots, height * dots];
  const data = context.getImageData(...at.map(Math.round)).data;
  return [...new Set(Array.from({{ length: data.length / 4 }}, (_, i) => data.slice(4 * i, 4 * i + 3).join()))];
}}"""
_BOARD = """([width, height]) => Array.from({ length: height }, (_, y) =>
  Array.from({ length: width }, (_, x) => String.fromCharCode(window.beeplace.colorAt(x, y))).join("")).join("")"""


@dataclass(frozen=True, slots=True)
class Sight:
    """Where the board lies in the window, in CSS pixels: its upper left corner and the side of one of its pixels."""

    left: float
    top: float
    scale: float

    def point(self, x: int, y: int, across: float = 0.5, down: float = 0.5) -> tuple[float, float]:
        """A point of the window inside that pixel of the board, its middle if nothing else is said."""
        return self.left + (x + across) * self.scale, self.top + (y + down) * self.scale

    def pixel(self, x: float, y: float) -> tuple[int, int]:
        """Which pixel of the board is under a point of the window."""
        return int((x - self.left) // self.scale), int((y - self.top) // self.scale)


async def sight(page: Page, mark: Color, at: tuple[int, int], size: int) -> Sight:
    """Finds a square of `size` pixels of that colour, whose upper left one is `at`; nothing else may have it."""
    left, top, right, bottom, dots, box_left, box_top = await page.evaluate(_FIND, mark)
    assert right > left, "the mark is not to be seen"
    scale = (right - left) / dots / size
    assert abs(scale - (bottom - top) / dots / size) <= 2 / dots / size, "pixels are not squares"
    return Sight(box_left + left / dots - at[0] * scale, box_top + top / dots - at[1] * scale, scale)


async def extent(page: Page, color: Color) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of all that has that colour, in the window's coordinates."""
    left, top, right, bottom, dots, box_left, box_top = await page.evaluate(_FIND, color)
    return box_left + left / dots, box_top + top / dots, box_left + right / dots, box_top + bottom / dots


async def colors_at(page: Page, x: float, y: float, width: float = 1, height: float = 1) -> set[Color]:
    """Every colour in that rectangle of the window."""
    found = await page.evaluate(_COLORS, [x, y, width, height])
    return {(int(r), int(g), int(b)) for r, g, b in (text.split(",") for text in found)}


async def colors_of(page: Page, seen: Sight, x: int, y: int) -> set[Color]:
    """Every colour within a pixel of the board, without its outermost rim, where two pixels may share a dot."""
    left, top = seen.point(x, y, 0.1, 0.1)
    return await colors_at(page, left, top, 0.8 * seen.scale, 0.8 * seen.scale)


async def board_of(page: Page, width: int, height: int) -> bytes:
    """The board as the drawing page knows it, one byte a pixel."""
    text: str = await page.evaluate(_BOARD, [width, height])
    return text.encode("latin-1")


def rgb(hex_color: str) -> Color:
    """`#RRGGBB` as three numbers."""
    return int(hex_color[1:3], 16), int(hex_color[3:5], 16), int(hex_color[5:7], 16)
