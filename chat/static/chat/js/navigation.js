/** Going from room to room without leaving the page: addresses, back and forward, and where one was in each. */

import { addressOf, roomAt } from "./address.js";
import { getJson } from "./http.js";
import { leaveRoom, openRoom } from "./store.js";

/** @typedef {import("./types.js").State} State */

/**
 * @typedef {object} Surroundings
 * @property {State} state
 * @property {import("./drawing.js").Drawing} drawing
 * @property {(room: number) => void} onOpened  A room is in view with its messages.
 * @property {() => void} onFollow  The browser went back or forward, and the room is the one of the address.
 * @property {() => void} onEnded  There is no session any more.
 */

export class Navigation {
  /** The message at the top of the view when a room was left while reading above its end. @type {Map<number, {seq: string, top: number}>} */
  #places = new Map();

  /** @param {Surroundings} around */
  constructor(around) {
    this.around = around;
    this.state = around.state;
    addEventListener("popstate", () => this.#follow());
    document.addEventListener("click", (event) => this.#clicked(event));
  }

  /** @param {number} id */
  go(id) {
    const url = addressOf(this.state.urls.room, id);
    if (!this.around.drawing.hasRoom) {
      location.assign(url);
      return;
    }
    if (this.state.open !== id) {
      history.pushState(fromList(), "", url);
      this.#show(id);
    } else if (this.state.listShown) {
      history.pushState(fromList(), "", url);
      this.around.onFollow();
    }
    focusComposer();
  }

  /** Ask for the open room again: after a failure, or because my rights in it may have changed. */
  async reload() {
    const id = this.state.open;
    if (id === null) return;
    try {
      const opening = await getJson(addressOf(this.state.urls.opening ?? "", id));
      if (this.state.open !== id) return;
      openRoom(this.state, id, opening);
    } catch (error) {
      const { why } = /** @type {import("./http.js").RequestFailed} */ (error);
      if (why === "ended") this.around.onEnded();
      if (this.state.open !== id || !this.state.opening) return;
      this.state.opening = why === "missing" ? "missing" : "failed";
      this.state.version += 1;
    }
    this.around.drawing.now();
    this.around.onOpened(id);
  }

  /** @param {number} id */
  #show(id) {
    this.#keepPlace();
    leaveRoom(this.state);
    openRoom(this.state, id);
    this.around.drawing.now();
    if (this.state.opening) {
      // The field comes with the room.
      this.reload().then(() => this.state.open === id && focusComposer());
    } else {
      this.#restorePlace(id);
      this.around.onOpened(id);
    }
  }

  #follow() {
    const id = roomAt(this.state.urls.room, location.pathname);
    if (id === null || !this.around.drawing.hasRoom) location.reload();
    else {
      const moves = id !== this.state.open;
      if (moves) this.#show(id);
      this.around.onFollow();
      if (moves && !this.state.listShown) focusComposer();
    }
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || event.defaultPrevented || !isPlain(event) || link.target || link.origin !== location.origin) return;
    const id = roomAt(this.state.urls.room, link.pathname);
    if (id === null || link.hash || !this.around.drawing.hasRoom) return;
    event.preventDefault();
    this.go(id);
  }

  #keepPlace() {
    const room = this.state.rooms.get(this.state.open ?? 0);
    if (!room?.timeline) return;
    this.#places.delete(room.id);
    const viewport = document.getElementById("timeline");
    if (room.timeline.atBottom || !viewport) return;
    const top = viewport.getBoundingClientRect().top;
    const rows = /** @type {NodeListOf<HTMLElement>} */ (viewport.querySelectorAll("[data-seq]"));
    const row = [...rows].find((candidate) => candidate.getBoundingClientRect().bottom > top);
    const seq = row?.dataset.seq;
    if (row && seq) this.#places.set(room.id, { seq, top: row.getBoundingClientRect().top });
  }

  /** @param {number} id */
  #restorePlace(id) {
    const place = this.#places.get(id);
    const viewport = document.getElementById("timeline");
    const row = place && viewport?.querySelector(`[data-seq="${place.seq}"]`);
    if (row && viewport) viewport.scrollTop += row.getBoundingClientRect().top - place.top;
  }
}

/** What the history keeps of a step from the list of rooms into a room: "back" leads there again. */
function fromList() {
  return history.state?.list ? { fromList: true } : null;
}

/** @param {MouseEvent} event */
function isPlain({ button, metaKey, ctrlKey, shiftKey, altKey }) {
  return button === 0 && !metaKey && !ctrlKey && !shiftKey && !altKey;
}

/** Writing may begin at once, unless that would bring up a keyboard over half of the page. */
export function focusComposer() {
  if (matchMedia("(pointer: coarse)").matches) return;
  const field = /** @type {HTMLTextAreaElement|null} */ (document.querySelector("#composer textarea"));
  if (!field || field === document.activeElement) return;
  field.focus({ preventScroll: true });
  // A browser begins before a draft that it was given; its author goes on after it.
  if (field.selectionEnd === 0) field.setSelectionRange(field.value.length, field.value.length);
}
