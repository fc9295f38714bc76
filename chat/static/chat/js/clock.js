/** The browser's clock and chance, handed to what waits, so that tests bring their own. */

/**
 * @typedef {object} Clock
 * @property {() => number} now  Milliseconds.
 * @property {(what: () => void, milliseconds: number) => number} after  Returns what `cancel` takes.
 * @property {(timer: number) => void} cancel
 * @property {() => number} random  0 ≤ x < 1.
 */

/** @returns {Clock} */
export function browserClock() {
  return {
    now: () => Date.now(),
    after: (what, milliseconds) => window.setTimeout(what, milliseconds),
    cancel: (timer) => window.clearTimeout(timer),
    random: () => Math.random(),
  };
}

/**
 * @param {Clock} clock
 * @param {number} milliseconds
 * @returns {Promise<void>}
 */
export function pause(clock, milliseconds) {
  return new Promise((resolve) => clock.after(resolve, milliseconds));
}
