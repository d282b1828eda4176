// The status stream: connects, notices silence, comes back by itself and goes on where it stopped.

import { token } from "./session.js";

const SILENCE = 4200; // milliseconds; the gateway says something every two seconds
const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 4000;

export class Stream {
  /** `heard(message)` for each message, `lost(opened)` at each end; `opened`: whether it had been open. */
  constructor({ heard, lost }) {
    Object.assign(this, { heard, lost, failures: 0, place: null, timer: 0 });
  }

  connect() {
    clearTimeout(this.timer);
    const socket = new WebSocket(this.address(), this.protocols());
    this.socket = socket;
    let opened = false;
    socket.onopen = () => { opened = true; };
    socket.onmessage = (event) => this.take(JSON.parse(event.data));
    socket.onclose = () => this.ended(socket, opened);
    this.watch();
  }

  /** Anew and at once, as somebody else. */
  reconnect() {
    this.leave();
    this.place = null;
    this.connect();
  }

  address() {
    const url = new URL("/v1/status/stream", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    if (this.place) url.searchParams.set("after", this.place);
    return url;
  }

  /** A browser can send no header with a websocket; a key goes as a subprotocol. */
  protocols() {
    return token() ? ["kassir.v1", `bearer.${token()}`] : [];
  }

  take(message) {
    this.failures = 0;
    if (message.epoch !== undefined) this.epoch = message.epoch;
    if (this.epoch !== undefined) this.place = `${this.epoch}-${message.number}`;
    this.watch();
    this.heard(message);
  }

  watch() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.silent(), SILENCE);
  }

  silent() {
    this.leave();
    this.ended(this.socket, true);
  }

  leave() {
    this.socket.onclose = this.socket.onmessage = null;
    this.socket.close();
  }

  ended(socket, opened) {
    if (socket !== this.socket) return;
    clearTimeout(this.timer);
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.failures);
    this.failures += 1;
    this.timer = setTimeout(() => this.connect(), pause * (0.5 + Math.random() / 2));
    this.lost(opened);
  }
}
