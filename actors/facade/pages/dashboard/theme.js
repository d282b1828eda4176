// Light or dark: as the computer has it, until the reader says otherwise.

const KEPT = "kassir.theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

export function useKeptTheme(changed) {
  show(localStorage.getItem(KEPT));
  dark.addEventListener("change", changed);
}

export function isDark() {
  const said = document.documentElement.dataset.theme;
  return said ? said === "dark" : dark.matches;
}

export function toggleTheme() {
  const theme = isDark() ? "light" : "dark";
  localStorage.setItem(KEPT, theme);
  show(theme);
}

function show(theme) {
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
}
