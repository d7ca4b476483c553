// Trades: each once, in the venue's order, also when the venue repeats itself; and where some may
// be missing, a gap says so.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../e2e/support.mjs';
import { repeat, skip } from './faults.mjs';
import { Scene } from './scene.mjs';
import { DEFAULTS, variant } from './variants.mjs';

describe('trades', { concurrency: 5 }, () => {
  for (const one of [...DEFAULTS, variant('bybit_linear orderbook.1')]) {
    test(`${one.name}: told again after a reconnect, they are not told twice`, () =>
      Scene.with(one, {}, async (scene) => {
        await scene.begins();
        const [symbol] = scene.symbols;
        await scene.settles();
        const old = scene.mock.market(symbol).trades.slice(-10);
        scene.mark();
        scene.mock.drop();
        await scene.sees(symbol, 'down disconnected');
        await scene.notes('upgrade', 2);
        scene.mock.run();
        await scene.sees(symbol, 'live');
        for (const trade of old) scene.mock.venue.traded(symbol, trade);
        const ids = () => scene.trades_of(symbol).filter(({ type }) => type === 'trade')
          .map(({ trade_id }) => trade_id);
        const before = ids().length;
        await until('several new trades', () => ids().length >= before + 5);
        await scene.settles();
        assert.equal(new Set(ids()).size, ids().length, `twice among ${ids()}`);
      }));

    test(`${one.name}: a message that comes twice is one trade`, () =>
      Scene.with(one, {}, async (scene) => {
        await scene.begins();
        const [symbol] = scene.symbols;
        for (let i = 0; i < 3; i += 1) {
          await scene.mock.meddle({ symbol, kind: 'trade', act: repeat() });
        }
        await scene.goes_on(symbol, 20);
        await scene.settles();
        assert.deepEqual(scene.gaps_of(symbol), []);
      }));
  }

  // Their ids rise by one a trade, so a missing one shows.
  for (const name of ['binance bookTicker', 'coinbase level2_batch', 'kraken book']) {
    test(`${name}: a lost one is told as a gap when the next one comes`, () =>
      Scene.with(variant(name), {}, async (scene) => {
        await scene.begins();
        const [symbol, other] = scene.symbols;
        await scene.mock.meddle({ symbol, kind: 'trade', act: skip() });
        await scene.goes_on(symbol, 30);
        await scene.settles();
        const gaps = scene.gaps_of(symbol).map(({ reason, lost }) => `${reason} ${lost}`);
        assert.deepEqual(gaps, ['upstream null']);
        assert.deepEqual(scene.gaps_of(other), []);
        assert.deepEqual(scene.statuses(symbol).at(-1), 'live');
      }));
  }
});
