/**
 * The scroll place of the timeline: a room opens at its newest message or at the "New" line, stays at the foot while
 * the reader is there, and keeps what is read where it is while messages come and go above and below it.
 *
 * A drawing is framed: `const settle = scroll.before(); render(…); settle(room)`.
 */

import { FOOT_PIXELS, lastAbove, placeOfLine, whereabouts } from "./scroll-place.js";

/** @typedef {import("./types.js").Room} Room */

/** How far down the screen the "New" line stands when a room opens at it. */
const NEW_LINE_SHARE = 0.2;

/**
 * @param {HTMLElement} viewport  The element that scrolls; its messages carry `data-seq`.
 * @param {Pick<import("./types.js").Callbacks, "loadOlder"|"loadNewer"|"scrolled">} callbacks
 */
export function watchScroll(viewport, callbacks) {
  /** @type {Room|null} */
  let room = null;
  /** @type {import("./types.js").Timeline|null} */
  let timeline = null;
  let stuck = true;
  let footTop = 0;
  let told = false;
  let echo = "";
  let queued = false;

  const messages = () => /** @type {NodeListOf<HTMLElement>} */ (viewport.querySelectorAll(".message[data-seq]"));
  const toFoot = () => {
    viewport.scrollTop = viewport.scrollHeight;
    footTop = viewport.scrollTop;
    stuck = true;
  };

  /** The message at the top of the screen and where it stands: what must not move. */
  function held() {
    const rows = messages();
    const top = viewport.getBoundingClientRect().top;
    const index = lastAbove(rows.length, (at) => rows[at].getBoundingClientRect().bottom, top) + 1;
    return [...rows].slice(index, index + 5).map((row) => ({ row, top: row.getBoundingClientRect().top }));
  }

  /** @param {ReturnType<typeof held>} places */
  function keep(places) {
    const place = places.find(({ row }) => row.isConnected);
    const moved = place ? place.row.getBoundingClientRect().top - place.top : 0;
    if (Math.abs(moved) >= 1) viewport.scrollTop += moved;
  }

  function opened() {
    told = false;
    if (!toLine()) toFoot();
  }

  /** Show where unread begins. Returns whether the line is there. */
  function toLine() {
    const line = viewport.querySelector("[data-new]");
    if (!line) return false;
    told = false; // that I am at the foot, as the state may still believe
    const down = line.getBoundingClientRect().top - viewport.getBoundingClientRect().top;
    viewport.scrollTop += down - viewport.clientHeight * NEW_LINE_SHARE;
    footTop = viewport.scrollTop;
    stuck = whereabouts(viewport).atFoot;
    return true;
  }

  /** Scrolling up lets go of the foot at once; a window that changed its size does not. */
  function stillStuck() {
    return stuck && (whereabouts(viewport).atFoot || viewport.scrollTop >= footTop - FOOT_PIXELS);
  }

  function report() {
    queued = false;
    // Where other messages have been loaded and not drawn yet, what is on the screen says nothing of them.
    if (!timeline || room?.timeline !== timeline || viewport.clientHeight === 0) return;
    const place = whereabouts(viewport);
    stuck = place.atFoot && !timeline.hasNewer;
    footTop = viewport.scrollTop;
    told = true;
    callbacks.scrolled({ atBottom: stuck, seenSeq: seenSeq(), line: placeOfLine(viewport, timeline) });
    if (!timeline.failed) ask(timeline, place);
  }

  /** The newest message that stands wholly above the lower edge. */
  function seenSeq() {
    const rows = messages();
    const edge = viewport.getBoundingClientRect().bottom + FOOT_PIXELS;
    const seen = rows[lastAbove(rows.length, (at) => rows[at].getBoundingClientRect().bottom, edge)];
    return Number(seen?.dataset.seq ?? 0);
  }

  /**
   * @param {import("./types.js").Timeline} loaded
   * @param {ReturnType<typeof whereabouts>} place
   */
  function ask(loaded, { nearTop, nearFoot }) {
    if (nearTop && loaded.hasMore) callbacks.loadOlder();
    if (nearFoot && loaded.hasNewer) callbacks.loadNewer();
  }

  function later() {
    if (queued) return;
    queued = true;
    requestAnimationFrame(report);
  }

  viewport.addEventListener("scroll", later, { passive: true });
  // The keyboard of a phone opens, the composer grows, the window turns: who was at the foot stays there.
  new ResizeObserver(() => {
    if (stuck) toFoot();
    later();
  }).observe(viewport);

  /**
   * Whether I have written something since the last drawing: it is looked at where it appears.
   * @param {Room} next
   */
  function written(next) {
    const newest = next.pending.at(-1)?.nonce ?? echo;
    const fresh = newest !== echo;
    echo = newest;
    return fresh;
  }

  /**
   * @param {import("./types.js").Timeline} next
   * @param {boolean} wrote
   * @param {ReturnType<typeof held>} places
   */
  function follow(next, wrote, places) {
    const calledToFoot = told && next.atBottom && !next.hasNewer;
    if (stuck || wrote || calledToFoot) toFoot();
    else keep(places);
  }

  return {
    /** Call before a drawing. Returns what to call after it with the room that was drawn, or null for none. */
    before() {
      const still = stillStuck();
      if (stuck && !still) told = false; // the state has not heard of it yet
      stuck = still;
      const places = stuck ? [] : held();
      return (/** @type {Room|null|undefined} */ next) => {
        const same = timeline !== null && room?.id === next?.id;
        room = next ?? null;
        timeline = next?.timeline ?? null;
        if (!next || !timeline) return;
        const wrote = written(next);
        if (same) follow(timeline, wrote, places);
        else opened();
        later();
      };
    },
    toLine,
  };
}
