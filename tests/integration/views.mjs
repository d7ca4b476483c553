// What a client knows, by the rules of the protocol and nothing else. Independent of the page's
// model on purpose: two readings of one protocol. Every broken rule becomes a fault, in words.

import { VALUES } from './agreement.mjs';

const NOT_STATE = new Set(['type', 'channel', 'prev', 'merged', 'resumed', 'sent_ts']);
const FAULTS_KEPT = 20;

/** The state that a message tells, without what belongs to the message alone. */
export function state_of(message) {
  return Object.fromEntries(Object.entries(message).filter(([key]) => !NOT_STATE.has(key)));
}

// Names and wildcards (by their venue), each with its shape: {interval_ms, fields}.
class Subscriptions {
  names = new Map();
  venues = new Map();

  hold(symbol) {
    return this.shape_of(symbol) !== undefined;
  }
  shape_of(symbol) {
    return this.names.get(symbol) ?? this.venues.get(symbol.split(':')[0]);
  }
  change(symbols, shape) {
    for (const symbol of symbols) {
      const [map, name] = symbol.endsWith(':*')
        ? [this.venues, symbol.slice(0, -2)]
        : [this.names, symbol];
      if (shape) map.set(name, shape);
      else map.delete(name);
    }
  }
}

export class Views {
  faults = [];
  ticker = new Map();  // symbol → state
  trades = new Map();  // symbol → seq of the last trade
  subscribed = { ticker: new Subscriptions(), trades: new Subscriptions() };
  /** Due to begin with a snapshot or a resumed delta: what was acknowledged and has not begun. */
  awaited = { ticker: new Set(), trades: new Set() };
  /** Data frames of the ledger: all but first snapshots and gaps. Not of a client that resumed. */
  frames = 0;
  deltas = 0;
  resumed = 0;  // tickers and trades that went on where they were
  refused = 0;  // those that asked to, and began with a snapshot
  merged = 0;   // changes that conflation folded into snapshots; of real time without a filter
  folded = 0;   // changes that deltas hold besides one
  lost = 0;    // trades that gaps named as lost
  gaps = [];

  /** `agreement` hears of every state that is reached. */
  constructor(agreement) {
    this.agreement = agreement;
  }

  take(message) {
    const { type, channel } = message;
    if (type === 'welcome') this.epoch = message.epoch;
    if (type === 'slow') this.#widen(message);
    if (type === 'subscribed') this.#begin(message);
    if (type === 'unsubscribed') this.#end(message);
    if (type === 'snapshot' && channel === 'ticker') this.#replace(message);
    if (type === 'snapshot' && channel === 'trades') this.#replace_trades(message);
    if (type === 'delta') this.#change(message);
    if (type === 'trade') this.#trade(message);
    if (type === 'gap') this.#gap(message);
  }

  /** Takes over what another client left with, to resume from it. */
  remember({ ticker, trades, epoch }) {
    this.ticker = new Map(ticker);
    this.trades = new Map(trades);
    this.remembered = epoch;
  }
  /** Where it is on a channel: symbol → {epoch, seq}, for a request to resume. */
  points(channel) {
    const epoch = this.remembered ?? this.epoch;
    return Object.fromEntries([...this[channel]].map(([symbol, at]) =>
      [symbol, { epoch, seq: channel === 'ticker' ? at.seq : at }]));
  }
  /** A request is on its way that resumes like this. */
  asks(channel, resume = {}) {
    this.#resuming[channel] = new Map(Object.entries(resume));
  }
  #resuming = { ticker: new Map(), trades: new Map() };

  /** Symbols among `known` that this client should see on a channel, sorted. */
  expected(channel, known) {
    return known.filter((symbol) => this.subscribed[channel].hold(symbol)).sort();
  }
  /** Symbols that it does see and whose first snapshot is not still to come, sorted. */
  seen(channel) {
    const [held, awaited] = [this.subscribed[channel], this.awaited[channel]];
    return [...this[channel].keys()].filter((symbol) =>
      held.hold(symbol) && !awaited.has(symbol)).sort();
  }

  #fault(text) {
    if (this.faults.length < FAULTS_KEPT) this.faults.push(text);
  }

  #begin({ channel, symbols, interval_ms, fields }) {
    this.subscribed[channel].change(symbols, { interval_ms, fields });
    for (const symbol of symbols) {
      if (!symbol.endsWith(':*')) this.#await(channel, symbol);
      else this.#begin_again(channel, symbol.slice(0, -1));
    }
  }

  // Trades that are resumed begin with no message of their own.
  #await(channel, symbol) {
    const point = this.#resuming[channel].get(symbol);
    const known = point?.epoch === this.epoch && point.seq <= this.trades.get(symbol);
    if (channel === 'trades' && known) {
      this.trades.set(symbol, point.seq);
      this.resumed += 1;
    } else {
      this.awaited[channel].add(symbol);
    }
  }

  // A wildcard asked for once more: a new snapshot of each of its symbols that no name rules.
  #begin_again(channel, prefix) {
    for (const symbol of this[channel].keys()) {
      const named = this.subscribed[channel].names.has(symbol);
      if (symbol.startsWith(prefix) && !named) this.#await(channel, symbol);
    }
  }

  #end({ channel, symbols }) {
    const held = this.subscribed[channel];
    held.change(symbols, null);
    for (const symbol of symbols) {
      // An exact name within a wildcard begins again, with a snapshot.
      if (!symbol.endsWith(':*') && held.hold(symbol)) this.awaited[channel].add(symbol);
    }
    for (const symbol of this[channel].keys()) {
      if (!held.hold(symbol)) this[channel].delete(symbol);
    }
    for (const symbol of this.awaited[channel]) {
      if (!held.hold(symbol)) this.awaited[channel].delete(symbol);
    }
  }

  // True if the message is for a symbol that was asked for.
  #wanted(channel, { type, symbol, seq }) {
    if (this.subscribed[channel].hold(symbol)) return true;
    this.#fault(`${type} of ${symbol} ${seq}: not subscribed`);
    return false;
  }

  // A snapshot that says so must answer a request to resume that could not be met.
  #refuse(channel, { symbol, resumed }, first) {
    if (resumed === undefined) return;
    this.refused += 1;
    const point = this.#resuming[channel].get(symbol);
    const right = resumed === false && first && point !== undefined;
    if (!right) this.#fault(`snapshot of ${symbol}: resumed ${resumed}, asked ${point}`);
  }

  // The values of a message are those that are wanted: in a snapshot all, in a delta any.
  #filter(message, all) {
    const { type, symbol, seq } = message;
    const { fields = VALUES } = this.subscribed.ticker.shape_of(symbol);
    const told = VALUES.filter((field) => field in message);
    const fitting = fields.filter((field) => field in message && field !== 'status');
    const whole = !all || fitting.length === fields.filter((field) => field !== 'status').length;
    if (told.length !== fitting.length || !whole) {
      this.#fault(`${type} of ${symbol} ${seq}: has ${told}, wanted are ${fields}`);
    }
  }

  #replace(message) {
    const { symbol, seq, epoch } = message;
    if (!this.#wanted('ticker', message)) return;
    if (epoch !== this.epoch) this.#fault(`snapshot of ${symbol}: another epoch`);
    const first = this.awaited.ticker.delete(symbol) || !this.ticker.has(symbol);
    this.#filter(message, true);
    this.#refuse('ticker', message, first);
    const before = this.ticker.get(symbol)?.seq;
    if (before > seq && !first) this.#fault(`snapshot of ${symbol}: ${seq} after ${before}`);
    if (!first) {
      this.frames += 1;
      this.merged += seq - before - 1;
    }
    this.#reach(state_of(message));
  }

  #change(message) {
    const { symbol, seq, prev } = message;
    if (!this.#wanted('ticker', message)) return;
    this.#filter(message, false);
    const mine = this.ticker.get(symbol);
    if (message.resumed !== undefined) return this.#go_on(message, mine);
    this.frames += 1;
    this.deltas += 1;
    if (!mine || this.awaited.ticker.has(symbol)) {
      this.#fault(`delta of ${symbol} ${seq}: before its snapshot`);
    } else if (prev > mine.seq) {
      this.#fault(`hole: ${symbol} has ${mine.seq}, delta goes from ${prev} to ${seq}`);
    } else if (seq <= mine.seq) {
      if (seq === mine.seq && this.#waits(symbol)) return;
      this.#fault(`old delta: ${symbol} has ${mine.seq}, delta goes from ${prev} to ${seq}`);
    } else {
      this.#count(message);
      this.#apply(message, mine);
    }
  }

  // A gateway that is late may merge what is in real time; it says so, at the latest with that.
  #widen({ interval_ms }) {
    this.widened = interval_ms > 0;
    this.faults = this.faults.filter((fault) => fault !== this.#untold);
    this.#untold = null;
  }
  #untold = null;  // the fault of not having said so

  // What a delta says of its changes: all of them without a filter, one in real time.
  #count({ symbol, seq, prev, merged = 1 }) {
    const { interval_ms, fields } = this.subscribed.ticker.shape_of(symbol);
    this.folded += merged - 1;
    const right = fields ? merged <= seq - prev : merged === seq - prev;
    const text = `delta of ${symbol} from ${prev} to ${seq}: merged ${merged}`;
    if (!right) this.#fault(text);
    if (interval_ms > 0 || merged === 1 || this.widened !== undefined || this.#untold) return;
    this.#untold = text;
    this.#fault(text);
  }

  // What waits for its tick may be in the snapshot of a client that came meanwhile.
  #waits(symbol) {
    return this.widened || this.subscribed.ticker.shape_of(symbol).interval_ms > 0;
  }

  #apply(message, mine) {
    const state = { ...mine, ...state_of(message) };
    if (message.exchange_ts === undefined) delete state.exchange_ts;
    this.#reach(state);
  }

  // The first message of a resumed ticker.
  #go_on(message, mine) {
    const { symbol, seq, prev } = message;
    const first = this.awaited.ticker.delete(symbol);
    const point = this.#resuming.ticker.get(symbol);
    const right = message.resumed === true && first && prev === point?.seq &&
      point.epoch === this.epoch && seq >= prev && message.merged === undefined;
    if (!right || prev > mine?.seq) {
      this.#fault(`resumed ${symbol} from ${prev} to ${seq}: asked ${JSON.stringify(point)}`);
    }
    this.resumed += 1;
    if (seq > mine?.seq) this.#apply(message, mine);
    else this.#reach({ ...mine });  // nothing new: what it has is current, its times too
  }

  #reach(state) {
    const { fields } = this.subscribed.ticker.shape_of(state.symbol);
    // It knows more after it resumed with fewer fields, but of the others it does not hear.
    if (fields) {
      const others = VALUES.filter((field) => !fields.includes(field));
      for (const field of others) delete state[field];
    }
    this.ticker.set(state.symbol, state);
    this.agreement?.reached(state, fields);
  }

  #replace_trades(message) {
    const { symbol, seq, epoch, trades } = message;
    if (!this.#wanted('trades', message)) return;
    if (epoch !== this.epoch) this.#fault(`trades snapshot of ${symbol}: another epoch`);
    const first = this.awaited.trades.delete(symbol) || !this.trades.has(symbol);
    if (!first) this.#fault(`trades snapshot of ${symbol}: not asked for`);
    this.#refuse('trades', message, first);
    const numbers = trades.map((trade) => trade.seq);
    const whole = numbers.every((number, i) => number === seq - numbers.length + 1 + i);
    if (!whole) this.#fault(`trades snapshot of ${symbol} up to ${seq}: ${numbers}`);
    this.trades.set(symbol, seq);
  }

  #trade(message) {
    this.frames += 1;
    this.#follow(message, message.seq, message.seq);
  }

  #gap(message) {
    const { from, to, lost, reason } = message;
    this.gaps.push(message);
    this.lost += lost ?? 0;
    if (lost === null ? !reason : lost !== to - from + 1) {
      this.#fault(`gap of ${message.symbol} ${from} to ${to}: lost ${lost}, reason ${reason}`);
    }
    this.#follow(message, from, to);
  }

  // Trades and gaps together count without a hole.
  #follow(message, from, to) {
    const { type, symbol } = message;
    if (!this.#wanted('trades', { type, symbol, seq: from })) return;
    const mine = this.trades.get(symbol);
    if (mine === undefined || this.awaited.trades.has(symbol)) {
      // Trades lost before are told ahead of the snapshot that a new request begins with.
      if (type === 'trade') this.#fault(`trade of ${symbol} ${from}: before its snapshot`);
      return;
    }
    if (from !== mine + 1) this.#fault(`${type} of ${symbol}: ${from} after ${mine}`);
    this.trades.set(symbol, to);
  }
}
