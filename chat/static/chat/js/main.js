/**
 * The page's beginning, and the one place that knows all parts: it makes the state from the data in the page, draws it
 * at once, then loads the living part and connects what happens to what is shown.
 */

import { makeCallbacks } from "./callbacks.js";
import { restoreDrafts } from "./drafts.js";
import { Drawing } from "./drawing.js";
import { setWords } from "./i18n.js";
import { MemberList } from "./members.js";
import { focusComposer, Navigation } from "./navigation.js";
import { Panes } from "./panes.js";
import { drawSeals } from "./seal.js";
import { fromBoot, setAttending } from "./store.js";
import { setLanguage } from "./time.js";
import { attending, storageOf, watchWorld } from "./world.js";

/**
 * What the parts of a page share. `live` comes later than the rest.
 * @typedef {object} Parts
 * @property {import("./types.js").State} state
 * @property {Drawing} drawing
 * @property {Navigation} navigation
 * @property {MemberList} members
 * @property {Panes} panes
 * @property {Promise<import("./live.js").Live>} live
 * @property {() => void} ended  The session is over: to the login page and back here.
 */

/** @param {import("./types.js").Boot} boot */
function start(boot) {
  setWords(boot.words, boot.language);
  setLanguage(boot.language);
  const state = fromBoot(boot, Date.now());
  restoreDrafts(state, storageOf("sessionStorage"));
  setAttending(state, attending());

  const parts = /** @type {Parts} */ ({ state, ended: once(() => leaveForLogin(state.urls.login)) });
  parts.drawing = new Drawing(state, makeCallbacks(parts));
  const onChange = () => parts.drawing.later();
  parts.members = new MemberList(state, onChange);
  parts.navigation = new Navigation({
    state,
    drawing: parts.drawing,
    onEnded: parts.ended,
    onFollow: () => parts.panes.follow(),
    onOpened: async (id) => {
      const { sync, reader } = await parts.live;
      sync.changed(id);
      reader.update();
    },
  });
  parts.panes = new Panes(parts);
  parts.panes.follow();
  drawSeals(document);
  focusComposer();

  const onRights = () => parts.navigation.reload();
  const living = { state, storage: storageOf("localStorage"), onChange, onEnded: parts.ended, onRights };
  parts.live = import("./live.js").then(({ goLive }) => goLive(living));
  watchWorld(parts);
}

/** @param {string} login */
function leaveForLogin(login) {
  location.assign(`${login}?next=${encodeURIComponent(location.pathname + location.search)}`);
}

/** @param {() => void} what */
function once(what) {
  let done = false;
  return () => {
    if (!done) what();
    done = true;
  };
}

const data = document.getElementById("boot");
if (data) start(JSON.parse(data.textContent ?? ""));
