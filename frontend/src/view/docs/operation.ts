/** One route: what it takes, what it answers, and a form to try it. */
import type { DescribedAnswer, Operation } from "../../model/docs/openapi";
import { folded, json, make, table } from "./parts";

export function showOperation(operation: Operation, key: () => string): HTMLElement {
  const { method, path, summary, role } = operation;
  const head = make(
    "summary",
    {},
    make("b", { class: "method", "data-method": method }, method),
    make("code", {}, path),
    make("span", { class: "dim" }, summary),
    ...(role ? [make("span", { class: "role" }, role)] : []),
  );
  const details = make("details", { class: "operation", id: `${method} ${path}`, "data-path": path }, head);
  // What nobody looks at is not made: there are many routes, and their schemas are long.
  details.addEventListener("toggle", () => details.append(...inside(operation, key)), { once: true });
  return details;
}

function* inside(operation: Operation, key: () => string): Generator<Node> {
  const { parameters, body, answers } = operation;
  if (parameters.length > 0) {
    const rows = parameters.map((one) => [one.name, one.place, one.description]);
    yield table(["parameter", "in", "meaning"], rows);
  }
  if (body) {
    yield make("h3", {}, `Body, ${body.kind}`);
    for (const [name, example] of body.examples) yield folded(`Example: ${name}`, json(example));
    yield folded("Schema", json(body.schema));
  }
  yield make("h3", {}, "Answers");
  for (const answer of answers) yield showAnswer(answer);
  yield make("h3", {}, "Try it");
  yield trial(operation, key);
}

function showAnswer({ status, description, example, schema }: DescribedAnswer): HTMLElement {
  const more = [
    ...(example === undefined ? [] : [make("p", { class: "dim" }, "Example"), json(example)]),
    ...(schema === undefined ? [] : [make("p", { class: "dim" }, "Schema"), json(schema)]),
  ];
  const title = `${status}: ${description}`;
  return more.length > 0 ? folded(title, ...more) : make("p", {}, title);
}

function trial(operation: Operation, key: () => string): HTMLElement {
  const form = make("form");
  const named = [...operation.path.matchAll(/{(\w+)}/g)].map(([, name]) => [String(name), "path"] as const);
  const others = operation.parameters.filter((one) => one.place !== "path");
  const inputs = [...named, ...others.map((one) => [one.name, one.place] as const)].map(([name, place]) => {
    const input = make("input", { name, "data-place": place, autocomplete: "off" });
    form.append(make("label", {}, `${name} (${place})`, input));
    return input;
  });
  const text = operation.body ? make("textarea", { rows: "6", "aria-label": "Body" }) : null;
  if (text) text.value = JSON.stringify([...(operation.body?.examples.values() ?? [])][0] ?? {}, null, 2);
  const output = make("output");
  form.append(...(text ? [text] : []), make("button", { class: "primary" }, "Send"), output);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(operation, inputs, text?.value, key(), output);
  });
  return form;
}

async function send(
  operation: Operation,
  inputs: readonly HTMLInputElement[],
  body: string | undefined,
  key: string,
  output: HTMLElement,
): Promise<void> {
  const of = (place: string) => inputs.filter((one) => one.dataset.place === place && one.value !== "");
  const path = of("path").reduce(
    (at, one) => at.replace(`{${one.name}}`, encodeURIComponent(one.value)),
    operation.path,
  );
  const query = new URLSearchParams(of("query").map((one) => [one.name, one.value])).toString();
  const headers = new Headers(of("header").map((one) => [one.name, one.value]));
  if (key) headers.set("authorization", `Bearer ${key}`);
  if (body !== undefined) headers.set("content-type", "application/json");
  try {
    // From the site's folder, as `fromPage` does: that lies in what the other pages share, many times this page's size.
    const answer = await fetch(`.${path}${query && `?${query}`}`, {
      method: operation.method,
      headers,
      body: body ?? null,
    });
    output.replaceChildren(make("p", {}, `${answer.status} ${answer.statusText}`), await shown(answer));
  } catch (error) {
    output.replaceChildren(make("p", {}, String(error)));
  }
}

async function shown(answer: Response): Promise<HTMLElement> {
  const kind = answer.headers.get("content-type") ?? "";
  if (kind.startsWith("image/")) {
    const blob = await answer.blob();
    return make("img", { alt: "the answer", src: URL.createObjectURL(blob) });
  }
  if (kind.startsWith("application/json")) return json(await answer.json());
  if (kind.startsWith("text/")) return make("pre", { tabindex: "0" }, (await answer.text()).slice(0, 20_000));
  return make("p", {}, `${(await answer.arrayBuffer()).byteLength} bytes of ${kind}`);
}
