/** What `room.changes` does, as an event and as an answer: the position rule, then each message. */

import { holdBack, settleKey } from "./store-pending.js";
import { stopTyping } from "./store-people.js";
import { mentionsMe, setReadPointer } from "./store-reading.js";
import { loseTimeline, mergeQuoted, place, setNewLine, toMessage } from "./store-timeline.js";

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Room} Room */
/** @typedef {import("./types.js").WireChanges} WireChanges */
/** @typedef {import("./types.js").WireMessage} WireMessage */

/**
 * @param {State} state
 * @param {WireChanges} event
 */
export function applyChanges(state, event) {
  const room = state.rooms.get(event.room);
  if (!room) return;
  if (event.reset) {
    startOver(state, room, event);
    return;
  }
  room.rev = Math.max(room.rev, event.more ? event.rev + 1 : event.rev);
  const after = event.after ?? event.rev;
  if (event.rev <= room.position || after > room.position) return;
  room.position = event.rev;
  if (event.info) takeInfo(room, event.info);
  if (room.timeline) mergeQuoted(room.timeline, event.quoted);
  for (const message of event.messages ?? []) takeMessage(state, room, message);
  if (room.position >= room.rev) room.newAfter = room.lastSeq;
}

/**
 * Too much has happened, or the database is an older one: forget what is loaded.
 * @param {State} state
 * @param {Room} room
 * @param {WireChanges} event
 */
function startOver(state, room, event) {
  room.rev = event.rev;
  room.lastSeq = event.last_seq ?? room.lastSeq;
  if (room.lastReadSeq > room.lastSeq) setReadPointer(room, room.lastSeq, state.me);
  loseTimeline(state, room);
}

/**
 * @param {Room} room
 * @param {NonNullable<WireChanges["info"]>} info
 */
function takeInfo(room, info) {
  room.kind = info.kind ?? room.kind;
  room.name = info.name ?? room.name;
  room.topic = info.topic ?? room.topic;
  if (info.archived === undefined || info.archived === room.archived) return;
  room.archived = info.archived;
  room.canPost = room.joined && !room.archived;
  room.rights = null;
}

/**
 * @param {State} state
 * @param {Room} room
 * @param {WireMessage} wire
 */
function takeMessage(state, room, wire) {
  const isNew = wire.seq > room.newAfter;
  if (isNew) arrived(state, room, wire);
  countMention(state, room, wire);
  if (!room.timeline || holdBack(state, room, wire)) return;
  settleKey(room, wire);
  place(room.timeline, toMessage(wire));
}

/**
 * What a new message moves: the head of the room, my own pointer when it is mine, the line where unread begins.
 * @param {State} state
 * @param {Room} room
 * @param {WireMessage} wire
 */
function arrived(state, room, wire) {
  const allRead = room.lastReadSeq >= room.lastSeq;
  room.lastSeq = Math.max(room.lastSeq, wire.seq);
  stopTyping(state, room.id, wire.author);
  if (wire.author === state.me) {
    if (wire.seq > room.lastReadSeq) setReadPointer(room, wire.seq, state.me);
    setNewLine(room.timeline, null);
  } else if (allRead && room.timeline && wire.seq > room.lastReadSeq && !(state.attending && state.open === room.id)) {
    setNewLine(room.timeline, room.lastReadSeq);
  }
}

/**
 * The unread mentions follow each state of an unread message.
 * @param {State} state
 * @param {Room} room
 * @param {WireMessage} wire
 */
function countMention(state, room, wire) {
  const others = room.mentions.filter((seq) => seq !== wire.seq);
  const counts = wire.seq > room.lastReadSeq && mentionsMe(wire, state.me);
  if (counts) others.push(wire.seq);
  if (counts || others.length !== room.mentions.length) room.mentions = others.sort((a, b) => a - b);
}
