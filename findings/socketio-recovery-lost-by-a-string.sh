#!/usr/bin/env bash
# socket.io 4.8.1 and socket.io-client 4.8.1 (Node 20): an event sent once whose last argument is a string ends recovery.
#
# With `connectionStateRecovery` the server appends a packet's name to the arguments of each event that can be sent again.
# The client does not take it off (handlers get one argument more than was sent), and knows it by its place alone:
# whatever string comes last in an event is kept as "the last packet seen". Volatile events have no such name. So after
# one volatile event that ends with a string of its own (a clock, a label), the client comes back asking for a packet that
# the server never sent: the session is not recovered, and what was sent meanwhile is lost. With a number it is recovered.
#
# Seen (the server sends `pixels` with one argument before the client is cut off, and once more while it is away):
#   nothing volatile: recovered, 2 of 2 events, 2 arguments each
#   volatile 7: recovered, 2 of 2 events, 2 arguments each
#   volatile "12:00": not recovered, 1 of 2 events, 2 arguments each
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . socket.io@4.8.1 socket.io-client@4.8.1 >/dev/null
cat > trial.mjs <<'NODE'
import { createServer } from "node:http";
import { Server } from "socket.io";
import { io } from "socket.io-client";

const event = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));

async function trial(words, ...volatile) {
  const http = createServer();
  const server = new Server(http, { connectionStateRecovery: {} });
  await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
  const sockets = [];
  server.on("connection", (socket) => sockets.push(socket));
  const client = io(`http://127.0.0.1:${http.address().port}`, { transports: ["websocket"], reconnectionDelay: 10 });
  const lengths = [];
  client.on("pixels", (...values) => lengths.push(values.length));
  await event(client, "connect");

  const first = event(client, "pixels");
  server.emit("pixels", 1);
  await first;
  if (volatile.length > 0) {
    const tick = event(client, "tick");
    sockets[0].volatile.emit("tick", ...volatile);
    await tick;
  }
  const gone = event(client, "disconnect");
  const left = event(sockets[0], "disconnect");
  const back = event(client, "connect");
  client.io.engine.close();
  await gone;
  await left;
  server.emit("pixels", 2);
  await back;
  // What the server sends from now on comes after whatever it recovered.
  const end = event(client, "end");
  server.emit("end", 3);
  await end;
  const how = client.recovered ? "recovered" : "not recovered";
  console.log(`${words}: ${how}, ${lengths.length} of 2 events, ${lengths[0]} arguments each`);
  client.close();
  server.close();
}

await trial("nothing volatile");
await trial("volatile 7", 7);
await trial('volatile "12:00"', "12:00");
NODE
seen=$(timeout 60 node trial.mjs)
echo "$seen"
[ "$seen" = 'nothing volatile: recovered, 2 of 2 events, 2 arguments each
volatile 7: recovered, 2 of 2 events, 2 arguments each
volatile "12:00": not recovered, 1 of 2 events, 2 arguments each' ]
