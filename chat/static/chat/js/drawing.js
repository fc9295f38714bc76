/** Puts the views in their places: at once for the first time, then at most once per frame. */

import { render } from "lit-html";
import { tabIcon } from "./seal.js";
import { foldLong } from "./fold.js";
import { titleOf } from "./select.js";
import { countsIn, unreadIn, wantedIn } from "./select-unread.js";
import { news } from "./select-words.js";
import { watchScroll } from "./scroll.js";
import { expireTyping } from "./store.js";
import { composer } from "./views/composer.js";
import { panel } from "./views/panel.js";
import { sidebar } from "./views/sidebar.js";
import { pills, timeline } from "./views/timeline.js";
import { topbar } from "./views/topbar.js";

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Callbacks} Callbacks */

/** @type {Record<string, (state: State, callbacks: Callbacks) => unknown>} By the id of the place. */
const VIEWS = { sidebar, topbar, timeline, pills, composer, panel };

/** A broken line is told after this; drawn again then, though nothing has happened. */
const PATIENCE_MILLISECONDS = 2000;
const MOST_SHOWN = 99;

export class Drawing {
  #drawnVersion = -1;
  #queued = false;
  #timer = 0;
  #heardRoom = 0;
  #heardSeq = 0;
  #ownTitle = document.title;
  #ownIcon = "";
  /** @type {Map<string, HTMLElement>} */
  #places = new Map();

  /**
   * @param {State} state
   * @param {Callbacks} callbacks
   */
  constructor(state, callbacks) {
    this.state = state;
    this.callbacks = callbacks;
    for (const id of Object.keys(VIEWS)) {
      const place = document.getElementById(id);
      place?.replaceChildren(); // what stood there for readers without scripts
      if (place) this.#places.set(id, place);
    }
    const viewport = this.#places.get("timeline");
    this.scroll = viewport ? watchScroll(viewport, callbacks) : null;
    this.news = document.getElementById("news");
    this.icon = /** @type {HTMLLinkElement|null} */ (document.querySelector('link[rel="icon"]'));
    this.#ownIcon = this.icon?.href ?? "";
  }

  /** Whether this page can show rooms; other pages have the sidebar alone. */
  get hasRoom() {
    return this.scroll !== null;
  }

  /** Something has changed: draw at the next frame. A page in the background gets no frames, but has a title. */
  later() {
    if (document.hidden) this.#title();
    if (this.#queued) return;
    this.#queued = true;
    requestAnimationFrame(() => {
      this.#queued = false;
      if (this.state.version !== this.#drawnVersion) this.now();
    });
  }

  now() {
    const { state } = this;
    state.now = Date.now();
    const typingEnds = expireTyping(state);
    this.#drawnVersion = state.version;
    const room = state.rooms.get(state.open ?? 0) ?? null;
    const settle = this.scroll?.before();
    for (const [id, place] of this.#places) render(VIEWS[id](state, this.callbacks), place);
    const messages = this.#places.get("timeline");
    if (messages) foldLong(messages);
    settle?.(state.opening ? null : room);
    const side = this.#places.get("panel");
    if (side) side.hidden = state.panel === null || room === null;
    document.body.dataset.pane = state.listShown ? "list" : "main";
    this.#title();
    this.#announce(room);
    this.#drawAgainAt(typingEnds);
  }

  /**
   * Time alone changes the page when somebody has stopped writing and when a line has been broken for a while.
   * @param {number|null} typingEnds
   */
  #drawAgainAt(typingEnds) {
    const { phase, since } = this.state.connection;
    const told = phase === "live" ? 0 : since + PATIENCE_MILLISECONDS;
    const times = [typingEnds, told].filter((time) => time !== null && time > this.state.now);
    clearTimeout(this.#timer);
    if (times.length === 0) return;
    this.#timer = window.setTimeout(() => this.now(), Math.min(.../** @type {number[]} */ (times)) - this.state.now);
  }

  #title() {
    const { state } = this;
    const rooms = [...state.rooms.values()].filter((room) => room.level !== "nothing" && countsIn(state, room));
    const unread = rooms.reduce((sum, room) => sum + unreadIn(room), 0);
    const room = state.rooms.get(state.open ?? 0);
    const name = room ? `${titleOf(state, room)} · ${state.site.name}` : state.opening ? state.site.name : this.#ownTitle;
    const count = unread > MOST_SHOWN ? `${MOST_SHOWN}+` : String(unread);
    const title = unread > 0 ? `(${count}) ${name}` : name;
    if (document.title !== title) document.title = title;
    this.#markIcon(unread > 0, rooms.reduce((sum, each) => sum + wantedIn(each), 0));
  }

  /**
   * The picture in the browser's tab: a dot for unread, the number of what wants me.
   * @param {boolean} unread
   * @param {number} wanted
   */
  #markIcon(unread, wanted) {
    const address = unread || wanted > 0 ? tabIcon(unread ? 1 : 0, wanted) : this.#ownIcon;
    if (this.icon && this.icon.href !== address) this.icon.href = address;
  }

  /**
   * What a screen reader is told: messages that came while the room was in view, not those that were loaded.
   * @param {import("./types.js").Room|null} room
   */
  #announce(room) {
    if (!this.news || !room) return;
    const words = this.#heardRoom === room.id && room.lastSeq > this.#heardSeq ? news(this.state, this.#heardSeq) : "";
    if (words) this.news.textContent = words;
    this.#heardRoom = room.id;
    this.#heardSeq = room.lastSeq;
  }
}
