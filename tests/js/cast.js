/** The cast and the props of the JavaScript tests: people, a clock that only moves when told, a line that remembers. */

import { fromBoot } from "../../chat/static/chat/js/store.js";

export const ANN = { id: 1, name: "Ann Archer", handle: "ann" };
export const BOB = { id: 2, name: "Bob", handle: "bob" };
export const XIAOMING = { id: 3, name: "王小明", handle: "xiaoming" };

export const HALL = 10;
export const ATTIC = 11;

/** Time and chance by hand. `random` is 1 minus a hair, so that waits are as long as they can be. */
export class FakeClock {
  #now = Date.UTC(2026, 10, 23, 12);
  #last = 0;
  #timers = new Map();
  chance = 0.999999;
  now = () => this.#now;
  random = () => this.chance;
  after = (what, milliseconds) => {
    this.#last += 1;
    this.#timers.set(this.#last, { what, at: this.#now + Math.max(0, milliseconds) });
    return this.#last;
  };
  cancel = (timer) => void this.#timers.delete(timer);

  /** Let time pass, running each timer at its instant and what it set off before the next one. */
  async pass(milliseconds) {
    const until = this.#now + milliseconds;
    for (;;) {
      await settled();
      const due = [...this.#timers].filter(([, timer]) => timer.at <= until);
      if (due.length === 0) break;
      const [id, { what, at }] = due.sort(([, a], [, b]) => a.at - b.at)[0];
      this.#timers.delete(id);
      this.#now = Math.max(this.#now, at);
      what();
    }
    this.#now = until;
    await settled();
  }
}

/** Everything that promises had to do is done. */
export function settled() {
  return new Promise((resolve) => setImmediate(resolve));
}

export function message(seq, { rev = seq, author = BOB.id, ...more } = {}) {
  return { id: 1000 + seq, seq, rev, author, created_at: "2026-11-23T12:00:00.000Z", body: `message ${seq}`, ...more };
}

export function messages(first, last) {
  return Array.from({ length: last - first + 1 }, (_, index) => message(first + index));
}

export function wireRoom(id, more = {}) {
  const room = { id, kind: "open", name: `room ${id}`, topic: "", everyone: false, role: "member", level: "all" };
  return { ...room, rev: 0, last_seq: 0, last_read_seq: 0, mentions: [], ...more };
}

export function hello(rooms, more = {}) {
  const fixed = { type: "hello", protocol: 1, epoch: "first", me: ANN, rev: 1, people: [] };
  return { ...fixed, heartbeat: { interval: 54, timeout: 60 }, limits: {}, rooms, ...more };
}

/** A page of history with the newest of `all`. */
export function page(all, { rev = all.at(-1)?.rev ?? 0, limit = 50, hasNewer = false } = {}) {
  const shown = all.slice(-limit);
  const has_more = (shown[0]?.seq ?? 1) > 1;
  return { rev, messages: shown, quoted: [], people: [BOB], has_more, has_newer: hasNewer };
}

export function opening(id, history, more = {}) {
  const rights = { post: true, rename: false, archive: false, add_members: false, remove_members: false, set_roles: false, leave: true, join: false };
  const fixed = { id, kind: "open", name: `room ${id}`, topic: "", archived: false, joined: true, can_post: true, rights };
  return { ...fixed, member_count: 3, created_at: "2026-11-01T00:00:00.000Z", created_by: 1, people: [], history, ...more };
}

/** Ann's page, just loaded, with the hall open: `count` messages were said there and read. */
export function page_of_ann({ count = 3, attic = {}, hall = {}, history } = {}) {
  const said = messages(1, count);
  const place = { rev: count, last_seq: count, last_read_seq: count, ...hall };
  const boot = {
    hello: hello([wireRoom(HALL, place), wireRoom(ATTIC, attic)]),
    room: opening(HALL, history ?? page(said)),
    urls: { room: "/rooms/{room}/" },
    invitation: null,
    site: { name: "Site", seal: "S" },
    language: "en",
    words: {},
    debug: false,
  };
  const state = fromBoot(boot, Date.UTC(2026, 10, 23, 12));
  return { state, hall: state.rooms.get(HALL), attic: state.rooms.get(ATTIC), boot };
}

export function changes(after, list, more = {}) {
  return { type: "room.changes", room: HALL, after, rev: list.at(-1)?.rev ?? after, messages: list, ...more };
}

export function seqs(room) {
  return room.timeline.messages.map(({ seq }) => seq);
}

export function range(first, last) {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** A server's end of `ask`: remembers what was asked; each question is answered or refused by the test. */
export class FakeLine {
  asked = [];
  ask = (type, fields = {}) =>
    new Promise((resolve, reject) => this.asked.push({ type, ...fields, answer: resolve, refuse: reject }));

  /** The questions, without the means to answer them. */
  get questions() {
    return this.asked.map(({ answer: _answer, refuse: _refuse, ...question }) => question);
  }

  /** Answer the newest question, and let what follows happen. */
  async answer(fields) {
    this.asked.at(-1).answer({ type: "ok", ...fields });
    await settled();
  }

  async refuse(reason) {
    this.asked.at(-1).refuse(reason);
    await settled();
  }
}

/** Numbers that look random and are the same for the same seed. */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
