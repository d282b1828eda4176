// Dead letters: what the OFD refused too often, and trying it again.

import { post } from "./api.js";
import { ask, whoField } from "./dialog.js";
import { h } from "./element.js";
import { moment, short } from "./format.js";
import { t } from "./language.js";
import { calmly, Listing } from "./listing.js";
import { button, card, failure, nothing, table } from "./parts.js";
import { why } from "./reasons.js";
import { columns, minor } from "./receipts.js";

const PATH = "/v1/kkt/dlq";

export class Dead {
  constructor(redraw) {
    this.letters = new Listing(PATH, () => ({}), redraw);
    this.reload = calmly(() => this.letters.load(), 1000);
  }

  title = () => t("page.dead");
  open() { this.reload(); }
  told(names) { if (names.includes("buffer")) this.reload(); }
  errors = () => [this.letters.error];

  view() {
    const { items, next, error } = this.letters;
    const all = items.length > 0 && button(t("dead.retry_all"), () => this.retry(null), { kind: "primary" });
    return card(t("dead.title"), all,
      h("p", { class: "hint" }, t("dead.text")),
      failure(error),
      table({
        caption: t("dead.title"), columns: this.columns(), items,
        keyOf: (each) => each.id, empty: nothing(this.letters, t("dead.none")),
      }),
      next && h("p", { class: "pager" }, button(t("show_more"), () => this.letters.more())));
  }

  columns() {
    const { id, at, register, document, total } = columns;
    return [
      minor(at()), id(), register(), document(), minor(total()),
      { name: t("dead.died"), show: (each) => moment(each.died_at), kind: "minor" },
      { name: t("dead.reason"), show: ({ reason }) => why(reason), kind: "wide" },
      { name: t("dead.attempts"), show: (each) => each.retry_count, kind: "figure minor" },
      { name: t("actions"), hidden: true, kind: "do", show: (each) => this.retryButton(each.id) },
    ];
  }

  retryButton(id) {
    return button(t("dead.retry"), () => this.retry(id), { label: t("dead.retry.one", { id: short(id) }) });
  }

  retry(id) {
    ask({
      title: id ? t("dead.retry.one", { id: short(id) }) : t("dead.retry_all"),
      text: id ? t("dead.ask") : t("dead.ask_all"),
      fields: [whoField()],
      yes: t("dead.retry"),
      act: ({ who }) => post(id ? `${PATH}/${encodeURIComponent(id)}/retry` : `${PATH}/retry`, { who }),
      done: (answer) => { this.letters.load(); return retried(answer, id === null); },
    });
  }
}

/** All of them may be more than the buffer takes at once. */
function retried({ retried: n, left }, all) {
  return [t("dead.retried", { n }), all && left > 0 && t("dead.left", { n: left })].filter(Boolean).join(". ");
}
