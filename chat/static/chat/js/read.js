/** Tells the server how far I have read: only what was in view of somebody who was looking. */

import { Command } from "./protocol.js";
import { unreadAbove } from "./select-unread.js";
import { localRead, readSettled, setNewLine, setReadPointer } from "./store.js";

/** At most one `room.read` in this time. */
const LEAST_MILLISECONDS = 300;
/** After a refusal. */
const AGAIN_SECONDS = 5;

/** @typedef {import("./types.js").Room} Room */

/**
 * @typedef {object} Surroundings
 * @property {import("./types.js").State} state
 * @property {(type: string, fields: Record<string, unknown>) => Promise<any>} ask
 * @property {import("./clock.js").Clock} clock
 * @property {() => void} onChange
 */

export class Reader {
  /** The newest message in view, of the open room. */
  #seenSeq = 0;
  #seenRoom = 0;
  #timer = 0;
  #waiting = false;

  /** @param {Surroundings} around */
  constructor(around) {
    this.around = around;
    this.state = around.state;
  }

  /**
   * The view shows messages of the open room up to `seq`.
   * @param {number} seq
   */
  seen(seq) {
    this.#seenRoom = this.state.open ?? 0;
    this.#seenSeq = seq;
    this.update();
  }

  /** Somebody looks again, the line is back, or something was seen: tell what is due, now or when the pause is over. */
  update() {
    if (this.#waiting || !this.#due()) return;
    this.#later(LEAST_MILLISECONDS);
    this.#tell();
  }

  /** @param {number} milliseconds  No `room.read` before. */
  #later(milliseconds) {
    this.around.clock.cancel(this.#timer);
    this.#waiting = true;
    this.#timer = this.around.clock.after(() => {
      this.#waiting = false;
      this.update();
    }, milliseconds);
  }

  /** Everything in the open room, seen or not. */
  markAll() {
    const room = this.#room();
    if (!room) return;
    this.#seenRoom = room.id;
    this.#seenSeq = room.lastSeq;
    setNewLine(room.timeline, null);
    this.around.clock.cancel(this.#timer);
    this.#waiting = false;
    this.update();
  }

  #room() {
    const room = this.state.rooms.get(this.state.open ?? 0);
    return room?.joined ? room : undefined;
  }

  #due() {
    const room = this.#room();
    const looked = this.state.attending && this.state.connection.phase === "live";
    if (!looked || !room || unreadAbove(room) > 0) return false;
    return room.id === this.#seenRoom && Math.min(this.#seenSeq, room.lastSeq) > room.lastReadSeq;
  }

  async #tell() {
    const room = this.#room();
    if (!room) return;
    const before = room.lastReadSeq;
    const seq = Math.min(this.#seenSeq, room.lastSeq);
    localRead(this.state, room, seq);
    this.around.onChange();
    try {
      await this.around.ask(Command.ROOM_READ, { room: room.id, seq });
      readSettled(room, seq);
    } catch (error) {
      readSettled(room, seq);
      if (room.lastReadSeq === seq) setReadPointer(room, before, this.state.me);
      const reason = /** @type {import("./asks.js").Refused} */ (error);
      // After a broken line `hello` says where the pointer stands, and the next `update` tells it again.
      if (reason.code !== "closed") this.#later((reason.retryAfter ?? AGAIN_SECONDS) * 1000);
    }
  }
}
