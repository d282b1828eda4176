// "What became of my receipt?": its life step by step, and the slip as the buyer sees it.

import { get, getText } from "./api.js";
import { decisionCard } from "./decision.js";
import { h } from "./element.js";
import { moment, money, number } from "./format.js";
import { known, language, t } from "./language.js";
import { calmly } from "./listing.js";
import { card, dot, facts, failure } from "./parts.js";
import { why } from "./reasons.js";
import { stateOf } from "./receipts.js";
import { toneOfState } from "./standing.js";

const PRINTED = new Set(["pending", "syncing", "synced", "done", "dead"]); // what has a slip, the same for good

export class Receipt {
  constructor(redraw) {
    Object.assign(this, { redraw, id: "", receipt: null, steps: null, slip: null, error: null, turn: 0 });
    this.reload = calmly(() => this.load(), 1000);
  }

  title = () => t("page.receipt");

  /** Another one is not kept waiting by what was asked of the one before. */
  open([id = ""]) {
    if (id === this.id) return this.told(["buffer"]);
    Object.assign(this, { id, receipt: null, steps: null, slip: null, error: null });
    if (id) this.load();
  }

  told(names) { if (this.id && names.includes("buffer")) this.reload(); }
  errors = () => [this.error];

  async load() {
    const { id } = this;
    const turn = ++this.turn;
    const path = `/v1/kkt/receipt/${encodeURIComponent(id)}`;
    const found = { error: null };
    try {
      found.receipt = await get(path);
      found.steps = (await get(`${path}/timeline`)).steps;
      found.slip = await this.slipOf(found.receipt, path);
    } catch (error) {
      found.error = error;
    }
    if (turn === this.turn && id === this.id) Object.assign(this, found);
    this.redraw();
  }

  /** Of one whose fate is unknown, what was asked for and what the register shows. */
  async slipOf({ state }, path) {
    if (state !== "unknown" && !PRINTED.has(state)) return null;
    if (this.slip && PRINTED.has(this.receipt?.state)) return this.slip;
    return getText(`${path}/slip`);
  }

  view() {
    return [
      card(t("receipt.search.title"), null, this.search()),
      failure(this.error),
      this.id && !this.receipt && !this.error && h("p", { class: "empty" }, t("loading")),
      this.receipt && decisionCard(this.receipt, () => this.load()),
      this.receipt && h("div", { class: "columns" },
        card(t("receipt.life"), null, this.facts(), this.steps && timeline(this.steps)),
        card(t("receipt.slip"), null,
          this.slip ? slipFrame(this.slip) : h("p", { class: "empty" }, t("receipt.no_slip")))),
    ];
  }

  search() {
    const go = (event) => {
      event.preventDefault();
      const id = new FormData(event.target).get("id").trim();
      location.hash = `#/receipt/${encodeURIComponent(id)}`;
    };
    return h("form", { class: "search", role: "search", onsubmit: go, "data-key": `search ${this.id}` },
      h("label", { for: "receipt-id" }, t("receipt.search.label")),
      h("input", {
        id: "receipt-id", name: "id", type: "search", class: "mono", value: this.id,
        required: true, maxlength: 64, spellcheck: "false", autocomplete: "off",
      }),
      h("button", { type: "submit", class: "primary" }, t("receipt.search.go")));
  }

  facts() {
    const told = this.receipt;
    const document = told.fiscal_doc;
    return facts([
      [t("receipt.state"), stateOf(told)],
      [t("receipt.id"), h("span", { class: "mono" }, told.id)],
      [t("register.one"), told.printed_on ?? told.pos_id],
      [t("receipt.type"), known(`kind.${told.type}`, told.type)],
      document && [t("receipt.total"), money(document.total)],
      document && [t("receipt.fiscal"), h("span", { class: "mono" }, t("receipt.fiscal.numbers", document))],
      told.retry_count > 0 && [t("dead.attempts"), number(told.retry_count)],
      told.last_error && [t("receipt.last_error"), why(told.last_error)],
    ]);
  }
}

/** What is over is calm; the last step tells how it stands. */
function timeline(steps) {
  return h("ol", { class: "timeline" }, steps.map(({ at, state, message, message_ru: russian }, place) =>
    h("li", { "data-key": `${at} ${place}` }, dot(place < steps.length - 1 ? "calm" : toneOfState(state)),
      h("time", { datetime: at }, moment(at)),
      h("p", {}, language() === "ru" ? (russian ?? message) : message))));
}

/** The slip is a page of its own: shut off from this one, without scripts, and it may load nothing. */
function slipFrame(slip) {
  return h("iframe", { class: "slip", title: t("receipt.slip"), sandbox: true, srcdoc: slip });
}
