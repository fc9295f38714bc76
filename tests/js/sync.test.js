/** Promise: what was missed is asked for, once at a time, until the page is where the server is. */

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { Refused } from "../../chat/static/chat/js/asks.js";
import { apply } from "../../chat/static/chat/js/store.js";
import { Sync } from "../../chat/static/chat/js/sync.js";
import { ATTIC, changes, FakeClock, FakeLine, HALL, hello, message, messages, opening, page, page_of_ann, range, seqs, settled, wireRoom } from "./cast.js";
import { leaveRoom, openRoom } from "../../chat/static/chat/js/store.js";

let ann;
let line;
let clock;
let sync;

beforeEach(() => begin());

function begin(options) {
  ann = page_of_ann(options);
  line = new FakeLine();
  clock = new FakeClock();
  sync = new Sync({ state: ann.state, ask: line.ask, clock, onChange: () => {} });
}

async function hear(event) {
  apply(ann.state, event);
  sync.changed(event.room);
  await settled();
}

async function greet(rooms, more) {
  const event = hello(rooms, more);
  apply(ann.state, event);
  sync.greeted(event);
  await settled();
}

const answer_with = (after, list, more = {}) => line.answer({ after, rev: list.at(-1)?.rev ?? after, messages: list, more: false, ...more });

describe("a gap", () => {
  test("is asked for from the position, and closed", async () => {
    await hear(changes(5, [message(6)]));
    assert.deepEqual(line.questions, [{ type: "room.changes", room: HALL, after: 3 }]);
    await answer_with(3, messages(4, 6));
    assert.deepEqual(seqs(ann.hall), range(1, 6));
    assert.equal(line.questions.length, 1);
  });

  test("is asked for once, however many events show it", async () => {
    for (let rev = 5; rev < 15; rev += 1) await hear(changes(rev, [message(rev + 1)]));
    assert.equal(line.questions.length, 1);
    await answer_with(3, messages(4, 10), { more: true });
    assert.deepEqual(line.questions.at(-1), { type: "room.changes", room: HALL, after: 10 });
    await answer_with(10, messages(11, 15));
    assert.deepEqual(seqs(ann.hall), range(1, 15));
    assert.equal(line.questions.length, 2);
  });

  test("events go on being applied while one is being closed elsewhere", async () => {
    await hear(changes(5, [message(6)]));
    await hear({ ...changes(0, [message(1)]), room: ATTIC });
    assert.equal(ann.attic.lastSeq, 1);
  });

  test("no event, no question", async () => {
    await hear(changes(3, [message(4)]));
    await hear(changes(3, [message(4)]));
    assert.deepEqual(line.questions, []);
  });

  test("is asked for again, slowly, while the server has no answer", async () => {
    await hear(changes(5, [message(6)]));
    await line.refuse(new Refused("rate_limited", "", 7));
    await clock.pass(6_999);
    assert.equal(line.questions.length, 1);
    await clock.pass(1);
    assert.equal(line.questions.length, 2);
    await line.refuse(new Refused("timeout"));
    await clock.pass(2_000);
    assert.equal(line.questions.length, 3);
  });

  test("waits for the next hello when the line breaks", async () => {
    await hear(changes(5, [message(6)]));
    await line.refuse(new Refused("closed"));
    await clock.pass(60_000);
    assert.equal(line.questions.length, 1);
    await greet([wireRoom(HALL, { rev: 6, last_seq: 6 }), wireRoom(ATTIC)]);
    assert.equal(line.questions.length, 2);
  });

  test("in a room that is not mine any more brings a fresh hello", async () => {
    await hear(changes(5, [message(6)]));
    await line.refuse(new Refused("not_found"));
    assert.equal(line.questions.at(-1).type, "hello");
  });

  test("that the server knows nothing of is forgotten", async () => {
    await hear(changes(5, [message(6)]));
    await answer_with(3, []);
    assert.equal(line.questions.length, 1);
    assert.equal(ann.hall.rev, 3);
  });
});

describe("after hello", () => {
  test("only what is loaded and behind is caught up, the room in view first", async () => {
    const { state } = ann;
    leaveRoom(state);
    openRoom(state, ATTIC, opening(ATTIC, page([])));
    await greet([wireRoom(HALL, { rev: 4, last_seq: 4 }), wireRoom(ATTIC, { rev: 1, last_seq: 1 }), wireRoom(12, { rev: 50, last_seq: 50 })]);
    assert.deepEqual(line.questions, [{ type: "room.changes", room: ATTIC, after: 0 }]);
    await answer_with(0, [message(1)]);
    assert.deepEqual(line.questions.at(-1), { type: "room.changes", room: HALL, after: 3 });
    await answer_with(3, [message(4)]);
    assert.equal(line.questions.length, 2);
  });

  test("nothing is asked when nothing happened", async () => {
    await greet([wireRoom(HALL, { rev: 3, last_seq: 3 }), wireRoom(ATTIC)]);
    assert.deepEqual(line.questions, []);
  });

  test("a head below our position is looked into: the database may be an older one", async () => {
    await greet([wireRoom(HALL, { rev: 2, last_seq: 2 }), wireRoom(ATTIC)]);
    assert.deepEqual(line.questions, [{ type: "room.changes", room: HALL, after: 3 }]);
    await line.answer({ reset: true, rev: 2, last_seq: 2 });
    assert.deepEqual(line.questions.at(-1), { type: "room.history", room: HALL, limit: 50 });
    await line.answer(page(messages(1, 2)));
    assert.deepEqual(seqs(ann.hall), [1, 2]);
    assert.equal(ann.state.opening, null);
  });

  test("another epoch loads the room in view anew", async () => {
    await greet([wireRoom(HALL, { rev: 1, last_seq: 1 }), wireRoom(ATTIC)], { epoch: "second" });
    assert.deepEqual(line.questions, [{ type: "room.history", room: HALL, limit: 50 }]);
    await line.answer(page(messages(1, 1)));
    assert.deepEqual(seqs(ann.hall), [1]);
  });

  test("a room that I only look at is asked about each time: it sends no events", async () => {
    apply(ann.state, hello([], { rev: 2 }));
    await greet([], { rev: 2 });
    assert.deepEqual(line.questions, [{ type: "room.changes", room: HALL, after: 3 }]);
  });
});

describe("reset", () => {
  test("loads the newest page of the room in view", async () => {
    await hear(changes(5000, [message(4000, { rev: 5001 })]));
    await line.answer({ reset: true, rev: 5001, last_seq: 4000 });
    await line.answer(page(messages(3951, 4000), { rev: 5001 }));
    assert.deepEqual(seqs(ann.hall), range(3951, 4000));
    assert.deepEqual([ann.hall.position, ann.state.opening], [5001, null]);
  });

  test("shows that the page did not load", async () => {
    await hear(changes(5000, [message(4000, { rev: 5001 })]));
    await line.answer({ reset: true, rev: 5001, last_seq: 4000 });
    await line.refuse(new Refused("internal"));
    assert.equal(ann.state.opening, "failed");
  });
});

describe("history", () => {
  test("up and down a long room the window never holds more than 300 messages and has no hole", async () => {
    const all = messages(1, 1000);
    begin({ count: 1000 });
    const { hall } = ann;
    const check = () => {
      const shown = seqs(hall);
      assert.ok(shown.length <= 300);
      assert.deepEqual(shown, range(shown[0], shown.at(-1)));
    };
    while (hall.timeline.hasMore) {
      const loading = sync.loadOlder(hall);
      const { before } = line.questions.at(-1);
      await line.answer(page(all.filter(({ seq }) => seq < before), { rev: 1000, hasNewer: true }));
      await loading;
      check();
    }
    assert.deepEqual(seqs(hall), range(1, 300));
    while (hall.timeline.hasNewer) {
      const loading = sync.loadNewer(hall);
      const { after } = line.questions.at(-1);
      const newer = all.filter(({ seq }) => seq > after).slice(0, 50);
      await line.answer({ ...page(newer, { rev: 1000 }), has_newer: newer.at(-1).seq < 1000 });
      await loading;
      check();
    }
    assert.deepEqual(seqs(hall), range(701, 1000));
  });

  test("asks once, however often the view wants it", async () => {
    begin({ count: 100 });
    for (let scroll = 0; scroll < 5; scroll += 1) sync.loadOlder(ann.hall);
    assert.deepEqual(line.questions, [{ type: "room.history", room: HALL, limit: 50, before: 51 }]);
    assert.equal(ann.hall.timeline.loading, "older");
  });

  test("a failure is shown, rests a while, and is forgotten when the line is back, wherever the reader is", async () => {
    begin({ count: 100 });
    sync.loadOlder(ann.hall);
    await line.refuse(new Refused("closed"));
    assert.deepEqual([ann.hall.timeline.failed, ann.hall.timeline.loading], [true, null]);
    sync.loadOlder(ann.hall);
    assert.equal(line.questions.length, 1);
    await greet([wireRoom(HALL, { rev: 100, last_seq: 100 }), wireRoom(ATTIC)]);
    assert.equal(ann.hall.timeline.failed, false);
    sync.loadOlder(ann.hall); // as the view does, which sees how near the top is
    assert.equal(line.questions.length, 2);
    await line.answer(page(messages(1, 50), { rev: 100, hasNewer: true }));
    assert.deepEqual([ann.hall.timeline.failed, seqs(ann.hall).length], [false, 100]);
  });

  test("a page for a window that was replaced meanwhile is left out", async () => {
    begin({ count: 100 });
    sync.loadOlder(ann.hall);
    apply(ann.state, { type: "room.changes", room: HALL, reset: true, rev: 200, last_seq: 200 });
    await line.answer(page(messages(1, 50), { rev: 100, hasNewer: true }));
    assert.equal(ann.hall.timeline, null);
  });

  test("what changed between reading a page and its coming is asked for", async () => {
    begin({ count: 100 });
    sync.loadOlder(ann.hall);
    apply(ann.state, changes(100, [message(20, { rev: 101, body: "mended" })]));
    await line.answer(page(messages(1, 50), { rev: 100, hasNewer: true }));
    assert.deepEqual(line.questions.at(-1), { type: "room.changes", room: HALL, after: 100 });
  });
});
