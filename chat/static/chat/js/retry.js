/** When to try again: after a line broke, after a message was refused, and when not at all. */

import { Close, ErrorCode } from "./protocol.js";

const FIRST_MILLISECONDS = 500;
const MOST_MILLISECONDS = 30_000;
const RESTART_MILLISECONDS = 5_000;
const ABUSE_SECONDS = 30;
const RATE_LIMITED_SECONDS = 1;
/** After so many errors of the server's own over one message its author is asked. */
const INTERNAL_ATTEMPTS = 4;

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

/**
 * What becomes of a message that was not acknowledged, and how long the line waits before it goes on.
 * @param {import("./asks.js").Refused} reason
 * @param {{before: boolean, errors: number, random: () => number}} situation  `before`: an earlier attempt is without an
 *   answer. `errors`: how often the server failed over it.
 * @returns {{change: Partial<import("./types.js").Pending>, waitMilliseconds: number}}
 */
export function afterRefusal(reason, { before, errors, random }) {
  switch (reason.code) {
    case "closed":
    case "timeout":
      return { change: { status: "waiting" }, waitMilliseconds: 0 };
    case ErrorCode.RATE_LIMITED:
      return { change: { status: "waiting", tried: before }, waitMilliseconds: (reason.retryAfter ?? RATE_LIMITED_SECONDS) * 1000 };
    case ErrorCode.INTERNAL:
      if (errors < INTERNAL_ATTEMPTS) return { change: { status: "waiting" }, waitMilliseconds: 1000 + backoff(errors, random) };
      return { change: { status: "failed", code: reason.code }, waitMilliseconds: 0 };
    default:
      return { change: { status: "failed", code: reason.code, tried: before }, waitMilliseconds: 0 };
  }
}
