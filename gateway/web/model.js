// What the page knows: one entry a symbol, kept right by the sequence rules of the client protocol
// (a delta applies when prev <= seq < its own; a hole is repaired by a fresh snapshot only).
// Pure: messages in, entries and dirty marks out. Must never touch the page, the socket or a clock,
// and must never call an entry current that missed a change.

const VALUES = [
  'bid', 'bid_size', 'ask', 'ask_size', 'last', 'last_size',
  'open_24h', 'high_24h', 'low_24h', 'volume_24h',
];

export class Model {
  /**
   * symbol → entry: its names, the last known `ticker` as on the wire, when the gateway last
   * received values of it (`valued_ts`, microseconds or null), and whether it is `current`.
   */
  entries = new Map();
  /** Entries changed since the painter took them. */
  dirty = new Set();
  /** Rises when an entry came or went. */
  generation = 0;
  /** Symbols whose snapshot was asked for and has not come. */
  #awaited = new Set();

  /**
   * Takes one message of the server. Answers `applied`, `ignored` (old, or not about tickers),
   * `gap` (a change was missed: ask for a snapshot, once) or `waiting` (asked already).
   */
  apply(message) {
    if (message.type === 'snapshot' && message.channel === 'ticker') return this.#replace(message);
    if (message.type === 'delta') return this.#change(message);
    return 'ignored';
  }

  /** The connection is gone: nothing is current until its next snapshot. */
  disconnected() {
    this.#awaited.clear();
    for (const entry of this.entries.values()) this.#outdate(entry);
  }

  /** A snapshot was asked for and refused; the next delta asks again. */
  refused(symbol) {
    this.#awaited.delete(symbol);
  }

  /** Forgets what the gateway no longer lists, except what is current. */
  forget_all_but(symbols) {
    for (const [symbol, entry] of this.entries) {
      if (entry.current || symbols.has(symbol)) continue;
      this.entries.delete(symbol);
      this.dirty.delete(entry);
      this.generation += 1;
    }
  }

  #replace(message) {
    let entry = this.entries.get(message.symbol);
    if (!entry) {
      entry = new_entry(message.symbol);
      this.entries.set(message.symbol, entry);
      this.generation += 1;
    }
    entry.ticker = message;
    entry.valued_ts = message.recv_ts || null;
    entry.current = true;
    this.#awaited.delete(message.symbol);
    this.dirty.add(entry);
    return 'applied';
  }

  #change(message) {
    const entry = this.entries.get(message.symbol);
    if (this.#awaited.has(message.symbol)) return 'waiting';
    if (!entry || !entry.current || message.prev > entry.ticker.seq) {
      this.#awaited.add(message.symbol);
      if (entry) this.#outdate(entry);
      return 'gap';
    }
    if (message.seq <= entry.ticker.seq) return 'ignored';
    // A time of the venue belongs to the change it came with and is never carried over.
    entry.ticker.exchange_ts = null;
    for (const key in message) if (key !== 'type') entry.ticker[key] = message[key];
    // A change of status alone must not make an old price look young.
    if (VALUES.some((field) => field in message)) entry.valued_ts = message.recv_ts;
    this.dirty.add(entry);
    return 'applied';
  }

  #outdate(entry) {
    entry.current = false;
    this.dirty.add(entry);
  }
}

function new_entry(symbol) {
  const colon = symbol.indexOf(':');
  return {
    symbol,
    venue: symbol.slice(0, colon),
    name: symbol.slice(colon + 1),
    ticker: null,
    valued_ts: null,
    current: false,
  };
}
