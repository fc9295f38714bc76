/** One message, and the echo of one that is not acknowledged: the same element, so that settling moves nothing. */

import { html, nothing } from "lit-html";

import { isEmoji } from "../../emoji.js";
import { mayBeLong, unfold } from "../../fold.js";
import { t } from "../../i18n.js";
import { nameOf } from "../../select.js";
import { clock, full } from "../../time.js";
import { languageOf, seal } from "./marks.js";

/** @typedef {import("../../types.js").State} State */
/** @typedef {import("../../types.js").Room} Room */
/** @typedef {import("../../types.js").Callbacks} Callbacks */

/**
 * What is drawn, of a message and of an echo alike.
 * @typedef {object} Drawn
 * @property {number} author
 * @property {number} at
 * @property {string} body
 * @property {boolean} action
 * @property {boolean} first
 * @property {number|null} seq  Null for an echo.
 * @property {number|null} replyTo
 * @property {string|null} editedAt
 * @property {boolean} deleted
 * @property {"waiting"|"failed"|null} status
 * @property {string} [nonce]
 * @property {boolean} last  The one that the Tab key leads to.
 */

/**
 * @param {Extract<import("../../select-timeline.js").Item, {kind: "message"|"pending"}>} item
 * @param {number} me
 * @param {boolean} last
 * @returns {Drawn}
 */
export function drawn(item, me, last) {
  if (item.kind === "pending") return { ...fromPending(item.pending, me), first: item.first, last };
  const { message } = item;
  return {
    author: message.author,
    at: message.at,
    body: message.body ?? "",
    action: Boolean(message.action),
    first: item.first,
    seq: message.seq,
    replyTo: message.reply_to?.id ?? null,
    editedAt: message.edited_at ?? null,
    deleted: Boolean(message.deleted),
    status: null,
    last,
  };
}

/**
 * @param {import("../../types.js").Pending} pending
 * @param {number} me
 * @returns {Omit<Drawn, "first"|"last">}
 */
function fromPending({ body, nonce, replyTo, status, writtenAt }, me) {
  return {
    author: me,
    at: writtenAt,
    body,
    action: false,
    seq: null,
    replyTo: replyTo ?? null,
    editedAt: null,
    deleted: false,
    status: status === "failed" ? "failed" : "waiting",
    nonce,
  };
}

/**
 * All that a message shows, as values that are compared: who draws it, draws it again when one of them is another.
 * @param {State} state
 * @param {Room} room
 * @param {Drawn} message
 */
export function shownOf(state, room, message) {
  const author = state.people.get(message.author);
  const source = message.replyTo === null ? undefined : room.timeline?.quoted.get(message.replyTo);
  const quoted = source && state.people.get(source.author)?.name;
  return [author?.name, author?.kind, source, quoted, ...Object.values(message)];
}

/**
 * @param {State} state
 * @param {Room} room
 * @param {Drawn} message
 * @param {Callbacks} callbacks
 */
export function messageView(state, room, message, callbacks) {
  const long = mayBeLong(message.body);
  return html`<article class=${classesOf(message, long)} data-seq=${message.seq ?? nothing} tabindex=${message.last ? 0 : -1}>
    <div class="message-margin">${message.first ? seal(state, message.author, message.action ? "s" : "m") : timeOf(message)}</div>
    <div class="message-words">
      ${head(state, message)}
      ${message.replyTo === null ? nothing : quote(state, room, message.replyTo)}
      ${text(state, message)}
      ${long ? html`<button type="button" class="word message-more" hidden @click=${unfold}></button>` : nothing}
      ${message.status === "failed" ? failure(message.nonce ?? "", callbacks) : nothing}
    </div>
  </article>`;
}

/**
 * @param {Drawn} message
 * @param {boolean} long
 */
function classesOf({ first, action, status, body }, long) {
  const classes = ["message", first && "message-first", action && "message-deed", status && `message-${status}`];
  return [...classes, long && "message-long", isEmoji(body) && "message-emoji"].filter(Boolean).join(" ");
}

/** @param {Drawn} message */
function timeOf({ at }) {
  return html`<time class="message-time" datetime=${new Date(at).toISOString()} title=${full(at)}>${clock(at)}</time>`;
}

/**
 * @param {State} state
 * @param {Drawn} message
 */
function head(state, message) {
  if (message.action) return nothing;
  const name = nameOf(state, message.author);
  if (!message.first) return html`<span class="hidden-text">${t("{name}:", { name })}</span>`;
  return html`<div class="message-head">
    <bdi class="message-author" lang=${languageOf(name)}>${name}</bdi>${kind(state, message.author)}${timeOf(message)}
  </div>`;
}

/**
 * Whoever is not a member like the others says so.
 * @param {State} state
 * @param {number} id
 */
function kind(state, id) {
  const words = { imported: t("archive"), bot: t("bot"), guest: t("guest") };
  const word = Object.entries(words).find(([name]) => name === state.people.get(id)?.kind)?.[1];
  return word ? html`<span class="message-kind">${word}</span>` : nothing;
}

/**
 * @param {State} state
 * @param {Drawn} message
 */
function text(state, message) {
  if (message.deleted) return html`<div class="message-gone">${t("Message deleted")}</div>`;
  const { body, editedAt } = message;
  const edited = editedAt
    ? html` <span class="message-edited" title=${full(Date.parse(editedAt))} lang=${state.language}>${t("(edited)")}</span>`
    : nothing;
  if (!message.action) return html`<div class="message-text" dir="auto" lang=${languageOf(body)}>${body}${edited}</div>`;
  const name = nameOf(state, message.author);
  return html`<div>
    <bdi class="message-author">${name}</bdi> <span class="message-text" dir="auto" lang=${languageOf(body)}>${body}</span>${edited} ${timeOf(message)}
  </div>`;
}

/**
 * What a message answers, on one line.
 * @param {State} state
 * @param {Room} room
 * @param {number} id
 */
function quote(state, room, id) {
  const source = room.timeline?.quoted.get(id);
  if (!source) return html`<div class="message-quote"><span>${t("An earlier message")}</span></div>`;
  const body = source.deleted ? t("Message deleted") : (source.body ?? "");
  return html`<div class="message-quote">
    <span class="hidden-text">${t("Reply to")}</span><b dir="auto">${nameOf(state, source.author)}</b><span dir="auto" lang=${languageOf(body)}>${body}</span>
  </div>`;
}

/**
 * @param {string} nonce
 * @param {Callbacks} callbacks
 */
function failure(nonce, callbacks) {
  return html`<div class="message-failure" role="alert">
    <span>${t("Not sent.")}</span>
    <span
      ><button type="button" class="word" @click=${() => callbacks.retry(nonce)}>${t("Try again")}</button> ·
      <button type="button" class="word" @click=${() => callbacks.discard(nonce)}>${t("Discard")}</button></span
    >
  </div>`;
}
