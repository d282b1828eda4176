// Small pieces that many pages are made of.

import { h } from "./element.js";
import { NONE } from "./format.js";
import { t } from "./language.js";

/** `tone`: good, warn, orange, bad, calm. The mark differs by shape too: colour alone tells not everybody. */
export const dot = (tone) => h("span", { class: `dot ${tone}`, "aria-hidden": "true" });

export const pill = (tone, text) => h("span", { class: `pill ${tone}` }, dot(tone), text);

/** One that is `off` does nothing for now. It keeps the focus: who has just pressed it is not sent to the top. */
export function button(text, onclick, { kind, label, off, key } = {}) {
  const about = { type: "button", class: kind, "aria-disabled": off && "true", "aria-label": label, "data-key": key };
  return h("button", { ...about, onclick: off ? null : onclick }, text);
}

/** A part of the page with a heading; `tools` stand beside it. */
export function card(title, tools, ...inside) {
  const head = h("div", { class: "card-head" }, h("h2", {}, title), h("div", { class: "tools" }, tools));
  return h("section", { class: "card", "data-key": `card ${title}` }, head, inside);
}

/** Pairs of a name and what it is now. */
export function facts(pairs) {
  const shown = pairs.filter(Boolean).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value ?? NONE)]);
  return h("dl", { class: "facts" }, shown.map((pair) => h("div", {}, pair)));
}

/**
 * A table that scrolls by itself where the screen is narrow. `columns`: `{name, show(item), kind}`; a kind is a class
 * of its cells: a `figure`, `wide`, or `minor`, which a narrow screen does without. `keyOf(item)` tells rows apart.
 */
export function table({ caption, columns, items, keyOf, empty }) {
  if (!items.length) return empty && h("p", { class: "empty" }, empty);
  const head = columns.map(({ name, kind, hidden }) =>
    h("th", { scope: "col", class: kind }, h("span", { class: hidden && "unseen" }, name)));
  const rows = items.map((item) => h("tr", { "data-key": keyOf(item) }, columns.map(({ show, kind }) =>
    h("td", { class: kind }, show(item) ?? NONE))));
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h("table", {},
      h("caption", { class: "unseen" }, caption), h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows)));
}

/** What stands in the place of a list without rows; nothing where a failure says why. */
export const nothing = ({ loaded, error }, words) => (loaded ? words : error ? null : t("loading"));

/** How far something has come, in words for those who cannot see the bar. */
export function bar({ percent, tone, label }) {
  const value = Math.max(0, Math.min(100, percent));
  return h("progress", { class: `bar ${tone}`, max: 100, value, "aria-label": label }, `${value} %`);
}

/** Why something could not be shown or done; null if nothing went wrong. */
export function failure(error) {
  return error && h("p", { class: "failure", role: "alert" }, explained(error));
}

/** A refusal in words: what role is needed, that nobody answered, or what the gateway itself says. */
export function explained(error) {
  if (error.status === 403 && error.details?.needs) {
    return t("refused.role", { roles: error.details.needs.map((role) => t(`role.${role}`)).join(", ") });
  }
  const words = error.status === 401 ? "refused.unauthorized" : WORDS[error.code];
  return words ? t(words) : t("refused.other", { code: error.code ?? error.name, message: error.message });
}

const WORDS = {
  NO_ANSWER: "refused.no_answer",
  NO_WAY_TO_OFD: "refused.no_way",
  SYNC_RUNNING: "refused.sync_running",
  NO_RECEIPTS_TO_SEND: "refused.nothing_to_send",
  RECEIPT_NOT_FOUND: "refused.no_receipt",
  RECEIPT_NOT_DEAD: "refused.not_dead",
  DISK_FULL: "refused.disk_full",
  STORE_UNAVAILABLE: "refused.unreadable",
  TOO_BUSY: "refused.too_busy",
  RATE_LIMITED: "refused.too_busy",
};
