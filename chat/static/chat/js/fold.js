/** Long messages are folded: so many lines, and a button that shows the rest. Measured, for nobody can count wrapped lines. */

import { tn } from "./i18n.js";

const MOST_LINES = 24;

/** Fewer characters and breaks than this are never so many lines, on the narrowest phone either. */
const FEW_CHARACTERS = 300;

/**
 * Whether a text may take more lines than a message shows.
 * @param {string} text
 */
export function mayBeLong(text) {
  return text.length > FEW_CHARACTERS || text.split("\n", MOST_LINES + 1).length > MOST_LINES;
}

/**
 * Fold what is too long among the messages that were drawn and not measured yet.
 * @param {HTMLElement} root
 */
export function foldLong(root) {
  const fresh = /** @type {HTMLElement[]} */ ([...root.querySelectorAll(".message-long:not([data-lines])")]);
  const lines = fresh.map((article) => linesOf(article));
  for (const [at, article] of fresh.entries()) {
    article.dataset.lines = String(lines[at]);
    const button = /** @type {HTMLElement|null} */ (article.querySelector(".message-more"));
    if (!button || lines[at] <= MOST_LINES) continue;
    button.textContent = tn("Show {n} line", "Show all {n} lines", lines[at]);
    button.hidden = false;
    article.dataset.folded = "";
  }
}

/** @param {Event} event  Of the button. */
export function unfold({ currentTarget }) {
  if (!(currentTarget instanceof HTMLElement)) return;
  const article = /** @type {HTMLElement|null} */ (currentTarget.closest(".message"));
  delete article?.dataset.folded;
  currentTarget.hidden = true;
  article?.focus({ preventScroll: true });
}

/** @param {HTMLElement} article */
function linesOf(article) {
  const text = article.querySelector(".message-text");
  return text ? Math.round(text.scrollHeight / Number.parseFloat(getComputedStyle(text).lineHeight)) : 0;
}
