/** Small marks that several views share: seals, presence, and the language of what people wrote. */

import { html } from "lit-html";

import { t } from "../../i18n.js";
import { hue, isHan, letters, siteLetter } from "../../seal.js";
import { nameOf } from "../../select.js";

/** @typedef {import("../../types.js").State} State */

const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;

/**
 * A person's face. It says nothing that the name beside it does not.
 * @param {State} state
 * @param {number} id
 * @param {"s"|"m"|"l"} [size]
 */
export function seal(state, id, size = "m") {
  return html`<span class="seal seal-${size}" .style=${`--seal-hue: ${hue(id)}`} aria-hidden="true">${letters(nameOf(state, id), size === "s")}</span>`;
}

/** @param {import("../../types.js").Boot["site"]} site */
export function siteSeal(site) {
  return html`<span class="seal seal-s seal-site" aria-hidden="true">${site.seal || siteLetter(site.name)}</span>`;
}

/**
 * Filled: online. Ring: idle. Thin grey ring: offline.
 * @param {State} state
 * @param {number} id
 */
export function presence(state, id) {
  const there = state.presence.get(id) ?? "offline";
  const words = { online: t("online"), idle: t("idle"), offline: t("offline") }[there];
  return html`<span class="presence presence-${there}" role="img" aria-label=${words} title=${words}></span>`;
}

/**
 * The `lang` of a text someone wrote, so that fonts and voice follow the text and not the menu. Empty: not known.
 * @param {string} text
 */
export function languageOf(text) {
  if (isHan(text)) return "zh-Hans";
  return KANA.test(text) ? "ja" : "";
}
