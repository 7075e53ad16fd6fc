/** The page of the interface: every route with its models, examples and a form to try it, and the events of the sockets. */
import { type Description, parseDescription } from "../model/docs/openapi";
import { showOperation } from "../view/docs/operation";
import { make, table } from "../view/docs/parts";

const title = make("h1", { id: "title" }, "BeePlace API");
const key = make("input", { id: "key", type: "password", autocomplete: "off" });
const filter = make("input", { id: "filter", type: "search", autocomplete: "off" });
const operations = make("div", { id: "operations" });
const sockets = make("div", { id: "sockets" });

function show(description: Description): void {
  title.textContent = `${description.title} ${description.version}`;
  operations.replaceChildren(
    ...description.operations.map((one) => showOperation(one, () => key.value.trim())),
  );
  const events = [...description.sockets].flatMap(([path, told]) => [
    make("h3", {}, make("code", {}, path)),
    table(
      ["event", "to", "payload", "answer", "meaning"],
      told.map((one) => [one.name, one.to, one.payload, one.answer, one.about]),
    ),
  ]);
  sockets.append(...events);
  const wanted = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (wanted instanceof HTMLDetailsElement) {
    wanted.open = true;
    wanted.scrollIntoView();
  }
}

document.querySelector("header")?.prepend(title);
document
  .querySelector("header")
  ?.append(
    make("label", {}, "Key for what you try here; it stays in this page", key),
    make("label", {}, "Find a route", filter),
  );
document
  .querySelector("main")
  ?.append(make("h2", {}, "Routes"), operations, make("h2", {}, "Events over Socket.IO"), sockets);
filter.addEventListener("input", () => {
  const words = filter.value.toLowerCase();
  for (const one of operations.querySelectorAll<HTMLElement>(".operation"))
    one.hidden = !(one.querySelector("summary")?.textContent ?? "").toLowerCase().includes(words);
});

fetch("./openapi.json")
  .then((answer) => answer.json())
  .then((told: unknown) => show(parseDescription(told)))
  .catch((error: unknown) => operations.append(`The description cannot be read: ${String(error)}`));
