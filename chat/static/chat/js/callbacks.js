/** What the views may ask for, done. */

import { addressOf } from "./address.js";
import { post } from "./http.js";

/** @typedef {import("./types.js").Callbacks} Callbacks */
/** @typedef {import("./types.js").Room} Room */

/**
 * @param {import("./main.js").Parts} parts  May be filled later: nothing is asked before the first drawing.
 * @returns {Callbacks}
 */
export function makeCallbacks(parts) {
  const { state } = parts;
  /** @type {Element|null} What had the focus when the panel opened. */
  let focused = null;

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

    showList() {
      state.listShown = true;
      changed();
    },

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

    retry: (nonce) => parts.live.then(({ outbox }) => outbox.retry(nonce)),
    discard: (nonce) => parts.live.then(({ outbox }) => outbox.discard(nonce)),
    loadOlder: () => withRoom((room, { sync }) => sync.loadOlder(room)),
    loadNewer: () => withRoom((room, { sync }) => sync.loadNewer(room)),

    jumpToLatest: () =>
      withRoom((room, { sync }) => {
        toLatest(room, sync);
        changed();
      }),

    markRead: () =>
      withRoom((_room, { reader }) => {
        reader.markAll();
        changed();
      }),

    scrolled({ atBottom, seenSeq }) {
      const timeline = openRoom()?.timeline;
      if (!timeline) return;
      if (timeline.atBottom !== atBottom) changed();
      timeline.atBottom = atBottom;
      parts.live.then(({ reader }) => reader.seen(seenSeq));
    },

    openPanel(panel) {
      focused = document.activeElement;
      state.panel = panel;
      if (panel === "members") parts.members.open();
      state.version += 1;
      parts.drawing.now();
      document.getElementById("panel-title")?.focus();
    },

    closePanel() {
      state.panel = null;
      state.version += 1;
      parts.drawing.now();
      if (focused instanceof HTMLElement) focused.focus();
    },

    findMembers: (query) => parts.members.find(query),
    moreMembers: () => parts.members.more(),

    async join() {
      if (state.open === null) return;
      await post(addressOf(state.urls.join, state.open)).catch(() => {});
      await parts.navigation.reload();
    },

    reopen: () => parts.navigation.reload(),
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
