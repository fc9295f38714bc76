/** People in the state: names, who is online, who is writing. */

/** @typedef {import("./types.js").State} State */

/** Without a word from the server, somebody who was writing has stopped. */
export const TYPING_MILLISECONDS = 5000;

/**
 * @param {State} state
 * @param {import("./types.js").Person[]} [people]
 */
export function mergePeople(state, people = []) {
  for (const person of people) state.people.set(person.id, person);
}

/**
 * @param {State} state
 * @param {{people: {id: number, state: "online"|"idle"|"offline"}[], full?: boolean}} event
 */
export function applyPresence(state, event) {
  if (event.full) state.presence.clear();
  for (const { id, state: presence } of event.people) {
    if (presence === "offline") state.presence.delete(id);
    else state.presence.set(id, presence);
  }
}

/**
 * @param {State} state
 * @param {{room: number, person: number}} event
 */
export function applyTyping(state, event) {
  if (event.person === state.me || !state.rooms.has(event.room)) return;
  const writers = state.typing.get(event.room) ?? new Map();
  writers.set(event.person, state.now + TYPING_MILLISECONDS);
  state.typing.set(event.room, writers);
}

/**
 * Their message is there: they are no longer writing it.
 * @param {State} state
 * @param {number} room
 * @param {number} person
 */
export function stopTyping(state, room, person) {
  state.typing.get(room)?.delete(person);
}

/**
 * Forget who has stopped writing. Returns when to look again, in milliseconds, or null when nobody writes.
 * @param {State} state
 * @returns {number|null}
 */
export function expireTyping(state) {
  let next = Number.POSITIVE_INFINITY;
  for (const [room, writers] of state.typing) {
    for (const [person, until] of writers) {
      if (until > state.now) next = Math.min(next, until);
      else {
        writers.delete(person);
        state.version += 1;
      }
    }
    if (writers.size === 0) state.typing.delete(room);
  }
  return next === Number.POSITIVE_INFINITY ? null : next;
}
