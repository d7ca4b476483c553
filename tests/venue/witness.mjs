// A plain client of the mock that keeps a view by each venue's documents, apart from the gateway:
// whether the mock speaks the truth is told by it. Not a model of how to do it: it trusts whatever
// comes, and checks only what it is asked for.

import { need, until } from '../e2e/support.mjs';
import { book_checksum } from './checksum.mjs';

const { WebSocket } = await need('ws');

/** A book that is told level by level: sides best first. */
class Levels {
  bids = new Map();
  asks = new Map();

  apply(bids, asks, depth = Infinity) {
    for (const [name, changes, direction] of [['bids', bids, -1], ['asks', asks, 1]]) {
      for (const [price, size] of changes) {
        if (/[1-9]/.test(size)) this[name].set(price, size);
        else this[name].delete(price);
      }
      const sorted = [...this[name]].sort(([a], [b]) => direction * (Number(a) - Number(b)));
      this[name] = new Map(sorted.slice(0, depth));
    }
  }
  best() {
    const [[bid, bid_size] = []] = this.bids;
    const [[ask, ask_size] = []] = this.asks;
    return { bid, bid_size, ask, ask_size };
  }
  sides() {
    return { bids: [...this.bids], asks: [...this.asks] };
  }
}

/** Values as texts, numbers with the digits that they have in the text. */
function parse_exact(text) {
  return JSON.parse(text.replace(/(":)(\d+\.\d+)/g, '$1"$2"'));
}

export class Witness {
  books = new Map();   // symbol as the venue spells it → Levels
  quotes = new Map();  // the same → {bid, bid_size, ask, ask_size}
  trades = [];         // {symbol, id, price}
  texts = [];
  checksums = { right: 0, wrong: 0 };
  pinged = 0;
  ponged = 0;

  static async connect(mock, { target = '', ca } = {}) {
    const self = new Witness();
    self.socket = new WebSocket(mock.url() + target, { ca, perMessageDeflate: false });
    self.closed = new Promise((done) => self.socket.on('close', (code) => {
      self.end = code;
      done(code);
    }));
    const failed = new Promise((_, fail) => {
      self.socket.on('error', fail);
      self.socket.on('unexpected-response', (__, response) =>
        fail(Object.assign(new Error(`status ${response.statusCode}`), { response })));
    });
    failed.catch(() => {});
    self.socket.on('ping', () => (self.pinged += 1));
    self.socket.on('pong', () => (self.ponged += 1));
    self.socket.on('message', (bytes) => self.#take(String(bytes)));
    await Promise.race([new Promise((done) => self.socket.once('open', done)), failed]);
    return self;
  }

  say(message) {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }
  hears(what, pattern) {
    return until(what, () => this.texts.find((text) => pattern.test(text)));
  }
  close() {
    this.socket.terminate();
    return this.closed;
  }
  book(symbol) {
    if (!this.books.has(symbol)) this.books.set(symbol, new Levels());
    return this.books.get(symbol);
  }
  /** The best of a symbol, from wherever it was told last. */
  best(symbol) {
    return this.books.get(symbol)?.best() ?? this.quotes.get(symbol);
  }

  #take(text) {
    this.texts.push(text);
    let message;
    try {
      message = parse_exact(text);
    } catch {
      return;
    }
    if (message?.stream) this.#binance(message.data);
    else if (message?.type && message.product_id) this.#coinbase(message);
    else if (message?.channel && message.data) this.#kraken(message);
    else if (message?.arg && message.data) this.#okx(message);
    else if (message?.topic) this.#bybit(message);
  }

  #binance(data) {
    const { e, s } = data;
    if (e === undefined) {
      this.quotes.set(s, { bid: data.b, bid_size: data.B, ask: data.a, ask_size: data.A });
    } else if (e === 'depthUpdate') {
      this.book(s).updates = [...(this.book(s).updates ?? []), data];
      this.book(s).apply(data.b, data.a);
    } else if (e === 'aggTrade') {
      this.trades.push({ symbol: s, id: data.a, price: data.p });
    }
  }

  #coinbase(message) {
    const { type, product_id } = message;
    if (type === 'snapshot') this.books.delete(product_id);
    if (type === 'snapshot') this.book(product_id).apply(message.bids, message.asks);
    if (type === 'l2update') {
      const of = (word) => message.changes.filter(([side]) => side === word).map((c) => c.slice(1));
      this.book(product_id).apply(of('buy'), of('sell'));
    }
    if (type === 'ticker') {
      const { best_bid: bid, best_bid_size: bid_size, best_ask: ask, best_ask_size: ask_size } =
        message;
      this.quotes.set(product_id, { bid, bid_size, ask, ask_size });
    }
    if (type === 'match') {
      this.trades.push({ symbol: product_id, id: message.trade_id, price: message.price });
    }
  }

  #kraken({ channel, type, data }) {
    for (const row of data) {
      const { symbol } = row;
      if (channel === 'ticker') {
        this.quotes.set(symbol, { bid: row.bid, bid_size: row.bid_qty, ask: row.ask,
          ask_size: row.ask_qty });
      } else if (channel === 'book') {
        if (type === 'snapshot') this.books.delete(symbol);
        const levels = (side) => side.map(({ price, qty }) => [price, qty]);
        this.book(symbol).apply(levels(row.bids), levels(row.asks), 10);
        const same = book_checksum(this.book(symbol).sides()) === row.checksum;
        this.checksums[same ? 'right' : 'wrong'] += 1;
      } else if (channel === 'trade' && type === 'update') {
        this.trades.push({ symbol, id: row.trade_id, price: row.price });
      }
    }
  }

  #okx({ arg: { channel, instId }, action, data: [row] }) {
    if (channel === 'books') {
      const book = action === 'snapshot' ? this.book(instId, this.books.delete(instId))
        : this.book(instId);
      if (action === 'update' && row.prevSeqId !== book.seqId) this.checksums.wrong += 1;
      book.seqId = row.seqId;
      book.apply(row.bids, row.asks);
    } else if (channel === 'bbo-tbt') {
      this.quotes.set(instId, { bid: row.bids[0][0], bid_size: row.bids[0][1],
        ask: row.asks[0][0], ask_size: row.asks[0][1] });
    } else if (channel === 'trades') {
      this.trades.push({ symbol: instId, id: Number(row.tradeId), price: row.px });
    }
  }

  #bybit({ topic, type, data }) {
    const [word, depth] = topic.split('.');
    if (word === 'orderbook') {
      if (type === 'snapshot') this.books.delete(data.s);
      const book = this.book(data.s);
      if (type === 'delta' && data.u !== book.u + 1) this.checksums.wrong += 1;
      book.u = data.u;
      book.apply(data.b, data.a, Number(depth));
    } else if (word === 'publicTrade') {
      for (const { s, i, p } of data) this.trades.push({ symbol: s, id: i, price: p });
    }
  }
}
