/**
 * Messages on their way. One person has one line, whatever rooms they write in and tabs they write from: the messages
 * leave one at a time in the order of writing, each with its nonce, by which the server knows a repeat. So a message is
 * sent again whenever no answer came, and is stored once.
 *
 * A message that the server refuses leaves the line and waits for its author; those behind it go on, in its room too,
 * for what follows seldom makes sense only together and never being sent is worse. Tried again, it goes to the end.
 *
 * All tabs show the line; a lock lets one of them send. Without locks (plain HTTP) two may send at once: nothing is
 * doubled, only the order between tabs may differ.
 */

import { pause } from "./clock.js";
import { OutboxStore } from "./outbox-store.js";
import { Command, ErrorCode } from "./protocol.js";
import { afterRefusal } from "./retry.js";
import { Turns } from "./turns.js";

const ANSWER_MILLISECONDS = 10_000; // then a message is sent again

/**
 * @typedef {import("./types.js").Pending} Pending
 *
 * @typedef {object} Surroundings
 * @property {number} person
 * @property {import("./outbox-store.js").Entries|null} storage
 * @property {import("./turns.js").Locks|null} locks
 * @property {import("./clock.js").Clock} clock
 * @property {(type: string, fields: object, milliseconds: number) => Promise<any>} ask
 * @property {() => string} nonce  A new one.
 * @property {(items: Pending[]) => void} onChange
 * @property {(item: Pending, sent: import("./types.js").WireSent) => void} onSent  Before `onChange`.
 */

export class Outbox {
  #live = false;
  /** How often the server failed over a message, by nonce. @type {Map<string, number>} */
  #errors = new Map();

  /** @param {Surroundings} around */
  constructor(around) {
    this.around = around;
    this.store = new OutboxStore(around.storage, around.person);
    this.turns = new Turns(around.locks, `${this.store.prefix}line`);
    this.items = this.store.load();
  }

  /**
   * Put a message at the end of the line.
   * @param {{room: number, body: string, replyTo?: number}} message
   * @returns {Pending}
   */
  add({ room, body, replyTo }) {
    const [nonce, writtenAt, order] = [this.around.nonce(), this.around.clock.now(), this.#nextOrder()];
    /** @type {Pending} */
    const item = { nonce, room, body, replyTo, writtenAt, order, status: "waiting" };
    this.items.push(item);
    this.store.save(item);
    this.#changed();
    return item;
  }

  /** @param {string} nonce  Of a failed message. */
  retry(nonce) {
    const item = this.#failed(nonce);
    if (!item) return;
    this.#errors.delete(nonce);
    this.#update(item, { status: "waiting", code: undefined, order: this.#nextOrder() });
    this.items.sort((a, b) => a.order - b.order);
    this.#changed();
  }

  /** @param {string} nonce  Of a failed message. */
  discard(nonce) {
    if (!this.#failed(nonce)) return;
    this.#drop(nonce);
    this.#changed();
  }

  /** The person logs out: nothing of theirs stays in this browser. */
  clear() {
    this.#live = false;
    this.items = [];
    this.store.clear();
    this.#changed();
  }

  /** @param {boolean} live  Whether the line to the server stands. */
  connected(live) {
    this.#live = live;
    this.#run();
  }

  /**
   * Another tab changed the storage (the arguments are those of a `storage` event).
   * @param {string|null} key
   * @param {string|null} text
   */
  storageChanged(key, text) {
    if (key !== null && !key.startsWith(this.store.prefix)) return;
    const entry = this.store.read(key, text);
    this.#reload();
    if (entry?.sent) {
      this.items = this.items.filter((item) => item.nonce !== entry.item.nonce);
      this.around.onSent(entry.item, entry.sent);
    }
    this.#changed();
  }

  #changed() {
    this.around.onChange([...this.items]);
    this.#run();
  }

  get #next() {
    return this.items.find((item) => item.status !== "failed");
  }

  async #run() {
    if (!this.#live || !this.#next) return;
    if (await this.turns.take(() => this.#drain())) this.#run();
  }

  async #drain() {
    this.#reload(); // while we waited for the lock another tab may have sent these
    for (let item = this.#next; item && this.#live; item = this.#next) await this.#send(item);
    this.around.onChange([...this.items]);
  }

  /** @param {Pending} item */
  async #send(item) {
    const before = item.tried ?? false;
    this.#update(item, { status: "sending", tried: true });
    this.around.onChange([...this.items]);
    const { room, nonce, body, replyTo: reply_to } = item; // JSON leaves out what is undefined
    const fields = { room, nonce, body, reply_to };
    try {
      const { message } = await this.around.ask(Command.MESSAGE_SEND, fields, ANSWER_MILLISECONDS);
      this.#sent(item, message);
    } catch (reason) {
      // It may have been discarded, by a logout, while it was on its way.
      if (this.items.includes(item)) await this.#refused(item, before, /** @type {import("./asks.js").Refused} */ (reason));
    }
  }

  /**
   * @param {Pending} item
   * @param {import("./types.js").WireSent} sent
   */
  #sent(item, sent) {
    this.store.save(item, sent); // so that the other tabs see which message it became
    this.#drop(item.nonce);
    this.around.onSent(item, sent);
    this.around.onChange([...this.items]);
  }

  /**
   * @param {Pending} item
   * @param {boolean} before  Whether an earlier attempt is without an answer.
   * @param {import("./asks.js").Refused} reason
   */
  async #refused(item, before, reason) {
    const errors = (this.#errors.get(item.nonce) ?? 0) + (reason.code === ErrorCode.INTERNAL ? 1 : 0);
    this.#errors.set(item.nonce, errors);
    const { change, waitMilliseconds } = afterRefusal(reason, { before, errors, random: this.around.clock.random });
    if (reason.code === "closed") this.#live = false;
    this.#update(item, change);
    if (waitMilliseconds === 0) return;
    this.around.onChange([...this.items]);
    await pause(this.around.clock, waitMilliseconds);
  }

  #reload() {
    this.items = this.store.load(this.items.find((item) => item.status === "sending"));
  }

  /**
   * @param {Pending} item
   * @param {Partial<Pending>} change
   */
  #update(item, change) {
    Object.assign(item, change);
    this.store.save(item);
  }

  /** @param {string} nonce */
  #drop(nonce) {
    this.items = this.items.filter((item) => item.nonce !== nonce);
    this.#errors.delete(nonce);
    this.store.remove(nonce);
  }

  /** @param {string} nonce */
  #failed(nonce) {
    return this.items.find((item) => item.nonce === nonce && item.status === "failed");
  }

  #nextOrder() {
    return Math.max(this.around.clock.now(), ...this.items.map((item) => item.order + 1));
  }
}
