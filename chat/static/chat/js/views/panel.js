/** What opens beside the room: its members, or what it is about. */

import { html, nothing } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";

import { t, tn } from "../i18n.js";
import { icon } from "../icons.js";
import { nameOf, openRoom } from "../select.js";
import { day } from "../time.js";
import { presence, seal } from "./parts/marks.js";

/** @typedef {import("../types.js").State} State */
/** @typedef {import("../types.js").Room} Room */
/** @typedef {import("../types.js").Callbacks} Callbacks */

/**
 * @param {State} state
 * @param {Callbacks} callbacks
 */
export function panel(state, callbacks) {
  const room = openRoom(state);
  if (!room || !state.panel) return nothing;
  const title = state.panel === "members" ? t("Members") : t("About this room");
  return html`<div class="panel-bar">
      <h2 class="panel-title" id="panel-title" tabindex="-1">${title}</h2>
      <button type="button" class="glyph" title=${t("Close")} aria-label=${t("Close")} @click=${callbacks.closePanel}>${icon("close")}</button>
    </div>
    ${state.panel === "members" ? members(state, room, callbacks) : about(state, room)}`;
}

/**
 * @param {State} state
 * @param {Room} room
 */
function about(state, room) {
  const url = state.urls.settings.replace("{room}", String(room.id));
  return html`<div class="panel-body"><div class="panel-about">
    <p class="panel-about-words" dir="auto">${room.topic || t("This room has no topic.")}</p>
    ${room.createdAt && room.createdBy !== null ? html`<p>${t("Made by {name}, {day}", { name: nameOf(state, room.createdBy), day: day(Date.parse(room.createdAt), state.now) })}</p>` : nothing}
    ${room.rights?.rename ? html`<p><a href=${url}>${t("Change the name or topic")}</a></p>` : nothing}
  </div></div>`;
}

/**
 * @param {State} state
 * @param {Room} room
 * @param {Callbacks} callbacks
 */
function members(state, room, callbacks) {
  const listed = state.members?.room === room.id ? state.members : null;
  return html`${repeat([room], ({ id }) => id, () => search(callbacks))}
    <div class="panel-body">
      ${listed ? words(listed) : nothing}
      <ul>
        ${repeat(listed?.members ?? [], ({ id }) => id, (member) => row(state, member))}
      </ul>
      ${listed?.next ? html`<button type="button" class="button button-quiet button-small members-more" @click=${callbacks.moreMembers}>${t("Show more")}</button>` : nothing}
    </div>`;
}

/** @param {Callbacks} callbacks */
function search(callbacks) {
  return html`<div class="members-search">
    <input
      type="search"
      autocomplete="off"
      placeholder=${t("Find a member")}
      aria-label=${t("Find a member")}
      @input=${(/** @type {InputEvent} */ event) => {
        if (event.target instanceof HTMLInputElement) callbacks.findMembers(event.target.value);
      }}
    />
  </div>`;
}

/** @param {import("../types.js").Members} listed */
function words(listed) {
  if (listed.failed) return html`<p role="alert">${t("The members did not load. Close the list and open it again.")}</p>`;
  if (listed.loading && listed.members.length === 0) return html`<p><span class="timeline-loading">${t("Loading members")}</span></p>`;
  if (listed.members.length > 0) return html`<p role="status">${tn("{n} member", "{n} members", listed.total)}</p>`;
  return html`<p role="status">${listed.query ? t("Nobody here is called that.") : t("Nobody is here.")}</p>`;
}

/**
 * @param {State} state
 * @param {import("../types.js").Members["members"][number]} member
 */
function row(state, { id, role }) {
  const person = state.people.get(id);
  const roles = { owner: t("owner"), moderator: t("moderator"), member: "" };
  const handle = person?.handle ? html`<bdi>@${person.handle}</bdi>` : nothing;
  const word = roles[role];
  return html`<li class="members-row">
    <span class="members-face">${seal(state, id)}${presence(state, id)}</span>
    <span class="members-words">
      <span class="members-name"><bdi>${nameOf(state, id)}</bdi>${id === state.me ? ` ${t("(you)")}` : nothing}</span>
      ${person?.handle || word ? html`<span class="members-detail">${handle}${person?.handle && word ? " · " : nothing}${word}</span>` : nothing}
    </span>
    ${id === state.me ? nothing : message(state, id)}
  </li>`;
}

/**
 * @param {State} state
 * @param {number} id
 */
function message(state, id) {
  const label = t("Write to {name}", { name: nameOf(state, id) });
  return html`<form method="post" action=${state.urls.direct.replace("{person}", String(id))}>
    <input type="hidden" name="csrfmiddlewaretoken" .value=${csrf()} />
    <button class="glyph" title=${label} aria-label=${label}>${icon("write")}</button>
  </form>`;
}

/** The token of the page, which Django keeps in a cookie. */
function csrf() {
  return /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? "";
}
