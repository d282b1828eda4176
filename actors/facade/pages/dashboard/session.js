// Who looks: a key or token for as long as the tab is open, and a name for orders. Neither is ever written out.

const TOKEN = "kassir.token";
const WHO = "kassir.who";

export const token = () => sessionStorage.getItem(TOKEN) ?? "";
export const setToken = (value) => sessionStorage.setItem(TOKEN, value);

export const who = () => localStorage.getItem(WHO) ?? "";
export const setWho = (value) => localStorage.setItem(WHO, value);
