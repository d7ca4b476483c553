// Kraken spot, WebSocket v2, as the mock speaks it: status at the beginning, one answer a symbol,
// ticker, trade, book with its checksum, heartbeat, ping; over REST AssetPairs. Prices and sizes
// are JSON numbers with all their digits, so messages are put together as texts.
// Source: docs.kraken.com/api/docs/websocket-v2.

import { book_checksum } from './checksum.mjs';
import { parts, Venue } from './venue.mjs';

const DEPTHS = [10, 25, 100, 500, 1000];
const OLD_WORDS = { BTC: 'XBT', DOGE: 'XDG' };  // of REST, to this day

export class Kraken extends Venue {
  static id = 'kraken';
  static names() {
    return ['BTC-USD', 'ETH-USD'];
  }
  path = '/v2';
  system = 'online';

  spelling(name) {
    return name.replace('-', '/');
  }

  connected(connection) {
    connection.send(this.#status());
  }
  #status() {
    return `{"channel":"status","data":[{"api_version":"v2","connection_id":13834774380200032777,` +
      `"system":"${this.system}","version":"2.0.0"}],"type":"update"}`;
  }
  /** online, cancel_only, maintenance or post_only: told to everybody. */
  become(system) {
    this.system = system;
    this.mock.shout(this.#status());
  }

  heard(connection, text) {
    const request = this.parsed(connection, text);
    if (!request) return;
    const { method, params = {}, req_id } = request;
    const more = { ...(req_id === undefined ? {} : { req_id }), time_in: now(), time_out: now() };
    if (method === 'ping') {
      connection.json({ method: 'pong', ...more });
    } else if (method === 'subscribe' || method === 'unsubscribe') {
      for (const symbol of params.symbol ?? []) {
        this.#change(connection, method, { ...params, symbol }, more);
      }
    } else {
      connection.json({ error: 'Unsupported method', method, success: false, ...more });
    }
  }

  #change(connection, method, params, more) {
    const { channel, symbol, depth = 10 } = params;
    const name = this.name_of(symbol);
    const stream = `${channel === 'book' ? `book-${depth}` : channel}:${symbol}`;
    const fail = (error) => connection.json({ error, method, success: false, symbol, ...more });
    if (!['ticker', 'trade', 'book'].includes(channel)) return fail('Unsupported channel');
    if (!DEPTHS.includes(depth)) return fail('Unsupported depth');
    if (!name || this.mock.refused_symbols.has(name)) {
      return fail(`Currency pair not supported ${symbol}`);
    }
    const known = connection.streams.has(stream);
    if (method === 'unsubscribe' && !known) return fail('Subscription Not Found');
    if (method === 'subscribe' && known) return fail('Already subscribed');
    if (method === 'subscribe') connection.streams.add(stream);
    else connection.streams.delete(stream);
    connection.json({ method, result: { channel, symbol,
      ...(channel === 'book' ? { depth } : {}), snapshot: params.snapshot ?? channel !== 'trade' },
    success: true, ...more });
    if (method === 'subscribe') this.#begin(connection, name, params);
    return undefined;
  }

  #begin(connection, name, { channel, depth = 10, snapshot = channel !== 'trade' }) {
    if (!snapshot) return;
    const market = this.mock.market(name);
    const text = {
      ticker: () => this.#ticker(name, 'snapshot'),
      book: () => this.#book(name, 'snapshot', market.book(depth)),
      trade: () => this.#trades(name, 'snapshot', market.trades.slice(-50)),
    }[channel]();
    const kind = { ticker: 'quote', book: 'snapshot', trade: 'trade' }[channel];
    this.mock.tell(connection, { symbol: name, kind }, text);
  }

  #message(channel, type, rows) {
    return `{"channel":"${channel}","type":"${type}","data":[${rows.join(',')}]}`;
  }
  #ticker(name, type) {
    const { bid, bid_size, ask, ask_size, last } = this.mock.truth(name);
    const { open, high, low, volume } = this.mock.market(name).day_values();
    return this.#message('ticker', type, [`{"symbol":"${this.spelling(name)}","bid":${bid},` +
      `"bid_qty":${bid_size},"ask":${ask},"ask_qty":${ask_size},"last":${last ?? open},` +
      `"volume":${volume},"vwap":${open},"low":${low},"high":${high},"change":0.00,` +
      `"change_pct":0.00,"timestamp":"${now()}"}`]);
  }
  #trades(name, type, trades) {
    return this.#message('trade', type, trades.map(({ id, price, size, side, at_ms }) =>
      `{"symbol":"${this.spelling(name)}","side":"${side}","price":${price},"qty":${size},` +
      `"ord_type":"limit","trade_id":${id},"timestamp":"${now(at_ms)}"}`));
  }
  #book(name, type, { bids, asks }) {
    const levels = (side) => side.map(([price, size]) => `{"price":${price},"qty":${size}}`).join();
    const checksum = book_checksum(this.mock.market(name).book(10));
    return this.#message('book', type, [`{"symbol":"${this.spelling(name)}",` +
      `"bids":[${levels(bids)}],"asks":[${levels(asks)}],"checksum":${checksum},` +
      `"timestamp":"${now()}"}`]);
  }

  ticked(name, changed, before) {
    const symbol = this.spelling(name);
    const market = this.mock.market(name);
    const [was, is] = [before, market.book()];
    if (was.bids[0][0] !== is.bids[0][0] || was.asks[0][0] !== is.asks[0][0]) {  // bbo: by price
      this.mock.publish(`ticker:${symbol}`, { symbol: name, kind: 'quote' },
        this.#ticker(name, 'update'));
    }
    for (const depth of DEPTHS) {
      const change = Object.fromEntries(['bids', 'asks'].map((side) =>
        [side, visible(was[side].slice(0, depth), is[side], depth)]));
      this.mock.publish(`book-${depth}:${symbol}`, { symbol: name, kind: 'quote' },
        this.#book(name, 'update', change));
    }
  }

  traded(name, trade) {
    this.mock.publish(`trade:${this.spelling(name)}`, { symbol: name, kind: 'trade' },
      this.#trades(name, 'update', [trade]));
  }

  beat() {
    for (const connection of this.listeners()) connection.send('{"channel":"heartbeat"}');
  }

  rest({ pathname }) {
    if (pathname !== '/0/public/AssetPairs') return undefined;
    const old = (word) => OLD_WORDS[word] ?? word;
    return { status: 200, body: { error: [], result: Object.fromEntries(
      this.mock.listed.map((name) => {
        const { base, quote } = parts(name);
        return [`X${old(base)}Z${quote}`, { altname: `${old(base)}${quote}`,
          wsname: `${old(base)}/${quote}`, aclass_base: 'currency', base: `X${old(base)}`,
          aclass_quote: 'currency', quote: `Z${quote}`, lot: 'unit', pair_decimals: 2,
          lot_decimals: 8, lot_multiplier: 1, ordermin: '0.0001', status: 'online' }];
      })) } };
  }
}

// What changes for one who keeps the best `depth` prices: what is new among them or has another
// size, and with size zero what is gone. What was only pushed out is not told.
function visible(was, is, depth) {
  const sizes = new Map(was);
  const gone = was.filter(([price]) => !is.some(([other]) => other === price));
  const zero = ([price, size]) => [price, size.replace(/\d/g, '0')];
  const fresh = is.slice(0, depth).filter(([price, size]) => sizes.get(price) !== size);
  return [...gone.map(zero), ...fresh];
}

function now(at_ms = Date.now()) {
  return new Date(at_ms).toISOString().replace('Z', '000Z');
}
