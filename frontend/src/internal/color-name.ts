/** A name for any palette colour, for those who cannot see it or hear the page instead. */

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

function greyName(lightness: number): string {
  if (lightness > 0.93) return "white";
  if (lightness < 0.1) return "black";
  return lightness > 0.65 ? "light grey" : lightness < 0.35 ? "dark grey" : "grey";
}

export function colorName(hex: string): string {
  const { hue, saturation, lightness } = toHsl(hex);
  if (saturation < 0.12 || lightness > 0.96 || lightness < 0.06) return greyName(lightness);
  const name = HUES.find(([upTo]) => hue < upTo)?.[1] ?? "red";
  if ((name === "orange" || name === "red") && lightness < 0.5 && saturation < 0.75) return "brown";
  return lightness > 0.75 ? `light ${name}` : lightness < 0.3 ? `dark ${name}` : name;
}

/** What a screen reader says of one of the palette's colours. */
export const swatchName = (hex: string, index: number, of: number): string =>
  `${colorName(hex)}, colour ${index + 1} of ${of}`;

/** Black or white, whichever is seen better upon this colour. */
export function inkOn(hex: string): "#000000" | "#ffffff" {
  const [red, green, blue] = channels(hex);
  return red * 0.299 + green * 0.587 + blue * 0.114 > 140 ? "#000000" : "#ffffff";
}
