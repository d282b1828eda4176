// When the gateway wants to know who we are: a key or token, kept for as long as the tab is open.

import { get } from "./api.js";
import { ask } from "./dialog.js";
import { t } from "./language.js";
import { setToken } from "./session.js";

/** `entered` is called once a key was given that the gateway takes. */
export function signIn(entered) {
  if (document.getElementById("dialog").open) return;
  ask({
    title: t("signin.title"),
    text: t("signin.text"),
    fields: [{
      name: "token", label: t("signin.token"), kind: "password", hint: t("signin.hint"),
      required: true, maxlength: 4096,
    }],
    yes: t("signin.yes"),
    act: async (given) => {
      setToken(given.token.trim());
      await get("/v1/kkt/buffer/status");
      entered();
    },
    done: () => t("signin.done"),
  });
}
