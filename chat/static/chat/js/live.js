/** The living part of the page, loaded after the first paint: the line, the outbox, catching up, reading and typing. */

import { browserClock } from "./clock.js";
import { Outbox } from "./outbox.js";
import { Event } from "./protocol.js";
import { Reader } from "./read.js";
import { Socket } from "./socket.js";
import { apply, lineOpened, setConnection, setPending, settle } from "./store.js";
import { Sync } from "./sync.js";
import { Typing } from "./typing.js";

/** @typedef {import("./types.js").State} State */

/**
 * @typedef {object} Surroundings
 * @property {State} state
 * @property {Storage|null} storage
 * @property {() => void} onChange
 * @property {() => void} onEnded  The session is over.
 * @property {() => void} onRights  What I may do in the open room may have changed.
 */

/** @param {Surroundings} around */
export function goLive({ state, storage, onChange, onEnded, onRights }) {
  const clock = browserClock();
  /** @type {Socket["ask"]} */
  const ask = (type, fields, milliseconds) => socket.ask(type, fields, milliseconds);

  const sync = new Sync({ state, ask, clock, onChange });
  const reader = new Reader({ state, ask, clock, onChange });
  const typing = new Typing((type, fields) => socket.tell(type, fields), clock);
  const outbox = new Outbox({
    person: state.me,
    storage,
    locks: navigator.locks ?? null,
    clock,
    ask: (type, fields, milliseconds) => socket.ask(type, { ...fields }, milliseconds),
    nonce: newNonce,
    onChange: (items) => {
      setPending(state, items);
      onChange();
    },
    onSent: (item, sent) => settle(state, item, sent),
  });
  const socket = new Socket({
    open: () => new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/`),
    clock,
    online: () => navigator.onLine,
    reachable: () => reachable(state.urls.health ?? "/healthz"),
    onOpen: () => lineOpened(state),
    onEvent: (event) => {
      state.now = clock.now();
      apply(state, event);
      if (event.type === Event.HELLO) greeted(event);
      else if (event.type === Event.ROOM_CHANGES) sync.changed(event.room);
      else if (event.type === Event.ROOM_JOINED) sync.changed(event.room.id);
      if (rightsUnknown(state)) onRights();
      onChange();
    },
    onPhase: (phase) => {
      state.now = clock.now();
      const refused = phase === "refused" ? { here: location.origin, there: state.urls.public } : {};
      setConnection(state, phase, refused);
      if (phase !== "live") outbox.connected(false);
      if (phase === "ended") onEnded();
      onChange();
    },
  });

  /** @param {import("./types.js").WireHello} hello */
  function greeted(hello) {
    outbox.connected(true);
    sync.greeted(hello);
    reader.update();
  }

  setPending(state, outbox.items);
  socket.connect();
  return { outbox, reader, socket, sync, typing };
}

/** @typedef {ReturnType<typeof goLive>} Live */

/** @param {State} state */
function rightsUnknown(state) {
  const room = state.rooms.get(state.open ?? 0);
  return room !== undefined && room.timeline !== null && room.rights === null;
}

/** A page over plain HTTP has no `crypto.randomUUID`. */
function newNonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} url */
async function reachable(url) {
  try {
    return (await fetch(url, { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}
