/** One tab at a time: work that must not be done twice at once, here or in another tab. */

/** @typedef {{request: (name: string, work: () => Promise<void>) => Promise<unknown>}} Locks */

export class Turns {
  #taken = false;

  /**
   * @param {Locks|null} locks  The browser's; a page over plain HTTP has none, and then only this tab is kept in order.
   * @param {string} name
   */
  constructor(locks, name) {
    this.locks = locks;
    this.name = name;
  }

  /**
   * Do the work when it is our turn. Returns false, without doing it, when this tab is at it already or waits for it.
   * @param {() => Promise<void>} work
   */
  async take(work) {
    if (this.#taken) return false;
    this.#taken = true;
    try {
      if (this.locks) await this.locks.request(this.name, work);
      else await work();
    } finally {
      this.#taken = false;
    }
    return true;
  }
}
