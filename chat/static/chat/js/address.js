/** The addresses of rooms, as the boot data writes them: `/rooms/{room}/`. */

/**
 * @param {string} pattern
 * @param {number} id
 */
export function addressOf(pattern, id) {
  return pattern.replace("{room}", String(id)).replace("{person}", String(id));
}

/**
 * The room at a path, or null when it is no room's address.
 * @param {string} pattern
 * @param {string} path
 * @returns {number|null}
 */
export function roomAt(pattern, path) {
  const [before, after] = pattern.split("{room}");
  const middle = path.slice(before.length, path.length - after.length);
  const fits = path === before + middle + after && /^[1-9][0-9]{0,15}$/.test(middle);
  return fits ? Number(middle) : null;
}
