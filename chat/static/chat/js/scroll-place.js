/** Where a scroller and what is in it stand: read from the page, nothing is moved. */

import { lineIsOlder } from "./select-unread.js";

/** So near the foot counts as there. */
export const FOOT_PIXELS = 8;

/** Messages are asked for when less than this many screens of them are left. */
const AHEAD_SCREENS = 1.5;

/**
 * Whether a scroller is at its foot, and near which of its ends.
 * @param {{scrollTop: number, scrollHeight: number, clientHeight: number}} box
 */
export function whereabouts({ scrollTop, scrollHeight, clientHeight }) {
  const left = scrollHeight - clientHeight - scrollTop;
  return {
    atFoot: left <= FOOT_PIXELS,
    nearTop: scrollTop < clientHeight * AHEAD_SCREENS,
    nearFoot: left < clientHeight * AHEAD_SCREENS,
  };
}

/**
 * The index of the last of `count` boxes that ends above `edge`, -1 for none. `endOf(index)` grows with the index.
 * @param {number} count
 * @param {(index: number) => number} endOf
 * @param {number} edge
 */
export function lastAbove(count, endOf, edge) {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (endOf(middle) <= edge) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * Where the "New" line stands, seen from what is in view.
 * @param {HTMLElement} viewport
 * @param {import("./types.js").Timeline} timeline
 * @returns {import("./types.js").LinePlace}
 */
export function placeOfLine(viewport, timeline) {
  if (timeline.newLineAfter === null) return null;
  const line = viewport.querySelector("[data-new]")?.getBoundingClientRect();
  if (!line) return lineIsOlder(timeline) ? "above" : "below";
  const view = viewport.getBoundingClientRect();
  if (line.bottom <= view.top) return "above";
  return line.top < view.bottom ? "view" : "below";
}
