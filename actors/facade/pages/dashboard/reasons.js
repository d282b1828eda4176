// Why something is as it is: what the gateway says in English, in the language of the page.

import { t } from "./language.js";

const SAID = [
  [/^the beginning$/, "why.beginning"],
  [/^the open time is over$/, "why.open_time"],
  [/^\S+ was ordered until now$/, "why.order_over"],
  [/^(?<n>\d+) probes in a row succeeded$/, "why.probes"],
  [/^(?<n>\d+) failures in a row$/, "why.failures"],
  [/^(?<n>\d+) of (?<calls>\d+) calls failed$/, "why.share"],
  [/^(?<n>\d+) of (?<calls>\d+) calls were slower than (?<limit>\S+) s$/, "why.slow"],
  [/^answer (?<status>\d+) ?(?<words>.*)$/, "why.answer"],
  [/^no answer within (?<limit>\S+) s/, "why.silent"],
  [/^the delivery was interrupted/, "why.interrupted"],
  [/^the fiscal drive was changed: (?<then>\d+) then, (?<now>\d+) now$/, "why.drive_changed"],
  [/^documents (?<numbers>[\d, ]+) all look like it$/, "why.look_alike"],
  [/^the register keeps a receipt open and will not cancel it$/, "why.receipt_open"],
  [/^document (?<fd>\d+), sign (?<fp>\d+)$/, "why.document"],
];

/** What is in no row stays as it was said. */
export function why(said) {
  for (const [pattern, key] of SAID) {
    const found = pattern.exec(said ?? "");
    if (found) return t(key, { ...found.groups });
  }
  return said;
}

/** Whether it tells of a document on paper. */
export const isDocument = (said) => /^document \d+, sign \d+$/.test(said ?? "");
