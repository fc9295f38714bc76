/** The member panel: which members of the open room are listed, page by page. */

import { addressOf } from "./address.js";
import { getJson } from "./http.js";

/** Who types a name is not asked about at every letter. */
const PAUSE_MILLISECONDS = 200;

/** @typedef {import("./types.js").State} State */

export class MemberList {
  #timer = 0;

  /**
   * @param {State} state
   * @param {() => void} onChange
   */
  constructor(state, onChange) {
    this.state = state;
    this.onChange = onChange;
  }

  open() {
    this.#begin("");
    this.#load();
  }

  /** @param {string} query */
  find(query) {
    if (this.state.members?.query === query) return;
    this.#begin(query, this.state.members?.members);
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#load(), PAUSE_MILLISECONDS);
  }

  more() {
    if (this.state.members?.next && !this.state.members.loading) this.#load();
  }

  /**
   * @param {string} query
   * @param {import("./types.js").Members["members"]} [shown]  Stays until the answer is there.
   */
  #begin(query, shown = []) {
    const total = this.state.members?.total ?? 0;
    this.state.members = { room: this.state.open ?? 0, query, members: shown, total, next: null, loading: false, failed: false };
    this.#changed();
  }

  async #load() {
    const list = this.state.members;
    if (!list) return;
    const after = list.next;
    list.loading = true;
    this.#changed();
    try {
      const words = new URLSearchParams({ ...(list.query && { q: list.query }), ...(after && { after }) });
      const answer = await getJson(`${addressOf(this.state.urls.members, list.room)}?${words}`);
      for (const person of answer.people) this.state.people.set(person.id, person);
      list.members = after ? [...list.members, ...answer.members] : answer.members;
      Object.assign(list, { total: answer.total, next: answer.next === null ? null : String(answer.next), failed: false });
    } catch {
      list.failed = true;
    }
    list.loading = false;
    this.#changed();
  }

  #changed() {
    this.state.version += 1;
    this.onChange();
  }
}
