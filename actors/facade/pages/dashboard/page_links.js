// Links to the outside and their breakers, with what a person may order them.

import { get, post } from "./api.js";
import { ask, whoField } from "./dialog.js";
import { h } from "./element.js";
import { moment, number, since } from "./format.js";
import { known, t } from "./language.js";
import { calmly } from "./listing.js";
import { button, card, facts, failure, pill } from "./parts.js";
import { why } from "./reasons.js";
import { toneOfBreaker } from "./standing.js";
import { world } from "./world.js";

const PATH = "/v1/links";
const COMMANDS = { // and whether the order must name its end
  close: false,
  probe: false,
  force_open: true,
  disable: true,
  metrics_only: true,
};
const FOR = [300, 900, 3600, 14400, 86400]; // seconds

export class Links {
  constructor(redraw) {
    Object.assign(this, { redraw, links: [], error: null, loaded: false, turn: 0 });
    this.reload = calmly(() => this.load(), 1500);
  }

  title = () => t("page.links");
  open() { this.reload(); }
  errors = () => [this.error];
  told(names) { if (names.some((name) => name.startsWith("breaker.") || name === "ofd")) this.reload(); }

  async load() {
    const turn = ++this.turn;
    try {
      const { links } = await get(PATH);
      if (turn === this.turn) Object.assign(this, { links, error: null, loaded: true });
    } catch (error) {
      if (turn === this.turn) this.error = error;
    }
    this.redraw();
  }

  view() {
    return [
      failure(this.error),
      !this.loaded && !this.error && h("p", { class: "empty" }, t("loading")),
      h("div", { class: "cards" }, this.links.map((each) => this.link(each))),
    ];
  }

  link({ name, deadline, paused_for: paused, stages, breaker: asked }) {
    const breaker = { ...asked, ...world.components[`breaker.${name}`] };
    const state = breaker.state ?? "unknown";
    const title = known(`link.${name}`, name);
    return card(title, pill(toneOfBreaker(state), known(`breaker.${state}`, state)),
      facts([
        [t("breaker.since"), breaker.since && `${moment(breaker.since)} (${since(breaker.since)})`],
        [t("breaker.reason"), breaker.reason && why(breaker.reason)],
        breaker.author && breaker.author !== "gateway" && [t("breaker.author"), breaker.author],
        breaker.until && [t("breaker.until"), moment(breaker.until)],
        paused > 0 && [t("link.paused"), t("unit.seconds", { n: number(paused) })],
        [t("breaker.failures"), asked && number(asked.failures_in_a_row)],
        [t("breaker.calls"), asked && number(asked.calls_in_window)],
        [t("breaker.rate"), asked && asked.failure_rate !== null ? `${number(100 * asked.failure_rate)} %` : null],
        [t("link.deadline"), t("unit.seconds", { n: number(deadline) })],
      ]),
      h("p", { class: "stages" }, h("span", { class: "unseen" }, t("link.stages")),
        stages.map((each) => h("span", { class: "stage" }, stageText(each)))),
      h("div", { class: "commands", role: "group", "aria-label": t("breaker.commands", { link: title }) },
        Object.keys(COMMANDS).map((command) =>
          button(t(`command.${command}`), () => this.order(name, command), { key: command }))));
  }

  order(link, command) {
    const lasts = COMMANDS[command];
    const durations = FOR.map((seconds) => [String(seconds), t(`lasts.${seconds}`)]);
    ask({
      title: `${known(`link.${link}`, link)}: ${t(`command.${command}`)}`,
      text: t(`command.${command}.means`),
      fields: [
        whoField(),
        { name: "reason", label: t("ask.reason"), required: true, maxlength: 200 },
        ...(lasts ? [{ name: "expires_in", label: t("ask.expires"), value: "900", options: durations }] : []),
      ],
      yes: t("ask.order"),
      danger: command === "force_open",
      act: async ({ who, reason, expires_in: seconds }) => {
        const said = { command, who, reason, ...(lasts && { expires_in: Number(seconds) }) };
        await post(`${PATH}/${encodeURIComponent(link)}/breaker`, said);
        await this.load();
      },
      done: () => t("ask.ordered"),
    });
  }
}

/** The stage, and what it counts just now. */
function stageText({ stage, settings, now }) {
  const name = known(`stage.${stage}`, stage);
  if (stage === "timeout") return `${name} ${t("unit.seconds", { n: number(settings.seconds) })}`;
  if (stage === "bulkhead" && now) return `${name} ${now.in_flight}/${settings.in_flight}`;
  return name;
}
