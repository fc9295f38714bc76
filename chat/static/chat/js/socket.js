/**
 * The line to the server: opened, watched, and opened again until the server or the page says stop.
 *
 * A browser does not notice a dead line by itself. The server pings; when nothing at all was heard for its timeout the
 * line is dead. After sleep that would take too long, so waking up asks at once, with a short deadline.
 */

import { Asks, Refused } from "./asks.js";
import { Close, Command, Event } from "./protocol.js";
import { afterClose } from "./retry.js";

/** From the first attempt to `hello`. */
const HELLO_MILLISECONDS = 15_000;
/** A ping may be late by this much. */
const GRACE_MILLISECONDS = 5_000;
/** After waking up, a line silent for longer than this is asked whether it lives. */
const FRESH_MILLISECONDS = 3_000;
const PROBE_MILLISECONDS = 5_000;
/** So many attempts that fail before the line opens: something is wrong that waiting may not mend. */
const SUSPICIOUS_FAILURES = 3;

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
  /** Attempts since the line last stood; those of them that did not even open. */
  #failures = 0;
  #refusals = 0;
  #heardAt = 0;
  #timeoutMilliseconds = 60_000;
  #notBefore = 0;
  /** @type {number|undefined} Seconds, as the server said before it closed. */
  #retryAfter;
  #reconnectTimer = 0;
  #watchTimer = 0;

  /** @param {Surroundings} around */
  constructor(around) {
    this.around = around;
    this.clock = around.clock;
    this.asks = new Asks(around.clock);
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
    this.#watch(HELLO_MILLISECONDS);
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
    } else if (this.#phase === "live" && this.clock.now() - this.#heardAt > FRESH_MILLISECONDS) {
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
    this.#refusals = 0;
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
    this.#heardAt = this.clock.now();
    const frame = JSON.parse(data);
    if (frame.type === Event.PING) {
      this.#send(Command.PONG, { n: frame.n });
    } else if (frame.type === Event.ERROR || frame.type === Event.OK) {
      if (!this.asks.settle(frame)) this.#retryAfter = frame.retry_after ?? this.#retryAfter;
    } else {
      if (frame.type === Event.HELLO) this.#greeted(frame);
      this.around.onEvent(frame);
    }
  }

  /** @param {import("./types.js").WireHello} hello */
  #greeted(hello) {
    this.#failures = 0;
    this.#timeoutMilliseconds = hello.heartbeat.timeout * 1000;
    this.#setPhase("live");
    this.#watch(this.#timeoutMilliseconds + GRACE_MILLISECONDS);
  }

  /**
   * Give the line up when nothing is heard for so long.
   * @param {number} milliseconds
   */
  #watch(milliseconds) {
    this.clock.cancel(this.#watchTimer);
    this.#heardAt = this.clock.now();
    const look = () => {
      const left = this.#heardAt + milliseconds - this.clock.now();
      if (left <= 0) this.#drop();
      else this.#watchTimer = this.clock.after(look, left);
    };
    this.#watchTimer = this.clock.after(look, milliseconds);
  }

  #probe() {
    const askedAt = this.clock.now();
    this.ask(Command.HELLO, {}, PROBE_MILLISECONDS).catch((reason) => {
      if (reason.code === "timeout" && this.#heardAt <= askedAt) this.#drop();
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
    this.clock.cancel(this.#watchTimer);
    const { random } = this.clock;
    const next = afterClose(code, { failures: this.#failures, retryAfter: this.#retryAfter, random });
    this.#failures += 1;
    if (!this.#opened) this.#refusals += 1;
    if (typeof next === "number") this.#tryAgainIn(next, code);
    else this.#setPhase(next);
    this.asks.closed();
  }

  /**
   * @param {number} milliseconds
   * @param {number} code
   */
  #tryAgainIn(milliseconds, code) {
    if (code === Close.RATE_ABUSE) this.#notBefore = this.clock.now() + milliseconds;
    if (!this.#opened) this.#suspect();
    this.#setPhase(this.#phaseWhileTrying());
    this.clock.cancel(this.#reconnectTimer);
    this.#reconnectTimer = this.clock.after(() => this.connect(), milliseconds);
  }

  /** @returns {Phase} */
  #phaseWhileTrying() {
    if (!this.around.online()) return "offline";
    if (this.#refusals < SUSPICIOUS_FAILURES) return "reconnecting";
    return this.#phase === "refused" ? "refused" : "offline";
  }

  /** No socket, again and again: is the whole site away, or does it refuse this page? */
  async #suspect() {
    if (this.#refusals < SUSPICIOUS_FAILURES) return;
    const reachable = await this.around.reachable();
    if (this.#refusals >= SUSPICIOUS_FAILURES && !this.#over) this.#setPhase(reachable ? "refused" : "offline");
  }

  /** @param {Phase} next */
  #setPhase(next) {
    if (this.#phase === next) return;
    this.#phase = next;
    this.around.onPhase(next);
  }
}
