// When the gateway wants to know who we are: a key or token, kept for as long as the tab is open.

import { get } from "./api.js";
import { ask } from "./dialog.js";
import { t } from "./language.js";
import { setToken, token } from "./session.js";

// what a websocket can carry, and a header: a key typed in the wrong layout of the keyboard would end both
const CHARACTERS = "\\s*[\\w.~+\\-]+\\s*";

/** `entered` is called once a key was given that the gateway takes. */
export function signIn(entered) {
  if (document.getElementById("dialog").open) return;
  ask({
    title: t("signin.title"),
    text: t("signin.text"),
    fields: [{
      name: "token", label: t("signin.token"), kind: "password", hint: t("signin.hint"),
      required: true, maxlength: 4096, pattern: CHARACTERS, wrong: t("signin.wrong"),
    }],
    yes: t("signin.yes"),
    act: async (given) => {
      const before = token();
      setToken(given.token.trim());
      try {
        await get("/v1/kkt/buffer/status");
      } catch (error) {
        setToken(before);
        throw error;
      }
      entered();
    },
    done: () => t("signin.done"),
  });
}
