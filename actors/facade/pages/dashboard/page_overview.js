// All of the shop at a glance.

import { h } from "./element.js";
import { ago, moment, since } from "./format.js";
import { History } from "./history.js";
import { t } from "./language.js";
import { calmly, Listing } from "./listing.js";
import { LogList } from "./log_list.js";
import { bar, card, dot, failure, nothing, table } from "./parts.js";
import { syncBar } from "./progress.js";
import { columns } from "./receipts.js";
import { toneOfBuffer, toneOfMode, toneOfRegisters } from "./standing.js";
import { registerState } from "./statusbar.js";
import { buffer, job, lastSync, mode, registers } from "./world.js";

const SHOWN = 8; // receipts and events

export class Overview {
  constructor(redraw) {
    this.receipts = new Listing("/v1/kkt/receipts", () => ({}), redraw, SHOWN);
    this.events = new LogList(redraw, SHOWN);
    this.history = new History(redraw);
    this.reload = calmly(() => Promise.all([this.receipts.load(), this.events.load(), this.history.load()]), 1500);
  }

  title = () => t("page.overview");
  open() { this.reload(); }
  told(names) { if (names.some(matters)) this.reload(); }
  errors = () => [this.receipts.error, this.events.error, this.history.error];

  view() {
    return [
      h("div", { class: "tiles" }, networkTile(), bufferTile(), registersTile(), syncTile()),
      this.history.view(),
      h("div", { class: "columns" },
        card(t("receipts.last"), h("a", { href: "#/buffer" }, t("all")), failure(this.receipts.error), this.table()),
        card(t("log.last"), h("a", { href: "#/log" }, t("all")), failure(this.events.error), this.events.view(true))),
    ];
  }

  table() {
    const { id, at, total, state } = columns;
    return table({
      caption: t("receipts.last"), columns: [at(), id(), total(), state()], items: this.receipts.items,
      keyOf: (each) => each.id, empty: nothing(this.receipts, t("receipts.none")),
    });
  }
}

/** Whether a change of that component is one of what the lists show. */
export const matters = (name) => ["buffer", "alerts", "ofd"].includes(name) || name.startsWith("breaker.");

function tile(name, tone, title, value, ...more) {
  return h("section", { class: `tile ${tone}`, "data-key": name, "aria-label": title },
    h("h2", {}, dot(tone), title), h("p", { class: "value" }, value),
    more.map((each) => each && h("div", { class: "more" }, each)));
}

function networkTile() {
  const { name, since: at } = mode();
  return tile("network", toneOfMode(name), t("network"), t(`mode.${name}`),
    t(`mode.${name}.means`), at && t("for", { time: since(at) }));
}

function bufferTile() {
  const told = buffer();
  if (!told) return tile("buffer", "calm", t("buffer"), "—");
  const tone = toneOfBuffer(told);
  return tile("buffer", tone, t("buffer"), h("span", {}, `${told.queued} `, h("small", {}, `/ ${told.capacity}`)),
    bar({ percent: told.percent, tone, label: t("buffer.filled") }),
    t("buffer.percent", { percent: told.percent }),
    told.dead > 0 && h("a", { href: "#/dead" }, t("dead.count", { n: told.dead })));
}

function registersTile() {
  const all = registers();
  const ready = all.filter((each) => each.ready).length;
  const troubled = all.find((each) => !each.ready);
  const words = troubled ? `${troubled.pos_id}: ${registerState(troubled)}` : t("registers.all_ready");
  return tile("registers", toneOfRegisters(all), t("page.registers"),
    h("span", {}, `${ready} `, h("small", {}, `/ ${all.length}`)),
    all.length ? words : null, h("a", { href: "#/registers" }, t("more")));
}

function syncTile() {
  const last = lastSync();
  const waiting = buffer()?.queued ?? 0;
  return tile("sync", "calm", t("sync.tile"), last ? ago(last) : t("never"),
    job() ? syncBar(job()) : last && moment(last), waiting ? t("sync.waiting", { n: waiting }) : t("sync.nothing"));
}
