// What must not be overlooked: a lost connection, a buffer that fills, alerts that stand, sales that are blocked.

import { callAdministrator } from "./administrator.js";
import { h, patch } from "./element.js";
import { clock, moment } from "./format.js";
import { language, t } from "./language.js";
import { button, pill } from "./parts.js";
import { CRITICAL, FULL, WARNED, toneOfLevel } from "./standing.js";
import { alerts, buffer, world } from "./world.js";

const SAID_BY_BANNER = new Set(["BUFFER_FULL", "BUFFER_NEARLY_FULL"]);
const WAYS = { REGISTER_HALTED: "#/buffer/unknown", DEAD_LETTERS: "#/dead" }; // where a person can see to it
const understood = { warning: 0, block: false }; // the level that whoever looks has taken note of
const STEADY = 5; // percent below a level until it is news again: a buffer goes up and down around it

export function notices(redraw) {
  const banner = filling(redraw);
  const others = alerts().filter(({ code }) => !(banner && SAID_BY_BANNER.has(code)));
  others.sort((one, other) => one.level.localeCompare(other.level)); // P1 first
  const about = { class: "alerts", "aria-live": "polite", "data-key": "alerts" };
  return [lost(), banner, h("div", about, others.map(alert))];
}

function lost() {
  if (world.connected) return null;
  const text = world.heardAt ? t("lost.since", { time: clock(world.heardAt) }) : t("lost.never");
  return h("div", { class: "notice bad", role: "alert", id: "lost", "data-key": "lost" },
    h("p", {}, h("b", {}, t("lost.title")), text));
}

/** From 80 % on; who has read it may put it away until it gets worse. */
function filling(redraw) {
  const told = buffer();
  const level = told ? [FULL, CRITICAL, WARNED].find((each) => told.filled >= each) ?? 0 : 0;
  if (told && told.filled < understood.warning - STEADY) understood.warning = level;
  if (level <= understood.warning) return null;
  const full = level === FULL;
  const title = (percent) => (full ? t("block.title") : t("warning.title", { percent }));
  const figures = { n: told.queued, capacity: told.capacity };
  return h("div", { class: `notice ${full ? "bad" : "orange"}`, id: "filling", "data-key": "filling" },
    h("p", { class: "unseen", role: "alert" }, title(level)), // once a level: what is seen changes with every sale
    h("p", {},
      h("b", {}, title(told.percent)),
      full ? t("block.text", figures) : t("warning.text", figures)),
    h("div", { class: "tools" },
      button(t("administrator.call"), callAdministrator),
      !full && button(t("understood"), () => { understood.warning = level; redraw(); }, { kind: "primary" })));
}

function alert({ code, level, pos_id: posId, since, message, message_ru: russian }) {
  const text = language() === "ru" ? (russian ?? message) : message;
  return h("div", { class: `notice thin ${toneOfLevel(level)}`, "data-key": `${code} ${posId}`, "data-code": code },
    pill(toneOfLevel(level), level), h("p", {}, text),
    WAYS[code] && h("a", { class: "button", href: WAYS[code] }, t("unknown.show")),
    h("time", { datetime: since }, t("since", { time: moment(since) })));
}

/**
 * Nothing can be sold: that stands before everything else until it is over or taken note of. Only a question that
 * somebody is about to answer is left to them.
 */
export function blockIfFull() {
  const dialog = document.getElementById("blocked");
  const told = buffer();
  const full = told !== null && told.filled >= FULL;
  if (told && told.filled < FULL - STEADY) understood.block = false;
  if (full) patch(dialog, ...blockText(dialog, told));
  const asked = document.getElementById("dialog").open;
  if (full && world.connected && !understood.block && !asked && !dialog.open) dialog.showModal();
  if (!full && dialog.open) dialog.close();
}

function blockText(dialog, told) {
  dialog.onclose = () => { understood.block = (buffer()?.filled ?? 0) >= FULL; };
  return [
    h("h2", { id: "blocked-title" }, t("block.title")),
    h("p", { id: "blocked-text" }, t("block.text", { n: told.queued, capacity: told.capacity })),
    h("div", { class: "choices" },
      button(t("cancel"), () => dialog.close()),
      button(t("administrator.call"), () => { dialog.close(); callAdministrator(); }, { kind: "danger" })),
  ];
}
