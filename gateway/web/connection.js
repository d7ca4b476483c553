// The life of the WebSocket: connect, notice silence, back off, connect again. Driven by `tick` and
// the socket's own events; it sets no timers, so a test can own the clock. Must never read market
// data, and must never call a link live that leaves a ping unanswered.

const PROTOCOL = 'ticker.v1.json';
const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 10_000;
const CONNECT_TIMEOUT_MS = 10_000;
const HEARTBEAT_DEFAULT_MS = 15_000;
/** Silence after which the gateway is asked whether it is there, and what it may take to answer. */
const PING_AFTER_MAX_MS = 2_000;
const ANSWER_WITHIN_MAX_MS = 3_000;

/** Wait before attempt n (0, 1, …): doubles from 0.5 s to 10 s, spread by a quarter either way. */
export function retry_delay_ms(attempt, random = Math.random) {
  const middle_ms = RETRY_MIN_MS * 2 ** Math.min(attempt, 6) * (0.75 + random() / 2);
  return Math.min(RETRY_MAX_MS, Math.max(RETRY_MIN_MS, middle_ms));
}

export class Connection {
  /** `connecting` (not welcomed yet), `live` or `waiting` (until `retry_at_ms`). */
  state = 'waiting';
  retry_at_ms = 0;
  heard_at_ms = null;
  received = 0;
  /** Server clock minus ours, from the quickest pong of this connection. */
  clock_offset_us = 0;

  #socket = null;
  #attempt = 0;
  #began_at_ms = 0;
  #heartbeat_ms = HEARTBEAT_DEFAULT_MS;
  #ping = null;
  #best_trip_ms = Infinity;
  #next_id = 1;

  /** Handlers: `on_message(message)`, `on_live()`, `on_lost()`. The rest is for tests. */
  constructor({ url, handlers, open, now_ms, wall_us, random }) {
    this.url = url;
    this.handlers = handlers;
    this.open = open ?? ((address, protocol) => new WebSocket(address, protocol));
    this.now_ms = now_ms ?? (() => performance.now());
    this.wall_us = wall_us ?? (() => Date.now() * 1000);
    this.random = random ?? Math.random;
  }

  /** May what is on the screen be called live? */
  get trusted() {
    if (this.state !== 'live') return false;
    const now = this.now_ms();
    const answer_within_ms = Math.min(ANSWER_WITHIN_MAX_MS, this.#heartbeat_ms / 4);
    if (this.#unanswered && now - this.#ping.sent_at_ms > answer_within_ms) return false;
    // Where timers are held back (a page in the background) the ping itself may be late.
    return now - this.heard_at_ms <= this.#heartbeat_ms;
  }

  /** Sends a request under a fresh id and returns the id. */
  send(request) {
    const id = this.#next_id++;
    this.#socket.send(JSON.stringify({ ...request, id }));
    return id;
  }

  /** To be called a few times a second. */
  tick() {
    const now = this.now_ms();
    if (this.state === 'waiting' && now >= this.retry_at_ms) this.#connect(now);
    if (this.state === 'connecting' && now - this.#began_at_ms > CONNECT_TIMEOUT_MS) this.#lose();
    if (this.state === 'live') this.#check_silence(now);
  }

  // A page in the background may tick only once a minute: silence alone proves nothing there, an
  // unanswered ping does.
  #check_silence(now) {
    const silent_ms = now - this.heard_at_ms;
    const asked_ms = this.#ping ? now - this.#ping.sent_at_ms : 0;
    if (silent_ms > 2 * this.#heartbeat_ms && asked_ms > this.#heartbeat_ms) this.#lose();
    else if (silent_ms > this.#ping_after_ms && !this.#unanswered) this.#send_ping();
  }

  get #ping_after_ms() {
    return Math.min(PING_AFTER_MAX_MS, this.#heartbeat_ms / 4);
  }

  // Whatever came after a ping shows as well as its pong that the gateway was there; silence after
  // that is a new one, and takes a new ping.
  get #unanswered() {
    return this.#ping !== null && this.heard_at_ms <= this.#ping.sent_at_ms;
  }

  #send_ping() {
    this.#ping = { sent_at_ms: this.now_ms(), id: this.send({ op: 'ping' }) };
  }

  #connect(now) {
    this.state = 'connecting';
    this.#began_at_ms = now;
    const socket = this.open(this.url, PROTOCOL);
    this.#socket = socket;
    // A socket that was given up may still speak while it closes: it is not listened to.
    socket.onmessage = (event) => socket === this.#socket && this.#hear(event.data);
    socket.onclose = () => socket === this.#socket && this.#lose();
  }

  #hear(data) {
    this.heard_at_ms = this.now_ms();
    this.received += 1;
    const message = JSON.parse(data);
    if (message.type === 'welcome') this.#welcome(message);
    else if (message.type === 'pong') this.#measure_clock(message);
    this.handlers.on_message(message);
  }

  #welcome(message) {
    this.state = 'live';
    this.#heartbeat_ms = message.heartbeat_ms ?? HEARTBEAT_DEFAULT_MS;
    this.#best_trip_ms = Infinity;
    this.#send_ping();
    this.handlers.on_live();
  }

  #measure_clock(pong) {
    if (pong.id !== this.#ping?.id) return;
    const trip_ms = this.now_ms() - this.#ping.sent_at_ms;
    this.#ping = null;
    if (trip_ms > this.#best_trip_ms) return;
    this.#best_trip_ms = trip_ms;
    this.clock_offset_us = pong.time - (this.wall_us() - (trip_ms * 1000) / 2);
  }

  #lose() {
    const now = this.now_ms();
    const was_live = this.state === 'live';
    const socket = this.#socket;
    this.#socket = null;
    this.#ping = null;
    // Only a connection that lasted shows that the gateway is well again.
    if (was_live && now - this.#began_at_ms > RETRY_MAX_MS) this.#attempt = 0;
    this.state = 'waiting';
    this.retry_at_ms = now + retry_delay_ms(this.#attempt++, this.random);
    socket.close();
    if (was_live) this.handlers.on_lost();
  }
}
