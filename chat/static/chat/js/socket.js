/**
 * The line to the server: opened, watched, and opened again until the server or the page says stop.
 *
 * A browser does not notice a dead line by itself. The server pings; when nothing at all was heard for its timeout the
 * line is dead. After sleep that would take too long, so waking up asks at once, with a short deadline.
 */

import { Asks, Refused } from "./asks.js";
import { Close, Command, Event } from "./protocol.js";
import { Refusals } from "./refusals.js";
import { afterClose } from "./retry.js";
import { Silence } from "./silence.js";

/** From the first attempt to `hello`. */
const HELLO_MILLISECONDS = 15_000;
/** A ping may be late by this much. */
const GRACE_MILLISECONDS = 5_000;
/** After waking up, a line silent for longer than this is asked whether it lives, and has so long to answer. */
const FRESH_MILLISECONDS = 3_000;
const PROBE_MILLISECONDS = 5_000;

/** @typedef {import("./types.js").Connection["phase"]} Phase */

/**
 * @typedef {object} Surroundings
 * @property {() => WebSocket} open  A new WebSocket to the server.
 * @property {import("./clock.js").Clock} clock
 * @property {() => boolean} online  What the browser believes.
 * @property {() => Promise<boolean>} reachable  Whether the site answers over HTTP.
 * @property {(frame: any) => void} onEvent  Every event, `hello` too; not `ping`, not answers.
 * @property {() => void} onOpen  Before the first event of a line.
 * @property {(phase: Phase) => void} onPhase
 */

export class Socket {
  /** @type {WebSocket|null} */
  #socket = null;
  /** @type {Phase} */
  #phase = "connecting";
  #opened = false;
  #failures = 0; // attempts since the line last stood
  #notBefore = 0;
  #retryAfter = /** @type {number|undefined} */ (undefined); // seconds, as the server said before it closed
  #reconnectTimer = 0;

  /** @param {Surroundings} around */
  constructor(around) {
    this.around = around;
    this.clock = around.clock;
    this.asks = new Asks(around.clock);
    this.silence = new Silence(around.clock, () => this.#drop());
    this.refusals = new Refusals(around.reachable, (phase) => {
      if (!this.#over && this.#phase !== "live" && around.online()) this.#setPhase(phase);
    });
  }

  get #over() {
    return this.#phase === "ended" || this.#phase === "stopped";
  }

  connect() {
    this.clock.cancel(this.#reconnectTimer);
    if (this.#socket || this.#over) return;
    if (!this.around.online()) {
      this.#setPhase("offline");
      return;
    }
    this.#opened = false;
    this.#retryAfter = undefined;
    const attempt = this.around.open();
    this.#socket = attempt;
    // A line that was given up may still speak: only the present one is heard.
    attempt.onopen = () => attempt === this.#socket && this.#open();
    attempt.onmessage = (message) => attempt === this.#socket && this.#receive(message.data);
    attempt.onclose = (close) => attempt === this.#socket && this.#closed(close.code);
    this.silence.watch(HELLO_MILLISECONDS);
  }

  /**
   * Send a command that wants no answer; nothing happens while there is no line.
   * @param {string} type
   * @param {Record<string, unknown>} fields
   */
  tell(type, fields) {
    if (this.#phase === "live") this.#send(type, fields);
  }

  /**
   * Send a command. The promise is of its answer's fields, and is rejected with `Refused`.
   * @param {string} type
   * @param {Record<string, unknown>} [fields]
   * @param {number} [milliseconds]  How long to wait for the answer.
   * @returns {Promise<any>}
   */
  ask(type, fields = {}, milliseconds = undefined) {
    if (this.#phase !== "live") return Promise.reject(new Refused("closed"));
    const { ref, answer } = this.asks.open(milliseconds);
    this.#send(type, { ref, ...fields });
    return answer;
  }

  /** The page is seen again, or the network is back: make sure that the line stands, now. */
  wake() {
    if (this.#over) return;
    if (!this.#socket) {
      if (this.clock.now() < this.#notBefore) return;
      this.#failures = 0;
      this.connect();
    } else if (this.#phase === "live" && this.clock.now() - this.silence.heardAt > FRESH_MILLISECONDS) {
      this.#probe();
    }
  }

  /** The browser says that there is no network. */
  lost() {
    if (this.#over) return;
    this.#drop();
    this.clock.cancel(this.#reconnectTimer);
    this.#setPhase("offline");
  }

  #open() {
    this.#opened = true;
    this.refusals.opened();
    this.around.onOpen();
  }

  /**
   * @param {string} type
   * @param {Record<string, unknown>} fields
   */
  #send(type, fields) {
    this.#socket?.send(JSON.stringify({ type, ...fields }));
  }

  /** @param {string} data */
  #receive(data) {
    this.silence.heard();
    const frame = JSON.parse(data);
    if (frame.type === Event.PING) {
      this.#send(Command.PONG, { n: frame.n });
      return;
    }
    if (frame.type === Event.ERROR || frame.type === Event.OK) {
      if (!this.asks.settle(frame)) this.#retryAfter = frame.retry_after ?? this.#retryAfter;
      return;
    }
    if (frame.type === Event.HELLO) {
      this.#failures = 0;
      this.#setPhase("live");
      this.silence.watch(frame.heartbeat.timeout * 1000 + GRACE_MILLISECONDS);
    }
    this.around.onEvent(frame);
  }

  #probe() {
    const askedAt = this.clock.now();
    this.ask(Command.HELLO, {}, PROBE_MILLISECONDS).catch((reason) => {
      if (reason.code === "timeout" && this.silence.heardAt < askedAt) this.#drop();
    });
  }

  /** The line is dead, whatever the browser thinks of it: its own close event may come much later, or never. */
  #drop() {
    const dead = this.#socket;
    if (!dead) return;
    this.#closed(1006);
    dead.close();
  }

  /** @param {number} code */
  #closed(code) {
    this.#socket = null;
    this.silence.stop();
    const situation = { failures: this.#failures, retryAfter: this.#retryAfter, random: this.clock.random };
    const next = afterClose(code, situation);
    this.#failures += 1;
    this.asks.closed();
    if (typeof next === "number") this.#tryAgainIn(next, code);
    else this.#setPhase(next);
  }

  /**
   * @param {number} milliseconds
   * @param {number} code
   */
  #tryAgainIn(milliseconds, code) {
    if (code === Close.RATE_ABUSE) this.#notBefore = this.clock.now() + milliseconds;
    if (!this.#opened) this.refusals.failed();
    this.#setPhase(this.around.online() ? this.refusals.phase : "offline");
    this.#reconnectTimer = this.clock.after(() => this.connect(), milliseconds);
  }

  /** @param {Phase} next */
  #setPhase(next) {
    if (this.#phase === next) return;
    this.#phase = next;
    this.around.onPhase(next);
  }
}
