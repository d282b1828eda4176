// Events of the log, a page of them.

import { get } from "./api.js";
import { h } from "./element.js";
import { moment, short } from "./format.js";
import { known, language, t } from "./language.js";
import { pill, table } from "./parts.js";
import { toneOfLevel } from "./standing.js";

export class LogList {
  constructor(redraw, limit) {
    Object.assign(this, { redraw, limit, page: 1, level: "", asOf: null, total: 0, items: [], error: null, loaded: false, turn: 0 });
  }

  /** Page 1 is always the newest; the others are of the log as it was when page 1 was shown. */
  async load() {
    const turn = ++this.turn;
    const asked = new URLSearchParams({ page: this.page, limit: this.limit });
    if (this.level) asked.set("level", this.level);
    if (this.page > 1) asked.set("as_of", this.asOf);
    try {
      const answer = await get(`/v1/kkt/buffer/logs?${asked}`);
      if (turn !== this.turn) return;
      Object.assign(this, { items: answer.items, total: answer.total, asOf: answer.as_of, error: null, loaded: true });
    } catch (error) {
      if (turn === this.turn) this.error = error;
    }
    this.redraw();
  }

  get pages() { return Math.max(1, Math.ceil(this.total / this.limit)); }

  view(brief = false) {
    const columns = [
      { name: t("log.time"), show: (each) => h("time", { datetime: each.timestamp }, moment(each.timestamp)) },
      { name: t("log.level"), show: (each) => pill(toneOfLevel(each.level), t(`level.${each.level}`)) },
      !brief && { name: t("register.one"), show: (each) => each.pos_id },
      { name: t("log.event"), show: (each) => [...sentence(each)], kind: "wide" },
    ].filter(Boolean);
    return table({
      caption: t("log.title"), columns, items: this.items,
      keyOf: (each) => [each.timestamp, each.event, each.receipt_id, each.source, each.code].join(" "),
      empty: this.loaded ? t("log.none") : t("loading"),
    });
  }
}

/** What happened, in words, with a link to the receipt; what the gateway noted of it in its own words goes behind. */
function* sentence({ event, receipt_id: id, code, message }) {
  if (id) {
    yield t("log.receipt");
    yield " ";
    yield h("a", { href: `#/receipt/${encodeURIComponent(id)}`, class: "mono", title: id }, short(id));
    yield `: ${known(`event.${event}`, event)}`;
  } else if (language() === "ru" && known(`alarm.${code}`, null)) {
    yield `${known(`event.${event}`, event)}: ${t(`alarm.${code}`)}`;
  } else {
    yield `${known(`event.${event}`, event)}: ${message}`;
  }
  if (id && code !== null) yield ` (${code})`;
  if (id && event !== "accepted" && event !== "syncing") yield h("span", { class: "aside", lang: "en" }, ` ${message}`);
}
