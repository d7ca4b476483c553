// What a plain client says to the mock of each venue: subscriptions to a stream of quotes and to
// trades, of both symbols.

const streams = (...kinds) => `?streams=${['btcusdt', 'ethusdt'].flatMap((symbol) =>
  kinds.map((kind) => `${symbol}@${kind}`)).join('/')}`;
const coinbase = (...channels) =>
  [{ type: 'subscribe', product_ids: ['BTC-USD', 'ETH-USD'], channels }];
const kraken = (...channels) => channels.map((channel, i) => ({ method: 'subscribe', req_id: i + 1,
  params: { channel, symbol: ['BTC/USD', 'ETH/USD'],
    ...(channel === 'ticker' ? { event_trigger: 'bbo' } : {}) } }));
const okx = (...channels) => [{ id: '1', op: 'subscribe', args: channels.flatMap((channel) =>
  ['BTC-USDT', 'ETH-USDT'].map((instId) => ({ channel, instId }))) }];
const bybit = (...channels) => [{ req_id: '1', op: 'subscribe',
  args: channels.flatMap((channel) => [`${channel}.BTCUSDT`, `${channel}.ETHUSDT`]) }];

/** `target`: query of the URL; `says`: messages. */
export const LANGUAGES = [
  { venue: 'binance', quotes: 'bookTicker', target: streams('bookTicker', 'aggTrade', 'ticker') },
  { venue: 'binance', quotes: 'depth', target: streams('depth@100ms', 'aggTrade') },
  { venue: 'coinbase', quotes: 'level2_batch',
    says: coinbase('level2_batch', 'matches', 'heartbeat') },
  { venue: 'coinbase', quotes: 'ticker', says: coinbase('ticker', 'matches'), by_trades: true },
  { venue: 'kraken', quotes: 'book', says: kraken('book', 'trade') },
  { venue: 'kraken', quotes: 'ticker', says: kraken('ticker', 'trade'), by_price: true },
  { venue: 'okx', quotes: 'bbo-tbt', says: okx('bbo-tbt', 'tickers', 'trades') },
  { venue: 'okx', quotes: 'books', says: okx('books', 'trades') },
  { venue: 'bybit', quotes: 'orderbook.1', says: bybit('orderbook.1', 'publicTrade') },
  { venue: 'bybit', quotes: 'orderbook.50', says: bybit('orderbook.50', 'tickers', 'publicTrade') },
  { venue: 'bybit', category: 'linear', quotes: 'orderbook.1',
    says: bybit('orderbook.1', 'tickers', 'publicTrade') },
];
