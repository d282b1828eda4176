// A list that the gateway gives piece by piece.

import { get } from "./api.js";

/** `path()` of the first piece; `next` of the answer is where the following one begins. `changed` after each answer. */
export class Listing {
  constructor(path, changed) {
    Object.assign(this, { path, changed, items: [], next: null, error: null, loaded: false, turn: 0 });
  }

  /** The first piece, in place of what was; as many rows as were shown stay shown. */
  async load() {
    await this.fetch(this.path(), (answer) => answer.items);
  }

  async more() {
    const glue = this.path().includes("?") ? "&" : "?";
    const path = `${this.path()}${glue}cursor=${encodeURIComponent(this.next)}`;
    await this.fetch(path, (answer) => [...this.items, ...answer.items]);
  }

  async fetch(path, joined) {
    const turn = ++this.turn;
    try {
      const answer = await get(path);
      if (turn !== this.turn) return; // a later question is on its way: this answer is old
      Object.assign(this, { items: joined(answer), next: answer.next, error: null, loaded: true });
    } catch (error) {
      if (turn === this.turn) this.error = error;
    }
    this.changed();
  }
}

/** `act` at most once in so many milliseconds, and once more at the end if it was asked for meanwhile. */
export function calmly(act, milliseconds) {
  let timer = 0;
  let asked = false;
  return function again() {
    if (timer) {
      asked = true;
      return;
    }
    act();
    timer = setTimeout(() => {
      timer = 0;
      if (asked) {
        asked = false;
        again();
      }
    }, milliseconds);
  };
}
