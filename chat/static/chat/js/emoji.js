/** Messages that are nothing but a few emoji. */

import { characters } from "./seal.js";

const MOST = 3;

/** The longest emoji, families and flags, stay below this each. */
const MOST_UNITS = 40;

/** Drawn as a picture by itself, or because a selector asks for it; a flag is two letters of its own kind. */
const EMOJI = /^(?:\p{Emoji_Presentation}|\p{Emoji}\uFE0F|\p{Regional_Indicator}{2})/u;

/**
 * Whether a text is one to three emoji and nothing else.
 * @param {string} text
 */
export function isEmoji(text) {
  const found = text.length <= MOST * MOST_UNITS ? characters(text.replace(/\s+/gu, "")) : [];
  return found.length > 0 && found.length <= MOST && found.every((each) => EMOJI.test(each));
}
