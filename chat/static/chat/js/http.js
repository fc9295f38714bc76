/** The page's own requests to the site. */

/** Why a request brought nothing: `ended` (no session), `missing` (or hidden), `failed`. */
export class RequestFailed extends Error {
  /** @param {"ended"|"missing"|"failed"} why */
  constructor(why) {
    super(why);
    this.why = why;
  }
}

/**
 * The JSON at an address of ours. Raises `RequestFailed`.
 * @param {string} url
 * @returns {Promise<any>}
 */
export async function getJson(url) {
  const response = await answerOf(url, { headers: { Accept: "application/json" } });
  // Without a session the site leads to the login page.
  if (response.redirected || response.status === 401) throw new RequestFailed("ended");
  if (response.status === 404 || response.status === 403) throw new RequestFailed("missing");
  if (!response.ok) throw new RequestFailed("failed");
  return response.json();
}

/**
 * Do what the form at an address of ours does. Where it would lead is not followed. Raises `RequestFailed`.
 * @param {string} url
 */
export async function post(url) {
  const headers = { "X-CSRFToken": csrfToken() };
  const response = await answerOf(url, { method: "POST", headers, redirect: "manual" });
  if (response.type !== "opaqueredirect" && !response.ok) throw new RequestFailed("failed");
}

/**
 * @param {string} url
 * @param {RequestInit} options
 */
async function answerOf(url, options) {
  try {
    return await fetch(url, { credentials: "same-origin", cache: "no-store", ...options });
  } catch {
    throw new RequestFailed("failed");
  }
}

function csrfToken() {
  return /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? "";
}
