/** Seals, the generated faces: which letters, which colour, and the site's own as a picture for the browser's tab. */

const HAN = /\p{Script=Han}/u;
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;

/** Golden angle: neighbouring ids get far colours. */
const TURN = 137.5;

/** Made once: making one takes as long as drawing ten messages. */
const segmenter = new Intl.Segmenter();

/**
 * What a reader takes for the characters of a text.
 * @param {string} text
 */
export const characters = (text) => [...segmenter.segment(text)].map((part) => part.segment);

/**
 * Whether a text is Chinese: it has Han characters and no kana.
 * @param {string} text
 */
export function isHan(text) {
  return HAN.test(text) && !KANA.test(text);
}

/**
 * What a person's seal shows: the last two characters of a Han name, else the first letters of the first and the last
 * word. `one` is for seals under 28 px.
 * @param {string} name
 * @param {boolean} [one]
 */
export function letters(name, one = false) {
  const trimmed = name.trim();
  if (isHan(trimmed)) return characters(trimmed.replace(/\s/gu, "")).slice(one ? -1 : -2).join("");
  const words = trimmed.split(/[\s._-]+/u).filter(Boolean);
  const ends = words.length > 1 && !one ? [words[0], words[words.length - 1]] : words.slice(0, 1);
  return ends.map((word) => characters(word)[0].toLocaleUpperCase()).join("");
}

/**
 * What the site's own seal shows: the first character of its name.
 * @param {string} name
 */
export function siteLetter(name) {
  return (characters(name.trim())[0] ?? "").toLocaleUpperCase();
}

/**
 * The hue of a person's seal in degrees.
 * @param {number} id
 */
export function hue(id) {
  return (id * TURN) % 360;
}

/**
 * The site's seal as the address of a picture: unread adds a dot, mentions their number.
 * @param {number} unread
 * @param {number} mentions
 */
export function tabIcon(unread, mentions) {
  const number = mentions > 9 ? "9+" : String(mentions);
  const lines = `<path d="M9 10.5h14M9 16h14M9 21.5h8" stroke="#fdfefd" stroke-width="3" stroke-linecap="square"/>`;
  const count = `<text x="16" y="23.5" fill="#fdfefd" font-family="sans-serif" font-size="20" font-weight="700" text-anchor="middle">${number}</text>`;
  const dot = `<circle cx="25" cy="7" r="7" fill="#fdfefd"/><circle cx="25" cy="7" r="5" fill="#171d1d"/>`;
  const inside = mentions > 0 ? count : lines + (unread > 0 ? dot : "");
  const picture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#c02e0e"/>${inside}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(picture)}`;
}

/**
 * Finish the seals that a template printed: `<span class="seal" data-person="12" data-name="Ann Lee"></span>`.
 * @param {ParentNode} root
 */
export function drawSeals(root) {
  for (const element of root.querySelectorAll(".seal[data-person]")) {
    if (!(element instanceof HTMLElement)) continue;
    element.style.setProperty("--seal-hue", String(hue(Number(element.dataset.person))));
    element.textContent = letters(element.dataset.name ?? "", element.classList.contains("seal-s"));
    element.setAttribute("aria-hidden", "true");
  }
}
