/** What stands in the composers, kept for this tab over a reload or a new login of the same person. */

/** @typedef {import("./types.js").State} State */

/** @param {number} person */
const keyOf = (person) => `chatsite.drafts.${person}`;

/**
 * @param {State} state
 * @param {Storage|null} storage
 */
export function restoreDrafts(state, storage) {
  try {
    const drafts = JSON.parse(storage?.getItem(keyOf(state.me)) ?? "{}");
    for (const room of state.rooms.values()) if (typeof drafts[room.id] === "string") room.draft = drafts[room.id];
  } catch {
    // Not ours, or not whole: nothing is restored.
  }
}

/**
 * @param {State} state
 * @param {Storage|null} storage
 */
export function keepDrafts(state, storage) {
  const drafts = [...state.rooms.values()].filter((room) => room.draft.trim()).map((room) => [room.id, room.draft]);
  try {
    if (drafts.length > 0) storage?.setItem(keyOf(state.me), JSON.stringify(Object.fromEntries(drafts)));
    else storage?.removeItem(keyOf(state.me));
  } catch {
    // The storage is full: the draft lives as long as the page.
  }
}
