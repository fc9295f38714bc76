/**
 * Unsent messages in the browser's storage: one entry per message, so that two tabs never overwrite each other's, under
 * the person's id, so that the next user of the browser does not send what the last one wrote.
 */

/** @typedef {import("./types.js").Pending} Pending */
/** @typedef {Pick<Storage, "length"|"key"|"getItem"|"setItem"|"removeItem">} Entries */

export class OutboxStore {
  /** What the storage would not take (it is full, or switched off): kept as long as the page lives. @type {Map<string, string>} */
  #memory = new Map();

  /**
   * @param {Entries|null} storage
   * @param {number} person
   */
  constructor(storage, person) {
    this.storage = storage;
    this.prefix = `chatsite.outbox.${person}.`;
  }

  /**
   * What waits, in the order of the line.
   * @param {Pending} [sending]  Is being sent here and stays as it is.
   * @returns {Pending[]}
   */
  load(sending) {
    const texts = new Map(this.#memory);
    for (const key of this.#keys()) {
      const text = this.storage?.getItem(key);
      if (text) texts.set(key, text);
    }
    const items = [...texts.values()].map(parse).filter((item) => item !== null);
    const current = items.map(({ item }) => (item.nonce === sending?.nonce ? sending : item));
    return current.sort((a, b) => a.order - b.order || (a.nonce < b.nonce ? -1 : 1));
  }

  /**
   * @param {Pending} item
   * @param {import("./types.js").WireSent} [sent]  Its answer, for the other tabs.
   */
  save(item, sent) {
    const key = this.prefix + item.nonce;
    // Which tab is sending at this moment is nobody else's business, and wrong after a reload.
    const status = item.status === "failed" ? "failed" : "waiting";
    const text = JSON.stringify({ ...item, status, sent });
    try {
      if (!this.storage) throw new Error("no storage");
      this.storage.setItem(key, text);
      this.#memory.delete(key);
    } catch {
      this.#memory.set(key, text);
    }
  }

  /** @param {string} nonce */
  remove(nonce) {
    this.#memory.delete(this.prefix + nonce);
    this.storage?.removeItem(this.prefix + nonce);
  }

  clear() {
    this.#memory.clear();
    for (const key of this.#keys()) this.storage?.removeItem(key);
  }

  /**
   * What another tab's entry says, if it is one of ours.
   * @param {string|null} key
   * @param {string|null} text
   */
  read(key, text) {
    return key?.startsWith(this.prefix) && text ? parse(text) : null;
  }

  #keys() {
    const keys = [];
    for (let index = 0; index < (this.storage?.length ?? 0); index += 1) {
      const key = this.storage?.key(index);
      if (key?.startsWith(this.prefix)) keys.push(key);
    }
    return keys;
  }
}

/**
 * @param {string} text
 * @returns {{item: Pending, sent?: import("./types.js").WireSent}|null}
 */
function parse(text) {
  try {
    const { sent, ...item } = JSON.parse(text);
    const whole = typeof item.nonce === "string" && typeof item.body === "string" && Number.isInteger(item.room);
    return whole ? { item, sent } : null;
  } catch {
    return null;
  }
}
