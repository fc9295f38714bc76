/** What happens to the page from outside: attention, network, other tabs, keys, logging out. */

import { keepDrafts } from "./drafts.js";
import { setAttending } from "./store.js";

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
    if (event.key === "Escape" && state.panel && !event.isComposing) drawing.callbacks.closePanel();
  });
  document.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("[data-show-list]")) drawing.callbacks.showList();
  });
}
