/** What the page says of itself: how the line is, who is writing, what is new. Pure. */

import { t } from "./i18n.js";
import { nameOf, openRoom } from "./select.js";

/** @typedef {import("./types.js").State} State */

/** A broken line is not worth a word before this. */
const PATIENCE_MILLISECONDS = 2000;

/** Names of people writing that are told one by one. */
const NAMED_TYPING = 2;

/** @typedef {{broken: boolean, words: string}} Wire */

/**
 * What the line above the composer says.
 * @param {State} state
 * @returns {Wire}
 */
export function wireOf({ connection, now }) {
  const { phase, since, waiting, here, there } = connection;
  const late = now - since >= PATIENCE_MILLISECONDS;
  if (phase === "live") return { broken: false, words: "" };
  if (phase === "offline") return { broken: true, words: offline(waiting) };
  if (phase === "refused") return { broken: true, words: refused(here, there) };
  if (phase === "ended") return { broken: true, words: t("You are signed out. What you write is kept here.") };
  if (phase === "stopped") return { broken: true, words: t("Disconnected. Reload the page to go on.") };
  return late ? { broken: true, words: reconnecting(waiting) } : { broken: false, words: "" };
}

/** @param {number} waiting */
function offline(waiting) {
  return andWaiting(t("Offline. What you write is kept here and sent later."), waiting);
}

/** @param {number} waiting */
function reconnecting(waiting) {
  return andWaiting(t("Reconnecting…"), waiting);
}

/**
 * The blank between the two belongs to the language.
 * @param {string} sentence
 * @param {number} n
 */
function andWaiting(sentence, n) {
  return n > 0 ? t("{sentence} {n} waiting", { sentence, n }) : sentence;
}

/**
 * @param {string|undefined} here
 * @param {string|undefined} there
 */
function refused(here, there) {
  if (!here || !there) return t("The site refuses the connection. Ask the owner to look at PUBLIC_URL.");
  return t("This page is at {here}, the site is set up as {there}. Ask the owner to set PUBLIC_URL.", { here, there });
}

/**
 * Who is writing in the open room.
 * @param {State} state
 */
export function typingWords(state) {
  const names = [...(state.typing.get(state.open ?? 0)?.keys() ?? [])]
    .filter((id) => id !== state.me)
    .map((id) => nameOf(state, id));
  if (names.length === 0) return "";
  if (names.length === 1) return t("{name} is writing", { name: names[0] });
  if (names.length === NAMED_TYPING) return t("{name} and {other} are writing", { name: names[0], other: names[1] });
  return t("Several people are writing");
}

/**
 * What a screen reader is told of what came after `seq`: one message in full, several as their number.
 * @param {State} state
 * @param {number} seq
 */
export function news(state, seq) {
  const room = openRoom(state);
  const fresh = (room?.timeline?.messages ?? []).filter((message) => message.seq > seq && message.author !== state.me);
  if (fresh.length === 0) return "";
  if (fresh.length > 1) return t("{n} new messages", { n: fresh.length });
  return t("{name}: {text}", { name: nameOf(state, fresh[0].author), text: fresh[0].body ?? "" });
}
