/** Promise: what I write is sent once, in the order I wrote it, whatever happens to the line, the page or the tabs. */

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { Refused } from "../../chat/static/chat/js/asks.js";
import { Outbox } from "../../chat/static/chat/js/outbox.js";
import { ANN, ATTIC, BOB, FakeClock, FakeLine, HALL, settled } from "./cast.js";

/** A browser's storage, shared by its tabs; each tab hears of the changes of the others. */
class FakeStorage {
  #entries = new Map();
  tabs = [];
  full = false;
  get length() {
    return this.#entries.size;
  }
  key(index) {
    return [...this.#entries.keys()][index] ?? null;
  }
  getItem(key) {
    return this.#entries.get(key) ?? null;
  }
  setItem(key, text) {
    if (this.full) throw new Error("quota");
    this.#entries.set(key, text);
    this.#tell(key, text);
  }
  removeItem(key) {
    this.#entries.delete(key);
    this.#tell(key, null);
  }
  #tell(key, text) {
    for (const tab of this.tabs) if (tab !== this.writing) tab.heard.push([key, text]);
  }
}

/** The browser's locks: one holder, the others wait their turn. */
class FakeLocks {
  #last = Promise.resolve();
  request(_name, work) {
    this.#last = this.#last.then(work);
    return this.#last;
  }
}

let clock;
let storage;
let locks;
let nonces;

beforeEach(() => {
  clock = new FakeClock();
  storage = new FakeStorage();
  locks = new FakeLocks();
  nonces = 0;
});

/** A tab of a person's browser, with a line of its own. */
function open_tab({ person = ANN.id, ...more } = {}) {
  const line = new FakeLine();
  const tab = { line, heard: [], sent: [], shown: [] };
  const nonce = () => {
    nonces += 1;
    return `nonce-${nonces}`;
  };
  const onChange = (items) => {
    tab.shown = items.map(({ body, status, code }) => [body, code ?? status]);
  };
  const onSent = (item, { id }) => tab.sent.push([item.body, id]);
  tab.outbox = new Outbox({ person, storage, locks, clock, ask: line.ask, nonce, onChange, onSent, ...more });
  storage.tabs.push(tab);
  return tab;
}

const say = (tab, body, room = HALL) => tab.outbox.add({ room, body });
const bodies = (tab) => tab.line.questions.map(({ body }) => body);
const stored = (id) => ({ message: { id, seq: id, rev: id, created_at: "2026-11-23T12:00:00.000Z" } });

/** Tell a tab what other tabs wrote, as the browser does, a little later. */
function deliver(tab) {
  for (const [key, text] of tab.heard.splice(0)) tab.outbox.storageChanged(key, text);
}

async function connect(tab) {
  tab.outbox.connected(true);
  await settled();
}

async function lose(tab) {
  tab.outbox.connected(false);
  await tab.line.refuse(new Refused("closed"));
}

describe("the line", () => {
  test("sends one at a time, in the order of writing, across rooms", async () => {
    const ann = open_tab();
    say(ann, "one");
    say(ann, "two", ATTIC);
    say(ann, "three");
    await connect(ann);
    assert.deepEqual(bodies(ann), ["one"]);
    await ann.line.answer(stored(1));
    await ann.line.answer(stored(2));
    assert.deepEqual(bodies(ann), ["one", "two", "three"]);
    await ann.line.answer(stored(3));
    assert.deepEqual(ann.sent, [["one", 1], ["two", 2], ["three", 3]]);
    assert.deepEqual(ann.shown, []);
  });

  test("says what the protocol wants", async () => {
    const ann = open_tab();
    ann.outbox.add({ room: HALL, body: "yes", replyTo: 7 });
    await connect(ann);
    assert.deepEqual(ann.line.questions, [{ type: "message.send", room: HALL, nonce: "nonce-1", body: "yes", reply_to: 7 }]);
  });

  test("sends nothing while there is no line", async () => {
    const ann = open_tab();
    say(ann, "one");
    await settled();
    assert.deepEqual(bodies(ann), []);
    assert.deepEqual(ann.shown, [["one", "waiting"]]);
  });

  test("what is written while one is on its way goes after it", async () => {
    const ann = open_tab();
    await connect(ann);
    say(ann, "one");
    await settled();
    say(ann, "two");
    await settled();
    assert.deepEqual(bodies(ann), ["one"]);
    await ann.line.answer(stored(1));
    assert.deepEqual(bodies(ann), ["one", "two"]);
  });
});

describe("without an answer", () => {
  test("a message goes out again with the same nonce when the line is back, before those behind it", async () => {
    const ann = open_tab();
    await connect(ann);
    say(ann, "one");
    say(ann, "two");
    await settled();
    await lose(ann);
    assert.deepEqual(ann.shown, [["one", "waiting"], ["two", "waiting"]]);
    await connect(ann);
    assert.deepEqual(ann.line.questions.map(({ nonce }) => nonce), ["nonce-1", "nonce-1"]);
    await ann.line.answer({ ...stored(1), duplicate: true });
    assert.deepEqual(bodies(ann), ["one", "one", "two"]);
  });

  test("a message goes out again after a while on a line that stands", async () => {
    const ann = open_tab();
    await connect(ann);
    say(ann, "one");
    await settled();
    await ann.line.refuse(new Refused("timeout"));
    assert.deepEqual(ann.line.questions.map(({ nonce }) => nonce), ["nonce-1", "nonce-1"]);
  });

  test("it is known that it may be stored already", async () => {
    const ann = open_tab();
    await connect(ann);
    say(ann, "one");
    await settled();
    await lose(ann);
    assert.equal(ann.outbox.items[0].tried, true);
    assert.equal(open_tab().outbox.items[0].tried, true, "after a reload too");
  });
});

describe("a refusal", () => {
  test("for the pace waits as long as the server says and keeps the order", async () => {
    const ann = open_tab();
    await connect(ann);
    say(ann, "one");
    say(ann, "two");
    await settled();
    await ann.line.refuse(new Refused("rate_limited", "", 4));
    await clock.pass(3999);
    assert.deepEqual(bodies(ann), ["one"]);
    assert.equal(ann.outbox.items[0].tried, false, "refused, so not stored");
    await clock.pass(1);
    assert.deepEqual(bodies(ann), ["one", "one"]);
  });

  test("for the server's own trouble is tried again a few times, then left to the author", async () => {
    const ann = open_tab();
    await connect(ann);
    say(ann, "one");
    await settled();
    for (let attempt = 1; attempt < 4; attempt += 1) {
      await ann.line.refuse(new Refused("internal"));
      await clock.pass(40_000);
      assert.equal(bodies(ann).length, attempt + 1);
    }
    await ann.line.refuse(new Refused("internal"));
    assert.deepEqual(ann.shown, [["one", "internal"]]);
  });

  test("for good keeps the text and lets the others go on", async () => {
    const ann = open_tab();
    await connect(ann);
    say(ann, "one");
    say(ann, "two");
    await settled();
    await ann.line.refuse(new Refused("forbidden"));
    assert.deepEqual(ann.shown, [["one", "forbidden"], ["two", "sending"]]);
    await ann.line.answer(stored(2));
    assert.deepEqual(ann.shown, [["one", "forbidden"]]);
    assert.deepEqual(open_tab().outbox.items.map(({ body, code }) => [body, code]), [["one", "forbidden"]]);
  });

  test("Try again sends it with its nonce, after what waits; Discard forgets it", async () => {
    const ann = open_tab();
    await connect(ann);
    say(ann, "one");
    say(ann, "two");
    await settled();
    await ann.line.refuse(new Refused("forbidden"));
    say(ann, "three");
    ann.outbox.retry("nonce-1");
    await ann.line.answer(stored(2));
    await ann.line.answer(stored(3));
    assert.deepEqual(bodies(ann), ["one", "two", "three", "one"]);
    assert.equal(ann.line.questions.at(-1).nonce, "nonce-1");
    await ann.line.refuse(new Refused("forbidden"));
    ann.outbox.discard("nonce-1");
    assert.deepEqual(ann.shown, []);
    assert.deepEqual(open_tab().outbox.items, []);
  });

  test("a message on its way can be neither discarded nor doubled by Try again", async () => {
    const ann = open_tab();
    await connect(ann);
    say(ann, "one");
    await settled();
    ann.outbox.discard("nonce-1");
    ann.outbox.retry("nonce-1");
    await settled();
    assert.deepEqual(bodies(ann), ["one"]);
    assert.deepEqual(ann.shown, [["one", "sending"]]);
  });
});

describe("the storage", () => {
  test("keeps the line, its order and its nonces over a reload", async () => {
    const before = open_tab();
    say(before, "one");
    say(before, "two");
    const after = open_tab();
    await connect(after);
    await after.line.answer(stored(1));
    await after.line.answer(stored(2));
    assert.deepEqual(after.line.questions.map(({ nonce }) => nonce), ["nonce-1", "nonce-2"]);
    assert.equal(storage.length, 0);
  });

  test("is the person's own: the next user of the browser sends nothing of it", async () => {
    say(open_tab(), "from ann");
    const bob = open_tab({ person: BOB.id });
    await connect(bob);
    assert.deepEqual(bodies(bob), []);
    bob.outbox.clear();
    assert.deepEqual(open_tab().outbox.items.map(({ body }) => body), ["from ann"]);
  });

  test("is empty after logging out, and nothing more is sent", async () => {
    const ann = open_tab();
    await connect(ann);
    say(ann, "one");
    say(ann, "two");
    await settled();
    ann.outbox.clear();
    await ann.line.refuse(new Refused("closed"));
    assert.deepEqual(bodies(ann), ["one"]);
    assert.equal(storage.length, 0);
  });

  test("that is full, missing or spoilt loses nothing that this page holds", async () => {
    storage.setItem("chatsite.outbox.1.spoilt", "{");
    storage.full = true;
    for (const tab of [open_tab(), open_tab({ storage: null })]) {
      await connect(tab);
      say(tab, "one");
      await settled();
      assert.deepEqual(bodies(tab), ["one"]);
      await tab.line.answer(stored(1));
      assert.deepEqual(tab.shown, []);
    }
  });
});

describe("two tabs", () => {
  test("show the same line and send each message once", async () => {
    const [left, right] = [open_tab(), open_tab()];
    await connect(left);
    await connect(right);
    storage.writing = left;
    say(left, "one");
    await settled();
    deliver(right);
    assert.deepEqual(right.shown, [["one", "waiting"]]);
    await settled();
    assert.deepEqual(bodies(right), [], "the left one has the lock");
    await left.line.answer(stored(1));
    deliver(right);
    await settled();
    assert.deepEqual(bodies(right), []);
    assert.deepEqual(right.shown, []);
    assert.deepEqual(right.sent, [["one", 1]], "and knows which message it became");
  });

  test("one sends what the other wrote and could not", async () => {
    const [left, right] = [open_tab(), open_tab()];
    storage.writing = left;
    say(left, "one");
    deliver(right);
    storage.writing = right;
    await connect(right);
    assert.deepEqual(bodies(right), ["one"]);
    await right.line.answer(stored(1));
    deliver(left);
    await connect(left);
    assert.deepEqual(bodies(left), []);
  });

  test("keep the order of writing though they take turns", async () => {
    const [left, right] = [open_tab(), open_tab()];
    await connect(left);
    await connect(right);
    storage.writing = left;
    say(left, "one");
    storage.writing = right;
    say(right, "two");
    await settled();
    assert.deepEqual([...bodies(left), ...bodies(right)], ["one"]);
    await left.line.answer(stored(1));
    assert.deepEqual([bodies(left), bodies(right)], [["one", "two"], []]);
  });

  test("the turn passes on when the line of the one that has it breaks", async () => {
    const [left, right] = [open_tab(), open_tab()];
    await connect(left);
    await connect(right);
    storage.writing = left;
    say(left, "one");
    await settled();
    deliver(right);
    await lose(left);
    await settled();
    assert.deepEqual(right.line.questions.map(({ nonce }) => nonce), ["nonce-1"]);
  });

  test("without locks each sends by itself, with one nonce", async () => {
    const [left, right] = [open_tab({ locks: null }), open_tab({ locks: null })];
    storage.writing = left;
    say(left, "one");
    await connect(left);
    await connect(right);
    const asked = [...left.line.questions, ...right.line.questions].map(({ nonce }) => nonce);
    assert.ok(asked.length > 0 && asked.every((nonce) => nonce === "nonce-1"));
  });
});
