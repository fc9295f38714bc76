/** Commands that wait for their answer, matched by `ref`. */

/** @typedef {import("./clock.js").Clock} Clock */

/** Without an answer in this time a command counts as lost. */
export const ANSWER_MILLISECONDS = 15_000;

/**
 * Why a command has no answer: the server's error code, or one of ours, `closed` (the line broke; it may have been
 * carried out) and `timeout`.
 */
export class Refused extends Error {
  /**
   * @param {string} code
   * @param {string} [detail]
   * @param {number} [retryAfter]  Seconds.
   */
  constructor(code, detail = "", retryAfter = undefined) {
    super(`${code}: ${detail}`);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

export class Asks {
  #last = 0;
  /** @type {Map<number, {resolve: (answer: any) => void, reject: (reason: Refused) => void, timer: number}>} */
  #open = new Map();

  /** @param {Clock} clock */
  constructor(clock) {
    this.clock = clock;
  }

  /**
   * A new question: the `ref` to send and the promise of its answer.
   * @param {number} [milliseconds]
   */
  open(milliseconds = ANSWER_MILLISECONDS) {
    this.#last += 1;
    const ref = this.#last;
    /** @type {Promise<any>} */
    const answer = new Promise((resolve, reject) => {
      const timer = this.clock.after(() => this.#take(ref)?.reject(new Refused("timeout")), milliseconds);
      this.#open.set(ref, { resolve, reject, timer });
    });
    return { ref, answer };
  }

  /**
   * Give an answer to whoever asked. Returns false when nobody did, or not any more.
   * @param {{type: string, ref?: unknown, code?: string, detail?: string, retry_after?: number}} frame
   */
  settle(frame) {
    const ask = typeof frame.ref === "number" ? this.#take(frame.ref) : undefined;
    if (!ask) return false;
    if (frame.type === "error") ask.reject(new Refused(frame.code ?? "", frame.detail, frame.retry_after));
    else ask.resolve(frame);
    return true;
  }

  /** The line is gone, and every answer with it. */
  closed() {
    for (const ref of [...this.#open.keys()]) this.#take(ref)?.reject(new Refused("closed"));
  }

  /** @param {number} ref */
  #take(ref) {
    const ask = this.#open.get(ref);
    if (ask) this.clock.cancel(ask.timer);
    this.#open.delete(ref);
    return ask;
  }
}
