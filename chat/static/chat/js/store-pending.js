/**
 * Messages of mine that are not acknowledged: their echoes, and how an echo becomes the message.
 *
 * An echo and its message share a key, the nonce. Live events carry no nonce, so a message of mine that arrives while
 * a send is unsettled (it was sent and its `ok` has not come, after a reconnect or in another tab) might be the one the
 * echo stands for. It is held back until that is known; shown at once it would stand there twice.
 */

import { setReadPointer } from "./store-reading.js";
import { messageAt, place, setNewLine, toMessage } from "./store-timeline.js";

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Room} Room */
/** @typedef {import("./types.js").Pending} Pending */
/** @typedef {import("./types.js").WireMessage} WireMessage */

/**
 * Show the outbox: each room gets its own part, without what has become a message.
 * @param {State} state
 * @param {Pending[]} items  In the order of the line.
 */
export function setPending(state, items) {
  state.connection.waiting = items.filter((item) => item.status !== "failed").length;
  for (const room of state.rooms.values()) {
    const keys = new Set(room.timeline?.messages.map((message) => message.key));
    room.pending = items.filter((item) => item.room === room.id && !keys.has(item.nonce));
    releaseHeld(room);
  }
  state.version += 1;
}

/**
 * The `ok` for a send: the echo becomes the message.
 * @param {State} state
 * @param {Pending} item
 * @param {import("./types.js").WireSent} sent
 */
export function settle(state, item, sent) {
  const room = state.rooms.get(item.room);
  if (!room) return;
  room.pending = room.pending.filter((pending) => pending.nonce !== item.nonce);
  const isNew = sent.seq > room.lastSeq;
  room.lastSeq = Math.max(room.lastSeq, sent.seq);
  // An answer to a repeated send may be old; only a new message says that I have read what stands above it.
  if (isNew && sent.seq > room.lastReadSeq) setReadPointer(room, sent.seq, state.me);
  if (room.timeline) {
    if (isNew) setNewLine(room.timeline, null);
    placeSent(state, room, item, sent);
  }
  releaseHeld(room);
  state.version += 1;
}

/**
 * @param {State} state
 * @param {Room} room
 * @param {Pending} item
 * @param {import("./types.js").WireSent} sent
 */
function placeSent(state, room, item, sent) {
  const timeline = room.timeline;
  if (!timeline || messageAt(timeline, sent.seq)) return;
  const held = room.held.find((message) => message.id === sent.id);
  room.held = room.held.filter((message) => message.id !== sent.id);
  /** @type {WireMessage & {provisional?: boolean}} */
  const wire = held ?? { ...sent, author: state.me, body: item.body, provisional: true, ...quoting(timeline, item) };
  place(timeline, { ...toMessage(wire, item.nonce), nonce: item.nonce });
}

/**
 * @param {import("./types.js").Timeline} timeline
 * @param {Pending} item
 * @returns {Partial<WireMessage>}
 */
function quoting(timeline, item) {
  const source = timeline.messages.find((message) => message.id === item.replyTo);
  if (!source) return {};
  timeline.quoted.set(source.id, source);
  return { reply_to: { id: source.id, seq: source.seq } };
}

/**
 * Keep a message back while it may be the one an echo stands for. Returns whether it was.
 * @param {State} state
 * @param {Room} room
 * @param {WireMessage} wire
 */
export function holdBack(state, room, wire) {
  if (wire.author !== state.me || wire.nonce || !heldBack(room)) return false;
  if (room.timeline && messageAt(room.timeline, wire.seq)) return false;
  const others = room.held.filter((message) => message.id !== wire.id);
  const known = room.held.find((message) => message.id === wire.id);
  room.held = [...others, known && known.rev >= wire.rev ? known : toMessage(wire)];
  return true;
}

/**
 * Whether messages of mine are being held back in a room.
 * @param {Room} room
 */
export function heldBack(room) {
  return room.pending.some((pending) => pending.tried && pending.status !== "failed");
}

/**
 * Answers and pages carry the nonce: the message takes the place of its echo, whose `ok` will change nothing more.
 * @param {Room} room
 * @param {WireMessage} wire
 */
export function settleKey(room, wire) {
  if (wire.nonce) room.pending = room.pending.filter((pending) => pending.nonce !== wire.nonce);
}

/** @param {Room} room */
function releaseHeld(room) {
  if (room.held.length === 0 || heldBack(room)) return;
  const held = room.held;
  room.held = [];
  if (room.timeline) for (const message of held) place(room.timeline, message);
}
