// A delivery that somebody asked for, while it runs.

import { h } from "./element.js";
import { duration, moment } from "./format.js";
import { t } from "./language.js";
import { bar } from "./parts.js";
import { job, ofd, secondsToDeliver } from "./world.js";

export function syncProgress() {
  const running = job();
  return running ? shown(running) : ended();
}

/** How far it has come: a bar and a line. */
export function syncBar({ total, delivered, refused, percent }) {
  const words = t("sync.progress", { percent, done: delivered + refused, n: total });
  return [bar({ percent, tone: "accent", label: t("sync.running") }), words];
}

function shown(running) {
  const { total, delivered, refused } = running;
  const left = secondsToDeliver(total - delivered - refused);
  return h("div", { class: "progress", id: "sync-progress", "data-key": "progress" },
    h("p", { class: "progress-title" }, t("sync.running")),
    syncBar(running),
    left !== null && h("p", {}, t("sync.left", { time: duration(left) })),
    h("p", { class: "reassuring" }, t("sync.keep_on")));
}

function ended() {
  const last = ofd().job;
  if (!last) return null;
  const words = last.state === "done" ? "sync.done" : "sync.stopped";
  return h("p", { class: "hint", id: "sync-ended", "data-key": "progress" },
    t(words, { n: last.delivered, total: last.total, refused: last.refused }),
    last.ended_at && h("time", { datetime: last.ended_at }, ` · ${moment(last.ended_at)}`));
}
