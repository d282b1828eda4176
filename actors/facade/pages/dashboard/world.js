// What the gateway last told of itself: the state of each component, and the figures that the page reads from it.

import { now } from "./now.js";

export const world = { components: {}, connected: false, heardAt: null };

/** Takes a message of the stream. The names of the components that it changed. */
export function take(message) {
  world.connected = true;
  world.heardAt = new Date(now());
  if (message.type === "snapshot") {
    world.components = message.components;
    return Object.keys(message.components);
  }
  if (message.type !== "change") return [];
  world.components[message.component] = message.state;
  return [message.component];
}

export function lose() {
  world.connected = false;
}

const of = (name) => world.components[name] ?? {};

/**
 * Receipts that wait, of how many that may; null before the gateway has told. `filled` is exact, `percent` to be shown:
 * a whole number, and 100 only of a buffer that is full.
 */
export function buffer() {
  const told = world.components.buffer;
  if (!told) return null;
  const { current_queued: queued, total_capacity: capacity } = told;
  const filled = capacity ? (100 * queued) / capacity : 100;
  const percent = Math.min(Math.round(filled), filled < 100 ? 99 : Infinity);
  return { ...told, queued, capacity, filled, percent };
}

/** Which gateway it is: name, environment and version. */
export const gateway = () => of("gateway");
export const ofd = () => of("ofd");
export const alerts = () => of("alerts").standing ?? [];
export const mode = () => ({ name: of("alerts").mode ?? "unknown", since: of("alerts").mode_since ?? null });

export function job() {
  const told = ofd().job ?? null;
  return told && told.state === "running" ? told : null;
}

/** Every register, by name; one whose actor is down is not ready, whatever it last said. */
export function registers() {
  const names = Object.keys(world.components).filter((name) => name.startsWith("kkt."));
  return names.sort().map((name) => {
    const told = world.components[name];
    const lives = (of("actors")[name]?.state ?? "started") === "started";
    return { ...told, pos_id: told.pos_id ?? name.slice(4), ready: told.ready && lives, lives };
  });
}

/** The newest delivery by any way. */
export function lastSync() {
  const ways = Object.keys(world.components).filter((name) => name === "ofd" || name.startsWith("ofd."));
  const times = ways.map((name) => of(name).last_successful_sync ?? of(name).last_success).filter(Boolean);
  return times.sort().at(-1) ?? null;
}

/** Seconds until all that waits is delivered, as measured of late; null: nobody knows. */
export function secondsToDeliver(receipts) {
  const each = ofd().seconds_per_receipt;
  return each === null || each === undefined ? null : each * receipts;
}
