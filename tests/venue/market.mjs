// One instrument of a pretended market: a ladder of prices a side, its last trade, its day. Numbers
// are integers of the last digit and leave as decimal strings. It moves when it is told to, and
// remembers every quote that was ever true, so a test can tell a wrong price from an old one.

import { seeded } from '../integration/random.mjs';

const LEVELS = 15;   // prices a side; more than the ten that some venues send
const DRIFT_MAX = 4;  // steps that it goes from its middle by itself

/** An integer of the last digit as a decimal: (1234500, 2) → "12345.00". */
export function decimal(value, digits) {
  const text = String(value).padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** The identity of a quote. */
export function quote_key({ bid, bid_size, ask, ask_size }) {
  return `${bid} x ${bid_size} | ${ask} x ${ask_size}`;
}

export class Market {
  ticks = 0;
  trades = [];          // all of them, oldest first
  quotes = new Map();   // every quote that was true → when it was (number of the tick)
  #drift = 0;

  /** `price`: of the middle, in units of the last digit; `step`: between two prices. */
  constructor(name, { price, price_digits = 2, size_digits = 8, step = 1, seed = 1,
    levels = LEVELS }) {
    Object.assign(this, { name, price_digits, size_digits, step, levels });
    this.middle = price;
    this.random = seeded(seed);
    this.bids = new Map();
    this.asks = new Map();
    this.day = { open: price, high: price, low: price, volume: 0 };
    this.tick();
  }

  #size() {
    return 1 + Math.floor(this.random() * 3 * 10 ** this.size_digits);
  }

  // Prices of a side, best first.
  #ladder(best, direction) {
    return Array.from({ length: this.levels }, (_, i) => best + direction * i * this.step);
  }

  /**
   * Moves by up to two steps, or by `move`; the best sizes always change. Answers what changed:
   * {bids, asks}, each [price, size] as texts, size "0" (all digits) where a price is gone.
   */
  tick({ move } = {}) {
    this.ticks += 1;
    const wished = move ?? Math.floor(this.random() * 5) - 2;
    const free = move !== undefined || Math.abs(this.#drift + wished) <= DRIFT_MAX;
    if (free) this.#drift += wished;
    const best_bid = this.middle + this.#drift * this.step;
    const changed = {
      bids: this.#settle(this.bids, this.#ladder(best_bid, -1)),
      asks: this.#settle(this.asks, this.#ladder(best_bid + this.step, 1)),
    };
    this.quotes.set(quote_key(this.truth()), this.ticks);
    return changed;
  }

  // Makes a side have just these prices, the first with a new size; answers the changes.
  #settle(side, prices) {
    const changes = [];
    for (const price of side.keys()) {
      if (prices.includes(price)) continue;
      side.delete(price);
      changes.push([price, 0]);
    }
    prices.forEach((price, place) => {
      if (place > 0 && side.has(price)) return;
      const before = side.get(price);
      let size = this.#size();
      if (size === before) size += 1;
      side.set(price, size);
      changes.push([price, size]);
    });
    return changes.map((level) => this.#text(level));
  }

  #text([price, size]) {
    return [decimal(price, this.price_digits), decimal(size, this.size_digits)];
  }

  /** The best `depth` prices of a side, best first, as texts. */
  side(name, depth = Infinity) {
    const direction = name === 'bids' ? -1 : 1;
    const levels = [...this[name]].sort(([a], [b]) => direction * (a - b));
    return levels.slice(0, depth).map((level) => this.#text(level));
  }

  /** Both sides: {bids, asks}. */
  book(depth) {
    return { bids: this.side('bids', depth), asks: this.side('asks', depth) };
  }

  /** A trade at the best price of either side: {id, price, size, side, at_ms}, side the taker's. */
  trade() {
    const side = this.random() < 0.5 ? 'buy' : 'sell';
    const [[price]] = this.side(side === 'buy' ? 'asks' : 'bids', 1);
    const units = Math.round(Number(price) * 10 ** this.price_digits);
    const amount = this.#size();
    this.day.high = Math.max(this.day.high, units);
    this.day.low = Math.min(this.day.low, units);
    this.day.volume += amount;
    const size = decimal(amount, this.size_digits);
    const trade = { id: this.trades.length + 1, price, size, side, at_ms: Date.now() };
    this.trades.push(trade);
    return trade;
  }

  /** Values of 24 hours, as texts. */
  day_values() {
    const { open, high, low, volume } = this.day;
    const price = (value) => decimal(value, this.price_digits);
    return { open: price(open), high: price(high), low: price(low),
      volume: decimal(volume, this.size_digits) };
  }

  /** What is true now. */
  truth() {
    const [[bid, bid_size]] = this.side('bids', 1);
    const [[ask, ask_size]] = this.side('asks', 1);
    const last = this.trades.at(-1);
    return { bid, bid_size, ask, ask_size, last: last?.price ?? null };
  }
}
