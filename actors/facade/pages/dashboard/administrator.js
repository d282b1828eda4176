// What a cashier has to tell the administrator, ready to be read out or copied.

import { h } from "./element.js";
import { announce } from "./dialog.js";
import { ago, clock } from "./format.js";
import { language, t } from "./language.js";
import { now } from "./now.js";
import { button } from "./parts.js";
import { summary } from "./standing.js";
import { registerState } from "./statusbar.js";
import { alerts, gateway, lastSync, registers } from "./world.js";

export function callAdministrator() {
  const dialog = document.getElementById("dialog");
  const report = reported();
  const text = h("textarea", { readonly: true, rows: 9, "aria-label": t("administrator.report") }, report);
  dialog.replaceChildren(
    h("h2", { id: "dialog-title" }, t("administrator.call")),
    h("p", {}, t("administrator.text")),
    text,
    h("div", { class: "choices" },
      button(t("close"), () => dialog.close()),
      button(t("copy"), () => copy(text), { kind: "primary" })));
  dialog.showModal();
}

function reported() {
  const said = alerts().map((each) => `${each.level} ${language() === "ru" ? each.message_ru : each.message}`);
  return [
    ["Kassir", gateway().name, location.host, clock(now())].filter(Boolean).join(", "),
    summary(),
    ...registers().filter((each) => !each.ready).map((each) => `${each.pos_id}: ${registerState(each)}`),
    t("sync.last", { ago: ago(lastSync()) }),
    ...said,
  ].join("\n");
}

/** The clipboard is there on https and loopback only; elsewhere the text is marked, ready for Ctrl+C. */
async function copy(text) {
  text.select();
  if (!navigator.clipboard) return;
  await navigator.clipboard.writeText(text.value);
  announce(t("copied"));
}
