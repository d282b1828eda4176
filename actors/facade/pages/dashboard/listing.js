// A list that the gateway gives piece by piece.

import { get } from "./api.js";

const MOST = 500; // rows in one answer

/**
 * `filters()`: what of `path` is asked for; `step` rows at first, and so many more at a time. `changed` after each
 * answer.
 */
export class Listing {
  constructor(path, filters, changed, step = 50) {
    Object.assign(this, { path, filters, changed, step, rows: step, turn: 0 });
    Object.assign(this, { items: [], next: null, error: null, loaded: false });
  }

  /** All that is shown, as it is now: as many rows as the reader has asked to see. */
  async load() {
    const turn = ++this.turn;
    const items = [];
    let next = null;
    try {
      do {
        const answer = await get(this.address(this.rows - items.length, next));
        if (turn !== this.turn) return; // a later question is on its way: this answer is old
        items.push(...answer.items);
        next = answer.next;
      } while (next && items.length < this.rows);
      Object.assign(this, { items, next, error: null, loaded: true });
    } catch (error) {
      if (turn !== this.turn) return;
      this.error = error;
    }
    this.changed();
  }

  more() {
    this.rows += this.step;
    return this.load();
  }

  /** From the top: of other filters. */
  begin() {
    this.rows = this.step;
    return this.load();
  }

  address(rows, cursor) {
    const asked = new URLSearchParams({ limit: Math.min(MOST, rows) });
    for (const [name, value] of Object.entries({ ...this.filters(), cursor })) if (value) asked.set(name, value);
    return `${this.path}?${asked}`;
  }
}

/**
 * `act` once in so many milliseconds at most, never twice at a time, and once more at the end if it was asked for
 * meanwhile: a gateway that answers slowly is asked less often, and every answer counts.
 */
export function calmly(act, milliseconds) {
  let busy = false;
  let asked = false;
  return async function again() {
    asked = true;
    if (busy) return;
    busy = true;
    try {
      while (asked) {
        asked = false;
        await Promise.all([act(), new Promise((over) => { setTimeout(over, milliseconds); })]);
      }
    } finally {
      busy = false;
    }
  };
}
