// What the figures mean to whoever stands at the till: the colours of the specification of the offline adapter, §3.10.

import { t } from "./language.js";
import { buffer, mode, registers, world } from "./world.js";

export const WARNED = 80; // percent of the buffer
export const CRITICAL = 90;
export const FULL = 100;

const OF_MODE = { online: "good", degraded: "warn", offline: "bad" };

export function toneOfBuffer(told) {
  if (!told) return "calm";
  if (told.filled > CRITICAL) return "bad";
  return told.filled >= WARNED ? "warn" : "good";
}

export const toneOfMode = (name) => OF_MODE[name] ?? "calm";

export function toneOfRegisters(all) {
  if (!all.length) return "calm";
  if (all.some((each) => !each.ready)) return "bad";
  return all.some((each) => each.alarms?.some(({ level }) => level !== "P3")) ? "orange" : "good";
}

export const toneOfLevel = (level) => ({ P1: "bad", P2: "orange", ERROR: "bad", WARN: "orange" })[level] ?? "calm";

const TONES = {
  pending: "warn", syncing: "warn", accepted: "warn", printing: "warn",
  synced: "good", done: "good", rejected: "bad", unknown: "bad", dead: "bad", failed: "bad",
};
export const toneOfState = (state) => TONES[state] ?? "calm";

const OF_BREAKER = {
  CLOSED: "good", HALF_OPEN: "warn", OPEN: "bad", FORCED_OPEN: "bad", DISABLED: "orange", METRICS_ONLY: "orange",
};
export const toneOfBreaker = (state) => OF_BREAKER[state] ?? "calm";

/** The whole in a few words, for the title of the window and for who cannot see the colours. */
export function summary() {
  if (!world.connected) return t("lost.short");
  const told = buffer();
  const ready = registers().filter((each) => each.ready).length;
  return [
    t(`mode.${mode().name}`),
    told && t("buffer.of", told),
    t("registers.ready", { ready, all: registers().length }),
  ].filter(Boolean).join(", ");
}
