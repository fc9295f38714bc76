/**
 * Where one writes, the line above it that is the connection, and who else is writing.
 *
 * The text belongs to the field: a drawing gives a new field its draft and never touches what stands in it after that.
 */

import { html, nothing } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";

import { t, tn } from "../i18n.js";
import { nameOf, openRoom, others, titleOf } from "../select.js";
import { typingWords, wireOf } from "../select-words.js";

/** @typedef {import("../types.js").State} State */
/** @typedef {import("../types.js").Room} Room */
/** @typedef {import("../types.js").Callbacks} Callbacks */

/** What Windows and old Android report for a key that an input method handles. */
const COMPOSING_KEY_CODE = 229;

/** Keys that no touch keyboard has. */
const HARDWARE_KEYS = new Set(["Tab", "Escape", "Control", "Alt", "Meta", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]);

let keyboardSeen = false;

/**
 * @param {State} state
 * @param {Callbacks} callbacks
 */
export function composer(state, callbacks) {
  const room = openRoom(state);
  const wire = wireOf(state);
  return html`<div class="wire ${wire.broken ? "wire-broken" : ""}"></div>
    <div class="composer-inner"><div class="composer-column">
      ${room && !state.opening ? repeat([room], ({ id }) => id, () => place(state, room, callbacks)) : nothing}
      <div class="composer-under timeline-edge">
        <span class="composer-typing">${wire.words ? "" : typingWords(state)}</span>
        <span class="composer-hint" role="status">${wire.words || hint(state, room)}</span>
      </div>
    </div></div>`;
}

/**
 * @param {State} state
 * @param {Room} room
 * @param {Callbacks} callbacks
 */
function place(state, room, callbacks) {
  if (room.canPost && !room.archived) return writing(state, room, callbacks);
  if (room.archived) return closed(t("This room is archived. An owner can restore it."));
  if (!room.joined && room.rights?.join !== false) return closed(t("You are reading. Join to write."), html`<button type="button" class="button button-small" @click=${callbacks.join}>${t("Join")}</button>`);
  if (room.kind === "direct") return closed(t("{name} is no longer here, so nobody would read an answer.", { name: nameOf(state, others(state, room)[0]) }));
  return closed(t("You cannot write here. An owner can change that."));
}

/**
 * @param {string} words
 * @param {unknown} [action]
 */
function closed(words, action = nothing) {
  return html`<div class="composer-place timeline-edge"><span>${words}</span>${action}</div>`;
}

/**
 * @param {State} state
 * @param {Room} room
 * @param {Callbacks} callbacks
 */
function writing(state, room, callbacks) {
  const name = titleOf(state, room);
  // Two sentences that are one in English: to a person, and into a room.
  const label = room.kind === "direct" ? t("Message {name}", { name }) : t("Message {room}", { room: name });
  return html`<form
    class="composer-line"
    @submit=${(/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      if (event.currentTarget instanceof HTMLFormElement) send(event.currentTarget, callbacks);
    }}
  >
    <textarea
      class="composer-text"
      name="text"
      rows="1"
      dir="auto"
      autocomplete="off"
      enterkeyhint="enter"
      placeholder=${label}
      aria-label=${label}
      .defaultValue=${room.draft}
      @input=${(/** @type {InputEvent} */ event) => wrote(event, callbacks)}
      @keydown=${pressed}
    ></textarea>
    <button class="composer-send">${t("Send")}</button>
  </form>`;
}

/**
 * @param {HTMLFormElement} form
 * @param {Callbacks} callbacks
 */
function send(form, callbacks) {
  const field = form.querySelector("textarea");
  if (!field) return;
  if (callbacks.send(field.value)) {
    field.value = "";
    grow(field);
  }
  field.focus();
}

/**
 * @param {InputEvent} event
 * @param {Callbacks} callbacks
 */
function wrote({ target }, callbacks) {
  if (!(target instanceof HTMLTextAreaElement)) return;
  grow(target);
  callbacks.write(target.value);
}

/**
 * As high as its text, where the browser cannot do that by itself.
 * @param {HTMLTextAreaElement} field
 */
function grow(field) {
  if (CSS.supports("field-sizing", "content")) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  if (HARDWARE_KEYS.has(event.key)) keyboardSeen = true;
  if (!sends(event, keyboardSeen || !matchMedia("(pointer: coarse)").matches)) return;
  event.preventDefault();
  if (event.target instanceof HTMLTextAreaElement) event.target.form?.requestSubmit();
}

/**
 * Whether a key sends: Enter of a real keyboard, never one that an input method takes.
 * @param {{key: string, shiftKey: boolean, altKey: boolean, isComposing: boolean, keyCode: number}} event
 * @param {boolean} keyboard
 */
export function sends({ key, shiftKey, altKey, isComposing, keyCode }, keyboard) {
  return key === "Enter" && !shiftKey && !altKey && keyboard && !isComposing && keyCode !== COMPOSING_KEY_CODE;
}

/**
 * @param {State} state
 * @param {Room} [room]
 */
function hint(state, room) {
  const limit = state.limits.body_characters ?? Infinity;
  if (!room || room.draft.length <= limit) return "";
  const surplus = [...room.draft].length - limit;
  if (surplus <= 0) return "";
  return html`<span class="composer-wrong">${tn("{n} character too long to send", "{n} characters too long to send", surplus)}</span>`;
}
