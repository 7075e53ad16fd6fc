import { beforeEach, expect, test } from "vitest";
import {
  type GestureHandlers,
  GestureRecognizer,
  type Pointer,
} from "../../../src/model/draw/gesture-recognizer";

let told: string[];
let now: number;
let waiting: { at: number; action: () => void; id: number }[];
let recognizer: GestureRecognizer;
const round = (value: number) => Math.round(value * 100) / 100;
const point = ({ x, y }: { x: number; y: number }) => `${round(x)},${round(y)}`;
const actions: GestureHandlers = {
  touched: () => {},
  pan: (dx, dy) => told.push(`pan ${dx},${dy}`),
  pinch: (factor, from, to) => told.push(`pinch ${round(factor)} ${point(from)} ${point(to)}`),
  fling: ({ x, y }) => (x || y ? told.push(`fling ${round(x)},${round(y)}`) : 0),
  tap: (at) => told.push(`tap ${point(at)}`),
  doubleTap: (at) => told.push(`double ${point(at)}`),
  aim: (start, finger) => told.push(`aim ${point(start)} ${point(finger)}`),
  aimed: (chosen) => told.push(`aimed ${chosen}`),
  press: (at) => told.push(`press ${point(at)}`),
};

beforeEach(() => {
  [told, now, waiting] = [[], 0, []];
  let timers = 0;
  recognizer = new GestureRecognizer(actions, {
    after: (ms, action) => waiting.push({ at: now + ms, action, id: ++timers }) && timers,
    cancel: (timer) => {
      waiting = waiting.filter(({ id }) => id !== timer);
    },
  });
});

function pass(ms: number): void {
  now += ms;
  for (const timer of waiting.filter(({ at }) => at <= now)) {
    waiting = waiting.filter((other) => other !== timer);
    timer.action();
  }
}

const down = (x: number, y: number, id = 1, pointer: Pointer = "touch") =>
  recognizer.down(id, { x, y }, now, pointer);
const move = (x: number, y: number, id = 1) => recognizer.move(id, { x, y }, now);
const up = (id = 1) => recognizer.up(id, now);

test("a short touch chooses where it came down, however it trembles", () => {
  down(100, 100);
  pass(40);
  move(106, 95);
  up();
  expect(told).toEqual(["tap 100,100"]);
  pass(5000);
  expect(told).toHaveLength(1);
});

test("a touch that moves at once drags by the whole way, and chooses nothing", () => {
  down(100, 100);
  pass(30);
  move(112, 100);
  move(150, 120);
  pass(500);
  up();
  expect(told).toEqual(["pan 12,0", "pan 38,20"]);
});

test("a finger that lets go while moving throws", () => {
  down(100, 100);
  for (let x = 120; x <= 200; x += 20) {
    pass(16);
    move(x, 100);
  }
  up();
  expect(told[told.length - 1]).toBe("fling 1.25,0");
});

test("a finger that rests sees the loupe, and then aims instead of dragging", () => {
  down(100, 100);
  pass(130);
  expect(told).toEqual(["aim 100,100 100,100"]);
  pass(170);
  move(115, 100);
  move(116, 101);
  up();
  expect(told.slice(1)).toEqual(["aim 100,100 115,100", "aim 100,100 116,101", "aimed true"]);
});

test("the loupe goes when the finger drags after all", () => {
  down(100, 100);
  pass(150);
  move(130, 100);
  expect(told).toEqual(["aim 100,100 100,100", "aimed false", "pan 30,0"]);
});

test("a long rest asks who placed the pixel, and lifting then does nothing more", () => {
  down(100, 100);
  pass(700);
  up();
  expect(told).toEqual(["aim 100,100 100,100", "press 100,100", "aimed false"]);
});

test("after a long rest one can still aim", () => {
  down(100, 100);
  pass(700);
  move(104, 100);
  move(120, 100);
  up();
  expect(told.slice(-2)).toEqual(["aim 100,100 120,100", "aimed true"]);
});

test("two fingers pinch; the one that stays drags on and never taps", () => {
  down(100, 100);
  down(200, 100, 2);
  move(300, 100, 2);
  expect(told).toEqual(["pinch 2 150,100 200,100"]);
  up(2);
  move(110, 100);
  pass(500);
  up();
  expect(told.slice(1)).toEqual(["pan 10,0"]);
});

test("a second finger takes the loupe away", () => {
  down(100, 100);
  pass(300);
  down(200, 100, 2);
  pass(1000);
  expect(told).toEqual(["aim 100,100 100,100", "aimed false"]);
});

test("two taps at one place are a double tap, later or elsewhere they are two", () => {
  for (const [ms, x] of [
    [50, 100],
    [500, 100],
    [50, 150],
  ] as const) {
    down(100, 100);
    up();
    pass(ms);
    down(x, 100);
    up();
    pass(1000);
  }
  expect(told).toEqual([
    "tap 100,100",
    "double 100,100",
    "tap 100,100",
    "tap 100,100",
    "tap 100,100",
    "tap 150,100",
  ]);
});

test("a double tap that is held and moved zooms with one finger", () => {
  down(100, 100);
  up();
  pass(80);
  down(100, 100);
  move(100, 220);
  up();
  expect(told).toEqual(["tap 100,100", "pinch 2 100,100 100,100"]);
});

test("a finger that the system takes away chooses nothing, and leaves nothing behind", () => {
  down(100, 100);
  pass(130);
  recognizer.cancel(1);
  pass(1000);
  recognizer.cancel(1);
  down(100, 100);
  up();
  expect(told).toEqual(["aim 100,100 100,100", "aimed false", "tap 100,100"]);
});

test("a mouse has no loupe, no long press and throws nothing; its middle button drags only", () => {
  down(100, 100, 1, "mouse");
  pass(1000);
  move(140, 100);
  pass(10);
  move(180, 100);
  up();
  recognizer.down(1, { x: 0, y: 0 }, now, "mouse", false);
  up();
  expect(told).toEqual(["pan 40,0", "pan 40,0"]);
});

test("two quick clicks of a mouse on neighbouring pixels are two", () => {
  for (const x of [100, 109]) {
    recognizer.down(1, { x, y: 100 }, now, "mouse");
    recognizer.up(1, now);
    pass(80);
  }
  expect(told).toEqual(["tap 100,100", "tap 109,100"]);
});
