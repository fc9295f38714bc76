/** The window of a room's messages: what belongs in it, in which order, and how it is kept small. */

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Room} Room */
/** @typedef {import("./types.js").Timeline} Timeline */
/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").WireMessage} WireMessage */

/** A page never holds more messages of a room than this. */
export const WINDOW = 300;

/**
 * @param {WireMessage} wire
 * @param {string} [key]
 * @returns {Message}
 */
export function toMessage(wire, key) {
  return { ...wire, key: key ?? wire.nonce ?? String(wire.id), at: Date.parse(wire.created_at) };
}

/**
 * A window that holds one page.
 * @param {import("./types.js").WireHistory} page
 * @returns {Timeline}
 */
export function timelineOf(page) {
  const timeline = {
    messages: page.messages.map((wire) => toMessage(wire)),
    hasMore: page.has_more,
    hasNewer: page.has_newer,
    quoted: new Map(),
    loading: null,
    failed: false,
    newLineAfter: null,
    lineSeen: false,
    lineAbove: false,
    atBottom: !page.has_newer,
  };
  mergeQuoted(timeline, page.quoted);
  return timeline;
}

/**
 * Have the "New" line stand after `seq`, not seen by anybody yet; null takes it away.
 * @param {Timeline|null} timeline
 * @param {number|null} seq
 */
export function setNewLine(timeline, seq) {
  if (timeline) Object.assign(timeline, { newLineAfter: seq, lineSeen: false, lineAbove: false });
}

/**
 * Where `seq` stands, or would stand.
 * @param {Message[]} messages
 * @param {number} seq
 */
export function placeOf(messages, seq) {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (messages[middle].seq < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * @param {Timeline} timeline
 * @param {number} seq
 * @returns {Message|undefined}
 */
export function messageAt(timeline, seq) {
  const found = timeline.messages[placeOf(timeline.messages, seq)];
  return found?.seq === seq ? found : undefined;
}

/**
 * Put a state of a message where it belongs. A message is replaced only by a newer state of itself and keeps its key;
 * one that lies outside the window is left out; one after a full window that is being read does not push out what is
 * read, it only makes `hasNewer` true.
 * @param {Timeline} timeline
 * @param {Message} message
 */
export function place(timeline, message) {
  const { messages } = timeline;
  refreshQuoted(timeline, message);
  const index = placeOf(messages, message.seq);
  const known = messages[index];
  if (known?.seq === message.seq) {
    if (isNewer(message, known)) messages[index] = { ...message, key: known.key };
    return;
  }
  if (index === 0 && timeline.hasMore && messages.length > 0) return;
  if (index === messages.length && !takesNewer(timeline)) return;
  messages.splice(index, 0, message);
  if (messages.length > WINDOW) trim(timeline, timeline.atBottom ? "older" : "newer");
}

/**
 * @param {Message} message
 * @param {Message} known
 */
function isNewer(message, known) {
  return message.rev > known.rev || (known.provisional === true && !message.provisional && message.rev === known.rev);
}

/** @param {Timeline} timeline */
function takesNewer(timeline) {
  if (!timeline.atBottom && timeline.messages.length >= WINDOW) timeline.hasNewer = true;
  return !timeline.hasNewer;
}

/**
 * Bring the window back to its size by dropping messages at one end.
 * @param {Timeline} timeline
 * @param {"older"|"newer"} side
 */
export function trim(timeline, side) {
  const surplus = timeline.messages.length - WINDOW;
  if (surplus <= 0) return;
  if (side === "older") {
    timeline.messages.splice(0, surplus);
    timeline.hasMore = true;
  } else {
    timeline.messages.splice(WINDOW);
    timeline.hasNewer = true;
  }
  const wanted = new Set(timeline.messages.map((message) => message.reply_to?.id));
  for (const id of timeline.quoted.keys()) if (!wanted.has(id)) timeline.quoted.delete(id);
}

/**
 * @param {Timeline} timeline
 * @param {WireMessage[]} [quoted]
 */
export function mergeQuoted(timeline, quoted = []) {
  for (const wire of quoted) {
    const known = timeline.quoted.get(wire.id);
    if (!known || wire.rev > known.rev) timeline.quoted.set(wire.id, toMessage(wire));
  }
}

/**
 * @param {Timeline} timeline
 * @param {Message} message
 */
function refreshQuoted(timeline, message) {
  const quoted = timeline.quoted.get(message.id);
  if (quoted && message.rev > quoted.rev) timeline.quoted.set(message.id, message);
}

/**
 * Forget what is loaded of a room; the newest known is the position again.
 * @param {State} state
 * @param {Room} room
 */
export function loseTimeline(state, room) {
  room.timeline = null;
  room.held = [];
  room.position = room.rev;
  room.newAfter = room.lastSeq;
  if (state.open === room.id) state.opening = "loading";
}
