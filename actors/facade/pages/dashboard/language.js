// The words of the page: one table a language, Russian unless the reader has chosen otherwise.

const KEPT = "kassir.language";
const TAGS = { ru: "ru-RU", en: "en-GB" };

let chosen = "ru";
let words = {};
let plural = new Intl.PluralRules("ru");

export const language = () => chosen;
export const tag = () => TAGS[chosen];

/** Loads the table of the language that was chosen last. */
export async function useKeptLanguage() {
  const kept = localStorage.getItem(KEPT);
  await useLanguage(Object.hasOwn(TAGS, kept ?? "") ? kept : "ru");
}

export async function useLanguage(name) {
  const answer = await fetch(`/assets/dashboard/${name}.json`);
  words = await answer.json();
  chosen = name;
  plural = new Intl.PluralRules(name);
  localStorage.setItem(KEPT, name);
  document.documentElement.lang = name;
}

/**
 * The words of a key, which stands for itself where a table has none; with `{name}` filled in. Where there are several
 * forms, `figures.n` decides.
 */
export function t(key, figures = {}) {
  const found = Object.hasOwn(words, key) ? words[key] : key;
  const form = typeof found === "object" ? (found[plural.select(figures.n)] ?? found.other) : found;
  return form.replace(/\{(\w+)\}/g, (_, name) => figures[name]);
}

/** The words of a key that a table need not have: codes and states that programs name. */
export function known(key, otherwise) {
  return Object.hasOwn(words, key) ? t(key) : otherwise;
}
