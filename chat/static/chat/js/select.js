/** What the views need to know, worked out from the state. Pure: no document, no clock. */

import { t } from "./i18n.js";
import { countsIn, unreadIn, wantedIn } from "./select-unread.js";

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Room} Room */

/** @param {State} state */
export function openRoom(state) {
  return state.open === null ? undefined : state.rooms.get(state.open);
}

/**
 * @param {State} state
 * @param {number} id
 */
export function nameOf(state, id) {
  return state.people.get(id)?.name ?? t("Somebody");
}

/**
 * The people of a direct room other than me; me, when I am alone in it.
 * @param {State} state
 * @param {Room} room
 */
export function others(state, room) {
  const rest = room.people.filter((id) => id !== state.me);
  return rest.length > 0 ? rest : room.people;
}

/**
 * What a room is called: its name, or the people in it.
 * @param {State} state
 * @param {Room} room
 */
export function titleOf(state, room) {
  if (room.kind !== "direct") return room.name;
  return others(state, room).map((id) => nameOf(state, id)).join(t(", "));
}

/**
 * Rooms other than the open one: how much is unread and how much of it wants me.
 * @param {State} state
 */
export function elsewhere(state) {
  const rooms = [...state.rooms.values()].filter((room) => room.id !== state.open && room.level !== "nothing");
  return {
    unread: rooms.reduce((sum, room) => sum + unreadIn(room), 0),
    wanted: rooms.reduce((sum, room) => sum + wantedIn(room), 0),
  };
}

/** @typedef {{key: "needs"|"rooms"|"people", ids: number[]}} Section */

/**
 * The room list in its order. With `frozen`, the order seen last, nothing moves: what is gone goes, what is new comes
 * at the end of its section.
 * @param {State} state
 * @param {Section[]|null} [frozen]
 * @returns {Section[]}
 */
export function sections(state, frozen = null) {
  const fresh = freshSections(state);
  if (!frozen) return fresh;
  const known = new Set(fresh.flatMap((section) => section.ids));
  const kept = frozen.map(({ key, ids }) => ({ key, ids: ids.filter((id) => known.has(id)) }));
  const placed = new Set(kept.flatMap((section) => section.ids));
  for (const section of kept) {
    // Who comes to need me now stays in their own section until the list may move.
    const home = section.key === "needs" ? [] : homeOf(state, section.key);
    section.ids.push(...home.filter((id) => !placed.has(id)));
  }
  return kept;
}

/**
 * @param {State} state
 * @returns {Section[]}
 */
function freshSections(state) {
  const needs = byTitle(state, [...state.rooms.values()].filter((room) => room.kind === "direct" && unreadIn(room) > 0 && countsIn(state, room)));
  const there = new Set(needs);
  return [
    { key: "needs", ids: needs },
    { key: "rooms", ids: homeOf(state, "rooms") },
    { key: "people", ids: homeOf(state, "people").filter((id) => !there.has(id)) },
  ];
}

/**
 * @param {State} state
 * @param {"rooms"|"people"} key
 */
function homeOf(state, key) {
  const direct = key === "people";
  const rooms = [...state.rooms.values()].filter((room) => (room.kind === "direct") === direct);
  return byTitle(state, rooms.filter((room) => !room.archived || room.id === state.open));
}

/**
 * @param {State} state
 * @param {Room[]} rooms
 */
function byTitle(state, rooms) {
  const collator = new Intl.Collator(state.language, { numeric: true });
  return rooms
    .map((room) => ({ id: room.id, title: titleOf(state, room) }))
    .sort((a, b) => collator.compare(a.title, b.title) || a.id - b.id)
    .map(({ id }) => id);
}
