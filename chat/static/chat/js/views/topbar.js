/** The line over the open room: what it is called, what it is about, who is in it. */

import { html, nothing } from "lit-html";

import { t, tn } from "../i18n.js";
import { icon } from "../icons.js";
import { elsewhere, openRoom, others, titleOf } from "../select.js";
import { presence } from "./parts/marks.js";

/** @typedef {import("../types.js").State} State */
/** @typedef {import("../types.js").Room} Room */
/** @typedef {import("../types.js").Callbacks} Callbacks */

/**
 * @param {State} state
 * @param {Callbacks} callbacks
 */
export function topbar(state, callbacks) {
  const room = openRoom(state);
  return html`${back(state)}
    <div class="topbar-words">${room && state.opening !== "missing" ? words(state, room, callbacks) : nothing}</div>
    ${room && !state.opening ? buttons(state, room, callbacks) : nothing}`;
}

/** @param {State} state */
function back(state) {
  const { wanted } = elsewhere(state);
  const label = wanted > 0 ? tn("Rooms, {n} message for you", "Rooms, {n} messages for you", wanted) : t("Rooms");
  return html`<button type="button" class="glyph glyph-phone topbar-back" data-show-list aria-label=${label}>
    ${icon("back")}${wanted > 0 ? html`<span class="sidebar-mentions topbar-elsewhere">${wanted}</span>` : nothing}
  </button>`;
}

/**
 * @param {State} state
 * @param {Room} room
 * @param {Callbacks} callbacks
 */
function words(state, room, callbacks) {
  return html`<h1 class="topbar-title">${room.kind === "direct" ? others(state, room).slice(0, 1).map((id) => presence(state, id)) : nothing}${room.kind === "private" ? html`${icon("private", "small")}<span class="hidden-text">${t("Private room")}</span>` : nothing}<bdi>${titleOf(state, room)}</bdi></h1>
    ${room.topic
      ? html`<button type="button" class="topbar-topic" title=${t("Read the topic")} aria-expanded=${state.panel === "about"} @click=${() => toggle(state, "about", callbacks)}><bdi>${room.topic}</bdi></button>`
      : nothing}`;
}

/**
 * @param {State} state
 * @param {Room} room
 * @param {Callbacks} callbacks
 */
function buttons(state, room, callbacks) {
  const count = room.kind === "direct" ? 0 : (room.memberCount ?? 0);
  const label = room.kind === "direct" ? t("Members") : tn("{n} member", "{n} members", count);
  return html`<button
      type="button"
      class="glyph topbar-members"
      title=${label}
      aria-label=${label}
      aria-expanded=${state.panel === "members"}
      aria-controls="panel"
      @click=${() => toggle(state, "members", callbacks)}
    >
      ${icon("people")}${count > 0 ? html`<span>${count}</span>` : nothing}
    </button>
    ${room.kind === "direct"
      ? nothing
      : html`<a class="glyph" href=${state.urls.settings.replace("{room}", String(room.id))} title=${t("Room settings")} aria-label=${t("Room settings")}>${icon("settings")}</a>`}`;
}

/**
 * @param {State} state
 * @param {"members"|"about"} panel
 * @param {Callbacks} callbacks
 */
function toggle(state, panel, callbacks) {
  if (state.panel === panel) callbacks.closePanel();
  else callbacks.openPanel(panel);
}
