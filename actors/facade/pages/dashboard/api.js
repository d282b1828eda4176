// Calls of the gateway.

import { hearTime } from "./now.js";
import { token } from "./session.js";

const PATIENCE = 15000; // milliseconds
const NOW_AND_THEN = new Set([0, 429]); // nobody answered; asked too often

/** An answer that is an error, or none at all (status 0). `code`, `message` and `details` as the gateway has them. */
export class Refused extends Error {
  constructor(status, { code = "NO_ANSWER", message = "", details = null } = {}) {
    super(message);
    Object.assign(this, { status, code, details });
  }
}

let onUnauthorized = () => {};

/** `act` is called whenever the gateway wants to know who we are. */
export function whenUnauthorized(act) {
  onUnauthorized = act;
}

export const get = async (path) => read(await call("GET", path), "json");
export const getText = async (path) => read(await call("GET", path), "text");

/** Each press of a button is an order of its own, so each has a key of its own. */
export async function post(path, body) {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": uuid4() };
  return read(await call("POST", path, { headers, body: JSON.stringify(body) }), "json");
}

/** Whether asking again later may help. */
export const passes = (error) => error instanceof Refused && (NOW_AND_THEN.has(error.status) || error.status >= 500);

async function call(method, path, { headers = {}, body } = {}) {
  const answer = await sent(path, { method, body, headers: { ...headers, ...credentials() } });
  if (answer.ok) return answer;
  if (answer.status === 401) onUnauthorized();
  throw new Refused(answer.status, await said(answer));
}

async function sent(path, how) {
  const asked = performance.now();
  try {
    const answer = await fetch(path, { ...how, cache: "no-cache", signal: AbortSignal.timeout(PATIENCE) });
    hearTime(answer.headers.get("Date"), performance.now() - asked);
    return answer;
  } catch (error) {
    throw new Refused(0, { message: String(error) });
  }
}

/** An answer can break off, or be no answer of the gateway's at all. */
async function read(answer, how) {
  try {
    return await answer[how]();
  } catch (error) {
    throw new Refused(0, { message: String(error) });
  }
}

async function said(answer) {
  try {
    return await answer.json();
  } catch {
    return { code: `HTTP_${answer.status}`, message: answer.statusText }; // from something between us and the gateway
  }
}

function credentials() {
  return token() ? { Authorization: `Bearer ${token()}` } : {};
}

/** Not crypto.randomUUID: a browser has that for https and loopback only. */
export function uuid4() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}
