/** Promise: what the views show follows from the state, and the room list holds still while somebody is in it. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { elsewhere, sections, titleOf } from "../../chat/static/chat/js/select.js";
import { timelineItems } from "../../chat/static/chat/js/select-timeline.js";
import { countsIn, unreadAbove, unreadSince } from "../../chat/static/chat/js/select-unread.js";
import { news, typingWords, wireOf } from "../../chat/static/chat/js/select-words.js";

const [ANN, BOB, XIAOMING] = [1, 2, 3];
const NOON = new Date(2026, 10, 23, 12).getTime();
const MINUTE = 60_000;

const room = (id, more = {}) => ({
  id, kind: "open", name: `Room ${id}`, people: [], joined: true, archived: false, level: "all", lastSeq: 5, lastReadSeq: 5, mentions: [], pending: [], timeline: null, ...more,
});
const direct = (id, other, more = {}) => room(id, { kind: "direct", name: "", people: [BOB, other], ...more });
const stateOf = (rooms, more = {}) => ({
  me: BOB,
  open: null,
  language: "en",
  people: new Map([[ANN, { id: ANN, name: "Ann" }], [BOB, { id: BOB, name: "Bob" }], [XIAOMING, { id: XIAOMING, name: "王小明" }]]),
  rooms: new Map(rooms.map((each) => [each.id, each])),
  typing: new Map(),
  ...more,
});
const message = (seq, author, minutes, more = {}) => ({ id: seq, seq, rev: seq, key: String(seq), author, at: NOON + minutes * MINUTE, body: `${seq}`, ...more });
const timelineOf = (messages, more = {}) => ({ messages, hasMore: false, hasNewer: false, newLineAfter: null, ...more });
const ids = (list) => Object.fromEntries(list.map((section) => [section.key, section.ids]));
const shape = (items) => items.map((item) => (item.kind === "message" ? `${item.message.seq}${item.first ? "*" : ""}` : item.kind === "pending" ? `echo${item.first ? "*" : ""}` : item.kind));

test("a direct room is called by the others in it, by me when I am alone", () => {
  const state = stateOf([]);
  assert.equal(titleOf(state, direct(1, XIAOMING)), "王小明");
  assert.equal(titleOf(state, direct(1, XIAOMING, { people: [BOB] })), "Bob");
  assert.equal(titleOf(state, direct(1, XIAOMING, { people: [BOB, ANN, XIAOMING] })), "Ann, 王小明");
});

test("rooms and people stand by name, unread direct messages first under what needs me", () => {
  const state = stateOf([room(1, { name: "beta" }), room(2, { name: "Alpha" }), room(3, { name: "room 10" }), room(4, { name: "room 9" }), direct(5, XIAOMING), direct(6, ANN, { lastReadSeq: 3 })]);
  assert.deepEqual(ids(sections(state)), { needs: [6], rooms: [2, 1, 4, 3], people: [5] });
});

test("an archived room leaves the list unless it is open", () => {
  const rooms = [room(1), room(2, { archived: true })];
  assert.deepEqual(ids(sections(stateOf(rooms))).rooms, [1]);
  assert.deepEqual(ids(sections(stateOf(rooms, { open: 2 }))).rooms, [1, 2]);
});

test("a held list does not reorder: what goes goes, what comes stands last in its place", () => {
  const state = stateOf([room(1, { name: "Beta" }), room(2, { name: "Gamma" }), direct(5, XIAOMING), direct(6, ANN)]);
  const held = sections(state);
  state.rooms.get(5).lastReadSeq = 0;
  state.rooms.delete(1);
  state.rooms.set(7, room(7, { name: "Alpha" }));
  assert.deepEqual(ids(sections(state, held)), { needs: [], rooms: [2, 7], people: [6, 5] });
  assert.deepEqual(ids(sections(state)), { needs: [5], rooms: [7, 2], people: [6] });
});

test("messages of one author within five minutes are one group; a day begins with its heading", () => {
  const state = stateOf([room(1, { timeline: timelineOf([message(1, ANN, -1440), message(2, ANN, 0), message(3, ANN, 4), message(4, BOB, 5), message(5, BOB, 11)]) })]);
  assert.deepEqual(shape(timelineItems(state, state.rooms.get(1))), ["day", "1*", "day", "2*", "3", "4*", "5*"]);
});

test("a deed stands alone", () => {
  const state = stateOf([room(1, { timeline: timelineOf([message(1, ANN, 0), message(2, ANN, 1, { action: true }), message(3, ANN, 2)]) })]);
  assert.deepEqual(shape(timelineItems(state, state.rooms.get(1))), ["day", "1*", "2*", "3*"]);
});

test("the New line begins a group, stands once, and not where its place is not loaded", () => {
  const messages = [message(4, ANN, 0), message(5, ANN, 1), message(6, ANN, 2)];
  const at = (newLineAfter, hasMore = true) => shape(timelineItems(stateOf([]), room(1, { timeline: timelineOf(messages, { newLineAfter, hasMore }) })));
  assert.deepEqual(at(5), ["day", "4*", "5", "new", "6*"]);
  assert.deepEqual(at(3), ["day", "new", "4*", "5", "6"]);
  assert.deepEqual(at(1), ["day", "4*", "5", "6"]);
  assert.deepEqual(at(0, false), ["day", "new", "4*", "5", "6"]);
  assert.deepEqual(at(6), ["day", "4*", "5", "6"]);
});

test("unread above what is loaded is counted", () => {
  const messages = [message(4, ANN, 0), message(5, ANN, 1)];
  const above = (newLineAfter) => unreadAbove(room(1, { lastReadSeq: newLineAfter, timeline: timelineOf(messages, { newLineAfter, hasMore: true }) }));
  assert.equal(above(1), 4);
  assert.equal(above(3), 0);
});

test("unread is told as above until somebody has seen where it begins, and since when if that is loaded", () => {
  const messages = [message(4, ANN, 0), message(5, ANN, 1)];
  const hall = (more) => room(1, { lastReadSeq: 3, timeline: timelineOf(messages, { newLineAfter: 3, hasMore: true, ...more }) });
  assert.equal(unreadAbove(hall({ lineAbove: true })), 2);
  assert.equal(unreadAbove(hall({ lineAbove: true, lineSeen: true })), 0);
  assert.equal(unreadSince(hall({ lineAbove: true })), messages[0].at);
  assert.equal(unreadSince(hall({ newLineAfter: 1 })), null);
});

test("what is read as it comes is not counted for a blink", () => {
  const watched = (more, attending = true) => {
    const hall = room(1, { lastReadSeq: 3, timeline: timelineOf([message(4, ANN, 0)], { atBottom: true, ...more }) });
    return countsIn(stateOf([hall], { attending, open: 1 }), hall);
  };
  assert.equal(watched({}), false);
  assert.equal(watched({}, false), true, "nobody looks");
  assert.equal(watched({ atBottom: false }), true);
  assert.equal(watched({ newLineAfter: 3, lineAbove: true }), true, "it began where nobody has looked");
});

test("an echo stands where its message will: last, in my group, and not when later ones are not loaded", () => {
  const pending = [{ nonce: "n", body: "hi", writtenAt: NOON - MINUTE, status: "waiting" }];
  const state = stateOf([room(1, { pending, timeline: timelineOf([message(1, BOB, 0)]) })]);
  const mine = state.rooms.get(1);
  assert.deepEqual(shape(timelineItems(state, mine)), ["day", "1*", "echo"]);
  mine.timeline.hasNewer = true;
  assert.deepEqual(shape(timelineItems(state, mine)), ["day", "1*"]);
});

test("the wire keeps quiet for two seconds of a broken line", () => {
  const at = (phase, late, more = {}) => wireOf({ connection: { phase, since: NOON, waiting: 0, ...more }, now: NOON + late });
  assert.deepEqual(at("live", 0), { broken: false, words: "" });
  assert.equal(at("reconnecting", 1999).broken, false);
  assert.deepEqual(at("reconnecting", 2000), { broken: true, words: "Reconnecting…" });
  assert.equal(at("connecting", 1000).broken, false);
  assert.equal(at("offline", 0, { waiting: 3 }).words, "Offline. What you write is kept here and sent later. 3 waiting");
  assert.equal(at("refused", 0, { here: "http://a", there: "https://b" }).words, "This page is at http://a, the site is set up as https://b. Ask the owner to set PUBLIC_URL.");
});

test("who writes is told by name, a crowd as a crowd, and never me", () => {
  const writing = (...people) => typingWords(stateOf([], { open: 1, typing: new Map([[1, new Map(people.map((id) => [id, NOON]))]]) }));
  assert.equal(writing(BOB), "");
  assert.equal(writing(XIAOMING), "王小明 is writing");
  assert.equal(writing(XIAOMING, BOB, ANN), "王小明 and Ann are writing");
  assert.equal(writing(XIAOMING, ANN, 9), "Several people are writing");
});

test("what is elsewhere leaves out the open room and the muted ones", () => {
  const state = stateOf([room(1, { lastReadSeq: 0 }), room(2, { lastReadSeq: 3, mentions: [4] }), direct(3, ANN, { lastReadSeq: 2 }), room(4, { lastReadSeq: 0, level: "nothing" })], { open: 1 });
  assert.deepEqual(elsewhere(state), { unread: 5, wanted: 4 });
});

test("a screen reader hears one message in full and many as a number, none of mine", () => {
  const state = stateOf([room(1, { timeline: timelineOf([message(1, ANN, 0), message(2, BOB, 1), message(3, XIAOMING, 2)]) })], { open: 1 });
  assert.equal(news(state, 3), "");
  assert.equal(news(state, 1), "王小明: 3");
  assert.equal(news(state, 0), "2 new messages");
});
