/** The classes of page.css in the gallery, written out as templates use them. */

import { html } from "lit-html";

import { t, tn } from "./i18n.js";

/** @type {Record<string, () => unknown>} */
export const pages = {
  list: () => html`<div class="page">
    <header class="page-bar"><h1 class="page-title">${t("Rooms")}</h1><a class="button button-small" href="#new">${t("New room")}</a></header>
    <div class="page-body">
      <p class="page-note" role="status">${t("Saved.")}</p>
      <ul class="list">
        <li class="list-row">
          <span class="list-words"><a class="list-name" href="#r">Reading evening</a><span class="list-detail">Posters, chairs, who brings what · ${tn("{n} member", "{n} members", 12)}</span></span>
          <span class="list-end"><time>14:02</time><button class="button button-quiet button-small">${t("Join")}</button></span>
        </li>
        <li class="list-row">
          <span class="seal seal-s" data-person="3" data-name="王小明"></span>
          <span class="list-words"><a class="list-name" href="#p">王小明</a><span class="list-detail">@xiaoming</span></span>
          <span class="list-end"><form class="list-set"><select aria-label=${t("Members")}><option selected>${t("moderator")}</option><option>${t("owner")}</option></select><button class="button button-quiet button-small">${t("Save")}</button></form></span>
        </li>
      </ul>
      <div class="page-empty"><p>${t("The rooms you join stand here.")}</p><a class="button button-quiet" href="#all">${t("All rooms")}</a></div>
    </div>
  </div>`,
  form: () => html`<div class="page"><div class="page-body">
    <h2 class="page-heading">${t("Change the name or topic")}</h2>
    <p class="page-error" role="alert">${t("The room did not load.")}</p>
    <form class="form">
      <div class="field field-wrong"><label class="field-label">${t("Name")}<input value="" /></label><span class="field-error">${t("Give the room a name.")}</span></div>
      <div class="field"><label class="field-label">${t("Topic")}<textarea rows="2">什么都可以聊</textarea></label><span class="field-help">${t("One line that says what the room is for.")}</span></div>
      <div class="field"><label class="field-label">${t("Members")}<select><option>${t("moderator")}</option></select></label></div>
      <label class="choice"><input type="checkbox" checked /><span class="choice-words">${t("For everyone")}<span class="field-help">${t("New people join it by themselves.")}</span></span></label>
      <div class="buttons"><button class="button">${t("Save")}</button><button class="button button-quiet">${t("Close")}</button><button class="button" disabled>${t("Send")}</button></div>
    </form>
    <div class="danger"><p>${t("You cannot write here. An owner can change that.")}</p><button class="button button-danger">${t("Discard")}</button></div>
    <div class="table-scroll"><table class="table"><thead><tr><th>${t("Invitation link")}</th><th>${t("Members")}</th><th>${t("Newest")}</th></tr></thead><tbody><tr><td>m3kq-9vtz</td><td>3 / 10</td><td>14:02</td></tr></tbody></table></div>
  </div></div>`,
};
