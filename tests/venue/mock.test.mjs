// The mock itself, against a plain client: what it says is the truth in each venue's words.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../e2e/support.mjs';
import { trade_uuid } from './bybit.mjs';
import { book_checksum } from './checksum.mjs';
import { LANGUAGES } from './languages.mjs';
import { get, knows_truth, subscribed, with_mock } from './stage.mjs';

describe('the truth, in the words of', { concurrency: true }, () => {
  for (const language of LANGUAGES) {
    const { venue, category, quotes, by_trades, by_price } = language;
    test(`${venue} ${category ?? ''} ${quotes}`, () =>
      with_mock(venue, { category }, async (mock, connect) => {
        const witness = await subscribed(mock, connect, language);
        const symbols = [...mock.markets.keys()];
        for (let i = 0; i < 50; i += 1) {
          for (const symbol of symbols) {
            mock.tick(symbol, by_price ? { move: i % 2 ? 1 : -1 } : {});
            if (i % 5 === 0) mock.trade(symbol);
          }
        }
        if (by_trades) for (const symbol of symbols) mock.trade(symbol);
        if (quotes === 'depth') {
          for (const symbol of symbols) await follows_snapshot(mock, witness, symbol);
        }
        for (const symbol of symbols) await knows_truth(mock, witness, symbol);
        for (const symbol of symbols) {
          const told = witness.trades.filter((one) => one.symbol === mock.venue.spelling(symbol));
          const { trades } = mock.market(symbol);
          assert.deepEqual(told.map(({ price }) => price), trades.map(({ price }) => price));
          assert.deepEqual(told.map(({ id }) => String(id)), trades.map((trade) =>
            venue === 'bybit' ? trade_uuid(symbol, trade) : String(trade.id)));
        }
        assert.equal(witness.checksums.wrong, 0);
        if (quotes === 'book') assert.ok(witness.checksums.right > 100);
        assert.deepEqual(mock.complaints, []);
      }));
  }
});

// The procedure of Binance's documents with a snapshot over REST ends where the market is.
async function follows_snapshot(mock, witness, symbol) {
  const spelling = mock.venue.spelling(symbol);
  const { body } = await get(mock, `/api/v3/depth?symbol=${spelling}&limit=1000`);
  mock.tick(symbol);
  const updates = () => witness.book(spelling).updates ?? [];
  await until('the update after the snapshot', () => updates().at(-1)?.u > body.lastUpdateId);
  const all = updates();
  for (let i = 1; i < all.length; i += 1) assert.equal(all[i].U, all[i - 1].u + 1);
  witness.books.delete(spelling);
  witness.book(spelling).apply(body.bids, body.asks);
  for (const { b, a } of all.filter((update) => update.u > body.lastUpdateId)) {
    witness.book(spelling).apply(b, a);
  }
}

test('checksums are those of the documented example', () => {
  const levels = (text) => text.split(' ').map((level) => level.split('/'));
  const bids = levels('45283.5/0.10000000 45283.4/1.54582015 45282.1/0.10000000 ' +
    '45281.0/0.10000000 45280.3/1.54592586 45279.0/0.07990000 45277.6/0.03310103 ' +
    '45277.5/0.30000000 45277.3/1.54602737 45276.6/0.15445238');
  const asks = levels('45285.2/0.00100000 45286.4/1.54571953 45286.6/1.54571109 ' +
    '45289.6/1.54560911 45290.2/0.15890660 45291.8/1.54553491 45294.7/0.04454749 ' +
    '45296.1/0.35380000 45297.5/0.09945542 45299.5/0.18772827');
  assert.equal(book_checksum({ bids, asks }), 3310070434);
});
