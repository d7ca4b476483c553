// Bybit v5 public, spot and linear, as the mock speaks it: order books (of one price: snapshots,
// repeated each three seconds; deeper ones: snapshot and deltas), tickers, publicTrade, pings; over
// REST the list of instruments, in pages. Source: bybit-exchange.github.io/docs/v5/ws/connect.

import { createHash } from 'node:crypto';
import { parts, Venue } from './venue.mjs';

const DEPTHS = [50, 200, 1000];
const SPOT_ARGS_MAX = 10;
const TOPIC = /^(orderbook\.(?:1|50|200|1000)|tickers|publicTrade)\.(.+)$/;
const REPEAT_BEATS = 3;
const CONN_ID = 'cejreaspqfm9se7usbrg-2xh';

export class Bybit extends Venue {
  static id = 'bybit';
  path = `/v5/public/${this.category}`;
  static names(category = 'spot') {
    return category === 'spot' ? ['BTC-USDT', 'ETH-USDT'] : ['BTCUSDT', 'ETHUSDT'];
  }
  #ids = new Map();   // name → number of the last update
  #told = new Map();  // name → ticker as told before: what is missing in a delta is unchanged
  #beats = 0;

  spelling(name) {
    return name.replace('-', '');
  }
  #id(name) {
    return this.#ids.get(name) ?? 18_521_288;
  }

  heard(connection, text) {
    const request = this.parsed(connection, text);
    if (!request) return;
    const { req_id, op, args = [] } = request;
    const answer = (success, ret_msg) => connection.json({ success, ret_msg, conn_id: CONN_ID,
      ...(req_id === undefined && this.category === 'spot' ? {} : { req_id: req_id ?? '' }), op });
    if (op === 'ping') return answer(true, 'pong');
    if (!['subscribe', 'unsubscribe'].includes(op)) return answer(false, `error:unknown op ${op}`);
    if (this.category === 'spot' && args.length > SPOT_ARGS_MAX) {
      this.mock.complain(`${connection.id}: ${args.length} args`);
      return answer(false, 'args size >10');
    }
    const wrong = args.find((topic) => !this.#serves(topic));
    if (wrong !== undefined) return answer(false, this.#refusal(wrong));
    const known = args.find((topic) => connection.streams.has(topic));
    if (op === 'subscribe' && known) {
      return answer(false, `error:already subscribed,topic:${known}`);
    }
    for (const topic of args) {
      if (op === 'subscribe') connection.streams.add(topic);
      else connection.streams.delete(topic);
    }
    answer(true, op === 'subscribe' && this.category !== 'spot' ? '' : op);
    if (op === 'subscribe') for (const topic of args) this.#begin(connection, topic);
    return undefined;
  }

  // As recorded by others: the two markets say it differently. One wrong topic refuses them all.
  #refusal(topic) {
    if (!TOPIC.test(topic)) return `Invalid topic: ${topic}`;
    return this.category === 'spot' ? `Invalid symbol :[${topic}]`
      : `error:handler not found,topic:${topic}`;
  }
  #serves(topic) {
    const name = this.name_of(TOPIC.exec(topic)?.[2]);
    return name !== undefined && !this.mock.refused_symbols.has(name);
  }

  #begin(connection, topic) {
    const [, channel, symbol] = TOPIC.exec(topic);
    const name = this.name_of(symbol);
    const [word, depth] = channel.split('.');
    const tell = (kind, text) => this.mock.tell(connection, { symbol: name, kind }, text);
    if (channel === 'tickers') tell('day', this.#ticker(name, 'snapshot'));
    if (word !== 'orderbook') return;
    tell(depth === '1' ? 'quote' : 'snapshot', this.#book(name, depth, 'snapshot',
      this.mock.market(name).book(Number(depth))));
  }

  // `ts` stands behind `type` here and before it in tickers, as it is with the venue.
  #book(name, depth, type, { bids, asks }) {
    const u = this.#id(name);
    const texts = (levels) =>
      levels.map(([price, size]) => [price, /[1-9]/.test(size) ? size : '0']);
    return JSON.stringify({ topic: `orderbook.${depth}.${this.spelling(name)}`, type,
      ts: Date.now(), data: { s: this.spelling(name), b: texts(bids), a: texts(asks), u,
        seq: 7_961_638_724 + u * 3 }, cts: Date.now() - 1 });
  }

  #values(name) {
    const { bid, bid_size, ask, ask_size, last } = this.mock.truth(name);
    const { open, high, low, volume } = this.mock.market(name).day_values();
    const common = { lastPrice: last ?? open, highPrice24h: high, lowPrice24h: low,
      prevPrice24h: open, volume24h: volume, turnover24h: volume, price24hPcnt: '0.0196' };
    if (this.category === 'spot') return common;
    return { ...common, tickDirection: 'PlusTick', bid1Price: bid, bid1Size: bid_size,
      ask1Price: ask, ask1Size: ask_size, fundingRate: '-0.000212' };
  }
  #ticker(name, type) {
    const values = this.#values(name);
    const before = this.#told.get(name) ?? {};
    this.#told.set(name, values);
    const told = type === 'snapshot' ? values
      : Object.fromEntries(Object.entries(values).filter(([key, value]) => before[key] !== value));
    const symbol = this.spelling(name);
    return JSON.stringify({ topic: `tickers.${symbol}`, ts: Date.now(), type, cs: 2_588_407_389,
      data: { symbol, ...told } });
  }

  ticked(name, changed) {
    this.#ids.set(name, this.#id(name) + 1);
    const symbol = this.spelling(name);
    const meta = { symbol: name, kind: 'quote' };
    this.mock.publish(`orderbook.1.${symbol}`, meta, this.#best(name));
    for (const depth of DEPTHS) {
      this.mock.publish(`orderbook.${depth}.${symbol}`, meta,
        this.#book(name, depth, 'delta', changed));
    }
    if (this.category !== 'spot') {
      this.mock.publish(`tickers.${symbol}`, meta, this.#ticker(name, 'delta'));
    }
  }
  #best(name) {
    return this.#book(name, 1, 'snapshot', this.mock.market(name).book(1));
  }

  traded(name, trade) {
    const symbol = this.spelling(name);
    this.mock.publish(`publicTrade.${symbol}`, { symbol: name, kind: 'trade' },
      JSON.stringify({ topic: `publicTrade.${symbol}`, type: 'snapshot', ts: Date.now(),
        data: [{ T: trade.at_ms, s: symbol, S: trade.side === 'buy' ? 'Buy' : 'Sell', v: trade.size,
          p: trade.price, L: 'PlusTick', i: trade_uuid(name, trade), BT: false,
          seq: 1_783_284_617 + trade.id }] }));
  }

  beat() {
    this.#beats += 1;
    for (const name of this.mock.markets.keys()) {
      const symbol = this.spelling(name);
      if (this.#beats % REPEAT_BEATS === 0) {
        this.mock.publish(`orderbook.1.${symbol}`, { symbol: name, kind: 'quote' },
          this.#best(name));
      }
      if (this.category === 'spot') {
        this.mock.publish(`tickers.${symbol}`, { symbol: name, kind: 'day' },
          this.#ticker(name, 'snapshot'));
      }
    }
  }

  /** The service was restarted: a snapshot whose number is 1. */
  restart_ids(name) {
    this.mock.market(name).tick();
    this.#ids.set(name, 1);
    const symbol = this.spelling(name);
    const meta = { symbol: name, kind: 'snapshot' };
    for (const depth of [1, ...DEPTHS]) {
      this.mock.publish(`orderbook.${depth}.${symbol}`, meta,
        this.#book(name, depth, 'snapshot', this.mock.market(name).book(depth)));
    }
  }

  // One instrument a page for derivatives, so that whoever reads the first page only is found out.
  rest({ pathname, searchParams }) {
    if (pathname !== '/v5/market/instruments-info') return undefined;
    const category = searchParams.get('category');
    const all = category === this.category ? this.mock.listed : [];
    const from = Number(searchParams.get('cursor') ?? 0);
    const to = category === 'spot' ? all.length : from + 1;
    const list = all.slice(from, to).map((name) => this.#listed(name));
    const nextPageCursor = to < all.length ? String(to) : '';
    return { status: 200, body: { retCode: 0, retMsg: 'OK', result: { category, list,
      ...(category === 'spot' ? {} : { nextPageCursor }) }, retExtInfo: {}, time: Date.now() } };
  }
  #listed(name) {
    const { base, quote } = this.category === 'spot' ? parts(name)
      : { base: name.slice(0, -4), quote: name.slice(-4) };
    return { symbol: this.spelling(name), baseCoin: base, quoteCoin: quote, status: 'Trading',
      ...(this.category === 'spot' ? {} : { contractType: 'LinearPerpetual' }) };
  }
}

/** The id of a trade, the same whenever it is told. */
export function trade_uuid(name, { id }) {
  const hex = createHash('sha1').update(`${name} ${id}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`,
    hex.slice(20, 32)].join('-');
}
