// Every register: may it sell, and what will it need next.

import { h } from "./element.js";
import { date, duration, moment, number, seconds } from "./format.js";
import { known, language, t } from "./language.js";
import { card, facts, pill } from "./parts.js";
import { toneOfLevel } from "./standing.js";
import { registerState } from "./statusbar.js";
import { registers } from "./world.js";

const NEAR = 30; // days

export class Registers {
  title = () => t("page.registers");
  open() {}
  told() {}
  errors = () => [];

  view() {
    const all = registers();
    if (!all.length) return h("p", { class: "empty" }, t("loading"));
    return h("div", { class: all.length > 1 ? "cards" : "cards one" }, all.map(shown));
  }
}

function shown(register) {
  const { ready, model, serial } = register;
  const state = ready ? pill("good", t("register.ready.short")) : pill("bad", t("register.not_ready.short"));
  return card(register.pos_id, state,
    h("p", { class: "hint" }, [model, serial && t("register.serial", { serial })].filter(Boolean).join(" · ")),
    !ready && h("p", { class: "attention" }, registerState(register)),
    alarms(register.alarms ?? []),
    register.shift && h("div", { class: "groups" }, [shop, drive, device].map((part) => facts(part(register)))));
}

function alarms(all) {
  const text = ({ code, message }) => (language() === "ru" ? known(`alarm.${code}`, message) : message);
  const gravest = [...all].sort((one, other) => one.level.localeCompare(other.level)); // P1 first
  return all.length > 0 && h("ul", { class: "alarms" }, gravest.map((each) =>
    h("li", { "data-key": each.code }, pill(toneOfLevel(each.level), each.level), " ", text(each))));
}

const shop = ({ shift, shift_number: n, shift_opened_at: at, paper, cover_open: cover }) => [
  [t("register.shift"), shiftText(shift, n, at)],
  [t("register.paper"), pill(paper === "present" ? "good" : "bad", t(`paper.${paper}`))],
  typeof cover === "boolean" && [t("register.cover"), cover ? pill("bad", t("cover.open")) : t("cover.closed")],
];

function shiftText(shift, n, at) {
  if (shift === "closed") return t("shift.closed");
  const words = at ? t("shift.since", { n, time: moment(at) }) : t("shift.number", { n });
  return shift === "expired" ? pill("bad", t("shift.expired", { n })) : words;
}

function drive({ drive: told, ofd_queue: queue, fn, last_fd: fd }) {
  return [
    [t("drive.number"), h("span", { class: "mono" }, fn)],
    told && [t("drive.expires"), expiry(told)],
    told && [t("drive.documents_left"), number(told.documents_left)],
    [t("register.last_fd"), number(fd)],
    queue && [t("register.ofd_queue"), queueText(queue)],
  ];
}

function expiry({ expires, days_left: n }) {
  if (n === null || n === undefined) return date(expires);
  const words = n < 0 ? t("drive.expired") : t("drive.days", { n, date: date(expires) });
  return n < NEAR ? pill(n < 3 ? "bad" : "orange", words) : words;
}

function queueText({ unsent, oldest_age_s: age }) {
  if (unsent === null || unsent === undefined) return null;
  return unsent === 0 ? t("queue.empty") : t("queue.waits", { n: unsent, time: duration(age) });
}

const device = ({ clock_drift_s: drift, ffd, firmware, rnm, receipt_latency_p95_s: latency, driver }) => [
  typeof drift === "number" && [t("register.clock"), clockText(drift)],
  [t("register.latency"), seconds(latency)],
  [t("register.rnm"), h("span", { class: "mono" }, rnm)],
  [t("register.software"), [driver, firmware, ffd && t("register.ffd", { ffd })].filter(Boolean).join(" · ")],
];

function clockText(drift) {
  if (Math.abs(drift) < 1) return t("clock.right");
  return t(drift > 0 ? "clock.fast" : "clock.slow", { time: duration(Math.abs(drift)) });
}
