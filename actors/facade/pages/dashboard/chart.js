// The last day as a drawing, with the same in words and in a table for those who do not see it.

import { h, svg } from "./element.js";
import { hour, number, seconds } from "./format.js";
import { t } from "./language.js";
import { table } from "./parts.js";

const WIDTH = 1000; // of the drawing, in its own units: it is stretched to whatever room there is
const HEIGHT = 100;
const STRETCHED = { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none" };

/**
 * `points`: `{at, …}`, oldest first; `lines`: `{name, of(point), kind}`, where `of` is null where nothing is known;
 * `limit`: a level that matters; `show` makes a figure readable; the
 * scale reaches up to `least` at the least.
 */
export function chart({ title, points, lines, limit, least, show, summary, from, to }) {
  const top = ceiling(Math.max(least, ...lines.flatMap(({ of }) => points.map(of)).filter((value) => value !== null)));
  const place = placed({ from: new Date(from).getTime(), to: new Date(to).getTime(), top });
  return h("figure", { class: "chart", "data-key": title },
    h("figcaption", {}, h("span", { class: "chart-title" }, title), lines.map(legend)),
    h("div", { class: "plot" },
      h("div", { class: "scale", "aria-hidden": "true" }, [top, top / 2, 0].map((value) => h("span", {}, show(value)))),
      svg("svg", { ...STRETCHED, role: "img", "aria-label": `${title}. ${summary}` },
        [0, 0.5, 1].map((share) => rule(HEIGHT * share, "rule")),
        limit <= top && rule(place(from, limit)[1], "limit"),
        lines.map((line) => drawn(points, line, place)))),
    svg("svg", { class: "hours", "aria-hidden": "true" }, marks(from, to).map((at) => mark(at, place(at, 0)[0]))),
    h("p", { class: "summary" }, summary));
}

const rule = (y, kind) => svg("line", { class: kind, x1: 0, x2: WIDTH, y1: y, y2: y });
const legend = ({ name, kind }) => h("span", { class: `legend ${kind}` }, name);

function placed({ from, to, top }) {
  const span = Math.max(1, to - from);
  const rounded = (figure) => Math.round(figure * 10) / 10;
  return (at, value) => [rounded((WIDTH * (new Date(at) - from)) / span), rounded(HEIGHT * (1 - value / top))];
}

/** A line breaks where nothing is known. A stretch of one point is drawn as a dot, or it would not be seen. */
function drawn(points, { of, kind }, place) {
  const stretches = [[]];
  for (const point of points) {
    if (of(point) === null) stretches.push([]);
    else stretches.at(-1).push(place(point.at, of(point)));
  }
  return stretches.filter((stretch) => stretch.length).map((stretch) => stroke(stretch, kind));
}

function stroke(stretch, kind) {
  const path = stretch.map(([x, y]) => `${x},${y}`).join("L");
  const [first, last] = [stretch[0], stretch.at(-1)];
  return [
    kind === "area" && svg("path", { class: "under", d: `M${first[0]},${HEIGHT}L${path}L${last[0]},${HEIGHT}Z` }),
    svg("path", { class: stretch.length > 1 ? `line ${kind}` : `line ${kind} alone`, d: `M${path}h0.1` }),
  ];
}

/** The next round figure above. */
function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10].map((each) => each * power).find((each) => each >= value);
}

const mark = (at, x) => svg("text", { x: `${(100 * x) / WIDTH}%`, y: 12, "text-anchor": "middle" }, hour(at));

const EVERY = 6; // hours, on the clock of whoever looks

function marks(from, to) {
  const found = [];
  const at = new Date(from);
  at.setHours(at.getHours() + 1, 0, 0, 0);
  for (; at <= new Date(to); at.setHours(at.getHours() + 1)) if (at.getHours() % EVERY === 0) found.push(at.getTime());
  return found;
}

const PER_ROW = 3600 * 1000; // milliseconds: an hour a row, for nobody reads a table of minutes

/** The same by the hour, as figures. */
export function hoursTable({ points }) {
  const hours = new Map();
  for (const point of points) {
    const at = Math.floor(new Date(point.at) / PER_ROW) * PER_ROW;
    hours.set(at, [...(hours.get(at) ?? []), point]);
  }
  const items = [...hours].reverse().map(([at, within]) => ({
    at,
    queued: greatest(within, "queued"),
    printed: within.reduce((sum, point) => sum + (point.printed ?? 0), 0),
    p50: greatest(within, "p50_s"),
    p95: greatest(within, "p95_s"),
  }));
  const columns = [
    { name: t("history.hour"), show: ({ at }) => hour(at) },
    { name: t("history.printed"), show: (each) => number(each.printed), kind: "figure" },
    { name: t("history.queued"), show: (each) => number(each.queued), kind: "figure" },
    { name: t("history.p50"), show: (each) => seconds(each.p50), kind: "figure" },
    { name: t("history.p95"), show: (each) => seconds(each.p95), kind: "figure" },
  ];
  return table({ caption: t("history.table"), columns, items, keyOf: ({ at }) => at, empty: t("history.empty") });
}

export function greatest(points, name) {
  const found = points.map((point) => point[name]).filter((value) => value !== null && value !== undefined);
  return found.length ? Math.max(...found) : null;
}
