// Questions to the person before something is ordered, and what the page says when it is done.

import { h, patch } from "./element.js";
import { t } from "./language.js";
import { button, explained } from "./parts.js";
import { setWho, who } from "./session.js";

/**
 * Asks, and orders if the answer is yes. `fields`: `{name, label, kind, value, options, required}`; `act(values)` does
 * the work, and a refusal of it is shown where the question stands. `done(result)`: the words for when it is done.
 */
export function ask({ title, text, fields = [], yes, danger, act, done }) {
  const dialog = document.getElementById("dialog");
  const say = (error) =>
    patch(dialog.querySelector(".outcome"), error && h("p", { class: "failure" }, explained(error)));
  const onsubmit = async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(event.target));
    if (values.who) setWho(values.who);
    await order(() => act(values), { dialog, form, say, done });
  };
  const form = h("form", { onsubmit },
    h("h2", { id: "dialog-title" }, title),
    text && h("p", {}, text),
    fields.map(field),
    h("div", { class: "outcome", role: "alert" }),
    h("div", { class: "choices" },
      button(t("cancel"), () => dialog.close()),
      h("button", { type: "submit", class: danger ? "danger" : "primary" }, yes)));
  dialog.replaceChildren(form);
  dialog.showModal();
}

/** Of whoever orders: the name is remembered on this computer. */
export const whoField = () => ({ name: "who", label: t("ask.who"), value: who(), required: true, maxlength: 64 });

/** Whoever does not wait for the end of it may be asked something else by then: that stays as it is. */
async function order(act, { dialog, form, say, done }) {
  const submit = form.querySelector("[type=submit]");
  const waits = () => dialog.open && form.isConnected;
  submit.disabled = true;
  say(null);
  try {
    const result = await act();
    if (waits()) dialog.close();
    if (done) announce(done(result));
  } catch (error) {
    if (waits()) say(error);
    else announce(explained(error));
  } finally {
    submit.disabled = false;
  }
}

/** A word that goes away by itself; screen readers read it out. */
export function announce(text) {
  const place = document.getElementById("said");
  clearTimeout(announce.timer);
  place.textContent = text;
  announce.timer = setTimeout(() => { place.textContent = ""; }, 6000);
}

function field({ name, label, kind = "text", value = "", options, required, maxlength, pattern, hint, wrong }) {
  const id = `ask-${name}`;
  const about = { id, name, required, maxlength, pattern, title: wrong, "aria-describedby": hint && `${id}-hint` };
  const input = options
    ? h("select", about, options.map(([each, text]) => h("option", { value: each, selected: each === value }, text)))
    : h("input", { ...about, type: kind, value, autocomplete: kind === "password" ? "off" : "on" });
  return h("div", { class: "field" }, h("label", { for: id }, label), input,
    hint && h("p", { id: `${id}-hint`, class: "hint" }, hint));
}
