// The log of events: everything that happened, newest first.

import { h } from "./element.js";
import { number } from "./format.js";
import { t } from "./language.js";
import { calmly } from "./listing.js";
import { LogList } from "./log_list.js";
import { matters } from "./page_overview.js";
import { button, card, failure } from "./parts.js";

const A_PAGE = 50;
const LEVELS = ["", "INFO", "WARN", "ERROR"];

export class Log {
  constructor(redraw) {
    this.list = new LogList(redraw, A_PAGE);
    this.reload = calmly(() => this.list.load(), 1500);
  }

  title = () => t("page.log");
  open() { this.go(1); }
  told(names) { if (this.list.page === 1 && names.some(matters)) this.reload(); }
  errors = () => [this.list.error];

  go(page) {
    this.list.page = page;
    this.list.load();
  }

  view() {
    const { page, pages, total, error } = this.list;
    const levels = h("label", { class: "filter" }, t("log.level"),
      h("select", { id: "log-level", onchange: (event) => { this.list.level = event.target.value; this.go(1); } },
        LEVELS.map((level) => h("option", { value: level }, level ? t(`level.${level}`) : t("all.levels")))));
    return card(t("log.title"), levels, failure(error), this.list.view(),
      h("nav", { class: "pager", "aria-label": t("pager.title") },
        button(t("pager.newer"), () => this.go(page - 1), { off: page <= 1 }),
        h("span", {}, t("pager.place", { page: number(page), pages: number(pages), n: total })),
        button(t("pager.older"), () => this.go(page + 1), { off: page >= pages })));
  }
}
