/** Opening a room and leaving it again. */

import { mergePeople } from "./store-people.js";
import { unreadIn } from "./select-unread.js";
import { blankRoom } from "./store-rooms.js";
import { showLatest } from "./store-history.js";
import { loseTimeline, setNewLine } from "./store-timeline.js";

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Room} Room */
/** @typedef {import("./types.js").Opening} Opening */

/** So many rooms stay loaded; the one visited longest ago is forgotten first. */
const LOADED_ROOMS = 20;

/**
 * Bring a room into view: from its opening, or from memory. Without either, `opening` says that it is being loaded.
 * @param {State} state
 * @param {number} id
 * @param {Opening} [opening]
 */
export function openRoom(state, id, opening) {
  if (opening) takeOpening(state, opening);
  const room = state.rooms.get(id);
  if (state.open !== id) state.panel = null;
  state.open = id;
  state.listShown = false;
  state.opening = room?.timeline ? null : "loading";
  if (room?.timeline) {
    if (unreadIn(room) > 0) setNewLine(room.timeline, room.lastReadSeq);
    visited(state, room);
  }
  state.version += 1;
}

/**
 * The room is out of view: its "New" line has been seen.
 * @param {State} state
 */
export function leaveRoom(state) {
  const room = state.open === null ? undefined : state.rooms.get(state.open);
  if (room?.timeline && unreadIn(room) === 0) setNewLine(room.timeline, null);
  // One that is only looked at gets no events: it is loaded again next time.
  if (room && !room.joined) state.rooms.delete(room.id);
  state.open = null;
  state.opening = null;
}

/**
 * @param {State} state
 * @param {Opening} opening
 */
function takeOpening(state, opening) {
  const known = state.rooms.get(opening.id);
  const room = known ?? blankRoom(opening.id);
  state.rooms.set(opening.id, room);
  mergePeople(state, opening.people);
  if (!known?.joined) {
    room.kind = opening.kind;
    room.name = opening.name;
    room.topic = opening.topic;
    room.archived = opening.archived;
    room.rev = room.position = opening.history.rev;
  }
  room.rights = opening.rights;
  room.canPost = opening.can_post;
  room.memberCount = opening.member_count;
  room.createdAt = opening.created_at;
  room.createdBy = opening.created_by;
  if (!room.timeline) showLatest(state, room, opening.history);
}

/**
 * @param {State} state
 * @param {Room} room
 */
function visited(state, room) {
  room.openedAt = state.now;
  const loaded = [...state.rooms.values()].filter((other) => other.timeline);
  const surplus = loaded.sort((a, b) => b.openedAt - a.openedAt).slice(LOADED_ROOMS);
  for (const other of surplus) if (other !== room) loseTimeline(state, other);
}
