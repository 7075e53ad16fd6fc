/** What the drawing page is in, as one value, and the words for it: on the button, and in the line above the board. */

import type { Say } from "../../texts/i18n";
import type { LinkState } from "../board/link-state";
import { secondsLeft } from "./allowance";

export interface DrawState {
  readonly connection: LinkState;
  /** What the device says of its network. */
  readonly online: boolean;
  /** When what is seen was last known to be current, as people write it; null while it is. */
  readonly since: string | null;
  readonly readOnly: boolean;
  /** The organisers have stopped everything for a moment. */
  readonly panic: boolean;
  /** Why and until when, as people write it, this person may not draw; null for most. */
  readonly ban: { readonly reason: string; readonly until: string | null } | null;
  /** Only who came in may draw, and this person has not. */
  readonly outside: boolean;
  /** Such people come in by the code that the walls show, if not only by it. */
  readonly byCode: boolean;
  /** The area with rules of its own that the chosen pixel lies in, if any. */
  readonly zone: { readonly closed: boolean; readonly reason: string } | null;
  /** What the organisers say to everyone; "" for nothing. */
  readonly announcement: string;
  /** The server cannot save at the moment. */
  readonly savingPaused: boolean;
  /** The server has been reached since the page was opened. */
  readonly joined: boolean;
  /** Null until the first answer of the server. */
  readonly remaining: number | null;
  readonly maxPixels: number;
  /** There is no window, so nothing to count or to wait for. */
  readonly unlimited: boolean;
  readonly retryInMs: number;
  readonly chosen: { readonly x: number; readonly y: number } | null;
  /** The button does something: it places, or opens the way in. */
  readonly canPlace: boolean;
}

export function placeLabel(state: DrawState, say: Say): string {
  const { connection, readOnly, panic, ban, outside, zone, savingPaused, remaining, retryInMs, chosen } =
    state;
  if (connection === "connecting") return say("place.connecting");
  if (connection === "resting") return say("place.resting");
  if (connection !== "live") return say("place.offline");
  if (ban) return say("place.closed");
  if (readOnly) return say(panic ? "place.paused" : "place.closed");
  if (savingPaused) return say("place.paused");
  if (outside) return say("place.enter");
  if (remaining === 0) {
    return retryInMs > 0 ? say("place.waitSeconds", { seconds: secondsLeft(retryInMs) }) : say("place.wait");
  }
  if (zone?.closed) return say("place.closed");
  return chosen ? say("place") : say("place.choose");
}

/** "" while all is well. */
export function lastingNotice(state: DrawState, say: Say): string {
  const { connection, online, since, readOnly, panic, ban, outside, zone, savingPaused, joined } = state;
  if (connection === "reconnecting") {
    // A laptop without any network still reaches a server of its own, so this alone says nothing.
    const why = say(!online ? "offline" : !joined ? "noServer" : "lost");
    return since ? `${why} ${say("since", { time: since })}` : why;
  }
  if (connection === "resting") return say("resting");
  if (!joined) return online ? "" : say("offline");
  if (ban) return banInWords(ban, say);
  if (readOnly) return say(panic ? "pausedByOrganisers" : "closed");
  if (savingPaused) return say("paused");
  if (outside) return say(state.byCode ? "outside" : "outside.other");
  if (zone) return withWords(say(zone.closed ? "reason.protected" : "zone"), zone.reason, say);
  return state.announcement;
}

/** What is so, and what the organisers say of it. */
export function withWords(words: string, reason: string, say: Say): string {
  return reason ? `${words} ${say("banned.why", { reason })}` : words;
}

function banInWords({ reason, until }: NonNullable<DrawState["ban"]>, say: Say): string {
  const why = withWords(say("reason.banned"), reason, say);
  return [why, until && say("banned.until", { time: until })].filter(Boolean).join(" ");
}
