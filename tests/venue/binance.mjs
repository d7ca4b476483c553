// Binance spot as the mock speaks it: combined streams, SUBSCRIBE and UNSUBSCRIBE, bookTicker,
// aggTrade, trade, 24hrTicker, depth, and over REST exchangeInfo and depth.
// Source: github.com/binance/binance-spot-api-docs, web-socket-streams.md and rest-api.md.

import { parts, Venue } from './venue.mjs';

const MESSAGES_A_SECOND = 5;  // pings and pongs count as well
const STREAMS_MAX = 1_024;
const STREAM = /^([^@]+)@(bookTicker|aggTrade|trade|ticker|depth(?:@100ms)?)$/;

export class Binance extends Venue {
  static id = 'binance';
  path = '/stream';
  #ids = new Map();   // name → id of the book's last update
  #old = new Map();   // name → a snapshot of the past
  #old_answers = 0;   // REST answers to give from it

  spelling(name) {
    return name.replace('-', '');
  }
  #stream(name, kind) {
    return `${this.spelling(name).toLowerCase()}@${kind}`;
  }
  #id(name) {
    return this.#ids.get(name) ?? 1_000;
  }

  connected(connection) {
    const url = new URL(connection.target, 'http://mock');
    const asked = url.searchParams.get('streams') ?? url.pathname.split('/ws/')[1] ?? '';
    connection.raw = url.pathname.startsWith('/ws');
    for (const stream of asked.split('/').filter(Boolean)) this.#add(connection, stream);
  }

  // Unknown streams are accepted and never say anything, as the venue does it.
  #add(connection, stream) {
    connection.streams.add(stream);
    if (!STREAM.test(stream)) this.mock.complain(`${connection.id}: no stream ${stream}`);
    if (connection.streams.size > STREAMS_MAX) this.mock.complain(`${connection.id}: too many`);
  }

  heard(connection, text) {
    this.check_rate(connection, MESSAGES_A_SECOND);
    const request = this.parsed(connection, text);
    if (!request) return;
    const { method, params = [], id } = request;
    const refused = [...this.mock.refused_symbols].some((name) =>
      params.some((stream) => stream.startsWith(`${this.spelling(name).toLowerCase()}@`)));
    if (refused || !['SUBSCRIBE', 'UNSUBSCRIBE'].includes(method)) {
      connection.json({ error: { code: 2, msg: 'Invalid request: unknown stream' }, id });
      return;
    }
    for (const stream of params) {
      if (method === 'SUBSCRIBE') this.#add(connection, stream);
      else connection.streams.delete(stream);
    }
    connection.json({ result: null, id });
  }

  #publish(name, stream_kind, kind, data) {
    const stream = this.#stream(name, stream_kind);
    const { mock } = this;
    const raw = [...mock.connections].some((one) => one.raw);
    mock.publish(stream, { symbol: name, kind }, JSON.stringify(raw ? data : { stream, data }));
  }

  ticked(name, { bids, asks }) {
    const before = this.#id(name);
    const u = before + 1 + (this.mock.market(name).ticks % 3);
    this.#ids.set(name, u);
    const { bid, bid_size, ask, ask_size } = this.mock.truth(name);
    const s = this.spelling(name);
    this.#publish(name, 'bookTicker', 'quote',
      { u, s, b: bid, B: bid_size, a: ask, A: ask_size });
    const depth = { e: 'depthUpdate', E: Date.now(), s, U: before + 1, u, b: bids, a: asks };
    for (const stream of ['depth@100ms', 'depth']) this.#publish(name, stream, 'quote', depth);
  }

  traded(name, { id, price, size, side, at_ms }) {
    const common = { E: at_ms, s: this.spelling(name), p: price, q: size, T: at_ms,
      m: side === 'sell', M: true };
    this.#publish(name, 'aggTrade', 'trade', { e: 'aggTrade', a: id, f: id, l: id, ...common });
    this.#publish(name, 'trade', 'trade', { e: 'trade', t: id, ...common });
  }

  beat() {
    for (const [name, market] of this.mock.markets) {
      const { open, high, low, volume } = market.day_values();
      const { bid, bid_size, ask, ask_size, last } = market.truth();
      this.#publish(name, 'ticker', 'day', {
        e: '24hrTicker', E: Date.now(), s: this.spelling(name), p: '0.00', P: '0.00', w: open,
        x: open, c: last ?? open, Q: '1.00000000', b: bid, B: bid_size, a: ask, A: ask_size,
        o: open, h: high, l: low, v: volume, q: volume, O: 0, C: Date.now(), F: 0, L: 1, n: 1 });
    }
  }

  /** Remembers the book as it is; the next `answers` snapshots of it are this old one. */
  answer_old(name, answers) {
    this.#old.set(name, this.#snapshot(name));
    this.#old_answers = answers;
  }
  #snapshot(name) {
    return { lastUpdateId: this.#id(name), ...this.mock.market(name).book() };
  }

  rest({ pathname, searchParams }) {
    if (pathname === '/api/v3/exchangeInfo') {
      return { status: 200, body: { timezone: 'UTC', serverTime: Date.now(), rateLimits: [],
        exchangeFilters: [], symbols: this.mock.listed.map((name) => this.#listed(name)) } };
    }
    const name = this.name_of(searchParams.get('symbol'));
    if (pathname !== '/api/v3/depth') return undefined;
    if (!name) return { status: 400, body: { code: -1121, msg: 'Invalid symbol.' } };
    const old = this.#old_answers > 0 && this.#old.get(name);
    if (old) this.#old_answers -= 1;
    return { status: 200, body: old || this.#snapshot(name) };
  }

  #listed(name) {
    const { base, quote } = parts(name);
    return { symbol: this.spelling(name), status: 'TRADING', baseAsset: base,
      baseAssetPrecision: 8, quoteAsset: quote, orderTypes: ['LIMIT'],
      isSpotTradingAllowed: true, filters: [], permissions: [], permissionSets: [['SPOT']] };
  }

  restart_notice({ raw }) {
    const data = { e: 'serverShutdown', E: Date.now() };
    return JSON.stringify(raw ? data : { stream: '!serverShutdown', data });
  }
}
