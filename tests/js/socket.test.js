/** Promise: the page always knows whether its line stands, and gets it back without anybody's help and without hammering. */

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { Socket } from "../../chat/static/chat/js/socket.js";
import { FakeClock, hello, settled } from "./cast.js";

/** A WebSocket whose other end is the test. */
class FakeWebSocket {
  sent = [];
  closed = false;
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.closed = true;
  }
  says(frame) {
    this.onmessage({ data: JSON.stringify(frame) });
  }
  greets(timeout = 60) {
    this.onopen();
    this.says(hello([], { heartbeat: { interval: 54, timeout } }));
  }
  ends(code) {
    this.onclose({ code });
  }
}

let clock;
let lines;
let events;
let phases;
let world;
let socket;

beforeEach(() => {
  clock = new FakeClock();
  lines = [];
  events = [];
  phases = [];
  world = { online: true, reachable: false };
  socket = new Socket({
    clock,
    open: () => {
      lines.push(new FakeWebSocket());
      return lines.at(-1);
    },
    online: () => world.online,
    reachable: async () => world.reachable,
    onOpen: () => events.push("open"),
    onEvent: ({ type }) => events.push(type),
    onPhase: (phase) => phases.push(phase),
  });
});

const line = () => lines.at(-1);

function live() {
  socket.connect();
  line().greets();
}

/** Fail `count` handshakes; returns how many attempts there were in all. */
async function refuse(count) {
  for (let attempt = 0; attempt < count; attempt += 1) {
    const before = lines.length;
    line().ends(1006);
    while (lines.length === before) await clock.pass(100);
  }
  return lines.length;
}

describe("a line", () => {
  test("stands from the first hello on", () => {
    socket.connect();
    line().onopen();
    assert.deepEqual(phases, []);
    line().greets();
    assert.deepEqual(phases, ["live"]);
    assert.deepEqual(events.slice(-2), ["open", "hello"]);
  });

  test("brings events and keeps pings and answers to itself", () => {
    live();
    line().says({ type: "room.typing", room: 1, person: 2 });
    line().says({ type: "ping", n: 77 });
    line().says({ type: "ok", ref: 99 });
    assert.deepEqual(events, ["open", "hello", "room.typing"]);
    assert.deepEqual(line().sent, [{ type: "pong", n: 77 }]);
  });

  test("that is given up is not heard any more", async () => {
    live();
    const old = line();
    await clock.pass(66_000);
    old.says({ type: "room.typing" });
    old.ends(4401);
    assert.ok(!phases.includes("ended"));
    assert.ok(!events.includes("room.typing"));
  });
});

describe("a question", () => {
  test("gets the answer with its ref", async () => {
    live();
    const [first, second] = [socket.ask("people", { ids: [1] }), socket.ask("people", { ids: [2] })];
    const [one, two] = line().sent;
    line().says({ type: "ok", ref: two.ref, people: ["second"] });
    line().says({ type: "ok", ref: one.ref, people: ["first"] });
    assert.deepEqual((await first).people, ["first"]);
    assert.deepEqual((await second).people, ["second"]);
  });

  test("that is refused says why and when to come again", async () => {
    live();
    const answer = socket.ask("message.send", {});
    line().says({ type: "error", ref: line().sent[0].ref, code: "rate_limited", detail: "", retry_after: 2.5 });
    await assert.rejects(answer, { code: "rate_limited", retryAfter: 2.5 });
  });

  test("without a line, or whose line breaks, is closed", async () => {
    await assert.rejects(socket.ask("people"), { code: "closed" });
    live();
    const answer = socket.ask("people");
    line().ends(1006);
    await assert.rejects(answer, { code: "closed" });
  });

  test("that nobody answers ends after its time, and the late answer is dropped", async () => {
    live();
    const answer = socket.ask("people", {}, 10_000);
    const refused = assert.rejects(answer, { code: "timeout" });
    await clock.pass(10_000);
    await refused;
    line().says({ type: "ok", ref: line().sent[0].ref });
    assert.deepEqual(phases, ["live"]);
  });
});

describe("a dead line", () => {
  test("is found when nothing was heard for the server's timeout and a little", async () => {
    live();
    await clock.pass(64_999);
    assert.equal(lines.length, 1);
    await clock.pass(1);
    assert.ok(lines[0].closed);
    assert.equal(phases.at(-1), "reconnecting");
    await clock.pass(1000);
    assert.equal(lines.length, 2);
  });

  test("any frame is a sign of life", async () => {
    live();
    for (let ping = 0; ping < 5; ping += 1) {
      await clock.pass(54_000);
      line().says({ type: "ping", n: ping });
    }
    assert.equal(lines.length, 1);
  });

  test("is found at once after waking up", async () => {
    live();
    await clock.pass(10_000);
    socket.wake();
    assert.equal(line().sent.at(-1).type, "hello");
    await clock.pass(5_000);
    assert.ok(lines[0].closed);
  });

  test("a living one answers and stays, and a fresh one is not asked", async () => {
    live();
    socket.wake();
    assert.deepEqual(line().sent, []);
    await clock.pass(10_000);
    socket.wake();
    line().greets();
    await clock.pass(20_000);
    assert.equal(lines.length, 1);
    assert.equal(lines[0].closed, false);
  });

  test("a handshake that never ends is given up", async () => {
    socket.connect();
    await clock.pass(15_000);
    assert.ok(lines[0].closed);
    await clock.pass(500);
    assert.equal(lines.length, 2);
  });
});

describe("reconnecting", () => {
  test("waits up to twice as long each time, at most 30 s, anywhere in between", async () => {
    live();
    const waits = [];
    line().ends(1006);
    for (let attempt = 0; attempt < 9; attempt += 1) {
      const [count, since] = [lines.length, clock.now()];
      while (lines.length === count) await clock.pass(50);
      waits.push(Math.round((clock.now() - since) / 100) / 10);
      line().ends(1006);
    }
    assert.deepEqual(waits, [0.5, 1, 2, 4, 8, 16, 30, 30, 30]);
    clock.chance = 0;
    socket.wake();
    line().ends(1006);
    await clock.pass(0);
    assert.equal(lines.length, 12, "no wait at all is as likely");
  });

  test("begins anew with short waits once the line stood", async () => {
    live();
    await refuse(5);
    line().greets();
    line().ends(1006);
    await clock.pass(500);
    assert.equal(phases.at(-1), "reconnecting");
    const count = lines.length;
    line().ends(1006);
    await clock.pass(1000);
    assert.equal(lines.length, count + 1);
  });

  test("happens at once when the network is back or the page is seen again", async () => {
    live();
    await refuse(6);
    line().ends(1006);
    const count = lines.length;
    socket.wake();
    assert.equal(lines.length, count + 1);
  });

  test("a lost network is told at once and nothing is tried until it is back", async () => {
    live();
    world.online = false;
    socket.lost();
    assert.equal(phases.at(-1), "offline");
    await clock.pass(120_000);
    socket.wake();
    assert.equal(lines.length, 1);
    world.online = true;
    socket.wake();
    assert.equal(lines.length, 2);
  });
});

describe("a close code", () => {
  const outcomes = [
    [4401, "ended", null],
    [4403, "stopped", null],
    [4408, "reconnecting", 500],
    [4400, "reconnecting", 500],
    [4413, "reconnecting", 500],
    [1006, "reconnecting", 500],
    [1011, "reconnecting", 500],
    [1012, "reconnecting", 5000],
    [4429, "reconnecting", 30_500],
  ];
  for (const [code, phase, milliseconds] of outcomes) {
    test(`${code}: ${phase}${milliseconds === null ? ", no more attempts" : `, again within ${milliseconds} ms`}`, async () => {
      live();
      line().ends(code);
      assert.equal(phases.at(-1), phase);
      if (milliseconds !== null) {
        await clock.pass(milliseconds - 10);
        assert.equal(lines.length, 1);
        await clock.pass(10);
        assert.equal(lines.length, 2);
      } else {
        socket.wake();
        await clock.pass(600_000);
        assert.equal(lines.length, 1);
      }
    });
  }

  test("4429 waits as long as the server said before, whoever wakes up meanwhile", async () => {
    live();
    line().says({ type: "error", code: "rate_limited", detail: "", retry_after: 90 });
    line().ends(4429);
    await clock.pass(89_000);
    socket.wake();
    assert.equal(lines.length, 1);
    await clock.pass(2_000);
    assert.equal(lines.length, 2);
  });
});

describe("handshakes that fail", () => {
  test("while the site answers mean that it refuses this page; it goes on trying", async () => {
    world.reachable = true;
    socket.connect();
    assert.equal(await refuse(2), 3);
    assert.equal(phases.at(-1), "reconnecting");
    await refuse(1);
    assert.equal(phases.at(-1), "refused");
    await refuse(1);
    assert.deepEqual([phases.at(-1), lines.length], ["refused", 5]);
    line().greets();
    assert.equal(phases.at(-1), "live");
  });

  test("while the site is away mean that we are offline", async () => {
    socket.connect();
    await refuse(3);
    assert.equal(phases.at(-1), "offline");
  });

  test("a verdict that comes after the line stands is not told", async () => {
    let tell;
    socket.refusals.reachable = () => new Promise((resolve) => (tell = resolve));
    socket.connect();
    await refuse(3);
    line().greets();
    tell(true);
    await settled();
    assert.equal(phases.at(-1), "live");
  });
});
