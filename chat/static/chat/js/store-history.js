/** Pages of history: joined to the window at one end, trimmed at the other. */

import { mergePeople } from "./store-people.js";
import { settleKey } from "./store-pending.js";
import { mergeQuoted, timelineOf, toMessage, trim } from "./store-timeline.js";

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Room} Room */
/** @typedef {import("./types.js").WireHistory} WireHistory */

/**
 * Put an older page before the window. One that does not adjoin it (the window has moved on) is left out.
 * @param {State} state
 * @param {Room} room
 * @param {WireHistory} page  The answer to `before` the window's first seq.
 */
export function addOlder(state, room, page) {
  const timeline = room.timeline;
  if (!timeline) return;
  const first = timeline.messages[0]?.seq;
  const last = page.messages.at(-1)?.seq;
  if (first === undefined || last === undefined || last + 1 === first) {
    timeline.messages.unshift(...page.messages.map((wire) => toMessage(wire)));
    timeline.hasMore = page.has_more;
    trim(timeline, "newer");
  }
  taken(state, room, page);
}

/**
 * Put a newer page after the window. One that does not adjoin it is left out.
 * @param {State} state
 * @param {Room} room
 * @param {WireHistory} page  The answer to `after` the window's last seq.
 */
export function addNewer(state, room, page) {
  const timeline = room.timeline;
  if (!timeline) return;
  const last = timeline.messages.at(-1)?.seq;
  const first = page.messages[0]?.seq;
  if (last === undefined || first === undefined || last + 1 === first) {
    timeline.messages.push(...page.messages.map((wire) => toMessage(wire)));
    timeline.hasNewer = page.has_newer;
    trim(timeline, "older");
  }
  taken(state, room, page);
}

/**
 * Show this page and nothing else of a room: the newest one, or the first of a room that is being opened.
 * @param {State} state
 * @param {Room} room
 * @param {WireHistory} page
 */
export function showLatest(state, room, page) {
  const line = room.timeline?.newLineAfter ?? null;
  room.timeline = { ...timelineOf(page), newLineAfter: line };
  room.held = [];
  const last = page.messages.at(-1)?.seq ?? 0;
  if (!page.has_newer) room.lastSeq = Math.max(room.lastSeq, last);
  room.newAfter = Math.max(room.newAfter, room.lastSeq);
  if (state.open === room.id) state.opening = null;
  taken(state, room, page);
}

/**
 * What every page brings. It was read at `rev`: if the room was already ahead of that, a change in between may be missing
 * from the page and was not kept when it came, so the position goes back and the changes since are asked for once more.
 * @param {State} state
 * @param {Room} room
 * @param {WireHistory} page
 */
function taken(state, room, page) {
  mergePeople(state, page.people);
  if (room.timeline) mergeQuoted(room.timeline, page.quoted);
  for (const wire of page.messages) settleKey(room, wire);
  room.rev = Math.max(room.rev, page.rev);
  room.position = Math.min(room.position, page.rev);
  state.version += 1;
}
