/** The contract's codes in words a person at a festival understands. */
import { secondsLeft } from "./allowance";

const REASONS: Readonly<Record<string, string>> = {
  bad_join: "The server did not understand this page. Please reload it.",
  bad_pixel: "The server did not understand this pixel. Please reload the page.",
  out_of_board: "This pixel lies outside the board.",
  bad_color: "This colour is no longer in the palette.",
  not_joined: "The connection was renewed. Please try again.",
  cooldown: "No pixels left for now.",
  read_only: "The board is read-only at the moment.",
  banned: "You may not place pixels on this board.",
  protected: "This area is protected.",
  epoch: "The board was changed by the organisers. Please place it again.",
  duplicate: "This request was already used for another pixel.",
  busy: "Too many pixels at once. Please try again.",
  restarting: "The server is restarting. Please try again.",
  store_unavailable: "The server cannot save pixels at the moment.",
  unanswered: "No answer for a minute: this pixel may not have been placed.",
};

const JOIN_REASONS: Readonly<Record<string, string>> = {
  busy: "Many people, or too many pages of yours, are here at once. Trying again…",
  restarting: "The server is restarting. Trying again…",
  store_unavailable: "The server is not ready. Trying again…",
};

/** Why the page is not let in; it goes on trying by itself. */
export const joinReasonFor = (code: string): string =>
  JOIN_REASONS[code] ?? REASONS[code] ?? "The server refused to let this page in. Trying again…";

/** `retryInMs` adds when another try makes sense. */
export function reasonFor(code: string, retryInMs = 0): string {
  const reason = REASONS[code] ?? "The server refused this pixel.";
  return retryInMs > 0 ? `${reason} Again in ${secondsLeft(retryInMs)} s.` : reason;
}
