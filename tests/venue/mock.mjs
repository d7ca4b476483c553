// A mock exchange. A venue (binance.mjs and so on) gives it a language, markets give it prices, and
// the test tells it how to misbehave. It complains of what the real venue would not accept.

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Faults } from './faults.mjs';
import { Market } from './market.mjs';
import { Server } from './server.mjs';

export class Mock extends Server {
  complaints = [];
  refused_symbols = new Set();
  #faults = new Faults();
  #timers = [];

  /**
   * `Venue`: class of the venue; `symbols`: names → options of their market; `listed`: names that
   * are only listed; `tls`: {key, cert}; `heartbeat_ms`: what the venue does each second;
   * `ping_ms`: between two WebSocket pings, 0: none.
   */
  static async start(Venue, { symbols, listed = [], tls, heartbeat_ms = 1_000, ping_ms = 0,
    category } = {}) {
    const self = new Mock(tls);
    const names = symbols ?? Object.fromEntries(Venue.names(category).map((name, i) =>
      [name, { price: 6_400_000 / (1 + 15 * i), seed: i + 1 }]));
    self.markets = new Map(Object.entries(names).map(([name, options]) =>
      [name, new Market(name, options)]));
    self.listed = [...self.markets.keys(), ...listed];
    self.venue = new Venue(self, category);
    await self.listen(0);
    self.#timers.push(setInterval(() => self.venue.beat(), heartbeat_ms));
    if (ping_ms) self.#timers.push(setInterval(() => self.ping_all(), ping_ms));
    return self;
  }
  async stop() {
    this.#timers.forEach(clearInterval);
    if (this.server.listening) await this.refuse();
  }

  url(scheme = this.tls ? 'wss' : 'ws') {
    return `${scheme}://${this.host}:${this.port}${this.venue.path}`;
  }
  rest_url() {
    return `${this.tls ? 'https' : 'http'}://${this.host}:${this.port}`;
  }

  // What the sockets ask.
  connected(connection) {
    this.venue.connected(connection);
  }
  heard(connection, text) {
    this.venue.heard(connection, text);
  }
  answer_to(url) {
    return this.venue.rest(url);
  }
  complain(text) {
    this.complaints.push(text);
  }

  // What it says. `kind`: quote, trade, day, heartbeat, snapshot (the first message of a book).

  /** To all that are subscribed to `stream`. */
  publish(stream, { symbol, kind }, text) {
    const listeners = [...this.connections].filter(({ streams }) => streams.has(stream));
    if (listeners.length === 0) return;
    for (const one of this.#faults.texts({ symbol, kind, stream }, text)) {
      for (const connection of listeners) connection.send(one);
    }
  }
  /** To one connection. */
  tell(connection, { symbol, kind }, text) {
    for (const one of this.#faults.texts({ symbol, kind }, text)) connection.send(one);
  }
  /** To all, whatever they are subscribed to, whole as it is; Buffers as binary messages. */
  shout(message) {
    for (const connection of this.connections) connection.send(message);
  }
  /** Plays what a capture's lines received to all connections, `every` of them a turn. */
  async play(file, every = 20) {
    const lines = createInterface({ input: createReadStream(file) });
    let played = 0;
    for await (const line of lines) {
      if (!line.includes('"dir":"recv"')) continue;
      this.shout(line.slice(line.indexOf('"msg":') + 6, line.lastIndexOf('}')));
      played += 1;
      if (played % every === 0) await new Promise((done) => setImmediate(done));
    }
    return played;
  }

  // What happens in its markets.

  market(symbol) {
    const market = this.markets.get(symbol);
    if (!market) throw new Error(`no market ${symbol}`);
    return market;
  }
  /** Prices move; `options.move`: by so many steps. */
  tick(symbol, options) {
    const before = this.market(symbol).book();
    const changed = this.market(symbol).tick(options);
    this.venue.ticked(symbol, changed, before);
  }
  trade(symbol) {
    const trade = this.market(symbol).trade();
    this.venue.traded(symbol, trade);
    return trade;
  }
  /** {bid, bid_size, ask, ask_size, last} */
  truth(symbol) {
    return this.market(symbol).truth();
  }
  /** A gentle timer: each `every_ms` a tick of every one of `symbols`, now and then a trade. */
  run(every_ms = 25, symbols = [...this.markets.keys()]) {
    this.pause();
    let turn = 0;
    this.pace = setInterval(() => {
      turn += 1;
      for (const symbol of symbols) {
        this.tick(symbol);
        if (turn % 3 === 0) this.trade(symbol);
      }
    }, every_ms);
    this.#timers.push(this.pace);
  }
  pause() {
    clearInterval(this.pace);
  }

  // How it misbehaves, beyond what sockets can do.

  /** Nothing of a symbol is sent any more, or nothing of these kinds. */
  mute_symbol(symbol, kinds) {
    this.#faults.mute_symbol(symbol, kinds);
  }
  unmute_symbol(symbol) {
    this.#faults.unmute_symbol(symbol);
  }
  /** See `Faults.meddle`. */
  meddle(what) {
    return this.#faults.meddle(what);
  }
  refuse_subscription(symbol) {
    this.refused_symbols.add(symbol);
  }
  /** The venue's notice of a restart, to those that are connected; they are the answer. */
  announce_restart() {
    const old = [...this.connections];
    for (const connection of old) connection.send(this.venue.restart_notice(connection));
    return old;
  }
}
