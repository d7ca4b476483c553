// A mock exchange, the gateway's binary before it, and a client behind it that takes every ticker
// and trade. Remembers all that the client was told, so a test can say what it must have seen, in
// which order; and checks at the end what must never be: a price shown as live that was never true,
// a price that runs backwards, a trade told twice or made up. A failure tells all sides' story.

import assert from 'node:assert/strict';
import { until } from '../e2e/support.mjs';
import { assert_no_faults, Client } from '../integration/client.mjs';
import { Gateway, SCALE } from '../integration/gateway.mjs';
import { trade_uuid } from './bybit.mjs';
import { Mock } from './mock.mjs';
import { quote_key } from './market.mjs';

/** Limits of feeds in tests, in milliseconds: patient enough not to go stale by a slow machine. */
const LIMITS = {
  feed_step_ms: 3_000, feed_silent_ms: 4_000, feed_dead_ms: 8_000, feed_backoff_min_ms: 50,
  feed_backoff_max_ms: 400, feed_steady_ms: 1_000, feed_repair_ms: 1_000, feed_overlap_ms: 300,
};
const SCALED = ['feed_step_ms', 'feed_silent_ms', 'feed_dead_ms'];

/** The text of a configuration. `mock`: where the venue is; `more`: lines of its section. */
export function config_of({ feed, quotes, category }, mock, { symbols, limits = {}, more = {} }) {
  const section = { url: mock.url(), rest_url: mock.rest_url(), symbols,
    channels: ['ticker', 'trades'], quotes, ...(category ? { category } : {}), ...more };
  const lines = (values) => Object.entries(values).filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`).join('');
  const all = { ...LIMITS, ...limits };
  for (const key of SCALED) all[key] = Math.ceil(all[key] * SCALE);
  return `feed = ["${feed}"]\nlog_level = "debug"\n[feeds.${feed}]\n${lines(section)}` +
    `[limits]\n${lines(all)}`;
}

export class Scene {
  states = [];   // of tickers as the client reached them, with `at`
  told = [];     // trades and gaps as they came
  began = performance.now();
  #seen = new Map();  // symbol → place in `states` up to which `sees` has looked

  /**
   * Runs `body(scene)` with everything up, and checks at the end. `mock`: options of the mock;
   * `prepare(mock)`: before the gateway starts; `limits`, `more`: see `config_of`; `unheard`: the
   * body says itself when there is something to `listen` to; `made_up`: what is told is not of the
   * mock's market, so it is not checked.
   */
  static async with(variant, { mock: options = {}, prepare, symbols, unheard, made_up, ...config },
    body) {
    const self = new Scene();
    self.variant = variant;
    self.mock = await Mock.start(variant.Venue, { category: variant.category, ...options });
    self.symbols = symbols ?? [...self.mock.markets.keys()];
    try {
      await prepare?.(self.mock);
      const text = config_of(variant, self.mock, { symbols: self.symbols, ...config });
      await Gateway.with({ config: text }, async (gateway) => {
        self.gateway = gateway;
        try {
          if (!unheard) await self.listen();
          await body(self);
          if (self.client && !made_up) self.check();
        } catch (error) {
          error.message += await self.#story(text);
          throw error;
        } finally {
          await self.client?.close();
        }
      });
    } finally {
      await self.mock.stop();
    }
  }

  /** The client's name of an instrument. */
  of(symbol) {
    return `${this.variant.feed}:${symbol}`;
  }

  /** Connects the client and subscribes to all. */
  async listen() {
    const agreement = { reached: (state) => this.states.push({ ...state, at: this.#now() }) };
    this.client = await Client.connect(this.gateway, { agreement });
    this.client.socket.on('message', (text) => this.#hear(JSON.parse(text)));
    for (const channel of ['ticker', 'trades']) {
      // Until the venue's list is known there may be nothing to subscribe to.
      await until(`the gateway knows ${this.variant.feed}`, async () => {
        const wildcard = `${this.variant.feed}:*`;
        const answer = await this.client.ask({ op: 'subscribe', channel, symbols: [wildcard] });
        return answer.type === 'subscribed';
      });
    }
  }
  #hear(message) {
    const { type, channel, symbol } = message;
    if (type === 'trade' || type === 'gap') this.told.push({ ...message, at: this.#now() });
    if (type === 'snapshot' && channel === 'trades') {
      for (const trade of message.trades) this.told.push({ type: 'trade', symbol, ...trade });
    }
  }
  #now() {
    return Math.round(performance.now() - this.began);
  }

  state(symbol) {
    return this.client?.views.ticker.get(this.of(symbol));
  }
  /** Statuses of a symbol in their order, each once: ["pending", "live", "down disconnected"]. */
  statuses(symbol, from = 0) {
    const words = this.states.slice(from).filter((state) => state.symbol === this.of(symbol))
      .map(word_of);
    return words.filter((word, i) => word !== words[i - 1]);
  }
  trades_of(symbol) {
    return this.told.filter((one) => one.symbol === this.of(symbol));
  }
  gaps_of(symbol) {
    return this.trades_of(symbol).filter(({ type }) => type === 'gap');
  }

  /** Waits until the client was told this status, after what `sees` found before. */
  async sees(symbol, status, seconds = 15) {
    const from = this.#seen.get(symbol) ?? 0;
    const place = await until(`${symbol} is ${status}`, () => {
      const found = this.states.findIndex((state, i) =>
        i >= from && state.symbol === this.of(symbol) && word_of(state) === status);
      return found < 0 ? undefined : found + 1;
    }, seconds);
    this.#seen.set(symbol, place);
    return this.states[place - 1];
  }
  /** From here on `sees` looks at what is new. */
  mark() {
    for (const symbol of this.symbols) this.#seen.set(symbol, this.states.length);
    return this.states.length;
  }

  /**
   * Waits until the client sees the truth of every symbol as live, while the market only moves when
   * a message may have been missed.
   */
  async settles(symbols = this.symbols, seconds = 15) {
    this.mock.pause();
    let moved_at = -Infinity;
    let move = 1;
    const wrong = () => symbols.filter((symbol) => !this.#is_true(symbol));
    try {
      await until('the client sees the truth', () => {
        if (wrong().length === 0 && moved_at > 0) return true;
        if (performance.now() < moved_at + 300) return false;
        for (const symbol of symbols) {
          this.mock.tick(symbol, { move });
          this.mock.trade(symbol);
        }
        move = -move;
        moved_at = performance.now();
        return false;
      }, seconds);
    } catch (error) {
      error.message += `\nwrong: ${wrong().join()}`;
      throw error;
    }
  }
  #is_true(symbol) {
    const state = this.state(symbol);
    const truth = this.mock.truth(symbol);
    return state?.status === 'live' && quote_key(state) === quote_key(truth) &&
      state.last === truth.last;
  }

  /** Everything is live, has traded, and the market moves. */
  async begins({ every_ms = 25 } = {}) {
    this.mock.run(every_ms);
    for (const symbol of this.symbols) {
      await this.sees(symbol, 'live');
      await until(`a trade of ${symbol} is told`, () => this.trades_of(symbol).length > 0);
    }
  }
  /** Runs on until the client has got `count` more states of a symbol. */
  async goes_on(symbol = this.symbols[0], count = 10) {
    const states = () => this.states.filter((state) => state.symbol === this.of(symbol)).length;
    const before = states();
    await until(`${count} more states of ${symbol}`, () => states() >= before + count);
  }
  /** Something happens to the next `times` updates of the stream that owns a symbol's quotes. */
  meddle(symbol, act, times = 1) {
    return this.mock.meddle({ symbol, word: this.variant.quotes, act, times });
  }
  /** The open connection that serves `symbol`, or undefined. */
  connection() {
    return [...this.mock.connections].at(-1);
  }
  /** Waits for a number of entries of the mock's log. */
  notes(what, count, matches, seconds) {
    return until(`the mock has ${count} times ${what}`, () => {
      const found = this.mock.noted(what, matches);
      return found.length >= count && found;
    }, seconds);
  }

  check() {
    assert_no_faults([this.client]);
    assert.deepEqual(this.mock.complaints, []);
    for (const symbol of this.symbols) {
      this.#check_quotes(symbol);
      this.#check_trades(symbol);
    }
  }

  // What is shown as live was true once, and never goes back to what was true before.
  #check_quotes(symbol) {
    const { quotes } = this.mock.market(symbol);
    let before = 0;
    for (const state of this.states) {
      if (state.symbol !== this.of(symbol) || state.status !== 'live') continue;
      const when = quotes.get(quote_key(state));
      const text = `${symbol} ${quote_key(state)} at ${state.at} ms`;
      assert.ok(when !== undefined, `shown as live and never true: ${text}`);
      assert.ok(when >= before, `runs backwards: ${text}, of tick ${when} after ${before}`);
      before = when;
    }
  }

  // Trades are those of the market, in its order, none twice, and none is missing without a gap.
  #check_trades(symbol) {
    const ids = new Map(this.mock.market(symbol).trades.map((trade) =>
      [this.#trade_id(symbol, trade), trade]));
    let before;
    for (const one of this.trades_of(symbol)) {
      if (one.type === 'gap') {
        before = before && { ...before, gap: true };
        continue;
      }
      const trade = ids.get(one.trade_id);
      assert.ok(trade, `no such trade of ${symbol}: ${JSON.stringify(one)}`);
      assert.deepEqual([one.price, one.size, one.side], [trade.price, trade.size, trade.side]);
      if (before) {
        const text = `${symbol}: trade ${trade.id} after ${before.id}`;
        assert.ok(trade.id > before.id, `told twice, or out of order: ${text}`);
        assert.ok(before.gap || trade.id === before.id + 1, `lost without a gap: ${text}`);
      }
      before = { id: trade.id, gap: false };
    }
  }
  #trade_id(symbol, trade) {
    return this.variant.feed.startsWith('bybit') ? trade_uuid(symbol, trade) : String(trade.id);
  }

  // What happened on all sides, for whoever has to find out why a test failed.
  async #story(config) {
    const cut = (value, length = 220) => JSON.stringify(value).slice(0, length);
    const lines = [`\n---- ${this.variant.name}`, config.trim()];
    for (const symbol of this.symbols) {
      const of_it = this.states.filter((state) => state.symbol === this.of(symbol));
      const words = of_it.map((state, i) =>
        word_of(state) === (of_it[i - 1] && word_of(of_it[i - 1])) ? '' :
          `${word_of(state)} at ${state.at}`);
      lines.push(`client, ${symbol}: ${words.filter(Boolean).join(' > ')}`,
        `  it has ${cut(this.state(symbol) ?? null, 400)}`,
        `  truth  ${cut(this.mock.truth(symbol))}`,
        `  trades ${this.trades_of(symbol).slice(-6).map((one) => cut(one, 120)).join(' ')}`);
    }
    lines.push('mock received (last 30):', ...this.mock.log.slice(-30).map(({ at, ...entry }) =>
      `  ${Math.round(at - this.began)} ${cut(entry)}`));
    const { body } = await this.gateway.admin('/v1/status').catch((error) => ({ body: error }));
    lines.push(`status: ${String(body).slice(0, 1_500)}`);
    return lines.join('\n');
  }
}

function word_of({ status, reason }) {
  return reason ? `${status} ${reason}` : status;
}
