/** What the views may ask for, done. */

import { addressOf } from "./address.js";
import { post } from "./http.js";
import { focusComposer } from "./navigation.js";
import { lineIsOlder } from "./select-unread.js";

/** @typedef {import("./types.js").Callbacks} Callbacks */
/** @typedef {import("./types.js").Room} Room */

/**
 * @param {import("./main.js").Parts} parts  May be filled later: nothing is asked before the first drawing.
 * @returns {Callbacks}
 */
export function makeCallbacks(parts) {
  const { state } = parts;
  const openRoom = () => state.rooms.get(state.open ?? 0);

  const changed = () => {
    state.version += 1;
    parts.drawing.later();
  };

  /** @param {(room: Room, live: import("./live.js").Live) => void} what */
  const withRoom = async (what) => {
    const live = await parts.live;
    const room = openRoom();
    if (room) what(room, live);
  };

  /** @param {string} text */
  const isTooLong = (text) => {
    const most = state.limits.body_characters ?? Number.POSITIVE_INFINITY;
    return text.length > most && [...text].length > most;
  };

  return {
    openRoom: (id) => parts.navigation.go(id),

    showList: () => parts.panes.showList(),

    send(text) {
      const room = openRoom();
      if (!room?.timeline || !room.canPost || !text.trim() || isTooLong(text)) return false;
      room.draft = "";
      parts.live.then(({ outbox, sync }) => {
        outbox.add({ room: room.id, body: text });
        toLatest(room, sync);
        changed();
      });
      return true;
    },

    write(text) {
      const room = openRoom();
      if (!room) return;
      // Only a text that is or was too long shows in what is drawn.
      if (isTooLong(text) || isTooLong(room.draft)) changed();
      room.draft = text;
      if (text.trim() && room.joined) parts.live.then(({ typing }) => typing.write(room.id));
    },

    // Each of these takes away the button that was pressed: writing goes on.
    retry: (nonce) => parts.live.then(({ outbox }) => outbox.retry(nonce)).then(focusComposer),
    discard: (nonce) => parts.live.then(({ outbox }) => outbox.discard(nonce)).then(focusComposer),
    loadOlder: () => withRoom((room, { sync }) => sync.loadOlder(room)),
    loadNewer: () => withRoom((room, { sync }) => sync.loadNewer(room)),

    jumpToLatest: () =>
      withRoom((room, { sync }) => {
        toLatest(room, sync);
        changed();
        focusComposer();
      }),

    jumpToNew: () => withRoom((room, { sync }) => toNew(parts, room, sync)),

    markRead: () =>
      withRoom((_room, { reader }) => {
        reader.markAll();
        changed();
        focusComposer();
      }),

    scrolled({ atBottom, seenSeq, line }) {
      const timeline = openRoom()?.timeline;
      if (!timeline) return;
      // Who has scrolled away from the end looks, whatever window has the focus.
      const lineSeen = timeline.lineSeen || (line === "view" && (state.attending || !atBottom));
      const place = { atBottom, lineSeen, lineAbove: line === "above" };
      if (!sameFields(timeline, place)) changed();
      Object.assign(timeline, place);
      parts.live.then(({ reader }) => reader.seen(seenSeq));
    },

    openPanel: (panel) => parts.panes.openPanel(panel),
    closePanel: () => parts.panes.closePanel(),

    findMembers: (query) => parts.members.find(query),
    moreMembers: () => parts.members.more(),

    async join() {
      if (state.open === null) return;
      await post(addressOf(state.urls.join, state.open)).catch(() => {});
      await parts.navigation.reload();
      focusComposer();
    },

    reopen: () => parts.navigation.reload().then(focusComposer),
  };
}

/**
 * @param {Room} room
 * @param {import("./sync.js").Sync} sync
 */
function toLatest(room, sync) {
  if (!room.timeline) return;
  if (room.timeline.hasNewer) sync.latest(room);
  room.timeline.atBottom = true;
}

/**
 * To where unread begins, which may not be loaded; reading goes on there by keyboard, too.
 * @param {import("./main.js").Parts} parts
 * @param {Room} room
 * @param {import("./sync.js").Sync} sync
 */
async function toNew({ state, drawing }, room, sync) {
  if (!room.timeline || room.timeline.newLineAfter === null) return;
  if (lineIsOlder(room.timeline)) await sync.showAround(room, room.timeline.newLineAfter + 1);
  if (state.open !== room.id) return;
  drawing.now();
  drawing.scroll?.toLine();
  const first = /** @type {HTMLElement|null} */ (document.querySelector("[data-new] ~ .message"));
  first?.focus({ preventScroll: true });
}

/**
 * @template {object} T
 * @param {T} one
 * @param {Partial<T>} other
 */
function sameFields(one, other) {
  return /** @type {(keyof T)[]} */ (Object.keys(other)).every((name) => one[name] === other[name]);
}
