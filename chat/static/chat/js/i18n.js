/** The page's words: English in the code, other languages from the catalogue in the boot data. */

/** @type {Record<string, string|string[]>} */
let catalogue = {};
let numbers = new Intl.NumberFormat("en");

/**
 * Use this catalogue from now on. A plural entry is an array of forms under its English singular.
 * @param {Record<string, string|string[]>} words
 * @param {string} language
 */
export function setWords(words, language) {
  catalogue = words;
  numbers = new Intl.NumberFormat(language);
}

/**
 * Put values in the places of a sentence. A name without a value stays as it is written.
 * @param {string} sentence
 * @param {Record<string, string|number>} values
 */
function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (place, name) => (Object.hasOwn(values, name) ? String(values[name]) : place));
}

/** @param {string} key */
function lookUp(key) {
  return Object.hasOwn(catalogue, key) ? catalogue[key] : undefined;
}

/**
 * The sentence in the page's language: `t("Message {name}", {name})`.
 * @param {string} sentence  English; the key of the catalogue.
 * @param {Record<string, string|number>} [values]
 * @returns {string}
 */
export function t(sentence, values = {}) {
  const found = lookUp(sentence);
  return fill(typeof found === "string" && found ? found : sentence, values);
}

/**
 * The sentence that fits a number: `tn("{n} member", "{n} members", count)`. `{n}` is written by the language's rules.
 * @param {string} one  English singular; the key of the catalogue.
 * @param {string} many
 * @param {number} n
 * @param {Record<string, string|number>} [values]
 * @returns {string}
 */
export function tn(one, many, n, values = {}) {
  const found = lookUp(one);
  const forms = Array.isArray(found) && found.length > 0 && found.every(Boolean) ? found : [one, many];
  // A language with one form (Chinese) has one entry; those with two that we write split as English does.
  const form = forms.length === 1 || n === 1 ? forms[0] : forms[1];
  return fill(form, { n: numbers.format(n), ...values });
}
