/**
 * Keeps what is loaded equal to the server: asks for what is missing, one request at a time per room, and loads history
 * at both ends of the window.
 */

import { pause } from "./clock.js";
import { Command, Event, LIMITS } from "./protocol.js";
import { addNewer, addOlder, apply, showLatest } from "./store.js";

/** After a request for history has failed, the next one waits at least so long. */
const REST_MILLISECONDS = 2_000;

/** @typedef {import("./types.js").Room} Room */

/**
 * @typedef {object} Surroundings
 * @property {import("./types.js").State} state
 * @property {(type: string, fields?: Record<string, unknown>) => Promise<any>} ask
 * @property {import("./clock.js").Clock} clock
 * @property {() => void} onChange
 */

export class Sync {
  /** Rooms that are being caught up. @type {Set<number>} */
  #busy = new Set();
  #restUntil = 0;

  /** @param {Surroundings} around */
  constructor(around) {
    this.around = around;
    this.state = around.state;
  }

  /**
   * After `hello` was applied: catch up what is loaded, the room in view first.
   * @param {import("./types.js").WireHello} hello
   */
  async greeted(hello) {
    this.#restUntil = 0;
    const heads = new Map(hello.rooms.map((wire) => [wire.id, wire.rev]));
    const open = this.state.rooms.get(this.state.open ?? 0);
    if (open) await this.#refresh(open, heads.get(open.id));
    for (const room of this.state.rooms.values()) {
      // A head below our position: the database is an older one, or `hello` was overtaken. The answer tells.
      if (room !== open && room.timeline && heads.get(room.id) !== room.position) await this.#catchUp(room);
    }
  }

  /**
   * The room in view: loaded anew where nothing is left of it, else brought to its head. One that is not mine is in no
   * `hello` and sends no events, so it is asked about each time.
   * @param {Room} room
   * @param {number|undefined} head
   */
  async #refresh(room, head) {
    if (!room.timeline) {
      if (this.state.opening !== "missing") await this.latest(room);
      return;
    }
    if (head !== room.position) await this.#catchUp(room);
    if (!room.timeline?.failed) return;
    // The view knows which end it is near and asks by itself.
    room.timeline.failed = false;
    this.state.version += 1;
    this.around.onChange();
  }

  /**
   * After an event for a room was applied: close the gap, if there is one.
   * @param {number} id
   */
  changed(id) {
    const room = this.state.rooms.get(id);
    if (room && room.position < room.rev) this.#catchUp(room);
  }

  /** @param {Room} room */
  async #catchUp(room) {
    if (this.#busy.has(room.id)) return;
    this.#busy.add(room.id);
    try {
      do await this.#askForChanges(room);
      while (this.state.rooms.get(room.id) === room && room.position < room.rev);
    } catch (reason) {
      this.#gone(room, /** @type {import("./asks.js").Refused} */ (reason));
    } finally {
      this.#busy.delete(room.id);
    }
    if (!room.timeline && this.state.open === room.id) await this.latest(room);
  }

  /** @param {Room} room */
  async #askForChanges(room) {
    const after = room.position;
    const answer = await this.#patiently(Command.ROOM_CHANGES, { room: room.id, after });
    apply(this.state, { ...answer, type: Event.ROOM_CHANGES, room: room.id });
    // Nothing newer is there: what we took for the head is not (any more).
    if (!answer.reset && !answer.more && room.position === after) room.rev = after;
    this.around.onChange();
  }

  /**
   * Asked until there is an answer, as slowly as the server wants; only a broken line or a refusal ends it.
   * @param {string} type
   * @param {Record<string, unknown>} fields
   */
  async #patiently(type, fields) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.around.ask(type, fields);
      } catch (error) {
        const reason = /** @type {import("./asks.js").Refused} */ (error);
        if (!["timeout", "internal", "rate_limited"].includes(reason.code)) throw reason;
        await pause(this.around.clock, (reason.retryAfter ?? Math.min(30, attempt)) * 1000);
      }
    }
  }

  /**
   * @param {Room} room
   * @param {import("./asks.js").Refused} reason
   */
  #gone(room, reason) {
    // Nobody told us that we are out of it: a fresh `hello` does. After a broken line it comes by itself.
    if (room.joined && reason.code === "not_found") this.around.ask(Command.HELLO).catch(() => {});
  }

  /** @param {Room} room */
  async loadOlder(room) {
    const timeline = room.timeline;
    if (!timeline?.hasMore || timeline.messages.length === 0) return;
    await this.#load(room, "older", { before: timeline.messages[0].seq }, addOlder);
  }

  /** @param {Room} room */
  async loadNewer(room) {
    const timeline = room.timeline;
    const last = timeline?.messages.at(-1)?.seq;
    if (!timeline?.hasNewer || last === undefined) return;
    await this.#load(room, "newer", { after: last }, addNewer);
  }

  /**
   * The newest page instead of what is loaded.
   * @param {Room} room
   */
  async latest(room) {
    await this.#load(room, "latest", {}, showLatest);
  }

  /**
   * The page around a message instead of what is loaded.
   * @param {Room} room
   * @param {number} seq
   */
  async showAround(room, seq) {
    await this.#load(room, "latest", { around: seq }, showLatest);
  }

  /**
   * @param {Room} room
   * @param {"older"|"newer"|"latest"} side
   * @param {Record<string, number>} place
   * @param {typeof addOlder} take
   */
  async #load(room, side, place, take) {
    const timeline = room.timeline;
    if (timeline?.loading || (side !== "latest" && this.around.clock.now() < this.#restUntil)) return;
    if (timeline) Object.assign(timeline, { loading: side, failed: false });
    this.around.onChange();
    try {
      const fields = { room: room.id, limit: LIMITS.default_page_messages, ...place };
      const page = await this.around.ask(Command.ROOM_HISTORY, fields);
      if (room.timeline === timeline) take(this.state, room, page);
    } catch {
      this.#restUntil = this.around.clock.now() + REST_MILLISECONDS;
      if (timeline) timeline.failed = true;
      else if (this.state.open === room.id) this.state.opening = "failed";
    } finally {
      if (timeline) timeline.loading = null;
      this.state.version += 1;
      this.around.onChange();
    }
    this.changed(room.id);
  }
}
