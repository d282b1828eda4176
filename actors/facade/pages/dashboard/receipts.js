// Receipts in a table, as the buffer, the overview and the dead letters show them.

import { h } from "./element.js";
import { moment, money, short } from "./format.js";
import { known, t } from "./language.js";
import { pill } from "./parts.js";
import { toneOfState } from "./standing.js";

export const stateOf = ({ state }) => pill(toneOfState(state), known(`state.${state}`, state));

const place = (id) => `#/receipt/${encodeURIComponent(id)}`;
export const link = (id) => h("a", { href: place(id), class: "mono", title: id }, short(id));

/** What a narrow screen does without. */
export const minor = (column) => ({ ...column, kind: `${column.kind ?? ""} minor` });

export const columns = {
  id: () => ({ name: t("receipt.id"), show: ({ id }) => link(id) }),
  at: () => ({ name: t("receipt.time"), show: ({ created_at: at }) => h("time", { datetime: at }, moment(at)) }),
  register: () => ({ name: t("register.one"), show: registerOf, kind: "minor" }),
  kind: () => ({ name: t("receipt.type"), show: ({ type }) => known(`kind.${type}`, type), kind: "minor" }),
  document: () => ({ name: t("receipt.fd"), show: ({ fiscal_doc: document }) => document?.fd, kind: "figure minor" }),
  total: () => ({ name: t("receipt.total"), show: ({ total }) => money(total), kind: "figure" }),
  state: () => ({ name: t("receipt.state"), show: stateOf }),
  log: () => ({
    name: t("actions"), hidden: true, kind: "do minor",
    show: ({ id }) =>
      h("a", { class: "quiet", href: place(id), "aria-label": t("receipt.open", { id: short(id) }) }, t("receipt.log")),
  }),
};

/** Where its sales were handed over, both. */
function registerOf({ pos_id: posId, printed_on: printedOn }) {
  return printedOn && printedOn !== posId ? `${posId} → ${printedOn}` : posId;
}
