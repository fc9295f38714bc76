/** Attempts that failed before the line opened, and what they mean when there are many. */

/** So many in a row: something is wrong that waiting may not mend. */
const SUSPICIOUS = 3;

/** @typedef {import("./types.js").Connection["phase"]} Phase */

export class Refusals {
  #count = 0;
  #refused = false;

  /**
   * @param {() => Promise<boolean>} reachable  Whether the site answers over HTTP.
   * @param {(phase: Phase) => void} onVerdict  The site is away, or it is there and refuses this page.
   */
  constructor(reachable, onVerdict) {
    this.reachable = reachable;
    this.onVerdict = onVerdict;
  }

  get suspicious() {
    return this.#count >= SUSPICIOUS;
  }

  /** How the line is to be called meanwhile. @returns {Phase} */
  get phase() {
    if (!this.suspicious) return "reconnecting";
    return this.#refused ? "refused" : "offline";
  }

  opened() {
    this.#count = 0;
    this.#refused = false;
  }

  async failed() {
    this.#count += 1;
    if (!this.suspicious) return;
    const reachable = await this.reachable();
    if (!this.suspicious) return; // it has opened meanwhile
    this.#refused = reachable;
    this.onVerdict(this.phase);
  }
}
