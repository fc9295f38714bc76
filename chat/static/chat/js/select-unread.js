/** What is unread, and what of it a reader is told. Pure. */

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Room} Room */

/** @param {Room} room */
export function unreadIn(room) {
  return room.joined ? Math.max(0, room.lastSeq - room.lastReadSeq) : 0;
}

/**
 * How many messages want me by name in a room; in a direct one all do.
 * @param {Room} room
 */
export function wantedIn(room) {
  return room.kind === "direct" ? unreadIn(room) : room.mentions.length;
}

/**
 * Whether a room's unread is shown. Not where each message is read as it comes: its number would stand there for a
 * blink, in the list and in the title.
 * @param {State} state
 * @param {Room} room
 */
export function countsIn(state, room) {
  const watched = state.attending && state.open === room.id && room.timeline !== null;
  return !(watched && room.timeline?.atBottom && !room.timeline.hasNewer && unreadAbove(room) === 0);
}

/**
 * The first unread message is not in the window: the line would stand in the wrong place.
 * @param {import("./types.js").Timeline} timeline
 */
export function lineIsOlder(timeline) {
  const [oldest] = timeline.messages;
  return timeline.hasMore && oldest !== undefined && oldest.seq > (timeline.newLineAfter ?? 0) + 1;
}

/**
 * How many messages are unread from above what is in view, where nobody has seen yet where they begin. Until somebody
 * has, or says that they are read, standing at their end does not read them.
 * @param {Room} room
 */
export function unreadAbove(room) {
  const { timeline } = room;
  if (!timeline || timeline.newLineAfter === null || timeline.lineSeen) return 0;
  return timeline.lineAbove || lineIsOlder(timeline) ? unreadIn(room) : 0;
}

/**
 * When the first unread message was said, in milliseconds; null when it is not loaded.
 * @param {Room} room
 */
export function unreadSince({ timeline }) {
  if (!timeline || timeline.newLineAfter === null || lineIsOlder(timeline)) return null;
  const line = timeline.newLineAfter;
  return timeline.messages.find((message) => message.seq > line)?.at ?? null;
}
