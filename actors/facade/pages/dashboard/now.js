// The time as the gateway has it: the clock of whoever looks may be wrong, and then every "ago" would be.

const QUICK = 2000; // milliseconds; an answer on its way for longer says too little of the time
const CLOSE = 3000; // milliseconds; answers name whole seconds

let ahead = 0;

export const now = () => Date.now() + ahead;

/** `said`: the Date of an answer; `took`: milliseconds since it was asked for. */
export function hearTime(said, took) {
  const found = Date.parse(said) - Date.now();
  if (took < QUICK && Number.isFinite(found)) ahead = Math.abs(found) > CLOSE ? found : 0;
}
