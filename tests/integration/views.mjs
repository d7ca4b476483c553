// What a client knows, by the rules of the protocol and nothing else. Independent of the page's
// model on purpose: two readings of one protocol. Every broken rule becomes a fault, in words.

import assert from 'node:assert/strict';

const NOT_STATE = new Set(['type', 'channel', 'prev', 'merged', 'sent_ts']);
const FAULTS_KEPT = 20;

/** The state that a message tells, without what belongs to the message alone. */
export function state_of(message) {
  return Object.fromEntries(Object.entries(message).filter(([key]) => !NOT_STATE.has(key)));
}

/** A state as text, equal for equal states whatever the order of their keys. */
export function text_of(state) {
  return JSON.stringify(Object.entries(state).sort(([a], [b]) => (a < b ? -1 : 1)));
}

class Subscriptions {
  names = new Set();
  venues = new Set();

  hold(symbol) {
    return this.names.has(symbol) || this.venues.has(symbol.split(':')[0]);
  }
  change(symbols, begin) {
    for (const symbol of symbols) {
      const [set, name] = symbol.endsWith(':*')
        ? [this.venues, symbol.slice(0, -2)]
        : [this.names, symbol];
      if (begin) set.add(name);
      else set.delete(name);
    }
  }
}

export class Views {
  faults = [];
  ticker = new Map();  // symbol → state
  trades = new Map();  // symbol → seq of the last trade
  subscribed = { ticker: new Subscriptions(), trades: new Subscriptions() };
  /** Due to begin with a snapshot: what was acknowledged and has not begun. */
  awaited = { ticker: new Set(), trades: new Set() };
  /** Data frames of the account: all but first snapshots and gaps. */
  frames = 0;
  deltas = 0;
  merged = 0;  // changes that came folded into a snapshot or delta
  lost = 0;    // trades that gaps named as lost
  gaps = [];

  /** `agreement` hears of every state that is reached. */
  constructor(agreement) {
    this.agreement = agreement;
  }

  take(message) {
    const { type, channel } = message;
    if (type === 'welcome') this.epoch = message.epoch;
    if (type === 'subscribed') this.#begin(message);
    if (type === 'unsubscribed') this.#end(message);
    if (type === 'snapshot' && channel === 'ticker') this.#replace(message);
    if (type === 'snapshot' && channel === 'trades') this.#replace_trades(message);
    if (type === 'delta') this.#change(message);
    if (type === 'trade') this.#trade(message);
    if (type === 'gap') this.#gap(message);
  }

  /** Symbols among `known` that this client should see on a channel, sorted. */
  expected(channel, known) {
    return known.filter((symbol) => this.subscribed[channel].hold(symbol)).sort();
  }
  /** Symbols that it does see and whose first snapshot is not still to come, sorted. */
  seen(channel) {
    const awaited = this.awaited[channel];
    return [...this[channel].keys()].filter((symbol) => !awaited.has(symbol)).sort();
  }

  #fault(text) {
    if (this.faults.length < FAULTS_KEPT) this.faults.push(text);
  }

  #begin({ channel, symbols }) {
    this.subscribed[channel].change(symbols, true);
    for (const symbol of symbols) {
      if (!symbol.endsWith(':*')) this.awaited[channel].add(symbol);
      else this.#begin_again(channel, symbol.slice(0, -1));
    }
  }

  // A wildcard asked for once more: a new snapshot of each of its symbols that no name rules.
  #begin_again(channel, prefix) {
    for (const symbol of this[channel].keys()) {
      const named = this.subscribed[channel].names.has(symbol);
      if (symbol.startsWith(prefix) && !named) this.awaited[channel].add(symbol);
    }
  }

  #end({ channel, symbols }) {
    const held = this.subscribed[channel];
    held.change(symbols, false);
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

  #replace(message) {
    const { symbol, seq, epoch } = message;
    if (!this.#wanted('ticker', message)) return;
    if (epoch !== this.epoch) this.#fault(`snapshot of ${symbol}: another epoch`);
    const first = this.awaited.ticker.delete(symbol) || !this.ticker.has(symbol);
    const before = this.ticker.get(symbol)?.seq;
    if (before > seq) this.#fault(`snapshot of ${symbol}: ${seq} after ${before}`);
    if (!first) {
      this.frames += 1;
      this.merged += seq - before - 1;
    }
    this.#reach(state_of(message));
  }

  #change(message) {
    const { symbol, seq, prev } = message;
    if (!this.#wanted('ticker', message)) return;
    this.frames += 1;
    this.deltas += 1;
    const mine = this.ticker.get(symbol);
    if (!mine || this.awaited.ticker.has(symbol)) {
      this.#fault(`delta of ${symbol} ${seq}: before its snapshot`);
    } else if (prev > mine.seq) {
      this.#fault(`hole: ${symbol} has ${mine.seq}, delta goes from ${prev} to ${seq}`);
    } else if (seq <= mine.seq) {
      this.#fault(`old delta: ${symbol} has ${mine.seq}, delta goes from ${prev} to ${seq}`);
    } else {
      if ((message.merged ?? 1) !== seq - prev) this.#fault(`merged of ${symbol} ${seq}: wrong`);
      this.merged += seq - prev - 1;
      const state = { ...mine, ...state_of(message) };
      if (message.exchange_ts === undefined) delete state.exchange_ts;
      this.#reach(state);
    }
  }

  #reach(state) {
    this.ticker.set(state.symbol, state);
    this.agreement?.reached(state);
  }

  #replace_trades(message) {
    const { symbol, seq, epoch, trades } = message;
    if (!this.#wanted('trades', message)) return;
    if (epoch !== this.epoch) this.#fault(`trades snapshot of ${symbol}: another epoch`);
    const first = this.awaited.trades.delete(symbol) || !this.trades.has(symbol);
    if (!first) this.#fault(`trades snapshot of ${symbol}: not asked for`);
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

/** The states that clients and HTTP snapshots tell: whoever reaches a seq must find the same. */
export class Agreement {
  compared = 0;
  disagreements = [];
  #known = new Map();  // symbol → (seq → text of the state)

  reached(state) {
    let by_seq = this.#known.get(state.symbol);
    if (!by_seq) this.#known.set(state.symbol, (by_seq = new Map()));
    const text = text_of(state);
    const before = by_seq.get(state.seq);
    if (before === undefined) {
      by_seq.set(state.seq, text);
      return;
    }
    this.compared += 1;
    if (before !== text) this.disagreements.push(`${before}\n${text}`);
  }

  knows({ symbol, seq }) {
    return this.#known.get(symbol)?.has(seq) ?? false;
  }
  check() {
    assert.deepEqual(this.disagreements.slice(0, 3), []);
  }
}
