/** When to try again: how long to wait after a line broke, and for which close codes at all. */

import { Close } from "./protocol.js";

const FIRST_MILLISECONDS = 500;
const MOST_MILLISECONDS = 30_000;
const RESTART_MILLISECONDS = 5_000;
const ABUSE_SECONDS = 30;

/**
 * The wait before an attempt, chosen anywhere between nothing and twice the last bound (full jitter), so that a
 * restarted server is not called by everyone at once.
 * @param {number} failures  Attempts that failed since the line last stood.
 * @param {() => number} random
 */
export function backoff(failures, random) {
  return random() * Math.min(MOST_MILLISECONDS, FIRST_MILLISECONDS * 2 ** failures);
}

/**
 * What a close code asks for: `ended` and `stopped` are final, else the wait in milliseconds.
 * @param {number} code
 * @param {{failures: number, retryAfter: number|undefined, random: () => number}} situation
 *   `retryAfter`: seconds, when the server said so before it closed.
 * @returns {"ended"|"stopped"|number}
 */
export function afterClose(code, { failures, retryAfter, random }) {
  switch (code) {
    case Close.SESSION_ENDED:
      return "ended";
    case Close.NOT_ALLOWED:
      return "stopped";
    case Close.RATE_ABUSE:
      return (retryAfter ?? ABUSE_SECONDS) * 1000 + backoff(0, random);
    case Close.RESTART:
      return failures === 0 ? random() * RESTART_MILLISECONDS : backoff(failures, random);
    default:
      return backoff(failures, random);
  }
}
