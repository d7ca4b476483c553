// Connections to a venue that begin, break, are refused and come back: what a client sees, and how
// often the gateway tries.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../e2e/support.mjs';
import { Scene } from './scene.mjs';
import { DEFAULTS, VARIANTS, variant } from './variants.mjs';

const CONCURRENCY = 4;

describe('what a client sees of', { concurrency: CONCURRENCY }, () => {
  for (const one of VARIANTS) {
    test(`${one.name}: pending, live with the first quote, and then the truth`, () =>
      Scene.with(one, {}, async (scene) => {
        await scene.begins();
        await scene.goes_on();
        await scene.settles();
        for (const symbol of scene.symbols) {
          const statuses = scene.statuses(symbol).filter((word) => word !== 'pending');
          assert.deepEqual(statuses, ['live'], `${symbol}: ${scene.statuses(symbol)}`);
          assert.deepEqual(scene.gaps_of(symbol), []);
        }
      }));

    test(`${one.name}: a lost connection is down, then resyncing, then live`, () =>
      Scene.with(one, {}, async (scene) => {
        await scene.begins();
        const [symbol] = scene.symbols;
        await scene.settles();
        const before = scene.state(symbol);
        scene.mark();
        scene.mock.drop();
        const down = await scene.sees(symbol, 'down disconnected');
        assert.deepEqual([down.bid, down.ask, down.last], [before.bid, before.ask, before.last]);
        for (const other of scene.symbols) scene.mock.trade(other);  // nobody hears of them
        await scene.notes('upgrade', 2);
        scene.mock.run();
        await scene.sees(symbol, 'resyncing reconnected');
        await scene.sees(symbol, 'live');
        await scene.settles();
        for (const other of scene.symbols) {
          const gaps = scene.gaps_of(other).map(({ reason, lost }) => `${reason} ${lost}`);
          assert.deepEqual([...new Set(gaps)], ['upstream null'], `gaps of ${other}`);
        }
      }));
  }
});

// Times of the attempts that the mock saw, and the waits between them.
const waits = (entries) => entries.slice(1).map(({ at }, i) => at - entries[i].at);

describe('attempts', { concurrency: CONCURRENCY }, () => {
  const BACKOFF = { feed_backoff_min_ms: 100, feed_backoff_max_ms: 1_600, feed_steady_ms: 5_000 };
  const SLACK_MS = 1_500;

  // Full jitter: the n-th wait is at most min(max, min * 2^n); together they cannot be nothing.
  function assert_backs_off(entries) {
    const all = waits(entries);
    all.forEach((wait, n) => {
      const cap = Math.min(BACKOFF.feed_backoff_max_ms, BACKOFF.feed_backoff_min_ms * 2 ** n);
      assert.ok(wait < cap + SLACK_MS, `wait ${n} took ${wait} ms: ${all.map(Math.round)}`);
    });
    const total = all.reduce((sum, wait) => sum + wait, 0);
    assert.ok(total > 500, `a tight loop: ${all.map(Math.round)}`);
  }

  for (const one of DEFAULTS) {
    test(`${one.name}: accepted and dropped at once is no tight loop`, () =>
      Scene.with(one, { limits: BACKOFF }, async (scene) => {
        await scene.begins();
        scene.mock.drop_at_once = true;
        const from = scene.mock.noted('upgrade').length;
        scene.mock.drop();
        const seen = await scene.notes('upgrade', from + 8, undefined, 40);
        assert_backs_off(seen.slice(from));
        scene.mock.drop_at_once = false;
        await scene.settles(scene.symbols, 20);
      }));
  }

  test('data for a moment does not begin the back-off afresh', () =>
    Scene.with(variant('binance bookTicker'), { limits: BACKOFF }, async (scene) => {
      await scene.begins({ every_ms: 10 });
      const from = scene.mock.noted('upgrade').length;
      scene.mock.drop();
      for (let n = 1; n <= 7; n += 1) {
        await scene.notes('upgrade', from + n, undefined, 20);
        await until('a connection', () => scene.connection());
        await scene.goes_on(undefined, 3);
        scene.mock.drop();
      }
      assert_backs_off(scene.mock.noted('upgrade').slice(from));
      await scene.settles(scene.symbols, 20);
    }));

  test('a refused connection is tried again until it is not', () =>
    Scene.with(variant('kraken book'), {}, async (scene) => {
      await scene.begins();
      scene.mark();
      const [symbol] = scene.symbols;
      await scene.mock.refuse();
      await scene.sees(symbol, 'down disconnected');
      await until('the gateway tells why', async () =>
        /connection refused/i.test((await scene.gateway.admin('/v1/status')).body));
      await scene.mock.listen();
      await scene.sees(symbol, 'resyncing reconnected');
      await scene.sees(symbol, 'live');
      await scene.settles();
    }));

  for (const status of [429, 418, 503]) {
    test(`an upgrade answered by ${status} with Retry-After is not tried before its time`, () =>
      Scene.with(variant('binance bookTicker'), {}, async (scene) => {
        await scene.begins();
        scene.mark();
        const from = scene.mock.noted('upgrade').length;
        scene.mock.answer_upgrade(status, { headers: { 'Retry-After': 3 } });
        scene.mock.drop();
        const seen = await scene.notes('upgrade', from + 2, undefined, 20);
        const [refused, next] = seen.slice(from);
        assert.equal(refused.status, status);
        assert.ok(next.at - refused.at > 2_950, `after ${next.at - refused.at} ms`);
        await scene.sees(scene.symbols[0], 'resyncing reconnected');
        await scene.settles();
      }));
  }

  test('a refused upgrade without Retry-After backs off as well', () =>
    Scene.with(variant('okx bbo-tbt'), { limits: BACKOFF }, async (scene) => {
      await scene.begins();
      const from = scene.mock.noted('upgrade').length;
      scene.mock.answer_upgrade(503, { times: 7 });
      scene.mock.drop();
      const seen = await scene.notes('upgrade', from + 8, undefined, 40);
      assert_backs_off(seen.slice(from));
      await scene.settles(scene.symbols, 20);
    }));
});
