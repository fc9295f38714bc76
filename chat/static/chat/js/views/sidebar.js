/** The list of rooms and people, and what in it needs me. */

import { html, nothing } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";

import { t, tn } from "../i18n.js";
import { icon } from "../icons.js";
import { nameOf, others, sections, titleOf } from "../select.js";
import { countsIn, unreadIn, wantedIn } from "../select-unread.js";
import { presence, seal, siteSeal } from "./parts/marks.js";

/** @typedef {import("../types.js").State} State */
/** @typedef {import("../types.js").Room} Room */
/** @typedef {import("../types.js").Callbacks} Callbacks */
/** @typedef {import("../select.js").Section} Section */

/** @type {Section[]|null} The order as it was drawn last. */
let shown = null;

/**
 * @param {State} state
 * @param {Callbacks} callbacks
 */
export function sidebar(state, callbacks) {
  // Rows stay where they are while somebody points at them or walks through them.
  const held = document.querySelector("#sidebar .sidebar-lists:is(:hover, :focus-within)") !== null;
  shown = sections(state, held ? shown : null);
  return html`<a class="sidebar-site" href=${state.urls.directory}>
      ${siteSeal(state.site)}<span class="sidebar-name"><bdi>${state.site.name}</bdi></span>
    </a>
    <div class="sidebar-lists">
      ${shown.filter(({ key, ids }) => key !== "needs" || ids.length > 0).map((section) => part(state, section, callbacks))}
    </div>
    <a class="sidebar-me" href=${state.urls.profile} title=${t("Your profile")}>
      ${seal(state, state.me, "s")}<span class="sidebar-row-name"><bdi>${nameOf(state, state.me)}</bdi></span>
    </a>`;
}

/**
 * @param {State} state
 * @param {Section} section
 * @param {Callbacks} callbacks
 */
function part(state, { key, ids }, callbacks) {
  const rooms = ids.flatMap((id) => state.rooms.get(id) ?? []);
  return html`<section aria-label=${title(key)}>
    <div class="sidebar-heading ${key === "needs" ? "sidebar-needs" : ""}"><h2>${title(key)}</h2>${key === "needs" ? nothing : tools(state, key)}</div>
    ${rooms.length === 0 && !(key === "people" && someoneKnown(state)) ? empty(state, key) : nothing}
    <ul>
      ${repeat(rooms, (room) => room.id, (room) => html`<li>${row(state, room, callbacks)}</li>`)}
    </ul>
  </section>`;
}

/**
 * Those who wait for an answer stand further up; the list beneath is not empty for that.
 * @param {State} state
 */
function someoneKnown(state) {
  return [...state.rooms.values()].some((room) => room.kind === "direct");
}

/** @param {Section["key"]} key */
function title(key) {
  return { needs: t("Needs you"), rooms: t("Rooms"), people: t("People") }[key];
}

/**
 * @param {State} state
 * @param {Section["key"]} key
 */
function empty(state, key) {
  const [words, url, action] =
    key === "rooms"
      ? [t("The rooms you join stand here."), state.urls.directory, t("All rooms")]
      : [t("The people you write to stand here."), state.urls.people, t("Write to somebody")];
  return html`<p class="sidebar-empty">${words} <a href=${url}>${action}</a></p>`;
}

/**
 * @param {State} state
 * @param {"rooms"|"people"} key
 */
function tools(state, key) {
  if (key === "people") return tool(state.urls.people, t("Write to somebody"), "add");
  return [tool(state.urls.directory, t("All rooms"), "browse"), tool(state.urls.create, t("New room"), "add")];
}

/**
 * @param {string} url
 * @param {string} label
 * @param {"add"|"browse"} glyph
 */
function tool(url, label, glyph) {
  return html`<a class="glyph" href=${url} title=${label} aria-label=${label}>${icon(glyph, "small")}</a>`;
}

/**
 * @param {State} state
 * @param {Room} room
 * @param {Callbacks} callbacks
 */
function row(state, room, callbacks) {
  const muted = room.level === "nothing";
  const counts = countsIn(state, room);
  const unread = counts && unreadIn(room) > 0 && !muted;
  const classes = [
    "sidebar-row",
    room.id === state.open && "sidebar-row-open",
    unread && "sidebar-row-unread",
    muted && "sidebar-row-muted",
  ].filter(Boolean);
  return html`<a
    class=${classes.join(" ")}
    href=${state.urls.room.replace("{room}", String(room.id))}
    aria-current=${room.id === state.open ? "page" : nothing}
    @click=${(/** @type {MouseEvent} */ event) => {
      if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      callbacks.openRoom(room.id);
    }}
    >${room.kind === "direct" ? presence(state, others(state, room)[0] ?? state.me) : nothing}<span class="sidebar-row-name"><bdi>${titleOf(state, room)}</bdi></span>${sign(room, unread, counts ? wantedIn(room) : 0)}</a
  >`;
}

/**
 * One sign at the end of a row: what wants me, what is unread, or that the room is private.
 * @param {Room} room
 * @param {boolean} unread
 * @param {number} wanted
 */
function sign(room, unread, wanted) {
  if (wanted > 0) return html`<span class="sidebar-mentions" role="img" dir="ltr" aria-label=${tn("{n} message for you", "{n} messages for you", wanted)}>${wanted > 99 ? "99+" : wanted}</span>`;
  if (unread) return html`<span class="sidebar-count" role="img" dir="ltr" aria-label=${tn("{n} unread", "{n} unread", unreadIn(room))}>${unreadIn(room) > 999 ? "999+" : unreadIn(room)}</span>`;
  if (room.kind === "private") return html`${icon("private", "small")}<span class="hidden-text">${t("Private room")}</span>`;
  return nothing;
}
