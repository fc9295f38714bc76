/** Promise: one to three emoji alone are told from everything else, and only what may be long is measured. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { isEmoji } from "../../chat/static/chat/js/emoji.js";
import { mayBeLong } from "../../chat/static/chat/js/fold.js";

test("one to three emoji and nothing else", () => {
  for (const text of ["🎉", "👍🏽", "👨‍👩‍👧‍👦", "🇨🇳", "❤️", "🎉🎈 🎂", "1️⃣"]) assert.equal(isEmoji(text), true, text);
  for (const text of ["", " ", "🎉🎉🎉🎉", "🎉!", "1", "12", "©", "好", "ok 🎉", "#"]) assert.equal(isEmoji(text), false, text);
});

test("what may be more than 24 lines is measured, the rest is not", () => {
  assert.equal(mayBeLong("line\n".repeat(23)), false);
  assert.equal(mayBeLong("line\n".repeat(24)), true);
  assert.equal(mayBeLong("字".repeat(300)), false);
  assert.equal(mayBeLong("字".repeat(301)), true);
});
