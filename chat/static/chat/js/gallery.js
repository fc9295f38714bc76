/**
 * The gallery: every component in every state, drawn by the views of the page itself.
 *
 * `?theme=light|dark` shows one theme, else both stand side by side; `?lang=`, `?dir=rtl`; `?screen=<name>` shows one
 * whole screen, as large as the window.
 */

import { html, nothing, render } from "lit-html";

import * as data from "./gallery-data.js";
import { pages } from "./gallery-pages.js";
import { foldLong } from "./fold.js";
import { setWords, t } from "./i18n.js";
import { drawSeals } from "./seal.js";
import { setLanguage } from "./time.js";
import { composer } from "./views/composer.js";
import { panel } from "./views/panel.js";
import { sidebar } from "./views/sidebar.js";
import { pills, timeline } from "./views/timeline.js";
import { topbar } from "./views/topbar.js";

/** @typedef {import("./types.js").State} State */

const { stateOf, timelineOf, pendingOf, talk, NOW, ANN, BOB, XIAOMING, LILEI, NOOR } = data;
const callbacks = /** @type {import("./types.js").Callbacks} */ (new Proxy({}, { get: () => () => false }));
const LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft".repeat(3);

/** @param {Partial<State["connection"]>} more */
const line = (more) => stateOf({}, { connection: { phase: "offline", since: NOW - 60_000, waiting: 0, ...more } });

/** @param {string[]} bodies */
const say = (...bodies) => timelineOf(bodies.map((body, index) => ({ ...talk()[0], id: index + 1, seq: index + 1, key: String(index), at: NOW, body })));

const RIGHTS = { post: false, rename: false, archive: false, add_members: false, remove_members: false, set_roles: false, leave: false, join: false };
const LISTED = { room: 1, query: "", total: 5, next: "5", loading: false, failed: false };
/** @type {import("./types.js").Members["members"]} */
const MEMBERS = [
  { id: ANN, role: "owner" },
  { id: BOB, role: "member" },
  { id: XIAOMING, role: "moderator" },
  { id: LILEI, role: "member" },
  { id: NOOR, role: "member" },
];

/** @type {Record<string, [string, (state: State) => unknown, State][]>} */
const PARTS = {
  "sidebar": [
    ["sidebar", sidebarOf, stateOf()],
    ["sidebar empty", sidebarOf, stateOf({}, { rooms: new Map(), open: null })],
  ],
  "top bar": [
    ["open room with a topic", topbarOf, stateOf()],
    ["private room, long name", topbarOf, stateOf({ kind: "private", name: "A room whose name nobody kept short enough", topic: "" })],
    ["direct", topbarOf, stateOf({ kind: "direct", people: [BOB, XIAOMING], topic: "" })],
  ],
  "timeline": [
    ["busy, with the New line", timelineView, stateOf({ timeline: timelineOf(talk(), { newLineAfter: 13 }) })],
    ["empty room", timelineView, stateOf({ timeline: timelineOf([]), topic: "" })],
    ["empty room, not an owner", timelineView, stateOf({ timeline: timelineOf([]) }, { invitation: null })],
    ["empty direct room", timelineView, stateOf({ kind: "direct", people: [BOB, LILEI], timeline: timelineOf([]), topic: "" })],
    ["loading older", timelineView, stateOf({ timeline: timelineOf(talk().slice(0, 4), { hasMore: true, loading: "older" }) })],
    ["loading older failed", timelineView, stateOf({ timeline: timelineOf(talk().slice(0, 2), { hasMore: true, failed: true }) })],
    ["loading newer", timelineView, stateOf({ timeline: timelineOf(talk().slice(0, 2), { hasNewer: true, loading: "newer" }) })],
    ["loading", timelineView, stateOf({}, { opening: "loading" })],
    ["missing", timelineView, stateOf({}, { opening: "missing" })],
    ["did not load", timelineView, stateOf({}, { opening: "failed" })],
  ],
  "message": [
    ["waiting", timelineView, stateOf({ timeline: timelineOf(talk().slice(0, 2)), pending: [pendingOf("I can take the door until eight.", "sending")] })],
    ["failed", timelineView, stateOf({ timeline: timelineOf(talk().slice(0, 2)), pending: [pendingOf("I can take the door until eight.", "failed"), pendingOf("八点以后谁来接我？", "failed")] })],
    ["text is text, long words, blank lines", timelineView, stateOf({ timeline: say("<script>alert(1)</script> <b>not bold</b> &amp;", LONG, "one\n\n  indented\tby hand\nthree", "日本語の文章は中国語ではありません。") })],
    ["emoji alone", timelineView, stateOf({ timeline: say("🎉", "👍🏽 🎈", "🎉 and words") })],
    ["folded", timelineView, stateOf({ timeline: say(Array.from({ length: 60 }, (_, index) => `${index + 1}. line`).join("\n"), "After it.") })],
  ],
  "composer": [
    ["empty", composerOf, stateOf()],
    ["written", composerOf, stateOf({ draft: "First line of what is being written,\nand a second one. 第三句是中文。" })],
    ["too long", composerOf, stateOf({ draft: "a".repeat(10_012) })],
    ["somebody writes", composerOf, stateOf({}, { typing: new Map([[1, new Map([[XIAOMING, NOW]])]]) })],
    ["two write", composerOf, stateOf({}, { typing: new Map([[1, new Map([[XIAOMING, NOW], [ANN, NOW]])]]) })],
    ["offline", composerOf, line({ waiting: 3 })],
    ["reconnecting", composerOf, line({ phase: "reconnecting" })],
    ["address wrong", composerOf, line({ phase: "refused", here: "http://10.0.0.7:8000", there: "https://chat.example.org" })],
    ["signed out", composerOf, line({ phase: "ended" })],
    ["archived", composerOf, stateOf({ archived: true, canPost: false })],
    ["not joined", composerOf, stateOf({ joined: false, canPost: false, rights: { ...RIGHTS, join: true } })],
    ["no right to write", composerOf, stateOf({ canPost: false })],
  ],
  "pills": [
    ["unread above", pillsOf, stateOf({ lastReadSeq: 2, lastSeq: 314, timeline: timelineOf(talk().slice(8), { hasMore: true, newLineAfter: 2 }) })],
    ["unread above, since when", pillsOf, stateOf({ lastReadSeq: 2, lastSeq: 314, timeline: timelineOf(talk(), { newLineAfter: 2, lineAbove: true }) })],
    ["new below", pillsOf, stateOf({ lastReadSeq: 14, timeline: timelineOf(talk(), { atBottom: false }) })],
    ["newest", pillsOf, stateOf({ timeline: timelineOf(talk(), { atBottom: false }) })],
  ],
  "panel": [
    ["members", panelOf, stateOf({}, { panel: "members", members: { ...LISTED, members: MEMBERS } })],
    ["nobody found", panelOf, stateOf({}, { panel: "members", members: { ...LISTED, query: "zz", members: [], total: 0, next: null } })],
    ["failed", panelOf, stateOf({}, { panel: "members", members: { ...LISTED, members: [], failed: true, next: null } })],
    ["about", panelOf, stateOf({}, { panel: "about" })],
  ],
};

/** @type {Record<string, () => State>} */
const SCREENS = {
  room: () => stateOf({ timeline: timelineOf(talk(), { newLineAfter: 13 }) }),
  empty: () => stateOf({ timeline: timelineOf([]), topic: "" }),
  offline: () => stateOf({ pending: [pendingOf("八点以后谁来接我？", "waiting")] }, { connection: { phase: "offline", since: 0, waiting: 1 } }),
  failed: () => stateOf({ pending: [pendingOf("I can take the door until eight.", "failed")] }),
  members: () => stateOf({}, { panel: "members", members: { ...LISTED, members: MEMBERS } }),
  list: () => stateOf({}, { listShown: true }),
  pairs: () => stateOf({ timeline: timelineOf(pairs()) }),
};

/** One-liners in groups of two, many enough to fill any window: what the density is measured by. */
function pairs() {
  const [first] = talk();
  return Array.from({ length: 60 }, (_, index) => ({
    ...first, id: index + 1, seq: index + 1, key: String(index), author: index % 4 < 2 ? ANN : BOB, at: NOW - (60 - index) * 1000, body: `Line ${index + 1} of the talk`,
  }));
}

/** @param {State} state */
function sidebarOf(state) {
  return html`<nav class="sidebar">${sidebar(state, callbacks)}</nav>`;
}
/** @param {State} state */
function topbarOf(state) {
  return html`<header class="topbar">${topbar(state, callbacks)}</header>`;
}
/** @param {State} state */
function timelineView(state) {
  return html`<div class="timeline" role="log" aria-label=${t("Messages")} tabindex="-1">${timeline(state, callbacks)}</div>`;
}
/** @param {State} state */
function composerOf(state) {
  return html`<footer class="composer">${composer(state, callbacks)}</footer>`;
}
/** @param {State} state */
function pillsOf(state) {
  return html`<div class="pills">${pills(state, callbacks)}</div>`;
}
/** @param {State} state */
function panelOf(state) {
  return html`<aside class="panel" id=${chosen ? "panel" : nothing}>${panel(state, callbacks)}</aside>`;
}

/** @param {State} state */
function screen(state) {
  return html`<div class="frame" data-pane=${state.listShown ? "list" : "main"}>
    ${sidebarOf(state)}
    <main class="main">${topbarOf(state)}
      <div class="main-middle">${timelineView(state)}${pillsOf(state)}</div>
      ${composerOf(state)}</main>
    ${state.panel ? panelOf(state) : nothing}
  </div>`;
}

/**
 * @param {string} title
 * @param {() => unknown} draw
 * @param {string[]} themes
 */
const part = (title, draw, themes) => html`<section class="gallery-part" data-part=${title}>
  <h2>${title}</h2>
  <div class="gallery-pair">${themes.map((theme) => html`<div class="gallery-one" data-theme=${theme}>${draw()}</div>`)}</div>
</section>`;

const asked = new URLSearchParams(location.search);
const themes = asked.has("theme") ? [asked.get("theme") ?? "light"] : ["light", "dark"];
setWords(JSON.parse(document.getElementById("words")?.textContent ?? "{}"), document.documentElement.lang);
setLanguage(document.documentElement.lang);
if (asked.has("theme")) document.documentElement.dataset.theme = themes[0];

const chosen = Object.entries(SCREENS).find(([name]) => name === asked.get("screen"))?.[1];
const all = [...Object.entries(PARTS).flatMap(([name, states]) => states.map(([title, draw, state]) => part(`${name}: ${title}`, () => draw(state), themes))), ...Object.entries(pages).map(([title, draw]) => part(`page: ${title}`, draw, themes))];
render(chosen ? screen(chosen()) : html`<main class="gallery">${all}</main>`, document.body);
drawSeals(document);
foldLong(document.body);
const scroller = chosen && document.querySelector(".timeline");
if (scroller) scroller.scrollTop = scroller.scrollHeight;
document.documentElement.dataset.ready = "";
