/** Promise: every sentence and every time is written in the reader's language, and a missing word never breaks a page. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { setWords, t, tn } from "../../chat/static/chat/js/i18n.js";
import { clock, day, grouped, recent, sameDay, setLanguage } from "../../chat/static/chat/js/time.js";

afterEach(() => {
  setWords({}, "en");
  setLanguage("en");
});

const at = new Date(2026, 10, 23, 14, 2).getTime();
const MINUTE = 60_000;

test("English needs no catalogue", () => {
  assert.equal(t("Message {name}", { name: "Bob" }), "Message Bob");
  assert.equal(tn("{n} member", "{n} members", 1), "1 member");
  assert.equal(tn("{n} member", "{n} members", 1234), "1,234 members");
});

test("Chinese has one form for every number", () => {
  setWords({ "Message {name}": "给{name}发消息", "{n} member": ["{n} 位成员"] }, "zh-hans");
  assert.equal(t("Message {name}", { name: "小明" }), "给小明发消息");
  assert.equal(tn("{n} member", "{n} members", 1), "1 位成员");
  assert.equal(tn("{n} member", "{n} members", 7), "7 位成员");
});

test("a sentence without a translation, or with an empty one, is shown in English", () => {
  setWords({ Send: "", "{n} new": [""] }, "zh-hans");
  assert.equal(t("Send"), "Send");
  assert.equal(tn("{n} new", "{n} new", 2), "2 new");
  assert.equal(t("toString"), "toString");
});

test("what people wrote is not read as a place or a pattern", () => {
  assert.equal(t("Message {name}", { name: "{name} $& $1" }), "Message {name} $& $1");
  assert.equal(t("Hello {nobody}"), "Hello {nobody}");
});

test("days and hours are written as the language writes them", () => {
  assert.equal(day(at, at), "Monday 23 November");
  assert.equal(day(new Date(2008, 1, 3).getTime(), at), "Sunday 3 February 2008");
  assert.equal(clock(new Date(2026, 10, 23, 0, 5).getTime()), "00:05");
  setLanguage("zh-hans");
  assert.equal(day(at, at), "11月23日 星期一");
  assert.equal(day(new Date(2008, 1, 3).getTime(), at), "2008年2月3日 星期日");
  assert.equal(clock(at), "14:02");
});

test("a moment names its weekday within a week, and its day when that would be two days", () => {
  const days = (count) => recent(at, at + count * 24 * 60 * MINUTE);
  assert.equal(recent(at, at + MINUTE), "14:02");
  assert.equal(days(1), "Monday 14:02");
  assert.equal(days(5.9), "Monday 14:02");
  assert.equal(days(7), "Monday 23 November 14:02");
});

test("messages group by author, five minutes and day", () => {
  const first = { author: 1, at };
  assert.equal(grouped(undefined, first), false);
  assert.equal(grouped(first, { author: 1, at: at + 5 * MINUTE }), true);
  assert.equal(grouped(first, { author: 1, at: at + 5 * MINUTE + 1 }), false);
  assert.equal(grouped(first, { author: 2, at }), false);
  const midnight = new Date(2026, 10, 24).getTime();
  assert.equal(grouped({ author: 1, at: midnight - 1 }, { author: 1, at: midnight }), false);
  assert.equal(sameDay(midnight - 1, midnight), false);
});
