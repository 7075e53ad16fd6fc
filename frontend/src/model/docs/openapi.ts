/** The server's description of its interface, as far as the page shows it.
 *
 * Nothing is imported from what the other pages share, which is one file of many times this page's size. */
import type { Fields } from "../fields";

export interface Parameter {
  readonly name: string;
  readonly place: string;
  readonly description: string;
}

export interface Body {
  readonly kind: string;
  readonly schema: unknown;
  readonly examples: ReadonlyMap<string, unknown>;
}

export interface DescribedAnswer {
  readonly status: string;
  readonly description: string;
  readonly schema: unknown;
  readonly example: unknown;
}

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  /** Who may: a role, or nothing for everyone. */
  readonly role: string;
  readonly parameters: readonly Parameter[];
  readonly body: Body | null;
  readonly answers: readonly DescribedAnswer[];
}

/** One message of a socket: `to` is who hears it. */
export interface SocketEvent {
  readonly name: string;
  readonly to: string;
  readonly payload: string;
  readonly answer: string;
  readonly about: string;
}

export interface Description {
  readonly title: string;
  readonly version: string;
  readonly operations: readonly Operation[];
  readonly sockets: ReadonlyMap<string, readonly SocketEvent[]>;
}

const METHODS = ["get", "post", "put", "patch", "delete"];
const DEEPEST = 8;

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const fields = (value: unknown): Fields => (isObject(value) ? value : {});
const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isObject) : []);

export function parseDescription(value: unknown): Description {
  const root = fields(value);
  const info = fields(root.info);
  const operations = Object.entries(fields(root.paths)).flatMap(([path, item]) =>
    METHODS.filter((method) => isObject(fields(item)[method])).map((method) =>
      parseOperation(method, path, fields(fields(item)[method]), root),
    ),
  );
  const sockets = Object.entries(fields(root["x-sockets"])).map(
    ([path, events]) => [path, list(events).map(parseEvent)] as const,
  );
  return { title: text(info.title), version: text(info.version), operations, sockets: new Map(sockets) };
}

function parseOperation(method: string, path: string, told: Fields, root: Fields): Operation {
  const [kind, content] = Object.entries(fields(fields(told.requestBody).content))[0] ?? ["", null];
  const needsKey = Array.isArray(told.security) && told.security.length > 0;
  return {
    method: method.toUpperCase(),
    path,
    summary: text(told.summary),
    role: text(told["x-role"]) || (needsKey ? "organiser" : ""),
    parameters: list(told.parameters).map((one) => ({
      name: text(one.name),
      place: text(one.in),
      description: text(one.description),
    })),
    body: isObject(content) ? parseBody(kind, content, root) : null,
    answers: Object.entries(fields(told.responses)).map(([status, answer]) =>
      parseAnswer(status, fields(answer), root),
    ),
  };
}

function parseBody(kind: string, content: Fields, root: Fields): Body {
  const named = Object.entries(fields(content.examples)).map(
    ([name, example]) => [name, fields(example).value] as const,
  );
  const alone = content.example === undefined ? [] : [["example", content.example] as const];
  return { kind, schema: resolved(content.schema, root), examples: new Map([...alone, ...named]) };
}

function parseAnswer(status: string, told: Fields, root: Fields): DescribedAnswer {
  const content = fields(Object.values(fields(told.content))[0]);
  return {
    status,
    description: text(told.description),
    schema: resolved(content.schema, root),
    example: content.example,
  };
}

const parseEvent = (told: Fields): SocketEvent => ({
  name: text(told.name),
  to: text(told.to),
  payload: text(told.payload),
  answer: text(told.answer),
  about: text(told.about),
});

/** A schema with what it refers to in its place. */
function resolved(schema: unknown, root: Fields, depth = 0): unknown {
  if (depth > DEEPEST || !(isObject(schema) || Array.isArray(schema))) return schema;
  if (Array.isArray(schema)) return schema.map((one) => resolved(one, root, depth + 1));
  if (typeof schema.$ref === "string") {
    const found = schema.$ref
      .slice(2)
      .split("/")
      .reduce<unknown>((at, name) => fields(at)[name], root);
    return resolved(found, root, depth + 1);
  }
  return Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [name, resolved(value, root, depth + 1)]),
  );
}
