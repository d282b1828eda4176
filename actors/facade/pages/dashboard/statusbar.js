// What is always in sight: registers, network, buffer; and on each of them, what it means.

import { h } from "./element.js";
import { NONE, ago, duration, since } from "./format.js";
import { t } from "./language.js";
import { bar, dot } from "./parts.js";
import { toneOfBuffer, toneOfMode, toneOfRegisters } from "./standing.js";
import { buffer, lastSync, mode, registers, secondsToDeliver, world } from "./world.js";

export function statusBar() {
  return h("section", { class: world.connected ? "status" : "status stale", "aria-label": t("status.title") },
    h("p", { class: "unseen", role: "status" }, world.connected ? t(`mode.${mode().name}.means`) : t("lost.title")),
    chip("registers", toneOfRegisters(registers()), registerText(), registerTip()),
    chip("network", toneOfMode(mode().name), networkText(), networkTip()),
    chip("buffer", toneOfBuffer(buffer()), bufferText(), networkTip()));
}

/** Opens while the pointer or the focus is on it; Escape closes it. */
function chip(name, tone, inside, tip) {
  const wrap = (event) => event.currentTarget.closest(".tipped");
  const onpointerleave = (event) => delete event.currentTarget.dataset.dismissed;
  return h("div", { class: `tipped ${name}`, "data-key": name, onpointerleave },
    h("button", {
      type: "button", class: `chip ${tone}`, "aria-describedby": `tip-${name}`, "data-tone": tone,
      onclick: (event) => delete wrap(event).dataset.dismissed,
      onkeydown: (event) => { if (event.key === "Escape") wrap(event).dataset.dismissed = ""; },
    }, dot(tone), inside),
    h("div", { class: "tip", role: "tooltip", id: `tip-${name}` }, tip));
}

const of = (words) => h("span", { class: "of" }, words);

function registerText() {
  const all = registers();
  const [only] = all;
  if (all.length === 1) {
    return [of(t("register.one")), h("b", {}, only.pos_id), only.ready ? null : t("register.not_ready")];
  }
  const ready = all.filter((each) => each.ready).length;
  return [of(t("register.many")), h("b", {}, t("registers.ready", { ready, all: all.length }))];
}

function registerTip() {
  const first = registers().sort((one, other) => one.ready - other.ready); // what is not ready, before the rest
  const lines = first.slice(0, MOST).map((each) =>
    h("li", {}, dot(each.ready ? "good" : "bad"), `${each.pos_id}: ${registerState(each)}`));
  const more = registers().length - MOST;
  return [
    h("p", { class: "tip-title" }, t("register.many")),
    h("ul", {}, lines),
    more > 0 && h("p", {}, t("and_more", { n: more })),
  ];
}

const MOST = 12; // registers in a tooltip

/** Whether it can print, and if not why. */
export function registerState(register) {
  if (register.ready) return t("register.ready");
  if (!register.lives) return t("register.down");
  return register.trouble ? troubleText(register.trouble) : t("register.not_ready");
}

export const troubleText = ({ code, message }) => TROUBLES.has(code) ? t(`trouble.${code}`) : message;

const TROUBLES = new Set([
  "KKT_STARTING", "KKT_UNAVAILABLE", "KKT_NO_PAPER", "KKT_BUSY", "KKT_SETTLING", "KKT_SHIFT_CLOSED",
  "KKT_SHIFT_EXPIRED", "KKT_HALTED", "KKT_REFUSED", "STORE_UNAVAILABLE", "DISK_FULL", "HANDED_OVER", "STOPPING",
]);

function networkText() {
  const { name, since: at } = mode();
  const lasting = at && name !== "online" && h("span", { class: "for" }, since(at));
  return [of(t("network")), h("b", {}, t(`mode.${name}`)), lasting];
}

function bufferText() {
  const told = buffer();
  if (!told) return [of(t("buffer")), h("b", {}, NONE)];
  const filled = bar({ percent: told.percent, tone: toneOfBuffer(told), label: t("buffer.filled") });
  return [of(t("buffer")), h("b", {}, t("buffer.of", told)), filled];
}

function networkTip() {
  const told = buffer();
  const wait = told && secondsToDeliver(told.queued);
  return [
    h("p", { class: "tip-title" }, t(`mode.${mode().name}.means`)),
    h("p", {}, t("sync.last", { ago: ago(lastSync()) })),
    told && h("p", {}, t("buffer.waits", { n: told.queued, capacity: told.capacity, percent: told.percent })),
    told?.queued > 0 && wait !== null && h("p", {}, t("sync.expected", { time: duration(wait) })),
    h("p", { class: "reassuring" }, t("reassuring")),
  ];
}
