// The thesis's side of the conversation, spoken by the official client: a line of JSON on stdin is something to do,
// a line on stdout is something that happened. Run by javascript_client.py.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(new URL("../../../frontend/package.json", import.meta.url));
const { io } = require("socket.io-client");

const [url, transports, more] = process.argv.slice(2);
const options = { ...JSON.parse(more ?? "{}"), reconnectionDelay: 50, reconnectionDelayMax: 200, randomizationFactor: 0 };
const socket = io(url, transports === "default" ? options : { ...options, transports: transports.split(",") });
const tell = (happened) => process.stdout.write(`${JSON.stringify(happened)}\n`);
const transport = () => socket.io.engine.transport.name;

socket.io.on("open", () => socket.io.engine.on("upgrade", () => tell({ upgraded: transport() })));
socket.on("connect", () => tell({ connected: transport() }));
socket.on("connect_error", (error) => tell({ error: String(error.message) }));
socket.on("disconnect", (reason) => tell({ disconnected: reason }));
socket.onAny((event, ...args) => tell({ event, args }));

const todo = {
  emit: (args) => socket.emit(...args),
  ask: ([id, ...args]) => socket.emit(...args, (...answer) => tell({ answer: id, args: answer })),
  drop: () => socket.io.engine.close(),
  transport: () => tell({ transport: transport() }),
  session: () => tell({ session: socket.io.engine.id }),
  end: () => socket.disconnect(),
};

createInterface({ input: process.stdin })
  .on("line", (line) => {
    for (const [name, args] of Object.entries(JSON.parse(line))) todo[name](args);
  })
  .on("close", () => process.exit(0));
