/** What the views need to know, worked out from the state. Pure: no document, no clock. */

import { t } from "./i18n.js";
import { grouped, sameDay } from "./time.js";

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Room} Room */
/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").Pending} Pending */

/** A broken line is not worth a word before this. */
const PATIENCE_MILLISECONDS = 2000;

/** Names of people writing that are told one by one. */
const NAMED_TYPING = 2;

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
  const needs = byTitle(state, [...state.rooms.values()].filter((room) => room.kind === "direct" && unreadIn(room) > 0));
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
  let newPlaced = timeline.newLineAfter === null || isAbove(timeline);
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

/**
 * The first unread message is not in the window: the line would stand in the wrong place.
 * @param {import("./types.js").Timeline} timeline
 */
function isAbove(timeline) {
  const [oldest] = timeline.messages;
  return timeline.hasMore && oldest !== undefined && oldest.seq > (timeline.newLineAfter ?? 0) + 1;
}

/**
 * How many unread messages lie above what is loaded.
 * @param {Room} room
 */
export function unreadAbove(room) {
  return room.timeline && room.timeline.newLineAfter !== null && isAbove(room.timeline) ? unreadIn(room) : 0;
}

/** @typedef {{broken: boolean, words: string}} Wire */

/**
 * What the line above the composer says.
 * @param {State} state
 * @returns {Wire}
 */
export function wireOf({ connection, now }) {
  const { phase, since, waiting, here, there } = connection;
  const late = now - since >= PATIENCE_MILLISECONDS;
  if (phase === "live") return { broken: false, words: "" };
  if (phase === "offline") return { broken: true, words: offline(waiting) };
  if (phase === "refused") return { broken: true, words: refused(here, there) };
  if (phase === "ended") return { broken: true, words: t("You are signed out. What you write is kept here.") };
  if (phase === "stopped") return { broken: true, words: t("Disconnected. Reload the page to go on.") };
  return late ? { broken: true, words: reconnecting(waiting) } : { broken: false, words: "" };
}

/** @param {number} waiting */
function offline(waiting) {
  return andWaiting(t("Offline. What you write is kept here and sent later."), waiting);
}

/** @param {number} waiting */
function reconnecting(waiting) {
  return andWaiting(t("Reconnecting…"), waiting);
}

/**
 * The blank between the two belongs to the language.
 * @param {string} sentence
 * @param {number} n
 */
function andWaiting(sentence, n) {
  return n > 0 ? t("{sentence} {n} waiting", { sentence, n }) : sentence;
}

/**
 * @param {string|undefined} here
 * @param {string|undefined} there
 */
function refused(here, there) {
  if (!here || !there) return t("The site refuses the connection. Ask the owner to look at PUBLIC_URL.");
  return t("This page is at {here}, the site is set up as {there}. Ask the owner to set PUBLIC_URL.", { here, there });
}

/**
 * Who is writing in the open room.
 * @param {State} state
 */
export function typingWords(state) {
  const names = [...(state.typing.get(state.open ?? 0)?.keys() ?? [])]
    .filter((id) => id !== state.me)
    .map((id) => nameOf(state, id));
  if (names.length === 0) return "";
  if (names.length === 1) return t("{name} is writing", { name: names[0] });
  if (names.length === NAMED_TYPING) return t("{name} and {other} are writing", { name: names[0], other: names[1] });
  return t("Several people are writing");
}

/**
 * What a screen reader is told of what came after `seq`: one message in full, several as their number.
 * @param {State} state
 * @param {number} seq
 */
export function news(state, seq) {
  const room = openRoom(state);
  const fresh = (room?.timeline?.messages ?? []).filter((message) => message.seq > seq && message.author !== state.me);
  if (fresh.length === 0) return "";
  if (fresh.length > 1) return t("{n} new messages", { n: fresh.length });
  return t("{name}: {text}", { name: nameOf(state, fresh[0].author), text: fresh[0].body ?? "" });
}
