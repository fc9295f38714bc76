/** The lines of a room's timeline: messages in groups, days, the "New" line, and what is not acknowledged. Pure. */

import { lineIsOlder } from "./select-unread.js";
import { grouped, sameDay } from "./time.js";

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Room} Room */
/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").Pending} Pending */

/**
 * A line of the timeline. `first` begins a group: it has the name and the face.
 * @typedef {{kind: "day", key: string, at: number}
 *   | {kind: "new", key: string}
 *   | {kind: "message", key: string, message: Message, first: boolean}
 *   | {kind: "pending", key: string, pending: Pending, first: boolean}} Item
 */

/**
 * The loaded messages of a room, then what is not acknowledged, with the lines between them.
 * @param {State} state
 * @param {Room} room
 * @returns {Item[]}
 */
export function timelineItems(state, room) {
  const { timeline } = room;
  if (!timeline) return [];
  /** @type {Item[]} */
  const items = [];
  /** @type {{author: number, at: number, action?: boolean}|undefined} */
  let previous;
  /** @param {{author: number, at: number, action?: boolean}} next */
  const first = (next) => {
    const dayBegins = !previous || !sameDay(previous.at, next.at);
    if (dayBegins) items.push({ kind: "day", key: `day ${new Date(next.at).toDateString()}`, at: next.at });
    return dayBegins || Boolean(next.action || previous?.action) || !grouped(previous, next);
  };
  let newPlaced = timeline.newLineAfter === null || lineIsOlder(timeline);
  for (const message of timeline.messages) {
    let begins = first(message);
    if (!newPlaced && message.seq > (timeline.newLineAfter ?? 0)) {
      items.push({ kind: "new", key: "new" });
      newPlaced = begins = true;
    }
    items.push({ kind: "message", key: message.key, message, first: begins });
    previous = message;
  }
  if (timeline.hasNewer) return items;
  for (const pending of room.pending) {
    // Stamped by this browser's clock, which may be behind: never before what it stands under.
    const echo = { author: state.me, at: Math.max(pending.writtenAt, previous?.at ?? 0) };
    const begins = first(echo);
    items.push({ kind: "pending", key: pending.nonce, pending, first: begins });
    previous = echo;
  }
  return items;
}
