/** Tells the others that I am writing, as seldom as the protocol wants it. */

import { Command, LIMITS } from "./protocol.js";

export class Typing {
  /** @type {Map<number, number>} */
  #toldAt = new Map();

  /**
   * @param {(type: string, fields: Record<string, unknown>) => void} tell
   * @param {import("./clock.js").Clock} clock
   */
  constructor(tell, clock) {
    this.tell = tell;
    this.clock = clock;
  }

  /** @param {number} room */
  write(room) {
    const now = this.clock.now();
    const toldAt = this.#toldAt.get(room) ?? Number.NEGATIVE_INFINITY;
    if (now - toldAt < LIMITS.typing_seconds * 1000) return;
    this.#toldAt.set(room, now);
    this.tell(Command.ROOM_TYPING, { room });
  }
}
