/** Times as people read them, in the page's language and the reader's time zone. All instants are in milliseconds. */

/** Messages of one author within this time are one group. */
export const GROUP_MILLISECONDS = 5 * 60 * 1000;

/** A weekday names one day only within this, less the day it is. */
const WEEK_MILLISECONDS = 6 * 24 * 60 * 60 * 1000;

/** @type {Record<string, string>} The languages we write, as locales: day before month, 24 hours. */
const LOCALES = { en: "en-GB", "zh-hans": "zh-CN" };

/** @type {Record<string, Intl.DateTimeFormat>} */
let formats = {};
let locale = LOCALES.en;

/** @param {string} language  As in the boot data. */
export function setLanguage(language) {
  locale = LOCALES[language] ?? language;
  formats = {};
}

/**
 * @param {string} name
 * @param {Intl.DateTimeFormatOptions} options
 */
function format(name, options) {
  formats[name] ??= new Intl.DateTimeFormat(locale, options);
  return formats[name];
}

/**
 * "14:02".
 * @param {number} at
 */
export function clock(at) {
  return format("clock", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}

/**
 * A heading over the messages of a day: "Monday 23 November", with the year when it is not this one.
 * @param {number} at
 * @param {number} now
 */
export function day(at, now) {
  const year = new Date(at).getFullYear() === new Date(now).getFullYear() ? undefined : "numeric";
  const date = format(`date ${year}`, { day: "numeric", month: "long", year }).format(at);
  const weekday = format("weekday", { weekday: "long" }).format(at);
  return locale.startsWith("zh") ? `${date} ${weekday}` : `${weekday} ${date}`;
}

/**
 * When something was, in one line: the hour today, "Tuesday 14:02" within a week, else the day and the hour.
 * @param {number} at
 * @param {number} now
 */
export function recent(at, now) {
  if (sameDay(at, now)) return clock(at);
  const near = now - at < WEEK_MILLISECONDS && at < now;
  return `${near ? format("weekday", { weekday: "long" }).format(at) : day(at, now)} ${clock(at)}`;
}

/**
 * Everything, for a title or a screen reader: "Monday 23 November 2026 at 14:02".
 * @param {number} at
 */
export function full(at) {
  return format("full", { dateStyle: "full", timeStyle: "short" }).format(at);
}

/**
 * @param {number} a
 * @param {number} b
 */
export function sameDay(a, b) {
  return new Date(a).toDateString() === new Date(b).toDateString();
}

/**
 * Whether a message stands in the group of the one before it, without a name and a face of its own.
 * @param {{author: number, at: number}|undefined} previous
 * @param {{author: number, at: number}} message
 */
export function grouped(previous, message) {
  return (
    previous !== undefined &&
    previous.author === message.author &&
    Math.abs(message.at - previous.at) <= GROUP_MILLISECONDS &&
    sameDay(previous.at, message.at)
  );
}
