/** Promise: a seal shows the letters one knows a person by, and no two neighbours share a colour. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { hue, isHan, letters, tabIcon } from "../../chat/static/chat/js/seal.js";

test("a name of Latin words gives the first letters of the first and the last", () => {
  assert.equal(letters("Ann Lee"), "AL");
  assert.equal(letters("bob"), "B");
  assert.equal(letters("  Jean-Luc  van der Berg "), "JB");
});

test("a Han name gives its last two characters", () => {
  assert.equal(letters("王小明"), "小明");
  assert.equal(letters("李雷"), "李雷");
  assert.equal(letters("欧阳 娜娜"), "娜娜");
});

test("a small seal has one character", () => {
  assert.equal(letters("Ann Lee", true), "A");
  assert.equal(letters("王小明", true), "明");
});

test("a letter is what a reader sees as one, and nothing is no error", () => {
  assert.equal(letters("👩‍👩‍👧 Family"), "👩‍👩‍👧F");
  assert.equal(letters("𝒳avier"), "𝒳");
  assert.equal(letters("   "), "");
});

test("Japanese is not taken for Chinese", () => {
  assert.equal(isHan("房间"), true);
  assert.equal(isHan("部屋です"), false);
  assert.equal(isHan("room 房间"), true);
  assert.equal(isHan("room"), false);
});

test("neighbouring ids lie at least 60 degrees apart", () => {
  for (let id = 1; id < 1000; id += 1) {
    const apart = Math.abs(hue(id) - hue(id + 1));
    assert.ok(Math.min(apart, 360 - apart) >= 60, `${id}`);
  }
});

test("the tab shows a dot for unread and a number for what wants me", () => {
  const plain = decodeURIComponent(tabIcon(0, 0));
  assert.ok(!plain.includes("<circle") && !plain.includes("<text"));
  assert.ok(decodeURIComponent(tabIcon(7, 0)).includes("<circle"));
  assert.ok(decodeURIComponent(tabIcon(7, 2)).includes(">2</text>"));
  assert.ok(decodeURIComponent(tabIcon(70, 12)).includes(">9+</text>"));
});
