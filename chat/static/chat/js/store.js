/**
 * All the page knows, and what an event does to it. No document, no socket, no clock: the same events end in the
 * same state.
 *
 * The state is one object changed in place; every change adds one to `state.version`, and whoever draws compares that.
 * In place, because a busy room changes hundreds of times a second and copies would be made only to be thrown away.
 *
 * The position rule, per room: a change up to `rev` that begins `after` is
 *   - ignored when `rev` ≤ position,
 *   - applied when `after` ≤ position, and position = `rev`,
 *   - a gap when `after` > position: only `room.rev` is raised. `rev` above `position` is the record of the gap,
 *     `sync.js` asks for what is missing.
 */

import { Event } from "./protocol.js";
import { applyPresence, applyTyping, mergePeople } from "./store-people.js";
import { applyRead } from "./store-reading.js";
import { applyHello, applyJoined, applyLeft } from "./store-rooms.js";
import { applyChanges } from "./store-changes.js";
import { openRoom } from "./store-opening.js";

export { expireTyping } from "./store-people.js";
export { localRead, readSettled, setReadPointer } from "./store-reading.js";
export { openRoom, leaveRoom } from "./store-opening.js";
export { addNewer, addOlder, showLatest } from "./store-history.js";
export { heldBack, setPending, settle } from "./store-pending.js";
export { setNewLine } from "./store-timeline.js";

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Boot} Boot */

/**
 * The state of a page that was just loaded.
 * @param {Boot} boot
 * @param {number} now  Milliseconds.
 * @returns {State}
 */
export function fromBoot(boot, now) {
  const { hello } = boot;
  /** @type {State} */
  const state = {
    version: 0,
    me: hello.me.id,
    rev: -1,
    epoch: "",
    people: new Map(),
    presence: new Map(),
    rooms: new Map(),
    open: null,
    opening: null,
    connection: { phase: "connecting", since: now, waiting: 0 },
    typing: new Map(),
    panel: null,
    members: null,
    listShown: false,
    attending: false,
    now,
    limits: {},
    heartbeat: hello.heartbeat,
    urls: boot.urls,
    site: boot.site,
    invitation: boot.invitation,
    language: boot.language,
  };
  applyHello(state, hello);
  if (boot.room) openRoom(state, boot.room.id, boot.room);
  return state;
}

/** @type {Record<string, (state: State, event: any) => void>} */
const appliers = {
  [Event.HELLO]: applyHello,
  [Event.ROOM_CHANGES]: applyChanges,
  [Event.ROOM_JOINED]: applyJoined,
  [Event.ROOM_LEFT]: applyLeft,
  [Event.ROOM_READ]: applyRead,
  [Event.ROOM_TYPING]: applyTyping,
  [Event.PRESENCE]: applyPresence,
};

/**
 * Apply one event, or the fields of an answer to `room.changes` with that type and its room. Unknown types are ignored,
 * so that an open page survives a newer server.
 * @param {State} state
 * @param {{type?: string, people?: any[]}} event
 */
export function apply(state, event) {
  const applier = Object.hasOwn(appliers, event.type ?? "") ? appliers[event.type ?? ""] : undefined;
  if (!applier) return;
  if (event.type !== Event.PRESENCE) mergePeople(state, event.people);
  applier(state, event);
  state.version += 1;
}

/**
 * The line is new: what its first `hello` says about me is the truth, whatever was known before.
 * @param {State} state
 */
export function lineOpened(state) {
  state.rev = -1;
}

/**
 * @param {State} state
 * @param {import("./types.js").Connection["phase"]} phase
 * @param {Partial<import("./types.js").Connection>} [more]
 */
export function setConnection(state, phase, more = {}) {
  const since = state.connection.phase === phase ? state.connection.since : state.now;
  state.connection = { phase, since, waiting: state.connection.waiting, ...more };
  state.version += 1;
}

/**
 * @param {State} state
 * @param {boolean} attending  The page is visible and has the focus.
 */
export function setAttending(state, attending) {
  if (state.attending === attending) return;
  state.attending = attending;
  state.version += 1;
}
