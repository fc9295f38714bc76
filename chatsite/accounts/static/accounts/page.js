// What pages of the entrance and of owners do beyond their forms: show a typed password, copy an address.

/** @param {HTMLInputElement} field @param {HTMLTemplateElement} template */
function addToggle(field, template) {
  const button = template.content.firstElementChild?.cloneNode(true);
  if (!(button instanceof HTMLButtonElement)) return;
  const words = [button.textContent ?? "", template.dataset.hide ?? ""];
  button.setAttribute("aria-controls", field.id);
  button.addEventListener("click", () => {
    const shows = field.type === "text";
    field.type = shows ? "password" : "text";
    button.textContent = shows ? words[0] : words[1];
  });
  // What is sent must be a password field again, or browsers would offer the text later.
  field.form?.addEventListener("submit", () => { field.type = "password"; });
  field.after(button);
}

/** @param {HTMLElement} button */
function makeCopying(button) {
  const source = document.getElementById(button.dataset.copy ?? "");
  if (!(source instanceof HTMLInputElement)) return;
  const before = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.value);
    } catch {
      // Without https a browser has no clipboard; selected text can still be copied in the old way.
      source.select();
      if (!document.execCommand("copy")) return;
    }
    button.textContent = button.dataset.done ?? "";
    setTimeout(() => { button.textContent = before; }, 2000);
  });
}

const template = document.querySelector("template[data-password-toggle]");
if (template instanceof HTMLTemplateElement) {
  for (const field of document.querySelectorAll("input[type=password]")) {
    if (field instanceof HTMLInputElement) addToggle(field, template);
  }
}
// With a keyboard at hand, start in the first field that wants something; on touch the keyboard would cover the page.
if (matchMedia("(pointer: fine)").matches) {
  const fields = [...document.querySelectorAll(".entrance .field input")].filter((field) => field instanceof HTMLInputElement);
  (fields.find((field) => field.ariaInvalid === "true") ?? fields.find((field) => !field.value))?.focus();
}
for (const button of document.querySelectorAll("[data-copy]")) {
  if (button instanceof HTMLElement) makeCopying(button);
}
