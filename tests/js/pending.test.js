/** Promise: what I write stands once, from the first instant, and becomes the message without a second one beside it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { apply, openRoom, setPending, settle } from "../../chat/static/chat/js/store.js";
import { ANN, changes, HALL, message, messages, opening, page, page_of_ann, seqs } from "./cast.js";

const NONCE = "nonce-of-ann-1";

function pending(more = {}) {
  return { nonce: NONCE, room: HALL, body: "hello", writtenAt: 0, order: 0, status: "sending", tried: true, ...more };
}

const sent = (seq, rev = seq) => ({ id: 1000 + seq, seq, rev, created_at: "2026-11-23T12:00:01.000Z" });
const shown = (room) => [...room.timeline.messages.map(({ key }) => key), ...room.pending.map(({ nonce }) => nonce)];

test("the echo becomes the message under the same key", () => {
  const { state, hall } = page_of_ann();
  setPending(state, [pending()]);
  assert.deepEqual(shown(hall), ["1001", "1002", "1003", NONCE]);
  settle(state, pending(), sent(4));
  assert.deepEqual(shown(hall), ["1001", "1002", "1003", NONCE]);
  assert.equal(hall.timeline.messages[3].body, "hello");
  assert.equal(hall.lastReadSeq, 4);
});

test("the server's words replace those of the echo, and keep its key", () => {
  const { state, hall } = page_of_ann();
  setPending(state, [pending({ body: "/me waves " })]);
  settle(state, pending({ body: "/me waves " }), sent(4));
  apply(state, changes(3, [message(4, { author: ANN.id, body: "waves", action: true })]));
  const [last] = hall.timeline.messages.slice(-1);
  assert.deepEqual([last.key, last.body, last.action, last.provisional], [NONCE, "waves", true, undefined]);
});

test("my message that arrives before its ok is held back", () => {
  const { state, hall } = page_of_ann();
  setPending(state, [pending()]);
  apply(state, changes(3, [message(4, { author: ANN.id, body: "hello" }), message(5)]));
  assert.deepEqual(shown(hall), ["1001", "1002", "1003", "1005", NONCE]);
  settle(state, pending(), sent(4));
  assert.deepEqual(shown(hall), ["1001", "1002", "1003", NONCE, "1005"]);
});

test("one that I wrote elsewhere is shown as soon as nothing is unsettled here", () => {
  const { state, hall } = page_of_ann();
  setPending(state, [pending()]);
  apply(state, changes(3, [message(4, { author: ANN.id, body: "from my phone" })]));
  settle(state, pending(), sent(5));
  assert.deepEqual(seqs(hall), [1, 2, 3, 4, 5]);
  assert.deepEqual(hall.held, []);
});

test("a refusal lets go of what was held back", () => {
  const { state, hall } = page_of_ann();
  setPending(state, [pending()]);
  apply(state, changes(3, [message(4, { author: ANN.id })]));
  setPending(state, [pending({ status: "failed", code: "forbidden" })]);
  assert.deepEqual(shown(hall), ["1001", "1002", "1003", "1004", NONCE]);
});

test("what was never sent holds nothing back", () => {
  const { state, hall } = page_of_ann();
  setPending(state, [pending({ status: "waiting", tried: undefined })]);
  apply(state, changes(3, [message(4, { author: ANN.id })]));
  assert.deepEqual(seqs(hall), [1, 2, 3, 4]);
});

test("a held message that is changed meanwhile is shown as it is then", () => {
  const { state, hall } = page_of_ann();
  setPending(state, [pending()]);
  apply(state, changes(3, [message(4, { author: ANN.id, body: "hello" })]));
  apply(state, changes(4, [message(4, { rev: 5, author: ANN.id, body: "hello again" })]));
  settle(state, pending(), sent(4));
  assert.equal(hall.timeline.messages.at(-1).body, "hello again");
});

test("a page that carries the nonce shows the message in place of the echo, whatever the outbox still believes", () => {
  const { state, hall } = page_of_ann();
  setPending(state, [pending()]);
  hall.timeline = null;
  const mine = message(4, { author: ANN.id, nonce: NONCE });
  openRoom(state, HALL, opening(HALL, page([...messages(1, 3), mine])));
  setPending(state, [pending()]);
  assert.deepEqual(shown(hall), ["1001", "1002", "1003", NONCE]);
});

test("an ok that comes after the message was loaded adds nothing", () => {
  const { state, hall } = page_of_ann();
  apply(state, changes(3, [message(4, { author: ANN.id })]));
  setPending(state, [pending()]);
  settle(state, pending(), sent(4));
  assert.deepEqual(seqs(hall), [1, 2, 3, 4]);
  assert.deepEqual(hall.pending, []);
});

test("an ok that repeats an old answer does not move what I marked unread", () => {
  const { state, hall } = page_of_ann();
  apply(state, { type: "room.read", rev: 2, room: HALL, last_read_seq: 1 });
  settle(state, pending(), sent(3));
  assert.equal(hall.lastReadSeq, 1);
});

test("an ok for a message far below the window does not open a hole in it", () => {
  const { state, hall } = page_of_ann();
  hall.timeline.hasNewer = true;
  setPending(state, [pending()]);
  settle(state, pending(), sent(80));
  assert.deepEqual(seqs(hall), [1, 2, 3]);
  assert.equal(hall.lastSeq, 80);
});

test("a reply shows its quote at once", () => {
  const { state, hall } = page_of_ann();
  settle(state, pending({ replyTo: 1002 }), sent(4));
  assert.deepEqual(hall.timeline.messages.at(-1).reply_to, { id: 1002, seq: 2 });
  assert.equal(hall.timeline.quoted.get(1002).body, "message 2");
});

test("failed messages do not count as waiting", () => {
  const { state } = page_of_ann();
  setPending(state, [pending(), pending({ nonce: "nonce-of-ann-2", status: "failed" })]);
  assert.equal(state.connection.waiting, 1);
});
