/** Promise: events that come twice, late, in any order or not at all end, once caught up, like a page loaded afresh. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { apply, fromBoot, lineOpened } from "../../chat/static/chat/js/store.js";
import { unreadIn } from "../../chat/static/chat/js/select-unread.js";
import { Sync } from "../../chat/static/chat/js/sync.js";
import { ANN, BOB, FakeClock, HALL, hello, message, opening, page, seeded, settled, wireRoom, XIAOMING } from "./cast.js";

const EVENINGS = 200;
const STEPS = 120;

/** The hall as the server has it: messages, two counters, Ann's pointer, and each event ever told. */
class Server {
  messages = [];
  rev = 0;
  mine = 1;
  read = 0;
  events = [];

  constructor(chance) {
    this.chance = chance;
  }

  pick(list) {
    return list[Math.floor(this.chance() * list.length)];
  }

  say() {
    const author = this.pick([ANN, BOB, XIAOMING]).id;
    const mentions = author !== ANN.id && this.chance() < 0.3 ? [ANN.id] : undefined;
    const seq = this.messages.length + 1;
    this.messages.push(message(seq, { rev: this.rev + 1, author, mentions }));
    if (author === ANN.id) this.read = seq;
    this.tell([this.messages.at(-1)]);
  }

  change() {
    if (this.messages.length === 0) return;
    const old = this.pick(this.messages);
    const rev = this.rev + 1;
    const changed = this.chance() < 0.5 ? { ...old, rev, deleted: true, body: undefined } : { ...old, rev, edited_at: "now" };
    this.messages[old.seq - 1] = changed;
    this.tell([changed]);
  }

  move() {
    this.read = Math.floor(this.chance() * (this.messages.length + 1));
    this.mine += 1;
    this.events.push({ type: "room.read", rev: this.mine, room: HALL, last_read_seq: this.read });
  }

  tell(list) {
    const after = this.rev;
    this.rev = list.at(-1).rev;
    this.events.push({ type: "room.changes", room: HALL, after, rev: this.rev, messages: list });
  }

  hello() {
    const mentions = this.messages.filter(({ seq, mentions, deleted }) => seq > this.read && mentions && !deleted);
    const place = { rev: this.rev, last_seq: this.messages.length, last_read_seq: this.read };
    return hello([wireRoom(HALL, { ...place, mentions: mentions.map(({ seq }) => seq) })], { rev: this.mine });
  }

  boot(limit) {
    const room = opening(HALL, page(this.messages, { rev: this.rev, limit }));
    return { hello: this.hello(), room, urls: {}, invitation: null, site: {}, language: "en", words: {} };
  }

  ask = async (_type, { after }) => {
    await settled();
    const missed = this.messages.filter(({ rev }) => rev > after).sort((a, b) => a.rev - b.rev);
    if (missed.length > 60) return { reset: true, rev: this.rev, last_seq: this.messages.length };
    const shown = missed.slice(0, 3);
    const more = shown.length < missed.length;
    return { after, rev: more ? shown.at(-1).rev : this.rev, messages: shown, more };
  };
}

/** What a reader can see of the room. */
function seen(state) {
  const hall = state.rooms.get(HALL);
  const texts = hall.timeline.messages.map(({ key: _key, ...rest }) => rest);
  return { texts, unread: unreadIn(hall), mentions: hall.mentions, lastSeq: hall.lastSeq, position: hall.position };
}

/** Ann's page and the wire to it, which loses, doubles and shuffles. */
class Page {
  told = 0;
  /** Events that are on their way. */
  flying = [];

  constructor(server, chance) {
    this.server = server;
    this.chance = chance;
    this.state = fromBoot(server.boot(), 0);
    const ask = async (type, fields) =>
      type === "room.history" ? page(server.messages, { rev: server.rev }) : server.ask(type, fields);
    this.sync = new Sync({ state: this.state, ask, clock: new FakeClock(), onChange: () => {} });
    this.told = server.events.length;
  }

  get hall() {
    return this.state.rooms.get(HALL);
  }

  hear() {
    const { chance, flying, server } = this;
    for (const event of server.events.slice(this.told)) if (chance() > 0.15) flying.push(event);
    this.told = server.events.length;
    while (flying.length > 0 && chance() < 0.6) {
      const [event] = flying.splice(Math.floor(chance() * flying.length * 0.5), 1);
      apply(this.state, event);
      if (chance() < 0.2) apply(this.state, event);
      this.sync.changed(HALL);
    }
  }

  async reconnect() {
    for (const event of this.flying) apply(this.state, event);
    const greeting = this.server.hello();
    lineOpened(this.state);
    apply(this.state, greeting);
    await this.sync.greeted(greeting);
    while (this.hall.position < this.server.rev) await settled();
  }
}

function happen(server, pageOfAnn, dice) {
  if (dice < 0.5) server.say();
  else if (dice < 0.7) server.change();
  else if (dice < 0.75) server.move();
  else if (dice < 0.8) apply(pageOfAnn.state, server.hello());
}

async function evening(seed) {
  const chance = seeded(seed);
  const server = new Server(chance);
  for (let step = 0; step < 5; step += 1) server.say();
  const pageOfAnn = new Page(server, chance);
  for (let step = 0; step < STEPS; step += 1) {
    happen(server, pageOfAnn, chance());
    pageOfAnn.hear();
    if (chance() < 0.3) await settled();
  }
  await pageOfAnn.reconnect();
  const fresh = fromBoot(server.boot(pageOfAnn.hall.timeline.messages.length), 0);
  assert.deepEqual(seen(pageOfAnn.state), seen(fresh), `seed ${seed}`);
}

test(`${EVENINGS} random evenings in the hall`, async () => {
  for (let seed = 1; seed <= EVENINGS; seed += 1) await evening(seed);
});
