// The last 24 hours: how full the buffer was and how long printing took.

import { get } from "./api.js";
import { chart, greatest, hoursTable } from "./chart.js";
import { h } from "./element.js";
import { number, seconds } from "./format.js";
import { t } from "./language.js";
import { card, failure } from "./parts.js";
import { WARNED } from "./standing.js";
import { buffer } from "./world.js";

const PATH = "/v1/status/history?hours=24";
const PAUSE = 60000; // milliseconds; a point is about as long

export class History {
  constructor(changed) {
    Object.assign(this, { changed, told: null, error: null, at: 0 });
  }

  /** Asks again if what is there is old. */
  async load() {
    if (Date.now() - this.at < PAUSE) return;
    this.at = Date.now();
    try {
      this.told = await get(PATH);
      this.error = null;
    } catch (error) {
      Object.assign(this, { error, at: 0 }); // to be asked again before long
    }
    this.changed();
  }

  view() {
    return card(t("history.title"), null, failure(this.error), this.told && drawn(this.told));
  }
}

function drawn(told) {
  const { points, from, to } = told;
  if (!points.length) return h("p", { class: "empty" }, t("history.empty"));
  const capacity = buffer()?.capacity ?? Infinity;
  return [
    h("div", { class: "charts" },
      chart({
        title: t("history.queued"), points, from, to, show: number, least: 4,
        lines: [{ name: t("history.queued.line"), of: ({ queued }) => queued ?? null, kind: "area" }],
        limit: (capacity * WARNED) / 100,
        summary: queuedSummary(points),
      }),
      chart({
        title: t("history.latency"), points, from, to, show: seconds, least: 0.1,
        lines: [
          { name: t("history.p95"), of: ({ p95_s: value }) => value ?? null, kind: "second" },
          { name: t("history.p50"), of: ({ p50_s: value }) => value ?? null, kind: "first" },
        ],
        summary: latencySummary(points),
      })),
    h("details", {}, h("summary", {}, t("history.table")), hoursTable(told)),
  ];
}

function queuedSummary(points) {
  return t("history.queued.summary", { most: number(greatest(points, "queued")), now: number(points.at(-1).queued) });
}

function latencySummary(points) {
  const printed = points.reduce((sum, point) => sum + (point.printed ?? 0), 0);
  if (!printed) return t("history.latency.none");
  return t("history.latency.summary", { n: printed, p95: seconds(greatest(points, "p95_s")) });
}
