/** What happens to the page from outside: attention, network, other tabs, keys, logging out. */

import { keepDrafts } from "./drafts.js";
import { focusComposer } from "./navigation.js";
import { setAttending } from "./store.js";

/** One pane at a time, as in the styles. */
const PHONE = "(max-width: 767px)";

/** @param {import("./main.js").Parts} parts */
export function watchWorld(parts) {
  watchAttention(parts);
  watchNetwork(parts);
  watchKeeping(parts);
  watchHands(parts);
}

export function attending() {
  return document.visibilityState === "visible" && document.hasFocus();
}

/**
 * A storage of the browser, or null where it is switched off.
 * @param {"localStorage"|"sessionStorage"} name
 * @returns {Storage|null}
 */
export function storageOf(name) {
  try {
    return window[name];
  } catch {
    return null;
  }
}

/** @param {import("./main.js").Parts} parts */
function watchAttention({ state, drawing, live }) {
  const looked = async () => {
    setAttending(state, attending());
    if (state.attending) drawing.later();
    (await live).reader.update();
  };
  addEventListener("focus", looked);
  addEventListener("blur", looked);
  document.addEventListener("visibilitychange", () => {
    looked();
    if (!document.hidden) drawing.later();
  });
}

/** @param {import("./main.js").Parts} parts */
function watchNetwork({ live }) {
  const wake = async () => (await live).socket.wake();
  addEventListener("online", wake);
  addEventListener("offline", async () => (await live).socket.lost());
  addEventListener("pageshow", (event) => event.persisted && wake());
  document.addEventListener("visibilitychange", () => !document.hidden && wake());
}

/** @param {import("./main.js").Parts} parts */
function watchKeeping({ state, live }) {
  const drafts = storageOf("sessionStorage");
  addEventListener("pagehide", () => keepDrafts(state, drafts));
  addEventListener("storage", async ({ storageArea, key, newValue }) => {
    if (storageArea === storageOf("localStorage")) (await live).outbox.storageChanged(key, newValue);
  });
  document.addEventListener("submit", async ({ target }) => {
    if (!(target instanceof HTMLFormElement) || new URL(target.action).pathname !== state.urls.logout) return;
    // The next user of this browser must not find, or send, what this one wrote.
    for (const room of state.rooms.values()) room.draft = "";
    (await live).outbox.clear();
  });
}

/** @param {import("./main.js").Parts} parts */
function watchHands({ state, drawing }) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Escape") stepBack(state, drawing);
    else if (isWriting(event)) focusComposer();
  });
  document.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("[data-show-list]")) drawing.callbacks.showList();
  });
}

/**
 * Escape closes what is open: the panel, then on a phone the room.
 * @param {import("./types.js").State} state
 * @param {import("./drawing.js").Drawing} drawing
 */
function stepBack(state, drawing) {
  if (state.panel) drawing.callbacks.closePanel();
  else if (drawing.hasRoom && matchMedia(PHONE).matches) drawing.callbacks.showList();
}

/**
 * Whether a key begins a text while nothing that takes text has the focus: it is meant for the composer.
 * @param {KeyboardEvent} event
 */
function isWriting({ key, ctrlKey, metaKey, altKey, target }) {
  if ([...key].length !== 1 || key === " " || ctrlKey || metaKey || altKey) return false;
  return target instanceof Element && !target.closest("input, textarea, select, #panel");
}
