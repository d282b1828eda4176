// Light or dark: as the computer has it, until the reader says otherwise.

const KEPT = "kassir.theme";
const dark = matchMedia("(prefers-color-scheme: dark)");
const onPaper = matchMedia("print");

const root = document.documentElement;
const wanted = () => localStorage.getItem(KEPT) ?? (dark.matches ? "dark" : "light");

export function useKeptTheme(changed) {
  show();
  dark.addEventListener("change", () => { show(); changed(); });
  onPaper.addEventListener("change", show);
}

export const isDark = () => wanted() === "dark";

export function toggleTheme() {
  localStorage.setItem(KEPT, isDark() ? "light" : "dark");
  show();
}

/** Paper is white. */
function show() {
  root.dataset.theme = onPaper.matches ? "light" : wanted();
}
