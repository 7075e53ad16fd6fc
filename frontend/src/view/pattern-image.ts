/** A palette colour's pattern as the picture of a swatch; the drawing page's overlay draws the same upon its pixels. */
import { inkOn } from "../model/color-name";
import { marksOf } from "../model/pattern";

export function patternImage(color: number, hex: string): string {
  const lines = marksOf(color)
    .map(([x1, y1, x2, y2]) => `<path d='M${x1} ${y1}L${x2} ${y2}'/>`)
    .join("");
  const svg = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1' stroke='${inkOn(hex)}' stroke-width='.08' stroke-linecap='round'>${lines}</svg>`;
  return `url("data:image/svg+xml,${encodeURIComponent(svg)}")`;
}
