/** Promise: only what was in view of somebody who was looking counts as read, and the server hears of it without haste. */

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { Refused } from "../../chat/static/chat/js/asks.js";
import { Reader } from "../../chat/static/chat/js/read.js";
import { expireTyping, leaveRoom, openRoom, setAttending, setConnection } from "../../chat/static/chat/js/store.js";
import { unreadIn } from "../../chat/static/chat/js/select-unread.js";
import { apply } from "../../chat/static/chat/js/store.js";
import { Typing } from "../../chat/static/chat/js/typing.js";
import { ATTIC, BOB, changes, FakeClock, FakeLine, HALL, message, page_of_ann } from "./cast.js";

let ann;
let line;
let clock;
let reader;

beforeEach(() => {
  ann = page_of_ann({ count: 20, hall: { last_read_seq: 0 } });
  line = new FakeLine();
  clock = new FakeClock();
  reader = new Reader({ state: ann.state, ask: line.ask, clock, onChange: () => {} });
  setConnection(ann.state, "live");
  setAttending(ann.state, true);
});

const told = () => line.questions.map(({ room, seq }) => [room, seq]);

describe("reading", () => {
  test("tells what was seen, and shows it at once", () => {
    reader.seen(5);
    assert.deepEqual(line.questions, [{ type: "room.read", room: HALL, seq: 5 }]);
    assert.equal(unreadIn(ann.hall), 15);
  });

  test("at most every 300 ms, the last of what was seen meanwhile", async () => {
    for (const seq of [5, 6, 9, 12]) reader.seen(seq);
    assert.deepEqual(told(), [[HALL, 5]]);
    await clock.pass(299);
    assert.deepEqual(told(), [[HALL, 5]]);
    await clock.pass(1);
    assert.deepEqual(told(), [[HALL, 5], [HALL, 12]]);
    await clock.pass(10_000);
    assert.equal(told().length, 2);
  });

  test("never goes back by scrolling up, and never beyond what was said", async () => {
    reader.seen(12);
    reader.seen(3);
    await clock.pass(1000);
    assert.deepEqual(told(), [[HALL, 12]]);
    reader.seen(999);
    assert.deepEqual(told().at(-1), [HALL, 20]);
  });

  test("waits while what is unread begins above the view and nobody has seen where", () => {
    Object.assign(ann.hall.timeline, { newLineAfter: 0, lineAbove: true });
    reader.seen(20);
    assert.deepEqual(told(), []);
    ann.hall.timeline.lineSeen = true;
    reader.update();
    assert.deepEqual(told(), [[HALL, 20]]);
  });

  test("waits until somebody looks", async () => {
    setAttending(ann.state, false);
    reader.seen(20);
    assert.deepEqual(told(), []);
    setAttending(ann.state, true);
    reader.update();
    assert.deepEqual(told(), [[HALL, 20]]);
  });

  test("waits until there is a line", () => {
    setConnection(ann.state, "reconnecting");
    reader.seen(20);
    assert.deepEqual(told(), []);
    setConnection(ann.state, "live");
    reader.update();
    assert.deepEqual(told(), [[HALL, 20]]);
  });

  test("what was seen in one room says nothing of another", () => {
    setAttending(ann.state, false);
    reader.seen(20);
    leaveRoom(ann.state);
    openRoom(ann.state, ATTIC);
    ann.attic.lastSeq = 30;
    setAttending(ann.state, true);
    reader.update();
    assert.deepEqual(told(), []);
  });

  test("a room that I only look at is not mine to read", () => {
    ann.hall.joined = false;
    reader.seen(20);
    assert.deepEqual(told(), []);
  });

  test("Mark read takes everything and takes the New line away", () => {
    ann.hall.timeline.newLineAfter = 0;
    reader.markAll();
    assert.deepEqual(told(), [[HALL, 20]]);
    assert.equal(ann.hall.timeline.newLineAfter, null);
  });

  test("a refusal leaves it unread and is tried again later", async () => {
    reader.seen(20);
    await line.refuse(new Refused("rate_limited", "", 3));
    assert.equal(unreadIn(ann.hall), 20);
    await clock.pass(2_999);
    assert.equal(told().length, 1);
    await clock.pass(1);
    assert.deepEqual(told(), [[HALL, 20], [HALL, 20]]);
    await line.answer({ last_read_seq: 20 });
    assert.deepEqual([unreadIn(ann.hall), ann.hall.readAhead], [0, 0]);
  });

  test("a message that came while I was telling stays unread", async () => {
    reader.seen(20);
    apply(ann.state, changes(20, [message(21)]));
    await line.answer({ last_read_seq: 20 });
    assert.equal(unreadIn(ann.hall), 1);
  });
});

describe("writing", () => {
  test("is told at most every three seconds per room", async () => {
    const tellings = [];
    const typing = new Typing((type, { room }) => tellings.push([type, room]), clock);
    for (let letter = 0; letter < 10; letter += 1) typing.write(HALL);
    typing.write(ATTIC);
    await clock.pass(2_999);
    typing.write(HALL);
    assert.deepEqual(tellings, [["room.typing", HALL], ["room.typing", ATTIC]]);
    await clock.pass(1);
    typing.write(HALL);
    assert.equal(tellings.length, 3);
  });

  test("of others is shown for five seconds, or until their message is there", () => {
    const { state } = ann;
    const writing = { type: "room.typing", room: HALL, person: BOB.id };
    apply(state, writing);
    assert.equal(expireTyping(state), state.now + 5000);
    state.now += 4999;
    expireTyping(state);
    assert.ok(state.typing.get(HALL).has(BOB.id));
    state.now += 1;
    assert.equal(expireTyping(state), null);
    assert.equal(state.typing.has(HALL), false);
    apply(state, writing);
    apply(state, changes(20, [message(21)]));
    assert.equal(state.typing.get(HALL).has(BOB.id), false);
  });

  test("of my own in another tab is not shown", () => {
    apply(ann.state, { type: "room.typing", room: HALL, person: ann.state.me });
    assert.equal(ann.state.typing.size, 0);
  });
});
