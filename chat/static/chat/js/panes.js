/**
 * What opens beside the room or in its place, each with an address of its own, so that "back" closes it: the panel
 * (`#members`), and on a phone the list of rooms (an entry of the history whose state says `list`).
 */

import { focusComposer } from "./navigation.js";

/** @typedef {import("./types.js").Panel} Panel */

const PANELS = ["members", "about"];

export class Panes {
  /** What had the focus when the panel opened. @type {Element|null} */
  #focused = null;

  /** @param {import("./main.js").Parts} parts */
  constructor(parts) {
    this.parts = parts;
    this.state = parts.state;
  }

  /** Show what the address says, in the room that is in view. */
  follow() {
    const name = location.hash.slice(1);
    const panel = /** @type {Panel} */ (PANELS.includes(name) && this.state.open !== null ? name : null);
    const wasIn = document.getElementById("panel")?.contains(document.activeElement);
    const listShown = history.state?.list === true;
    const turned = listShown && !this.state.listShown;
    this.state.listShown = listShown;
    this.#draw(panel);
    if (wasIn && !panel) this.#focusBack();
    if (turned) focusList();
  }

  /** @param {NonNullable<Panel>} panel */
  openPanel(panel) {
    const address = `${location.pathname}#${panel}`;
    if (this.state.panel) {
      history.replaceState(history.state, "", address);
    } else {
      this.#focused = document.activeElement;
      history.pushState({ panel: true }, "", address);
    }
    this.#draw(panel);
    document.getElementById("panel-title")?.focus();
  }

  closePanel() {
    if (history.state?.panel) history.back();
    else history.replaceState(history.state, "", location.pathname);
    this.#draw(null);
    this.#focusBack();
  }

  showList() {
    if (this.state.listShown) return;
    if (history.state?.fromList) {
      history.back();
    } else {
      history.pushState({ list: true }, "", location.pathname);
      this.follow();
    }
  }

  /** @param {Panel} panel */
  #draw(panel) {
    if (panel === "members" && this.state.panel !== panel) this.parts.members.open();
    this.state.panel = panel;
    this.state.version += 1;
    this.parts.drawing.now();
  }

  #focusBack() {
    if (this.#focused instanceof HTMLElement && this.#focused.isConnected) this.#focused.focus();
    else focusComposer();
    this.#focused = null;
  }
}

function focusList() {
  const row = /** @type {HTMLElement|null} */ (document.querySelector("#sidebar .sidebar-row-open, #sidebar a"));
  row?.focus({ preventScroll: true });
}
