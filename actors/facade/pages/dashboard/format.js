// Figures as people read them, in the language of the page and the zone of this computer.

import { t, tag } from "./language.js";
import { now } from "./now.js";

export const NONE = "—";

const made = new Map();

/** Formatters are costly to make, so each is made once. */
function formatter(Kind, name, how) {
  const key = `${tag()} ${name}`;
  if (!made.has(key)) made.set(key, new Kind(tag(), how));
  return made.get(key);
}

const missing = (value) => value === null || value === undefined;

export function number(value) {
  return missing(value) ? NONE : formatter(Intl.NumberFormat, "number", { maximumFractionDigits: 1 }).format(value);
}

export function money(roubles) {
  const how = { style: "currency", currency: "RUB", currencyDisplay: "narrowSymbol" };
  return missing(roubles) ? NONE : formatter(Intl.NumberFormat, "money", how).format(Number(roubles));
}

export function clock(at) {
  return missing(at) ? NONE : formatter(Intl.DateTimeFormat, "clock", { timeStyle: "medium" }).format(new Date(at));
}

export function hour(at) {
  const how = { hour: "2-digit", minute: "2-digit" };
  return formatter(Intl.DateTimeFormat, "hour", how).format(new Date(at));
}

export function date(at) {
  return missing(at) ? NONE : formatter(Intl.DateTimeFormat, "date", { dateStyle: "short" }).format(new Date(at));
}

/** The time of today; with its date if it was another day. */
export function moment(at) {
  if (missing(at)) return NONE;
  const same = new Date(at).toDateString() === new Date(now()).toDateString();
  return same ? clock(at) : `${date(at)} ${clock(at)}`;
}

/** "2 ч 15 мин": the two greatest units. */
export function duration(seconds) {
  if (missing(seconds)) return NONE;
  const whole = Math.max(0, Math.round(seconds));
  const parts = [
    [Math.floor(whole / 86400), "unit.day"],
    [Math.floor(whole / 3600) % 24, "unit.hour"],
    [Math.floor(whole / 60) % 60, "unit.minute"],
    [whole % 60, "unit.second"],
  ];
  const found = parts.findIndex(([count]) => count > 0);
  const first = found < 0 ? parts.length - 1 : found;
  const told = parts.slice(first, first + 2).filter(([count], place) => count > 0 || place === 0);
  return told.map(([n, unit]) => t(unit, { n })).join(" ");
}

/** For how long it has been so. */
export const since = (at) => (missing(at) ? NONE : duration((now() - new Date(at)) / 1000));
export const ago = (at) => (missing(at) ? t("never") : t("ago", { time: since(at) }));

/** Below one second in milliseconds. */
export function seconds(value) {
  if (missing(value)) return NONE;
  if (value > 0 && value < 1) return t("unit.milliseconds", { n: number(Math.round(value * 1000)) });
  return t("unit.seconds", { n: number(value) });
}

export const short = (id) => (id ? `${id.slice(0, 8)}…` : NONE);
