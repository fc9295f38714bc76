/** Promise: what the page shows of a room follows from the server's words alone, whatever order they come in. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { addNewer, addOlder, apply, fromBoot, leaveRoom, lineOpened, localRead, openRoom, readSettled, setAttending, showLatest } from "../../chat/static/chat/js/store.js";
import { unreadIn } from "../../chat/static/chat/js/select-unread.js";
import { ANN, ATTIC, BOB, changes, HALL, hello, message, messages, opening, page, page_of_ann, range, seqs, wireRoom, XIAOMING } from "./cast.js";

describe("the position rule", () => {
  test("a change that follows is applied", () => {
    const { state, hall } = page_of_ann();
    apply(state, changes(3, [message(4)]));
    assert.deepEqual(seqs(hall), [1, 2, 3, 4]);
    assert.equal(hall.position, 4);
  });

  test("a change that was applied before is ignored", () => {
    const { state, hall } = page_of_ann();
    apply(state, changes(3, [message(4)]));
    apply(state, changes(4, [message(4, { rev: 5, body: "mended" })]));
    apply(state, changes(3, [message(4)]));
    assert.equal(hall.timeline.messages[3].body, "mended");
  });

  test("a change after a gap changes nothing but the known head", () => {
    const { state, hall } = page_of_ann();
    apply(state, changes(5, [message(6)]));
    assert.deepEqual(seqs(hall), [1, 2, 3]);
    assert.deepEqual([hall.position, hall.rev, hall.lastSeq], [3, 6, 3]);
  });

  test("a change that overlaps is applied as far as it is new", () => {
    const { state, hall } = page_of_ann();
    apply(state, changes(3, [message(4, { rev: 5, body: "newer" })]));
    apply(state, changes(2, [message(4, { rev: 4, body: "older" }), message(5, { rev: 6 })]));
    assert.deepEqual(seqs(hall), [1, 2, 3, 4, 5]);
    assert.equal(hall.timeline.messages[3].body, "newer");
  });

  test("an event of a type, or for a room, that the page does not know is ignored", () => {
    const { state } = page_of_ann();
    apply(state, { type: "room.dance", room: HALL });
    apply(state, { type: "toString" });
    apply(state, { ...changes(0, [message(1)]), room: 999 });
    assert.equal(state.rooms.size, 2);
  });
});

describe("messages", () => {
  test("a deleted message keeps its place and loses its words", () => {
    const { state, hall } = page_of_ann();
    const { body: _body, ...tombstone } = message(2, { rev: 4, deleted: true });
    apply(state, changes(3, [tombstone]));
    assert.deepEqual(seqs(hall), [1, 2, 3]);
    assert.equal(hall.timeline.messages[1].body, undefined);
  });

  test("a message keeps its key through every change", () => {
    const { state, hall } = page_of_ann();
    const { key } = hall.timeline.messages[1];
    apply(state, changes(3, [message(2, { rev: 4, nonce: "nonce-of-2" })]));
    assert.equal(hall.timeline.messages[1].key, key);
  });

  test("what is quoted follows the changes of its source", () => {
    const { state, hall } = page_of_ann();
    const reply = message(4, { reply_to: { id: 1002, seq: 2 } });
    apply(state, changes(3, [reply], { quoted: [message(2)] }));
    apply(state, changes(4, [message(2, { rev: 5, body: "mended" })]));
    assert.equal(hall.timeline.quoted.get(1002).body, "mended");
  });

  test("a room that is not loaded only moves its head", () => {
    const { state, attic } = page_of_ann();
    apply(state, { ...changes(0, [message(1)]), room: ATTIC });
    assert.equal(attic.timeline, null);
    assert.equal(unreadIn(attic), 1);
  });

  test("people who appear become known", () => {
    const { state } = page_of_ann();
    apply(state, changes(3, [message(4, { author: 3 })], { people: [XIAOMING] }));
    assert.equal(state.people.get(3).name, "王小明");
  });

  test("a rename arrives with the changes", () => {
    const { state, hall } = page_of_ann();
    apply(state, changes(3, [], { rev: 4, info: { kind: "open", name: "大厅", topic: "茶", archived: true } }));
    assert.deepEqual([hall.name, hall.topic, hall.archived, hall.canPost], ["大厅", "茶", true, false]);
  });
});

describe("unread", () => {
  test("is what was said after my pointer", () => {
    const { state, attic } = page_of_ann({ attic: { last_seq: 9, last_read_seq: 4, rev: 9 } });
    assert.equal(unreadIn(attic), 5);
    apply(state, { type: "room.read", rev: 2, room: ATTIC, last_read_seq: 9 });
    assert.equal(unreadIn(attic), 0);
  });

  test("my own message moves my pointer; a change of an old one of mine does not", () => {
    const { state, hall } = page_of_ann();
    apply(state, changes(3, [message(4), message(5, { author: ANN.id })]));
    assert.equal(unreadIn(hall), 0);
    apply(state, { type: "room.read", rev: 2, room: HALL, last_read_seq: 2 });
    apply(state, changes(5, [message(5, { rev: 6, author: ANN.id })]));
    assert.equal(unreadIn(hall), 3);
  });

  test("my own new message moves the pointer even when a later one came first", () => {
    const { state, hall } = page_of_ann();
    apply(state, changes(3, [message(5, { rev: 5 })], { more: true }));
    apply(state, changes(8, [], { rev: 9 }));
    apply(state, changes(5, [message(4, { rev: 9, author: ANN.id })]));
    assert.equal(hall.lastReadSeq, 4);
  });

  test("what this page has read stays read while the server is being told", () => {
    const { state, hall } = page_of_ann({ hall: { last_read_seq: 0 } });
    localRead(state, hall, 3);
    apply(state, { type: "room.read", rev: 2, room: HALL, last_read_seq: 1 });
    assert.equal(unreadIn(hall), 0);
    readSettled(hall, 3);
    apply(state, { type: "room.read", rev: 3, room: HALL, last_read_seq: 1 });
    assert.equal(unreadIn(hall), 2);
  });

  test("mentions of me count until they are passed, deleted or no longer mean me", () => {
    const { state, attic } = page_of_ann();
    const mentioning = [1, 2, 3, 4].map((seq) => message(seq, { mentions: [ANN.id] }));
    apply(state, { ...changes(0, mentioning), room: ATTIC });
    assert.deepEqual(attic.mentions, [1, 2, 3, 4]);
    apply(state, { ...changes(4, [message(2, { rev: 5, deleted: true, mentions: [ANN.id] }), message(3, { rev: 6 })]), room: ATTIC });
    assert.deepEqual(attic.mentions, [1, 4]);
    apply(state, { type: "room.read", rev: 2, room: ATTIC, last_read_seq: 1 });
    assert.deepEqual(attic.mentions, [4]);
  });

  test("the pointer moved back counts the mentions again", () => {
    const { state, hall } = page_of_ann();
    apply(state, changes(3, [message(4, { mentions_room: true })]));
    apply(state, { type: "room.read", rev: 2, room: HALL, last_read_seq: 4 });
    assert.deepEqual(hall.mentions, []);
    apply(state, { type: "room.read", rev: 3, room: HALL, last_read_seq: 3 });
    assert.deepEqual(hall.mentions, [4]);
  });

  test("the New line begins where reading stopped, and my own message ends it", () => {
    const { state, hall } = page_of_ann();
    setAttending(state, true);
    apply(state, changes(3, [message(4)]));
    assert.equal(hall.timeline.newLineAfter, null, "seen as it came");
    localRead(state, hall, 4);
    setAttending(state, false);
    apply(state, changes(4, [message(5)]));
    apply(state, changes(5, [message(6)]));
    assert.equal(hall.timeline.newLineAfter, 4);
    apply(state, changes(6, [message(7, { author: ANN.id })]));
    assert.equal(hall.timeline.newLineAfter, null);
  });

  test("a room opened with something unread has its New line", () => {
    const { state, attic } = page_of_ann({ attic: { last_seq: 5, last_read_seq: 3, rev: 5 } });
    leaveRoom(state);
    openRoom(state, ATTIC, opening(ATTIC, page(messages(1, 5))));
    assert.equal(attic.timeline.newLineAfter, 3);
  });
});

describe("hello", () => {
  test("brings heads and leaves what is loaded at its position", () => {
    const { state, hall } = page_of_ann();
    apply(state, hello([wireRoom(HALL, { rev: 9, last_seq: 8, last_read_seq: 3 }), wireRoom(ATTIC)]));
    assert.deepEqual([hall.position, hall.rev, unreadIn(hall)], [3, 9, 5]);
    assert.deepEqual(seqs(hall), [1, 2, 3]);
  });

  test("a room that is not loaded has nothing to catch up", () => {
    const { state, attic } = page_of_ann();
    apply(state, hello([wireRoom(HALL), wireRoom(ATTIC, { rev: 40, last_seq: 33 })]));
    assert.equal(attic.position, 40);
  });

  test("rooms that are no longer mine go", () => {
    const { state } = page_of_ann();
    apply(state, hello([wireRoom(HALL, { rev: 3, last_seq: 3 })], { rev: 2 }));
    assert.deepEqual([...state.rooms.keys()], [HALL]);
  });

  test("an open room in view stays to be looked at, a private one does not", () => {
    const { state, hall } = page_of_ann();
    apply(state, hello([], { rev: 2 }));
    assert.deepEqual([hall.joined, hall.canPost, state.opening], [false, false, null]);
    const hidden = page_of_ann({ hall: { kind: "private" } });
    apply(hidden.state, { type: "room.left", rev: 2, room: HALL });
    assert.equal(hidden.state.opening, "missing");
    assert.equal(hidden.state.rooms.has(HALL), false);
  });

  test("one that was overtaken by a newer word about me does not take it back", () => {
    const { state, hall } = page_of_ann();
    apply(state, { type: "room.joined", rev: 5, room: wireRoom(12, { name: "new" }) });
    apply(state, { type: "room.read", rev: 6, room: HALL, last_read_seq: 1 });
    apply(state, hello([wireRoom(HALL, { rev: 3, last_seq: 3, last_read_seq: 3 })], { rev: 4 }));
    assert.ok(state.rooms.has(12));
    assert.equal(hall.lastReadSeq, 1);
  });

  test("one that was made before my last send does not make it unread", () => {
    const { state, hall } = page_of_ann();
    apply(state, changes(3, [message(4, { author: ANN.id })]));
    apply(state, hello([wireRoom(HALL, { rev: 3, last_seq: 3, last_read_seq: 3 }), wireRoom(ATTIC)]));
    assert.equal(unreadIn(hall), 0);
  });

  test("the first one of a new line is believed", () => {
    const { state } = page_of_ann();
    apply(state, { type: "room.joined", rev: 5, room: wireRoom(12) });
    lineOpened(state);
    apply(state, hello([wireRoom(HALL)], { rev: 2 }));
    assert.equal(state.rooms.has(12), false);
  });

  test("another epoch drops all that is loaded", () => {
    const { state, hall } = page_of_ann();
    apply(state, hello([wireRoom(HALL, { rev: 2, last_seq: 2, last_read_seq: 2 }), wireRoom(ATTIC)], { epoch: "second" }));
    assert.deepEqual([hall.timeline, hall.position, hall.lastSeq, state.opening], [null, 2, 2, "loading"]);
  });

  test("joining makes a room mine, leaving ends it", () => {
    const { state } = page_of_ann();
    apply(state, { type: "room.joined", rev: 2, room: wireRoom(12, { name: "阁楼", last_seq: 4, last_read_seq: 4 }) });
    assert.equal(state.rooms.get(12).name, "阁楼");
    apply(state, { type: "room.left", rev: 3, room: 12 });
    assert.equal(state.rooms.has(12), false);
  });

  test("joining the room I was looking at keeps what is loaded", () => {
    const { boot } = page_of_ann();
    boot.hello = hello([]);
    boot.room = opening(HALL, page(messages(1, 3)), { joined: false, can_post: false });
    const state = fromBoot(boot, 0);
    apply(state, { type: "room.joined", rev: 2, room: wireRoom(HALL, { rev: 3, last_seq: 3, last_read_seq: 3 }) });
    const hall = state.rooms.get(HALL);
    assert.deepEqual([hall.joined, hall.canPost, hall.position, hall.rev], [true, true, 3, 3]);
    assert.deepEqual(seqs(hall), [1, 2, 3]);
  });
});

describe("reset", () => {
  test("forgets what is loaded and takes the server's head", () => {
    const { state, hall } = page_of_ann();
    apply(state, { type: "room.changes", room: HALL, reset: true, rev: 5000, last_seq: 4000 });
    assert.deepEqual([hall.timeline, hall.position, hall.lastSeq, state.opening], [null, 5000, 4000, "loading"]);
  });
});

describe("the window", () => {
  test("an older page goes before it and trims it below", () => {
    const { state, hall } = page_of_ann({ count: 400 });
    for (let first = hall.timeline.messages[0].seq; first > 1; first = hall.timeline.messages[0].seq) {
      addOlder(state, hall, page(messages(1, first - 1), { rev: 400, hasNewer: true }));
    }
    assert.deepEqual(seqs(hall), range(1, 300));
    assert.deepEqual([hall.timeline.hasMore, hall.timeline.hasNewer], [false, true]);
  });

  test("a newer page goes after it and trims it above", () => {
    const { state, hall } = page_of_ann({ count: 300, history: page(messages(1, 300), { limit: 300 }) });
    hall.timeline.hasNewer = true;
    addNewer(state, hall, { ...page(messages(301, 350), { rev: 350 }), has_newer: false });
    assert.deepEqual(seqs(hall), range(51, 350));
    assert.deepEqual([hall.timeline.hasMore, hall.timeline.hasNewer], [true, false]);
  });

  test("a page that does not adjoin the window is left out", () => {
    const { state, hall } = page_of_ann({ count: 100 });
    addOlder(state, hall, page(messages(1, 40), { rev: 100, hasNewer: true }));
    assert.deepEqual(seqs(hall), range(51, 100));
  });

  test("live messages below a window that ends earlier only move the head", () => {
    const { state, hall } = page_of_ann();
    hall.timeline.hasNewer = true;
    apply(state, changes(3, [message(4)]));
    assert.deepEqual(seqs(hall), [1, 2, 3]);
    assert.equal(hall.lastSeq, 4);
  });

  test("live messages push the oldest out at the bottom, and wait below while one reads further up", () => {
    const { state, hall } = page_of_ann({ count: 300, history: page(messages(1, 300), { limit: 300 }) });
    apply(state, changes(300, [message(301)]));
    assert.deepEqual(seqs(hall), range(2, 301));
    hall.timeline.atBottom = false;
    apply(state, changes(301, [message(302), message(303)]));
    assert.deepEqual(seqs(hall), range(2, 301));
    assert.equal(hall.timeline.hasNewer, true);
  });

  test("a page read before what is already applied makes the changes since be asked for again", () => {
    const { state, hall } = page_of_ann({ count: 100 });
    apply(state, changes(100, [message(20, { rev: 101, body: "mended" })]));
    addOlder(state, hall, page(messages(1, 50), { rev: 100, hasNewer: true }));
    assert.deepEqual([hall.position, hall.rev], [100, 101]);
    apply(state, changes(100, [message(20, { rev: 101, body: "mended" })]));
    assert.equal(hall.timeline.messages.find(({ seq }) => seq === 20).body, "mended");
  });

  test("the latest page replaces it", () => {
    const { state, hall } = page_of_ann();
    hall.timeline.hasNewer = true;
    showLatest(state, hall, page(messages(1, 500), { rev: 500 }));
    assert.deepEqual(seqs(hall), range(451, 500));
    assert.equal(hall.timeline.hasNewer, false);
  });

  test("rooms visited long ago are unloaded, the open one never", () => {
    const { state } = page_of_ann();
    for (let id = 100; id < 130; id += 1) {
      state.now += 1000;
      leaveRoom(state);
      apply(state, { type: "room.joined", rev: id, room: wireRoom(id, { rev: 3, last_seq: 3 }) });
      openRoom(state, id, opening(id, page(messages(1, 3))));
    }
    const loaded = [...state.rooms.values()].filter((room) => room.timeline);
    assert.equal(loaded.length, 20);
    assert.ok(state.rooms.get(129).timeline);
  });
});

describe("presence", () => {
  test("is complete once, then differences", () => {
    const { state } = page_of_ann();
    apply(state, { type: "presence", people: [{ id: 9, state: "online" }] });
    apply(state, { type: "presence", full: true, people: [{ id: BOB.id, state: "online" }, { id: 3, state: "idle" }] });
    apply(state, { type: "presence", people: [{ id: BOB.id, state: "offline" }] });
    assert.deepEqual([...state.presence], [[3, "idle"]]);
  });
});
