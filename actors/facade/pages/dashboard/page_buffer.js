// The buffer: what waits for the OFD, and delivering it by hand.

import { post } from "./api.js";
import { ask } from "./dialog.js";
import { h } from "./element.js";
import { ago, number } from "./format.js";
import { t } from "./language.js";
import { calmly, Listing } from "./listing.js";
import { bar, button, card, facts, failure, nothing, pill, table } from "./parts.js";
import { syncProgress } from "./progress.js";
import { columns } from "./receipts.js";
import { toneOfBuffer, toneOfMode, toneOfState } from "./standing.js";
import { buffer, job, lastSync, mode, registers } from "./world.js";

const STATUSES = ["", "pending", "syncing", "synced", "failed", "unknown", "done"];
const STATES = new Set(["unknown"]); // those that are no status of the API, but a state within one

export class Buffer {
  constructor(redraw) {
    Object.assign(this, { status: "", posId: "" });
    this.receipts = new Listing("/v1/kkt/receipts", () => this.filter(), redraw);
    this.reload = calmly(() => this.receipts.load(), 1000);
  }

  title = () => t("page.buffer");

  /** `#/buffer/unknown`: those in that state only. */
  open([status]) {
    if (!STATUSES.includes(status)) return this.reload();
    this.status = status;
    const choice = document.getElementById("receipts-status");
    if (choice) choice.value = status;
    this.receipts.begin();
  }

  told(names) { if (names.includes("buffer")) this.reload(); }
  errors = () => [this.receipts.error];

  filter() {
    return { [STATES.has(this.status) ? "state" : "status"]: this.status, pos_id: this.posId };
  }

  view() {
    return [this.state(), this.list()];
  }

  state() {
    const told = buffer();
    const { name } = mode();
    const tools = [
      button(t("sync.force"), force, { kind: "primary", off: job() !== null }),
      button(t("refresh"), () => this.receipts.load()),
    ];
    return card(t("buffer.title"), tools,
      h("div", { class: "state" },
        facts([
          [t("status"), pill(toneOfMode(name), t(`mode.${name}`))],
          [t("buffer"), told && [t("buffer.of", told),
            bar({ percent: told.percent, tone: toneOfBuffer(told), label: t("buffer.filled") })]],
          [t("sync.last.short"), ago(lastSync())],
        ]),
        told && counts(told)),
      syncProgress(),
      told?.unknown > 0 && h("p", { class: "attention" },
        t("unknown.count", { n: told.unknown }), " ",
        h("a", { class: "button", href: "#/buffer/unknown" }, t("unknown.show"))),
      told?.dead > 0 && h("p", { class: "attention" },
        t("dead.count", { n: told.dead }), " ", h("a", { class: "button", href: "#/dead" }, t("dead.open"))));
  }

  list() {
    const { items, next, error } = this.receipts;
    const { id, at, register, kind, document, total, state, log } = columns;
    return card(t("receipts.title"), this.filters(), failure(error),
      table({
        caption: t("receipts.title"), items, keyOf: (each) => each.id,
        columns: [at(), id(), register(), kind(), document(), total(), state(), log()],
        empty: nothing(this.receipts, t("receipts.none")),
      }),
      next && h("p", { class: "pager" }, button(t("show_more"), () => this.receipts.more())));
  }

  filters() {
    const set = (name) => (event) => { this[name] = event.target.value; this.receipts.begin(); };
    const all = registers();
    const choice = (label, id, name, options) => h("label", { class: "filter" }, label,
      h("select", { id, onchange: set(name) }, options.map(([value, words]) =>
        h("option", { value, selected: value === this[name] }, words))));
    const states = STATUSES.map((each) => [each, each ? t(`state.${each}`) : t("all.states")]);
    const names = [["", t("all.registers")], ...all.map(({ pos_id: each }) => [each, each])];
    return [
      choice(t("receipt.state"), "receipts-status", "status", states),
      all.length > 1 && choice(t("register.one"), "receipts-register", "posId", names),
    ];
  }
}

const COUNTED = ["accepted", "printing", "pending", "syncing", "synced", "rejected", "unknown", "dead"];

function counts(told) {
  return h("dl", { class: "counts" }, COUNTED.map((state) =>
    h("div", { class: told[state] ? toneOfState(state) : "calm" },
      h("dt", {}, t(`state.${state}`)), h("dd", {}, number(told[state])))));
}

/** While the OFD is out of reach it is tried all the same, for whoever presses this means it. */
function force() {
  const waiting = buffer()?.queued ?? 0;
  const away = mode().name === "offline";
  ask({
    title: t("sync.force"),
    text: away ? t("sync.ask.offline", { n: waiting }) : t("sync.ask", { n: waiting }),
    yes: t("sync.yes"),
    act: () => post("/v1/kkt/buffer/sync", { force: away }),
    done: () => t("sync.begun"),
  });
}
