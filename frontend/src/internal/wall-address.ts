/** The address of one screen of a wall, `/display?i&w&h&c&r`, written by the wall page and read by the display. */
import type { Wall } from "./wall";

export const MOST = { width: 16_384, height: 16_384, columns: 100, rows: 100 } as const;

export interface Screen {
  readonly wall: Wall;
  /** From 1, row by row. */
  readonly screen: number;
}

/** `whole`: no parameters, so one screen with the whole board; otherwise a screen, or what is wrong in words. */
export type ScreenAddress = "whole" | Screen | { readonly error: string };

const NAMES = ["i", "w", "h", "c", "r"] as const;

function read(params: URLSearchParams, name: string, most: number, fallback?: number): number | string {
  const given = params.getAll(name);
  if (given.length === 0 && fallback !== undefined) return fallback;
  if (given.length > 1) return `“${name}” is given more than once`;
  const text = given[0] ?? "";
  const value = /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= most ? value : `“${name}” must be a whole number from 1 to ${most}`;
}

export function parseScreenAddress(search: string): ScreenAddress {
  const params = new URLSearchParams(search);
  if (!NAMES.some((name) => params.has(name))) return "whole";
  const width = read(params, "w", MOST.width);
  const height = read(params, "h", MOST.height);
  const columns = read(params, "c", MOST.columns, 1);
  const rows = read(params, "r", MOST.rows, 1);
  for (const value of [width, height, columns, rows]) if (typeof value === "string") return { error: value };
  const wall = { width, height, columns, rows } as Wall;
  const screen = read(params, "i", wall.columns * wall.rows, 1);
  return typeof screen === "string" ? { error: screen } : { wall, screen };
}

export const screenAddress = ({ width, height, columns, rows }: Wall, screen: number): string =>
  `/display?i=${screen}&w=${width}&h=${height}&c=${columns}&r=${rows}`;

const isSize = (value: unknown, most: number): value is number =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most;

/** A wall from a form, a storage or the server's configuration; null when any of it is out of range. */
export function parseWall(value: unknown): Wall | null {
  if (typeof value !== "object" || value === null) return null;
  const { width, height, columns, rows } = value as Record<keyof Wall, unknown>;
  const good =
    isSize(width, MOST.width) &&
    isSize(height, MOST.height) &&
    isSize(columns, MOST.columns) &&
    isSize(rows, MOST.rows);
  return good ? { width, height, columns, rows } : null;
}
