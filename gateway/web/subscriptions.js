// Which symbols the page asks for: every venue that it hears of, by wildcard, and single symbols
// again when the model missed a change. Must never ask twice for what is on its way.

const ASK_AGAIN_EMPTY_MS = 2_000;
const ASK_AGAIN_MS = 30_000;
const REFUSED_PAUSE_MS = 1_000;

export class Subscriptions {
  #venues = new Set();
  /** Ids of requests under way → the symbol or wildcard they asked for. */
  #requests = new Map();
  #refused = [];
  #ask_at_ms = 0;
  #asking = false;
  /** Which connection an answer of /v1/symbols belongs to. */
  #connection_number = 0;

  constructor({ connection, model, fetch_symbols }) {
    this.connection = connection;
    this.model = model;
    this.fetch_symbols = fetch_symbols;
  }

  /** A new connection is up: everything is asked anew. */
  begin() {
    this.#connection_number += 1;
    this.#venues.clear();
    this.#requests.clear();
    this.#refused = [];
    this.#ask_at_ms = 0;
    this.#asking = false;
  }

  /** Asks for one symbol's snapshot. */
  repair(symbol) {
    this.#subscribe(symbol);
  }

  /** Takes acks and errors. What was refused is tried again after a pause. */
  answer(message, now_ms) {
    const pattern = this.#requests.get(message.id);
    if (pattern === undefined) return;
    this.#requests.delete(message.id);
    if (message.type === 'error') this.#refused.push({ pattern, at_ms: now_ms + REFUSED_PAUSE_MS });
  }

  /** To be called a few times a second while the connection is live. */
  tick(now_ms) {
    while (this.#refused.length && this.#refused[0].at_ms <= now_ms) {
      const { pattern } = this.#refused.shift();
      if (pattern.endsWith(':*')) this.#subscribe(pattern);
      else this.model.refused(pattern);
    }
    if (!this.#asking && now_ms >= this.#ask_at_ms) this.#ask(now_ms);
  }

  /** Asks for all that these venues have, now and later. While the connection is live. */
  follow(venues) {
    for (const venue of venues) {
      if (this.#venues.has(venue)) continue;
      this.#venues.add(venue);
      this.#subscribe(`${venue}:*`);
    }
  }

  #subscribe(pattern) {
    const request = { op: 'subscribe', channel: 'ticker', symbols: [pattern] };
    this.#requests.set(this.connection.send(request), pattern);
  }

  async #ask(now_ms) {
    const number = this.#connection_number;
    this.#asking = true;
    const symbols = await this.fetch_symbols().catch(() => null);
    if (number !== this.#connection_number || this.connection.state !== 'live') return;
    this.#asking = false;
    this.#ask_at_ms = now_ms + (symbols?.length ? ASK_AGAIN_MS : ASK_AGAIN_EMPTY_MS);
    if (symbols) this.#follow(symbols);
  }

  #follow(symbols) {
    this.model.forget_all_but(new Set(symbols.map((s) => s.symbol)));
    this.follow(symbols.map(({ venue }) => venue));
  }
}
