// A receipt whose fate the register cannot tell: both sides, and a person's word.

import { post } from "./api.js";
import { ask, whoField } from "./dialog.js";
import { h } from "./element.js";
import { money, moment } from "./format.js";
import { known, t } from "./language.js";
import { button, card, table } from "./parts.js";

/** `receipt` as the gateway tells it, with `asked` and `found`; `decided` is called afterwards. */
export function decisionCard(receipt, decided) {
  if (receipt.state !== "unknown") return null;
  const { asked, found } = receipt;
  return card(t("decide.title"), null,
    h("p", { class: "attention" },
      t("decide.text", { kind: known(`kind.${asked.type}`, asked.type), total: money(asked.total) })),
    table({
      caption: t("decide.found"), columns: columns(), items: found,
      keyOf: ({ fd }) => fd, empty: t("decide.found_nothing"),
    }),
    h("div", { class: "commands" },
      button(t("decide.printed"), () => printed(receipt, decided)),
      button(t("decide.print"), () => order(receipt, "print", decided)),
      button(t("decide.drop"), () => order(receipt, "drop", decided))));
}

function columns() {
  return [
    { name: t("decide.found"), show: ({ type }) => known(`kind.${type}`, type) },
    { name: t("receipt.time"), show: (each) => moment(each.fiscal_datetime) },
    { name: t("receipt.fd"), show: ({ fd }) => fd, kind: "figure" },
    { name: t("receipt.total"), show: ({ total }) => money(total), kind: "figure" },
  ];
}

/** The numbers stand on the paper; sign and drive only matter where that drive is gone. */
function printed(receipt, decided) {
  const number = { required: true, pattern: "[0-9]+" };
  ask({
    title: t("decide.printed"),
    text: t("decide.printed.means"),
    fields: [
      { name: "fd", label: t("decide.fd"), value: only(receipt.found), maxlength: 10, ...number },
      { name: "fn", label: t("decide.fn"), maxlength: 16, hint: t("decide.gone") },
      { name: "fp", label: t("decide.fp"), maxlength: 10 },
      { name: "fiscal_datetime", label: t("decide.at"), kind: "datetime-local" },
      whoField(),
    ],
    yes: t("ask.order"),
    act: ({ fd, fn, fp, fiscal_datetime: at, who }) => decide(receipt, decided, {
      decision: "printed", fd: Number(fd), who,
      ...(fn && { fn }), ...(fp && { fp }), ...(at && { fiscal_datetime: new Date(at).toISOString() }),
    }),
    done: () => t("ask.ordered"),
  });
}

/** Of several that look alike none is proposed: the paper says which it is. */
const only = (found) => (found.length === 1 ? found[0].fd : "");

function order(receipt, decision, decided) {
  ask({
    title: t(`decide.${decision}`),
    text: t(`decide.${decision}.means`),
    fields: [whoField()],
    yes: t("ask.order"),
    danger: true,
    act: ({ who }) => decide(receipt, decided, { decision, who }),
    done: () => t("ask.ordered"),
  });
}

async function decide({ id }, decided, body) {
  await post(`/v1/kkt/receipt/${encodeURIComponent(id)}/resolve`, body);
  decided();
}
