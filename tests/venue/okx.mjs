// OKX v5 public as the mock speaks it: tickers, trades, bbo-tbt, books with their chain of seqIds,
// text pings, the notice before a restart; over REST the list of instruments.
// Source: www.okx.com/docs-v5.

import { parts, Venue } from './venue.mjs';

const CHANNELS = ['tickers', 'trades', 'bbo-tbt', 'books', 'books5'];
const CONN_ID = 'a4d3ae55';

export class Okx extends Venue {
  static id = 'okx';
  path = '/ws/v5/public';
  #ids = new Map();  // name → seqId of the book

  #id(name) {
    return this.#ids.get(name) ?? 123_456;
  }

  heard(connection, text) {
    if (text === 'ping') {
      connection.send('pong');
      return;
    }
    const request = this.parsed(connection, text);
    if (!request) return;
    const { id, op, args = [] } = request;
    const more = id === undefined ? {} : { id };
    if (text.length > 65_536) this.mock.complain(`${connection.id}: more than 64 KB of args`);
    for (const arg of args) this.#change(connection, op, arg, more);
  }

  #change(connection, op, arg, more) {
    const { channel, instId } = arg;
    const fail = (code, msg) =>
      connection.json({ ...more, event: 'error', code, msg, connId: CONN_ID });
    if (!['subscribe', 'unsubscribe'].includes(op)) return fail('60012', `Invalid request: ${op}`);
    const name = this.name_of(instId);
    if (!CHANNELS.includes(channel) || !name || this.mock.refused_symbols.has(name)) {
      return fail('60018', `Wrong URL or channel:${channel},instId:${instId} doesn't exist. ` +
        'Please use the correct URL, channel and parameters referring to API document.');
    }
    const stream = `${channel}:${instId}`;
    const fresh = op === 'subscribe' && !connection.streams.has(stream);
    if (op === 'subscribe') connection.streams.add(stream);
    else connection.streams.delete(stream);
    connection.json({ ...more, event: op, arg, connId: CONN_ID });
    if (fresh) this.#begin(connection, channel, name);
    return undefined;
  }

  #begin(connection, channel, name) {
    const tell = (kind, message) => this.mock.tell(connection, { symbol: name, kind }, message);
    if (channel === 'tickers') tell('quote', this.#ticker(name));
    if (channel === 'bbo-tbt') tell('quote', this.#best(name));
    if (channel === 'books') {
      tell('snapshot', this.#book(name, 'snapshot', this.mock.market(name).book(), -1));
    }
  }

  #message(channel, name, data, more = {}) {
    return JSON.stringify({ arg: { channel, instId: this.spelling(name) }, ...more, data: [data] });
  }
  #ticker(name) {
    const { bid, bid_size, ask, ask_size, last } = this.mock.truth(name);
    const { open, high, low, volume } = this.mock.market(name).day_values();
    return this.#message('tickers', name, { instType: 'SPOT', instId: this.spelling(name),
      last: last ?? open, lastSz: '0.1', askPx: ask, askSz: ask_size, bidPx: bid, bidSz: bid_size,
      open24h: open, high24h: high, low24h: low, volCcy24h: volume, vol24h: volume, sodUtc0: open,
      sodUtc8: open, ts: String(Date.now()) });
  }
  #best(name) {
    const { bids, asks } = this.mock.market(name).book(1);
    return this.#message('bbo-tbt', name, { asks: asks.map(level), bids: bids.map(level),
      ts: String(Date.now()), seqId: this.#id(name) });
  }
  #book(name, action, { bids, asks }, prevSeqId) {
    return this.#message('books', name, { asks: asks.map(level), bids: bids.map(level),
      ts: String(Date.now()), checksum: 0, prevSeqId, seqId: this.#id(name) }, { action });
  }

  ticked(name, changed) {
    const id = this.spelling(name);
    const previous = this.#id(name);
    this.#ids.set(name, previous + 7 + ((this.mock.market(name).ticks * 13) % 87));
    const meta = { symbol: name, kind: 'quote' };
    this.mock.publish(`bbo-tbt:${id}`, meta, this.#best(name));
    this.mock.publish(`tickers:${id}`, meta, this.#ticker(name));
    this.mock.publish(`books:${id}`, meta, this.#book(name, 'update', changed, previous));
  }

  traded(name, { id, price, size, side, at_ms }) {
    this.mock.publish(`trades:${this.spelling(name)}`, { symbol: name, kind: 'trade' },
      this.#message('trades', name, { instId: this.spelling(name), tradeId: String(id), px: price,
        sz: size, side, ts: String(at_ms), count: '1' }));
  }

  /** The push of a book in which nothing happened for long. */
  keep_alive(name) {
    this.mock.publish(`books:${this.spelling(name)}`, { symbol: name, kind: 'quote' },
      this.#book(name, 'update', { bids: [], asks: [] }, this.#id(name)));
  }
  /** After maintenance the next update's seqId is lower than the one before it. */
  restart_ids(name) {
    const changed = this.mock.market(name).tick();
    const previous = this.#id(name);
    this.#ids.set(name, 17);
    this.mock.publish(`books:${this.spelling(name)}`, { symbol: name, kind: 'quote' },
      this.#book(name, 'update', changed, previous));
    this.mock.publish(`bbo-tbt:${this.spelling(name)}`, { symbol: name, kind: 'quote' },
      this.#best(name));
  }

  rest({ pathname, searchParams }) {
    if (pathname !== '/api/v5/public/instruments') return undefined;
    const instType = searchParams.get('instType');
    if (instType !== 'SPOT') return { status: 200, body: { code: '0', msg: '', data: [] } };
    return { status: 200, body: { code: '0', msg: '', data: this.mock.listed.map((name) => {
      const { base, quote } = parts(name);
      return { instType, instId: this.spelling(name), baseCcy: base, quoteCcy: quote,
        tickSz: '0.01', lotSz: '0.00000001', minSz: '0.00001', state: 'live', uly: '' };
    }) } };
  }

  restart_notice() {
    return JSON.stringify({ event: 'notice', code: '64008', msg: 'The connection will soon be ' +
      'closed for a service upgrade. Please reconnect.', connId: CONN_ID });
  }
}

// [price, size, deprecated, number of orders]
function level([price, size]) {
  return [price, /[1-9]/.test(size) ? size : '0', '0', /[1-9]/.test(size) ? '3' : '0'];
}
