/** k6's WebSocket under one name: `k6/experimental/websockets` up to k6 1.5, `k6/websockets` since. */
export { WebSocket } from "k6/experimental/websockets";
