/** A name for any palette colour, for those who cannot see it or hear the page instead. */
import type { Say } from "../texts/i18n";

const HUES: readonly (readonly [upTo: number, name: string])[] = [
  [15, "red"],
  [42, "orange"],
  [66, "yellow"],
  [95, "lime"],
  [155, "green"],
  [195, "turquoise"],
  [255, "blue"],
  [310, "purple"],
  [345, "pink"],
  [361, "red"],
];

interface Hsl {
  readonly hue: number;
  readonly saturation: number;
  readonly lightness: number;
}

export function channels(hex: string): readonly [red: number, green: number, blue: number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

function toHsl(hex: string): Hsl {
  const [red, green, blue] = channels(hex).map((channel) => channel / 255) as [number, number, number];
  const most = Math.max(red, green, blue);
  const spread = most - Math.min(red, green, blue);
  const lightness = most - spread / 2;
  if (spread === 0) return { hue: 0, saturation: 0, lightness };
  const turn =
    most === red
      ? (green - blue) / spread
      : most === green
        ? 2 + (blue - red) / spread
        : 4 + (red - green) / spread;
  return { hue: (turn * 60 + 360) % 360, saturation: spread / (1 - Math.abs(2 * lightness - 1)), lightness };
}

/** Keys of the drawing page's texts: a hue, and whether it is lighter or darker than people expect of it. */
export interface ColorName {
  readonly hue: string;
  readonly shade?: "light" | "dark";
}

function greyName(lightness: number): ColorName {
  if (lightness > 0.93) return { hue: "white" };
  if (lightness < 0.1) return { hue: "black" };
  return shaded("grey", lightness, 0.65, 0.35);
}

function shaded(hue: string, lightness: number, lightAbove: number, darkBelow: number): ColorName {
  if (lightness > lightAbove) return { hue, shade: "light" };
  return lightness < darkBelow ? { hue, shade: "dark" } : { hue };
}

function colorName(hex: string): ColorName {
  const { hue, saturation, lightness } = toHsl(hex);
  if (saturation < 0.12 || lightness > 0.96 || lightness < 0.06) return greyName(lightness);
  const name = HUES.find(([upTo]) => hue < upTo)?.[1] ?? "red";
  if ((name === "orange" || name === "red") && lightness < 0.5 && saturation < 0.75) return { hue: "brown" };
  return shaded(name, lightness, 0.75, 0.3);
}

/** "light blue", in the words of whoever says it. */
export function sayColor(hex: string, say: Say): string {
  const { hue, shade } = colorName(hex);
  const name = say(`hue.${hue}`);
  return shade ? say(`shade.${shade}`, { hue: name }) : name;
}

/** What a screen reader says of one of the palette's colours. */
export const swatchName = (hex: string, index: number, count: number, say: Say): string =>
  say("swatch", { name: sayColor(hex, say), number: index + 1, count });

/** Black or white, whichever is seen better upon this colour. */
export function inkOn(hex: string): "#000000" | "#ffffff" {
  const [red, green, blue] = channels(hex);
  return red * 0.299 + green * 0.587 + blue * 0.114 > 140 ? "#000000" : "#ffffff";
}
