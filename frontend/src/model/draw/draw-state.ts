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
  /** The server cannot save at the moment. */
  readonly savingPaused: boolean;
  /** There is a board to see. */
  readonly loaded: boolean;
  /** Null until the first answer of the server. */
  readonly remaining: number | null;
  readonly maxPixels: number;
  /** There is no window, so nothing to count or to wait for. */
  readonly unlimited: boolean;
  readonly retryInMs: number;
  readonly chosen: { readonly x: number; readonly y: number } | null;
  readonly canPlace: boolean;
}

export function placeLabel(state: DrawState, say: Say): string {
  const { connection, readOnly, panic, ban, savingPaused, remaining, retryInMs, chosen } = state;
  if (connection === "connecting") return say("place.connecting");
  if (connection !== "live") return say("place.offline");
  if (ban) return say("place.closed");
  if (readOnly) return say(panic ? "place.paused" : "place.closed");
  if (savingPaused) return say("place.paused");
  if (remaining === 0) {
    return retryInMs > 0 ? say("place.waitSeconds", { seconds: secondsLeft(retryInMs) }) : say("place.wait");
  }
  return chosen ? say("place") : say("place.choose");
}

/** "" while all is well. */
export function lastingNotice(state: DrawState, say: Say): string {
  const { connection, online, since, readOnly, panic, ban, savingPaused, loaded } = state;
  if (connection === "reconnecting") {
    // A laptop without any network still reaches a server of its own, so this alone says nothing.
    const why = say(!online ? "offline" : !loaded ? "noServer" : "lost");
    return since ? `${why} ${say("since", { time: since })}` : why;
  }
  if (!loaded) return online ? "" : say("offline");
  if (ban) return banInWords(ban, say);
  if (readOnly) return say(panic ? "pausedByOrganisers" : "closed");
  return savingPaused ? say("paused") : "";
}

function banInWords({ reason, until }: NonNullable<DrawState["ban"]>, say: Say): string {
  const why = reason && say("banned.why", { reason });
  return [say("reason.banned"), why, until && say("banned.until", { time: until })].filter(Boolean).join(" ");
}
