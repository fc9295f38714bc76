/** My rooms: which there are, what they are called, how far I have read. */

import { loseTimeline } from "./store-timeline.js";
import { mergePeople } from "./store-people.js";
import { setReadPointer } from "./store-reading.js";

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Room} Room */
/** @typedef {import("./types.js").WireRoom} WireRoom */

/**
 * A room about which nothing but the id is known.
 * @param {number} id
 * @returns {Room}
 */
export function blankRoom(id) {
  return {
    id,
    kind: "open",
    name: "",
    topic: "",
    everyone: false,
    archived: false,
    people: [],
    role: null,
    level: "all",
    joined: false,
    rev: 0,
    position: 0,
    lastSeq: 0,
    newAfter: 0,
    lastReadSeq: 0,
    readAhead: 0,
    mentions: [],
    rights: null,
    canPost: false,
    memberCount: null,
    createdAt: null,
    createdBy: null,
    timeline: null,
    held: [],
    pending: [],
    draft: "",
    openedAt: 0,
  };
}

/**
 * The truth about me and my rooms. One that was made before something already applied (both were on their way at
 * once) says nothing about what is mine: `rev` tells.
 * @param {State} state
 * @param {import("./types.js").WireHello} hello
 */
export function applyHello(state, hello) {
  if (state.epoch && state.epoch !== hello.epoch) forgetLoaded(state);
  mergePeople(state, [hello.me, ...hello.people]);
  state.epoch = hello.epoch;
  state.heartbeat = hello.heartbeat;
  state.limits = hello.limits;
  const current = hello.rev >= state.rev;
  for (const wire of hello.rooms) {
    if (current || state.rooms.get(wire.id)?.joined) takeRoom(state, wire, hello.rev);
  }
  if (!current) return;
  const mine = new Set(hello.rooms.map((wire) => wire.id));
  for (const room of [...state.rooms.values()]) {
    if (room.joined && !mine.has(room.id)) dropRoom(state, room);
  }
  state.rev = hello.rev;
}

/**
 * Take over what the server says of a room of mine. What is loaded of it stays, and stays at its position.
 * @param {State} state
 * @param {WireRoom} wire
 * @param {number} rev  Mine, when `wire` was read.
 */
function takeRoom(state, wire, rev) {
  const known = state.rooms.get(wire.id);
  const room = known ?? blankRoom(wire.id);
  state.rooms.set(wire.id, room);
  if (wire.rev >= room.position) {
    room.kind = wire.kind;
    room.name = wire.name;
    room.topic = wire.topic;
    room.archived = wire.archived ?? false;
    room.mentions = [...wire.mentions];
  }
  room.everyone = wire.everyone;
  room.people = wire.people ?? [];
  room.rev = Math.max(room.rev, wire.rev);
  room.lastSeq = Math.max(room.lastSeq, wire.last_seq);
  // With nothing loaded there is nothing to catch up: this is the newest.
  if (!room.timeline) room.position = room.rev;
  room.newAfter = room.lastSeq;
  takeMine(state, room, wire, rev);
}

/**
 * @param {State} state
 * @param {Room} room
 * @param {WireRoom} wire
 * @param {number} rev
 */
function takeMine(state, room, wire, rev) {
  if (rev < state.rev) return;
  if (!room.joined || room.role !== wire.role) room.rights = null;
  room.joined = true;
  room.role = wire.role;
  room.level = wire.level;
  room.canPost = !room.archived;
  // My own sends move the pointer without a `rev`: at the same one, the farther pointer is the later.
  const least = Math.max(room.readAhead, rev === state.rev ? room.lastReadSeq : 0);
  setReadPointer(room, Math.max(wire.last_read_seq, least), state.me);
}

/**
 * @param {State} state
 * @param {{rev: number, room: WireRoom}} event
 */
export function applyJoined(state, event) {
  if (event.rev < state.rev) return;
  takeRoom(state, event.room, event.rev);
  state.rev = event.rev;
}

/**
 * @param {State} state
 * @param {{rev: number, room: number}} event
 */
export function applyLeft(state, event) {
  if (event.rev <= state.rev) return;
  state.rev = event.rev;
  const room = state.rooms.get(event.room);
  if (room?.joined) dropRoom(state, room);
}

/**
 * A room that is no longer mine. An open one that is in view stays there, to be looked at.
 * @param {State} state
 * @param {Room} room
 */
function dropRoom(state, room) {
  room.joined = false;
  room.role = null;
  room.canPost = false;
  room.rights = null;
  room.mentions = [];
  if (state.open === room.id && room.kind === "open") return;
  state.rooms.delete(room.id);
  state.typing.delete(room.id);
  if (state.open === room.id) state.opening = "missing";
}

/**
 * Another life of the database: what is loaded may never have been.
 * @param {State} state
 */
function forgetLoaded(state) {
  for (const room of state.rooms.values()) {
    loseTimeline(state, room);
    room.rev = room.position = room.lastSeq = room.newAfter = room.readAhead = 0;
  }
  state.rev = -1;
}
