/** The figures of the moment: people, placements, refusals, newcomers, and how the parts of the server are. */
import type { DeskState } from "../../model/desk/desk-state";
import type { Say } from "../../texts/i18n";
import { byId, setLabel, setText } from "../element";
import { Chart } from "./chart";

const SERIES = ["people", "placements", "refusals", "newcomers"] as const;

export class Figures {
  readonly #charts = SERIES.map((name) => new Chart(byId(`chart-${name}`, HTMLCanvasElement)));

  constructor(readonly say: Say) {}

  show(state: DeskState): void {
    for (const [index, name] of SERIES.entries()) {
      const { history } = state[name];
      const number = name === "people" ? state.people.now : state[name].minute;
      setText(byId(`figure-${name}`, HTMLElement), String(number));
      this.#charts[index]?.show([...history, number]);
      const most = Math.max(number, ...history);
      setLabel(byId(`chart-${name}`, HTMLCanvasElement), this.say(`chart.${name}`, { most }));
    }
    const reasons = state.reasons.map(([code, count]) => `${this.say(`refusal.${code}`)}: ${count}`);
    setText(byId("reasons", HTMLElement), reasons.join(" · "));
    setText(byId("part-gateways", HTMLElement), String(state.gateways));
    setText(byId("part-store", HTMLElement), this.#store(state));
    setText(byId("part-bus", HTMLElement), state.busFailing || this.say("part.works"));
    setText(byId("part-loop", HTMLElement), this.say("part.ms", { ms: state.loopLagMs }));
    setText(byId("part-late", HTMLElement), String(state.late));
  }

  #store({ storeFailing, commitMs, waiting }: DeskState): string {
    return storeFailing || this.say("part.store", { ms: commitMs, waiting });
  }
}
