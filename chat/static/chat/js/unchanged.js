/** What has not changed is not drawn again: a window of 300 messages costs what its changed rows cost. */

import { noChange } from "lit-html";
import { Directive, directive } from "lit-html/directive.js";

class Unchanged extends Directive {
  /** @type {unknown[]} */
  #values = [];
  #drawn = false;

  /**
   * @param {unknown[]} values
   * @param {() => unknown} draw
   */
  render(values, draw) {
    const same = this.#drawn && values.length === this.#values.length && values.every((value, at) => Object.is(value, this.#values[at]));
    this.#values = values;
    this.#drawn = true;
    return same ? noChange : draw();
  }
}

/** `unchanged(values, draw)` draws when a value is another than the last time; `values` are all that the drawing shows. */
export const unchanged = directive(Unchanged);
