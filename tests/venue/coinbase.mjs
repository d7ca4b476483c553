// Coinbase Exchange's public feed as the mock speaks it: level2_batch, ticker, matches, heartbeat,
// and over REST the list of products. The book has no sequence; `side` of a match is the maker's;
// a ticker comes with matches only.
// Source: docs.cdp.coinbase.com/exchange/websocket-feed/channels.

import { parts, Venue } from './venue.mjs';

const CHANNELS = ['level2_batch', 'ticker', 'ticker_batch', 'matches', 'heartbeat', 'status'];
const MAKER = { buy: 'sell', sell: 'buy' };

export class Coinbase extends Venue {
  static id = 'coinbase';
  static names() {
    return ['BTC-USD', 'ETH-USD'];
  }
  #sequence = 1_000;

  heard(connection, text) {
    const request = this.parsed(connection, text);
    if (!request) return;
    const fail = (reason) =>
      connection.json({ type: 'error', message: 'Failed to subscribe', reason });
    if (!['subscribe', 'unsubscribe'].includes(request.type)) {
      fail(`${request.type} is not a valid type`);
      return;
    }
    const pairs = (request.channels ?? []).flatMap((channel) => {
      const { name = channel, product_ids = request.product_ids ?? [] } = channel;
      return product_ids.map((product) => [name, product]);
    });
    for (const [channel, product] of pairs) {
      if (!CHANNELS.includes(channel)) {
        fail(`${channel} is not a valid channel`);
        return;
      }
      if (!this.name_of(product) || this.mock.refused_symbols.has(product)) {
        fail(`${product} is not a valid product`);
        return;
      }
    }
    if (request.type === 'unsubscribe') {
      for (const [channel, product] of pairs) connection.streams.delete(`${channel}:${product}`);
      this.#acknowledge(connection);
      return;
    }
    const fresh = pairs.filter((pair) => !connection.streams.has(pair.join(':')));
    for (const pair of fresh) connection.streams.add(pair.join(':'));
    this.#acknowledge(connection);
    for (const [channel, product] of fresh) this.#begin(connection, channel, product);
  }

  // The whole list as it now stands.
  #acknowledge(connection) {
    const channels = new Map();
    for (const stream of connection.streams) {
      const [name, product] = stream.split(':');
      channels.set(name, [...(channels.get(name) ?? []), product]);
    }
    connection.json({ type: 'subscriptions', channels: [...channels].map(([name, product_ids]) =>
      ({ name, product_ids, account_ids: null })) });
  }

  #begin(connection, channel, name) {
    const last = this.mock.market(name).trades.at(-1);
    if (channel === 'level2_batch') {
      const { bids, asks } = this.mock.market(name).book();
      this.mock.tell(connection, { symbol: name, kind: 'snapshot' },
        JSON.stringify({ type: 'snapshot', product_id: name, asks, bids, time: now() }));
    } else if (channel === 'matches' && last) {
      this.mock.tell(connection, { symbol: name, kind: 'trade' },
        JSON.stringify(this.#match('last_match', name, last)));
    } else if (channel === 'ticker' && last) {
      this.mock.tell(connection, { symbol: name, kind: 'quote' }, this.#ticker(name, last));
    }
  }

  #match(type, name, { id, price, size, side, at_ms }) {
    this.#sequence += 3;
    return { type, trade_id: id, maker_order_id: '4c2a0f5e-0000-0000-0000-000000000001',
      taker_order_id: '247a1d2b-0000-0000-0000-000000000002', side: MAKER[side], size, price,
      product_id: name, sequence: this.#sequence, time: now(at_ms) };
  }

  #ticker(name, { id, price, size, side, at_ms }) {
    this.#sequence += 1;
    const { bid, bid_size, ask, ask_size } = this.mock.truth(name);
    const { open, high, low, volume } = this.mock.market(name).day_values();
    return JSON.stringify({ type: 'ticker', sequence: this.#sequence, product_id: name, price,
      open_24h: open, volume_24h: volume, low_24h: low, high_24h: high, volume_30d: volume,
      best_bid: bid, best_bid_size: bid_size, best_ask: ask, best_ask_size: ask_size, side,
      time: now(at_ms), trade_id: id, last_size: size });
  }

  ticked(name, { bids, asks }) {
    const changes = [...bids.map(([price, size]) => ['buy', price, size]),
      ...asks.map(([price, size]) => ['sell', price, size])];
    this.mock.publish(`level2_batch:${name}`, { symbol: name, kind: 'quote' },
      JSON.stringify({ type: 'l2update', product_id: name, changes, time: now() }));
  }

  traded(name, trade) {
    this.mock.publish(`matches:${name}`, { symbol: name, kind: 'trade' },
      JSON.stringify(this.#match('match', name, trade)));
    this.mock.publish(`ticker:${name}`, { symbol: name, kind: 'quote' }, this.#ticker(name, trade));
  }

  beat() {
    for (const [name, market] of this.mock.markets) {
      this.#sequence += 1;
      this.mock.publish(`heartbeat:${name}`, { symbol: name, kind: 'heartbeat' },
        JSON.stringify({ type: 'heartbeat', sequence: this.#sequence,
          last_trade_id: market.trades.at(-1)?.id ?? 0, product_id: name, time: now() }));
    }
  }

  rest({ pathname }) {
    if (pathname !== '/products') return undefined;
    return { status: 200, body: this.mock.listed.map((name) => {
      const { base, quote } = parts(name);
      return { id: name, base_currency: base, quote_currency: quote, quote_increment: '0.01',
        base_increment: '0.00000001', display_name: `${base}/${quote}`, min_market_funds: '1',
        margin_enabled: false, post_only: false, limit_only: false, cancel_only: false,
        status: 'online', status_message: '', trading_disabled: false, auction_mode: false };
    }) };
  }
}

// RFC 3339 to the microsecond.
function now(at_ms = Date.now()) {
  return new Date(at_ms).toISOString().replace('Z', '000Z');
}
