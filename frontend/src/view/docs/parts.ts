/** Small parts of the page of the interface. */

type Child = Node | string;

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Something to fold out. */
export const folded = (title: string, ...children: readonly Child[]): HTMLElement =>
  make("details", {}, make("summary", {}, title), ...children);

export const json = (value: unknown): HTMLElement =>
  make("pre", { tabindex: "0" }, JSON.stringify(value, null, 2) ?? "");

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  const row = (cells: readonly string[], tag: "th" | "td") =>
    make("tr", {}, ...cells.map((cell) => make(tag, tag === "th" ? { scope: "col" } : {}, cell)));
  const body = make("tbody", {}, ...rows.map((cells) => row(cells, "td")));
  return make("div", { class: "scroll" }, make("table", {}, make("thead", {}, row(heads, "th")), body));
}
