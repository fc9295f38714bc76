/** Promise: the page knows when a reader is at the foot, when to ask for more, and which message was seen last. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { lastAbove, whereabouts } from "../../chat/static/chat/js/scroll-place.js";

const box = (/** @type {number} */ scrollTop) => ({ scrollTop, scrollHeight: 6000, clientHeight: 600 });

test("the foot is the foot, also when rounding leaves a few pixels", () => {
  assert.equal(whereabouts(box(5400)).atFoot, true);
  assert.equal(whereabouts(box(5393)).atFoot, true);
  assert.equal(whereabouts(box(5390)).atFoot, false);
});

test("more is asked for before the reader meets the end", () => {
  assert.deepEqual(whereabouts(box(800)), { atFoot: false, nearTop: true, nearFoot: false });
  assert.deepEqual(whereabouts(box(2700)), { atFoot: false, nearTop: false, nearFoot: false });
  assert.deepEqual(whereabouts(box(4600)), { atFoot: false, nearTop: false, nearFoot: true });
});

test("a room shorter than the screen is at its foot and near both ends", () => {
  const short = { scrollTop: 0, scrollHeight: 400, clientHeight: 600 };
  assert.deepEqual(whereabouts(short), { atFoot: true, nearTop: true, nearFoot: true });
});

test("the last message in view is the last that ends above the edge", () => {
  const ends = [100, 150, 220, 400];
  const endOf = (/** @type {number} */ index) => ends[index];
  assert.equal(lastAbove(ends.length, endOf, 99), -1);
  assert.equal(lastAbove(ends.length, endOf, 100), 0);
  assert.equal(lastAbove(ends.length, endOf, 300), 2);
  assert.equal(lastAbove(ends.length, endOf, 4000), 3);
  assert.equal(lastAbove(0, endOf, 4000), -1);
});
