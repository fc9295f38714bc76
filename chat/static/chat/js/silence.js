/** Tells when nothing was heard for too long. */

export class Silence {
  #timer = 0;
  #milliseconds = 0;
  heardAt = 0;

  /**
   * @param {import("./clock.js").Clock} clock
   * @param {() => void} onSilence
   */
  constructor(clock, onSilence) {
    this.clock = clock;
    this.onSilence = onSilence;
  }

  /**
   * Watch from now on.
   * @param {number} milliseconds  So long may be silent.
   */
  watch(milliseconds) {
    this.#milliseconds = milliseconds;
    this.stop();
    this.heard();
    this.#look();
  }

  heard() {
    this.heardAt = this.clock.now();
  }

  stop() {
    this.clock.cancel(this.#timer);
  }

  // One timer for a whole while, not one per frame: it looks again when it comes too early.
  #look() {
    const left = this.heardAt + this.#milliseconds - this.clock.now();
    if (left <= 0) this.onSilence();
    else this.#timer = this.clock.after(() => this.#look(), left);
  }
}
