/** What people reported, and the evidence that the server has of it, as its answers say it. */
import { countOr, type Fields, fieldsIn, isCount, isFields } from "../fields";
import type { Area } from "../geometry";

export interface Report {
  readonly number: number;
  readonly at: Date;
  readonly area: Area;
  readonly reason: string;
  readonly isReporterMuted: boolean;
  /** The name of the key that works on it; null for nobody. */
  readonly claimedBy: string | null;
  readonly isClaimedByMe: boolean;
}

export interface EvidencePerson {
  readonly person: string;
  readonly pixels: number;
  /** Of these, those that were to be seen when it was reported. */
  readonly shown: number;
  readonly first: Date;
  readonly last: Date;
}

export interface Evidence {
  /** Pictures of the area, as `data:` URLs. */
  readonly before: string;
  readonly after: string;
  readonly palette: readonly string[];
  readonly people: readonly EvidencePerson[];
  /** Of each pixel that changed, in order: its place in the area, and its colour index. */
  readonly offsets: readonly number[];
  readonly colors: readonly number[];
  /** What was drawn there since it began. */
  readonly selection: Fields;
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const countsIn = (list: unknown): number[] => (Array.isArray(list) ? list.filter(isCount) : []);

function areaIn(value: unknown): Area {
  const fields = isFields(value) ? value : {};
  const [x = 0, y = 0, width = 1, height = 1] = ["x", "y", "width", "height"].map((name) =>
    countOr(fields[name], 0),
  );
  return { x, y, width, height };
}

export const parseReports = (body: Fields): Report[] => fieldsIn(body.reports).map(parseReport);

function parseReport(report: Fields): Report {
  const claim = isFields(report.claim) ? report.claim : null;
  return {
    number: countOr(report.number, 0),
    at: new Date(textOf(report.at)),
    area: areaIn(report.area),
    reason: textOf(report.reason),
    isReporterMuted: report.reporterMuted === true,
    claimedBy: claim && textOf(claim.by),
    isClaimedByMe: claim?.yours === true,
  };
}

export function parseEvidence(body: Fields): Evidence | null {
  if (!isFields(body.steps) || !isFields(body.selection)) return null;
  return {
    before: textOf(body.before),
    after: textOf(body.after),
    palette: Array.isArray(body.palette) ? body.palette.map(textOf) : [],
    people: fieldsIn(body.people).map((one) => ({
      person: textOf(one.person),
      pixels: countOr(one.pixels, 0),
      shown: countOr(one.shown, 0),
      first: new Date(textOf(one.first)),
      last: new Date(textOf(one.last)),
    })),
    offsets: countsIn(body.steps.offsets),
    colors: countsIn(body.steps.colors),
    selection: body.selection,
  };
}

/** Who is chosen at first: whose pixels most of those are that were to be seen. */
export function mainPerson(people: readonly EvidencePerson[]): string | null {
  const most = [...people].sort((a, b) => b.shown - a.shown || b.pixels - a.pixels);
  return most[0]?.person ?? null;
}
