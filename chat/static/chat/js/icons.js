/**
 * The icons: one outline set, Lucide 1.62.0 (ISC and MIT, see vendor/lucide/LICENSE), only the glyphs the page uses.
 * They are pictures beside words or on labelled buttons, so screen readers never meet them.
 */

import { html, svg } from "lit-html";

const glyphs = {
  add: svg`<path d="M5 12h14" /><path d="M12 5v14" />`,
  back: svg`<path d="m12 19-7-7 7-7" /><path d="M19 12H5" />`,
  browse: svg`<circle cx="12" cy="12" r="10" /><path d="m16.24 7.76-1.804 5.411a2 2 0 0 1-1.265 1.265L7.76 16.24l1.804-5.411a2 2 0 0 1 1.265-1.265z" />`,
  close: svg`<path d="M18 6 6 18" /><path d="m6 6 12 12" />`,
  copy: svg`<rect width="14" height="14" x="8" y="8" rx="2" ry="2" /><path d="M4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2" />`,
  done: svg`<path d="M20 6 9 17l-5-5" />`,
  down: svg`<path d="M12 5v14" /><path d="m19 12-7 7-7-7" />`,
  people: svg`<path d="M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2" /><path d="M16 3.128a4 4 0 0 1 0 7.744" /><path d="M22 21v-2a4 4 0 0 0-3-3.87" /><circle cx="9" cy="7" r="4" />`,
  private: svg`<rect width="18" height="11" x="3" y="11" rx="2" ry="2" /><path d="M7 11V7a5 5 0 0 1 10 0v4" />`,
  settings: svg`<path d="M9.671 4.136a2.34 2.34 0 0 1 4.659 0 2.34 2.34 0 0 0 3.319 1.915 2.34 2.34 0 0 1 2.33 4.033 2.34 2.34 0 0 0 0 3.831 2.34 2.34 0 0 1-2.33 4.033 2.34 2.34 0 0 0-3.319 1.915 2.34 2.34 0 0 1-4.659 0 2.34 2.34 0 0 0-3.32-1.915 2.34 2.34 0 0 1-2.33-4.033 2.34 2.34 0 0 0 0-3.831A2.34 2.34 0 0 1 6.35 6.051a2.34 2.34 0 0 0 3.319-1.915" /><circle cx="12" cy="12" r="3" />`,
  write: svg`<path d="M22 17a2 2 0 0 1-2 2H6.828a2 2 0 0 0-1.414.586l-2.202 2.202A.71.71 0 0 1 2 21.286V5a2 2 0 0 1 2-2h16a2 2 0 0 1 2 2z" />`,
};

/**
 * Draw an icon of 20 px in the colour of the text around it; `small` ones have 16.
 * @param {keyof typeof glyphs} name
 * @param {"small"|""} [size]
 */
export const icon = (name, size = "") =>
  html`<svg class="icon ${size && "icon-small"} ${name === "back" ? "icon-turns" : ""}" viewBox="0 0 24 24" aria-hidden="true">${glyphs[name]}</svg>`;
