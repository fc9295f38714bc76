/** The messages of the open room, and the pills that float over them. */

import { html, nothing } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";

import { t, tn } from "../i18n.js";
import { icon } from "../icons.js";
import { nameOf, openRoom, titleOf } from "../select.js";
import { timelineItems } from "../select-timeline.js";
import { unreadAbove, unreadIn, unreadSince } from "../select-unread.js";
import { day, recent } from "../time.js";
import { unchanged } from "../unchanged.js";
import { drawn, messageView, shownOf } from "./parts/message.js";

/** @typedef {import("../types.js").State} State */
/** @typedef {import("../types.js").Room} Room */
/** @typedef {import("../types.js").Callbacks} Callbacks */

/**
 * @param {State} state
 * @param {Callbacks} callbacks
 */
export function timeline(state, callbacks) {
  const room = openRoom(state);
  if (!room?.timeline || state.opening) return waiting(state, callbacks);
  const items = timelineItems(state, room);
  const last = items.findLast((item) => item.kind === "message" || item.kind === "pending");
  return html`<div class="timeline-column" @keydown=${walk}>
    ${room.timeline.hasMore ? older(room.timeline, callbacks) : beginning(state, room, items.length === 0)}
    <div>
      ${repeat(
        items,
        (item) => `${room.id} ${item.key}`,
        (item) => {
          if (item.kind === "day") return html`<div class="timeline-rule timeline-day"><h3>${day(item.at, state.now)}</h3></div>`;
          if (item.kind === "new") return html`<div class="timeline-rule timeline-new" data-new><span>${t("New")}</span></div>`;
          const message = drawn(item, state.me, item === last);
          return unchanged(shownOf(state, room, message), () => messageView(state, room, message, callbacks));
        },
      )}
    </div>
    ${room.timeline.hasNewer ? newer(room.timeline, callbacks) : nothing}
  </div>`;
}

/**
 * @param {State} state
 * @param {Callbacks} callbacks
 */
function waiting(state, callbacks) {
  if (state.opening === "missing") {
    return html`<div class="timeline-column"><div class="timeline-edge timeline-empty">
      <h2 class="timeline-title">${t("No such room, or not yours to see")}</h2>
      <p><a href=${state.urls.directory}>${t("All rooms")}</a></p>
    </div></div>`;
  }
  if (state.opening === "failed") {
    return html`<div class="timeline-column"><p class="timeline-edge">
      ${t("The room did not load.")} <button type="button" class="word" @click=${callbacks.reopen}>${t("Try again")}</button>
    </p></div>`;
  }
  if (state.opening !== "loading") return nothing;
  return html`<div class="timeline-column"><p class="timeline-edge timeline-older"><span class="timeline-loading">${t("Loading messages")}</span></p></div>`;
}

/**
 * Stands above the oldest loaded message all the time, so that saying something there moves nothing.
 * @param {import("../types.js").Timeline} loaded
 * @param {Callbacks} callbacks
 */
function older(loaded, callbacks) {
  return html`<p class="timeline-edge timeline-older">${loaded.loading === "older"
    ? html`<span class="timeline-loading">${t("Loading earlier messages")}</span>`
    : again(loaded, callbacks.loadOlder)}</p>`;
}

/**
 * @param {import("../types.js").Timeline} loaded
 * @param {Callbacks} callbacks
 */
function newer(loaded, callbacks) {
  return html`<p class="timeline-edge timeline-older">${loaded.loading === "newer"
    ? html`<span class="timeline-loading">${t("Loading later messages")}</span>`
    : again(loaded, callbacks.loadNewer)}</p>`;
}

/**
 * @param {import("../types.js").Timeline} loaded
 * @param {() => void} load
 */
function again(loaded, load) {
  if (!loaded.failed) return nothing;
  return html`${t("These messages did not load.")} <button type="button" class="word" @click=${load}>${t("Try again")}</button>`;
}

/**
 * @param {State} state
 * @param {Room} room
 * @param {boolean} empty
 */
function beginning(state, room, empty) {
  const made = room.createdAt && room.createdBy !== null && room.kind !== "direct";
  return html`<div class="timeline-edge timeline-begin ${empty ? "timeline-empty" : ""}">
    <h2 class="timeline-title"><bdi>${titleOf(state, room)}</bdi></h2>
    ${made ? html`<p class="timeline-made">${t("Made by {name}, {day}", { name: nameOf(state, room.createdBy ?? 0), day: day(Date.parse(room.createdAt ?? ""), state.now) })}</p>` : nothing}
    ${room.topic ? html`<p class="timeline-topic" dir="auto">${room.topic}</p>` : nothing}
    ${empty ? html`<p>${emptyWords(room)}</p>` : nothing}
    ${empty && room.kind === "open" && !room.archived && state.invitation ? invitation(state.invitation.url) : nothing}
  </div>`;
}

/** @param {Room} room */
function emptyWords(room) {
  if (room.kind === "direct") return t("Nothing said yet. Only the people of this conversation can read it.");
  return room.topic || room.archived ? t("Nothing said yet.") : t("Nothing said yet. Say what this room is for.");
}

/** @param {string} url */
function invitation(url) {
  return html`<div class="timeline-invite">
    <span>${t("Whoever opens this link can come in:")}</span>
    <div class="timeline-link">
      <input aria-label=${t("Invitation link")} readonly .value=${url} @focus=${(/** @type {Event} */ event) => field(event)?.select()} />
      <button type="button" class="button button-quiet button-small" @click=${copy}>
        ${icon("copy", "small")}<span>${t("Copy link")}</span><span hidden role="status">${t("Copied")}</span>
      </button>
    </div>
  </div>`;
}

/** @param {Event} event */
function field(event) {
  return event.target instanceof HTMLInputElement ? event.target : null;
}

/** @param {Event} event */
async function copy(event) {
  const button = event.currentTarget instanceof HTMLElement ? event.currentTarget : null;
  const input = button?.parentElement?.querySelector("input");
  if (!button || !input) return;
  input.select();
  // The clipboard is closed to pages that came over plain HTTP; the older way is open.
  if (navigator.clipboard) await navigator.clipboard.writeText(input.value).catch(() => document.execCommand("copy"));
  else document.execCommand("copy");
  const [before, after] = button.querySelectorAll("span");
  before.hidden = true;
  after.hidden = false;
}

/**
 * Up and Down walk from message to message once one has the focus.
 * @param {KeyboardEvent} event
 */
function walk(event) {
  const from = event.target;
  if (!(from instanceof HTMLElement) || !from.matches(".message") || !event.key.startsWith("Arrow")) return;
  const step = event.key === "ArrowUp" ? "previousElementSibling" : "nextElementSibling";
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  let next = from[step];
  while (next && !next.matches(".message")) next = next[step];
  if (!(next instanceof HTMLElement)) return;
  event.preventDefault();
  next.focus();
}

/**
 * What floats over the messages: unread above, new below. One at a time.
 * @param {State} state
 * @param {Callbacks} callbacks
 */
export function pills(state, callbacks) {
  const room = openRoom(state);
  if (!room?.timeline || state.opening) return nothing;
  const above = unreadAbove(room);
  if (above > 0) {
    return html`<div class="pill">
      <button type="button" @click=${callbacks.jumpToNew}>${aboveWords(state, room, above)}</button><button type="button" @click=${callbacks.markRead}>${t("Mark read")}</button>
    </div>`;
  }
  if (room.timeline.atBottom && !room.timeline.hasNewer) return nothing;
  const below = unreadIn(room);
  return html`<div class="pill pill-bottom">
    <button type="button" @click=${callbacks.jumpToLatest}>${below > 0 ? tn("{n} new", "{n} new", below) : t("Newest")}${icon("down", "small")}</button>
  </div>`;
}

/**
 * @param {State} state
 * @param {Room} room
 * @param {number} n
 */
function aboveWords(state, room, n) {
  const at = unreadSince(room);
  if (at === null) return tn("{n} unread", "{n} unread", n);
  return tn("{n} unread since {time}", "{n} unread since {time}", n, { time: recent(at, state.now) });
}
