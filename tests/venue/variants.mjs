// Every stream of quotes of every venue that a gateway can be told to use, and what is special of
// it. `feed`: the venue's word in the configuration. `book`: quotes come from a book that is kept.

import { VENUES } from './venues.mjs';

const of = (feed, quotes, more = {}) =>
  ({ feed, quotes, Venue: VENUES[feed.split('_')[0]], name: `${feed} ${quotes}`, ...more });

export const VARIANTS = [
  of('binance', 'bookTicker'),
  of('binance', 'depth', { book: true }),
  of('coinbase', 'level2_batch', { book: true }),
  of('coinbase', 'ticker'),
  of('kraken', 'book', { book: true }),
  of('kraken', 'ticker'),
  of('okx', 'bbo-tbt'),
  of('okx', 'books', { book: true }),
  of('okx', 'tickers'),
  of('bybit', 'orderbook.1'),
  of('bybit', 'orderbook.50', { book: true }),
  of('bybit_linear', 'orderbook.1', { category: 'linear' }),
  of('bybit_linear', 'tickers', { category: 'linear' }),
];

/** One of them by its name. */
export function variant(name) {
  const found = VARIANTS.find((one) => one.name === name);
  if (!found) throw new Error(`no variant ${name}`);
  return found;
}

/** The default of each venue. */
export const DEFAULTS = ['binance bookTicker', 'coinbase level2_batch', 'kraken book',
  'okx bbo-tbt', 'bybit orderbook.1'].map(variant);
