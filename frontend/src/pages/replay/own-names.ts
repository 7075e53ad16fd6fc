/** What exports call the person, asked for when it is unfolded: few ever want to know. */
import type { TextStore } from "../../model/text-store";
import { readOwnNames } from "../../net/own-names";
import { byId, setText } from "../../view/element";

export function offerOwnNames(token: TextStore, say: (key: string) => string): void {
  const fold = byId("me", HTMLDetailsElement);
  fold.addEventListener("toggle", () => fold.open && void show(token, say));
}

async function show(token: TextStore, say: (key: string) => string): Promise<void> {
  const names = await readOwnNames(token.read());
  const known = names !== null && names !== "away";
  const status = known ? "me-about" : names === null ? "me-nobody" : "away";
  setText(byId("me-status", HTMLElement), say(status));
  byId("me-names", HTMLElement).hidden = !known;
  if (!known) return;
  setText(byId("me-name", HTMLElement), names.exportName);
  setText(byId("me-key", HTMLElement), names.pxlsKey);
}
