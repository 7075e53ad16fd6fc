/** The board's settings, as `join`, `settings` and `/api/config` carry them. */
import { countOr, type Fields, isCount, isFields, positiveOr } from "../fields";
import type { Point } from "../geometry";
import { type Announcement, parseAnnouncement } from "./announcement";
import { type EntryRule, parseEntryRule } from "./entry-rule";
import { parseZones, type Zone } from "./zones";

/** What walls show while panic is on: the change that approved it. Armed walls show it too when they lose the server. */
export interface SafePicture {
  readonly seq: number;
  readonly armed: boolean;
}

/** Scales are CSS pixels per board pixel, cooldown seconds. */
export interface BoardSettings {
  readonly width: number;
  readonly height: number;
  readonly colors: readonly string[];
  /** Indices that nobody may place any more. */
  readonly disabledColors: readonly number[];
  /** What the page is called; empty for its own name. */
  readonly eventName: string;
  readonly cooldown: number;
  readonly initialColor: number;
  readonly maxPixels: number;
  readonly initialScale: number;
  readonly minScale: number;
  readonly maxScale: number;
  /** Nobody may draw, for whatever reason. */
  readonly readOnly: boolean;
  readonly panic: boolean;
  readonly safePicture: SafePicture | null;
  readonly zones: readonly Zone[];
  readonly announcement: Announcement | null;
  /** Whether organisers take reports; an older server does not say so. */
  readonly reports: boolean;
  readonly entry: EntryRule;
  /** Where most was drawn lately; null where that is not told. */
  readonly busiest: Point | null;
  /** False while the server cannot save. */
  readonly saving: boolean;
}

function parseColors(value: unknown): readonly string[] | null {
  if (!Array.isArray(value) || value.length < 2 || value.length > 256) return null;
  return value.every((color) => typeof color === "string" && /^#[0-9a-f]{6}$/i.test(color)) ? value : null;
}

function parseIndices(value: unknown): readonly number[] {
  return Array.isArray(value) ? value.filter(isCount) : [];
}

/** A side of the board; more than any server allows would only exhaust the phone. */
const isSide = (value: unknown): value is number => isCount(value) && value >= 1 && value <= 4096;

export function parseSafePicture(value: unknown): SafePicture | null {
  if (!isFields(value) || !isCount(value.seq) || value.seq === 0) return null;
  return { seq: value.seq, armed: value.armed === true };
}

const parseSpot = (value: unknown): Point | null =>
  isFields(value) && isCount(value.x) && isCount(value.y) ? { x: value.x, y: value.y } : null;

export function parseBoardSettings(fields: Fields): BoardSettings | null {
  const { width = fields.canvasSize, height = fields.canvasSize } = fields;
  const colors = parseColors(fields.colors);
  if (!isSide(width) || !isSide(height) || !colors) return null;
  const minScale = positiveOr(fields.minScale, 1);
  return {
    width,
    height,
    colors,
    disabledColors: parseIndices(fields.disabledColors),
    eventName: typeof fields.eventName === "string" ? fields.eventName : "",
    cooldown: countOr(fields.cooldown, 0),
    initialColor: Math.min(countOr(fields.initialColor, 0), colors.length - 1),
    maxPixels: positiveOr(fields.maxPixels, 1),
    initialScale: positiveOr(fields.initialScale, 9),
    minScale,
    maxScale: Math.max(minScale, positiveOr(fields.maxScale, 40)),
    readOnly: fields.readOnly === true,
    panic: fields.panic === true,
    safePicture: parseSafePicture(fields.safePicture),
    zones: parseZones(fields.zones),
    announcement: parseAnnouncement(fields.announcement),
    reports: fields.reports === true,
    entry: parseEntryRule(fields.entry),
    busiest: parseSpot(fields.busiest),
    saving: fields.saving !== false,
  };
}
