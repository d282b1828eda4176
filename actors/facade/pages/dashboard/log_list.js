// Events of the log, a page of them.

import { get } from "./api.js";
import { h } from "./element.js";
import { moment } from "./format.js";
import { known, language, t } from "./language.js";
import { nothing, pill, table } from "./parts.js";
import { isDocument, why } from "./reasons.js";
import { link } from "./receipts.js";
import { toneOfLevel } from "./standing.js";

export class LogList {
  constructor(redraw, limit) {
    Object.assign(this, { redraw, limit, page: 1, level: "", asOf: null });
    Object.assign(this, { items: [], total: 0, error: null, loaded: false, turn: 0 });
  }

  /** Page 1 is always the newest; the others are of the log as it was when page 1 was shown. */
  async load() {
    const turn = ++this.turn;
    const asked = new URLSearchParams({ page: this.page, limit: this.limit });
    if (this.level) asked.set("level", this.level);
    if (this.page > 1 && this.asOf) asked.set("as_of", this.asOf);
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
      { name: t("log.level"), show: (each) => pill(toneOfLevel(each.level), t(`level.${each.level}`)), kind: "level" },
      !brief && { name: t("register.one"), show: (each) => each.pos_id, kind: "minor" },
      { name: t("log.event"), show: sentence, kind: "wide" },
    ].filter(Boolean);
    return table({
      caption: t("log.title"), columns, items: this.items,
      keyOf: (each) => [each.timestamp, each.event, each.receipt_id, each.source, each.code].join(" "),
      empty: nothing(this, t("log.none")),
    });
  }
}

/** What happened, in words, with a link to the receipt. */
function sentence(event) {
  return event.receipt_id ? ofReceipt(event) : ofNotice(event);
}

function ofReceipt({ event, receipt_id: id, message, level }) {
  const again = event === "pending" && !isDocument(message); // an attempt to deliver it failed
  const words = again ? t("event.pending.again") : known(`event.${event}`, event);
  const telling = again || event === "pending" || level !== "INFO";
  return [
    `${t("log.receipt")} `, link(id), `: ${words}`, telling && aside(why(message)),
  ];
}

const aside = (words) => h("span", { class: "aside" }, ` · ${words}`);
const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);

function ofNotice({ event, source, pos_id: posId, code, message }) {
  const through = source?.startsWith("link.") ? source.slice("link.".length) : null;
  const about = through ? known(`link.${through}`, through) : posId;
  const words = language() === "ru" ? known(`alarm.${code}`, message) : message;
  const telling = source === "facade" && words !== message; // whose call it was, and which
  return [
    about && h("b", {}, `${about}: `), about ? words : capital(words),
    telling && aside(message), event !== "noted" && aside(known(`event.${event}`, event)),
  ];
}
