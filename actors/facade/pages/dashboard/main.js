// The page as a whole: which part is shown, and drawing it anew when something changed.

import { get, passes, whenUnauthorized } from "./api.js";
import { h, patch } from "./element.js";
import { clock } from "./format.js";
import { language, t, useKeptLanguage, useLanguage } from "./language.js";
import { blockIfFull, notices } from "./notices.js";
import { Buffer } from "./page_buffer.js";
import { Dead } from "./page_dead.js";
import { Links } from "./page_links.js";
import { Log } from "./page_log.js";
import { Overview } from "./page_overview.js";
import { Receipt } from "./page_receipt.js";
import { Registers } from "./page_registers.js";
import { button } from "./parts.js";
import { token } from "./session.js";
import { signIn } from "./signin.js";
import { summary } from "./standing.js";
import { statusBar } from "./statusbar.js";
import { Stream } from "./stream.js";
import { isDark, toggleTheme, useKeptTheme } from "./theme.js";
import { buffer, gateway, lose, take, world } from "./world.js";

const pages = {
  overview: new Overview(redraw),
  buffer: new Buffer(redraw),
  receipt: new Receipt(redraw),
  dead: new Dead(redraw),
  registers: new Registers(),
  links: new Links(redraw),
  log: new Log(redraw),
};

const TRY_AGAIN = 5000; // milliseconds

const stream = new Stream({ heard, lost });
let shown = "overview";
let drawing = false;

const part = (name) => document.getElementById(name);

/** Soon, and once for all that changes meanwhile. */
function redraw() {
  if (drawing) return;
  drawing = true;
  setTimeout(() => { drawing = false; draw(); }, 30);
}

function draw() {
  const page = pages[shown];
  patch(part("top"), head());
  patch(part("notices"), notices(redraw));
  patch(part("content"), h("h1", { class: "unseen" }, page.title()), page.view());
  patch(part("foot"), foot());
  part("content").dataset.page = shown;
  part("content").classList.toggle("stale", !world.connected);
  document.title = `${page.title()} · Kassir: ${summary()}`;
  blockIfFull();
}

function head() {
  return [
    h("a", { class: "skip", href: "#content", onclick: skip }, t("skip")),
    h("div", { class: "masthead" },
      h("a", { class: "brand", href: "#/" }, "Kassir"),
      h("nav", { "aria-label": t("nav.title") }, Object.keys(pages).map(tab)),
      h("div", { class: "switches" },
        h("div", { role: "group", "aria-label": t("language") }, ["ru", "en"].map(languageButton)),
        themeButton())),
    statusBar(),
  ];
}

function skip(event) {
  event.preventDefault(); // the address names the part that is shown
  part("content").focus();
}

function tab(name) {
  const count = name === "dead" ? buffer()?.dead : 0;
  const href = name === "overview" ? "#/" : `#/${name}`;
  return h("a", { href, "aria-current": name === shown && "page", "data-key": name },
    t(`page.${name}`), count > 0 && h("span", { class: "count" }, count));
}

function languageButton(name) {
  const onclick = async () => { await useLanguage(name); redraw(); };
  const label = { ru: "Русский", en: "English" }[name];
  const about = { type: "button", lang: name, "aria-label": label, "aria-pressed": String(language() === name) };
  return h("button", { ...about, onclick }, name.toUpperCase());
}

function themeButton() {
  const onclick = () => { toggleTheme(); redraw(); };
  const about = { type: "button", class: "theme", title: t("theme.dark"), "aria-pressed": String(isDark()) };
  return h("button", { ...about, onclick },
    h("span", { "aria-hidden": "true" }, isDark() ? "☾" : "☀"), h("span", { class: "unseen" }, t("theme.dark")));
}

function foot() {
  return [
    h("span", {}, [gateway().name, gateway().environment, gateway().version].filter(Boolean).join(" · ")),
    h("span", {}, world.heardAt ? t("foot.heard", { time: clock(world.heardAt) }) : t("loading")),
    token() && button(t("signin.other"), () => signIn(entered)),
    h("a", { href: "/docs" }, t("foot.docs")),
  ];
}

/** Goes to the part that the address names, and says so to who cannot see it. */
function go() {
  const before = shown;
  route();
  if (shown === before) return;
  document.querySelector("nav [aria-current]").scrollIntoView({ inline: "center", block: "nearest" });
  scrollTo(0, 0);
  part("content").focus({ preventScroll: true });
}

function route() {
  const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/").map(decoded);
  shown = Object.hasOwn(pages, name) ? name : "overview";
  pages[shown].open(rest);
  draw();
}

/** An address is typed by hand, too: what is no code in it stays as it is. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** What could not be shown for a while is asked for again, though nothing else happens. */
function tryAgain() {
  if (world.connected && pages[shown].errors().some(passes)) pages[shown].reload();
}

function heard(message) {
  const was = world.connected;
  const names = take(message);
  if (!was) pages[shown].told(Object.keys(world.components)); // what was missed meanwhile
  else if (names.length) pages[shown].told(names);
  if (!was || names.length) redraw();
}

/** One that never opened may have been refused for want of a key, which only a plain call tells. */
function lost(opened) {
  lose();
  redraw();
  if (!opened) get("/v1/kkt/buffer/status").catch(() => {}); // what comes of it is heard by `whenUnauthorized`
}

/** As somebody else: what the one before might not see may be seen now. */
function entered() {
  stream.reconnect();
  route();
}

whenUnauthorized(() => signIn(entered));
useKeptTheme(redraw);
await useKeptLanguage();
addEventListener("hashchange", go);
route();
stream.connect();
setInterval(redraw, 1000); // how long something has been so
setInterval(tryAgain, TRY_AGAIN);
