/** How far I have read: one pointer per room, from which unread and mentions follow. */

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Room} Room */

/**
 * Another tab or device has read, or this one has.
 * @param {State} state
 * @param {{rev: number, room: number, last_read_seq: number}} event
 */
export function applyRead(state, event) {
  if (event.rev <= state.rev) return;
  state.rev = event.rev;
  const room = state.rooms.get(event.room);
  if (room) setReadPointer(room, Math.max(event.last_read_seq, room.readAhead), state.me);
}

/**
 * Move the pointer and keep the unread mentions true. Moved back, those in the window are counted again.
 * @param {Room} room
 * @param {number} seq
 * @param {number} me
 */
export function setReadPointer(room, seq, me) {
  if (seq < room.lastReadSeq) {
    const known = new Set(room.mentions);
    for (const message of room.timeline?.messages ?? []) {
      if (message.seq > seq && mentionsMe(message, me)) known.add(message.seq);
    }
    room.mentions = [...known].sort((a, b) => a - b);
  }
  room.lastReadSeq = seq;
  room.mentions = room.mentions.filter((mention) => mention > seq);
}

/**
 * @param {import("./types.js").WireMessage} message
 * @param {number} me
 */
export function mentionsMe(message, me) {
  const named = message.mentions_room === true || (message.mentions?.includes(me) ?? false);
  return named && !message.deleted && message.author !== me;
}

/**
 * I have read up to here; the server is told at the same time.
 * @param {State} state
 * @param {Room} room
 * @param {number} seq
 */
export function localRead(state, room, seq) {
  room.readAhead = Math.max(room.readAhead, seq);
  if (seq > room.lastReadSeq) setReadPointer(room, seq, state.me);
  state.version += 1;
}

/**
 * The server was told, or could not be: from now on its word counts again.
 * @param {Room} room
 * @param {number} seq
 */
export function readSettled(room, seq) {
  if (room.readAhead === seq) room.readAhead = 0;
}
