/** The classes of page.css in the gallery, written out as templates use them. */

import { html } from "lit-html";

import { t } from "./i18n.js";

/** @type {Record<string, () => unknown>} */
export const pages = {
  list: () => html`<div class="page">
    <header class="page-bar"><h1 class="page-title">${t("Rooms")}</h1><a class="button button-small" href="#new">${t("New room")}</a></header>
    <div class="page-body">
      <p class="page-note" role="status">Saved.</p>
      <ul class="list">
        <li class="list-row">
          <span class="list-words"><a class="list-name" href="#r">Reading evening</a><span class="list-detail">Posters, chairs, who brings what · 12 members</span></span>
          <span class="list-end"><time>14:02</time><button class="button button-quiet button-small">${t("Join")}</button></span>
        </li>
        <li class="list-row">
          <span class="seal seal-s" data-person="3" data-name="王小明"></span>
          <span class="list-words"><a class="list-name" href="#p">王小明</a><span class="list-detail">@xiaoming</span></span>
        </li>
      </ul>
      <div class="page-empty"><p>No room is called that.</p><a class="button button-quiet" href="#all">${t("All rooms")}</a></div>
    </div>
  </div>`,
  form: () => html`<div class="page"><div class="page-body">
    <h2 class="page-heading">Name and topic</h2>
    <p class="page-error" role="alert">Nothing was saved. One field is wrong.</p>
    <form class="form">
      <div class="field field-wrong"><label class="field-label">Name<input value="" /></label><span class="field-error">Give the room a name.</span></div>
      <div class="field"><label class="field-label">Topic<textarea rows="2">什么都可以聊</textarea></label><span class="field-help">One or two sentences, seen at the top of the room.</span></div>
      <div class="field"><label class="field-label">Role<select><option>member</option></select></label></div>
      <label class="choice"><input type="checkbox" checked /><span class="choice-words">Everyone is in it<span class="field-help">New members join it by themselves.</span></span></label>
      <div class="buttons"><button class="button">Save</button><button class="button button-quiet">Cancel</button><button class="button" disabled>Send</button></div>
    </form>
    <div class="danger"><p>An archived room can be read, not written in.</p><button class="button button-danger">Archive</button></div>
    <div class="table-scroll"><table class="table"><thead><tr><th>Link</th><th>Used</th><th>Until</th></tr></thead><tbody><tr><td>m3kq-9vtz</td><td>3 of 10</td><td>30 November</td></tr></tbody></table></div>
  </div></div>`,
};
