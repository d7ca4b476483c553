// Books that are told change by change: what is lost, repeated, out of order, wrong or crossed is
// found out, told at once, and mended by the venue's fresh snapshot, asked for once; the other
// symbols notice nothing. What is only repeated changes nothing.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { change, reorder, repeat, skip } from './faults.mjs';
import { Scene } from './scene.mjs';
import { variant } from './variants.mjs';

/** A bid far above the best offer, in each venue's words. */
const CROSSED = {
  'binance depth': change(/"b":\[/, '"b":[["99999.00","1.00000000"],'),
  'coinbase level2_batch': change(/"changes":\[/, '"changes":[["buy","99999.00","1.00000000"],'),
  'okx books': change(/"bids":\[/, '"bids":[["99999.00","1.00000000","0","1"],'),
  'bybit orderbook.50': change(/"b":\[/, '"b":[["99999.00","1.00000000"],'),
};
const bad_checksum = change(/"checksum":\d+/, '"checksum":1');

/** variant, what happens to its messages, and the reason that a client is told; null: none. */
const CASES = [
  ['binance depth', 'an update is lost', skip(), 1, 'sequence_gap'],
  ['binance depth', 'an update comes twice', repeat(), 1, null],
  ['binance depth', 'two updates change places', reorder(), 2, 'sequence_gap'],
  ['binance depth', 'it crosses itself', CROSSED['binance depth'], 1, 'crossed_book'],
  ['coinbase level2_batch', 'an update comes twice', repeat(), 1, null],
  ['coinbase level2_batch', 'it crosses itself', CROSSED['coinbase level2_batch'], 1,
    'crossed_book'],
  ['kraken book', 'an update is lost', skip(), 1, 'bad_checksum'],
  ['kraken book', 'an update comes twice', repeat(), 1, null],
  ['kraken book', 'two updates change places', reorder(), 2, 'bad_checksum'],
  ['kraken book', 'its checksum does not match', bad_checksum, 1, 'bad_checksum'],
  ['okx books', 'an update is lost', skip(), 1, 'sequence_gap'],
  ['okx books', 'an update comes twice', repeat(), 1, null],
  ['okx books', 'two updates change places', reorder(), 2, 'sequence_gap'],
  ['okx books', 'it crosses itself', CROSSED['okx books'], 1, 'crossed_book'],
  ['bybit orderbook.50', 'an update is lost', skip(), 1, 'sequence_gap'],
  ['bybit orderbook.50', 'an update comes twice', repeat(), 1, null],
  ['bybit orderbook.50', 'two updates change places', reorder(), 2, 'sequence_gap'],
  ['bybit orderbook.50', 'it crosses itself', CROSSED['bybit orderbook.50'], 1, 'crossed_book'],
];

/** Requests for a snapshot of a symbol from an entry of the mock's log on: REST, or subscribed. */
function requests(scene, symbol, from) {
  const spelling = scene.mock.venue.spelling(symbol);
  return scene.mock.log.slice(from).filter(({ what, path, target, text }) =>
    (what === 'rest' && path.endsWith('/depth') && target.includes(spelling)) ||
    (what === 'message' && /[^n]subscribe"/i.test(text) && !/unsubscribe"/i.test(text) &&
      text.includes(spelling)));
}

describe('a book', { concurrency: 6 }, () => {
  for (const [name, what, act, times, reason] of CASES) {
    const seen = reason ? `told as ${reason}, and mended once` : 'and changes nothing';
    test(`${name}: ${what}: ${seen}`, () =>
      Scene.with(variant(name), {}, async (scene) => {
        await scene.begins();
        await scene.goes_on();
        const [broken, other] = scene.symbols;
        const from = scene.mark();
        const logged = scene.mock.log.length;
        await scene.meddle(broken, act, times);
        if (reason) await scene.sees(broken, `resyncing ${reason}`);
        if (reason) await scene.sees(broken, 'live');
        await scene.goes_on(broken, 20);
        await scene.settles();
        const words = scene.statuses(broken, from).filter((word) => word !== 'live');
        assert.deepEqual(words, reason ? [`resyncing ${reason}`] : []);
        assert.deepEqual(scene.statuses(other, from), ['live']);
        assert.equal(requests(scene, broken, logged).length, reason ? 1 : 0);
        assert.equal(requests(scene, other, logged).length, 0);
        assert.deepEqual(scene.gaps_of(broken), []);  // trades know nothing of it
        assert.equal(scene.mock.noted('upgrade').length, 1);
      }));
  }

  test('coinbase level2_batch: a lost update, which nothing tells, is found when the book crosses',
    () => Scene.with(variant('coinbase level2_batch'), {}, async (scene) => {
      await scene.begins();
      const [symbol] = scene.symbols;
      scene.mark();
      scene.mock.pause();
      scene.meddle(symbol, skip());
      scene.mock.tick(symbol, { move: 40 });  // its old asks lie below the bids to come
      scene.mock.tick(symbol, { move: 1 });
      await scene.sees(symbol, 'resyncing crossed_book');
      await scene.sees(symbol, 'live');
      await scene.settles();
    }));

  test('binance depth: a snapshot older than the first update is asked for again', () => {
    const prepare = (mock) => {
      mock.venue.answer_old('BTC-USDT', 2);
      for (let i = 0; i < 5; i += 1) mock.tick('BTC-USDT');
      mock.run();
    };
    return Scene.with(variant('binance depth'), { prepare }, async (scene) => {
      await scene.begins();
      const depth = ({ target }) => target.includes('/depth') && target.includes('BTCUSDT');
      await scene.notes('rest', 3, depth);
      await scene.settles();
      assert.equal(scene.mock.noted('rest', depth).length, 3);
    });
  });

  test('binance depth: no snapshot is asked for before the time of a Retry-After', () =>
    Scene.with(variant('binance depth'), {}, async (scene) => {
      await scene.begins();
      const [symbol, other] = scene.symbols;
      const from = scene.mark();
      const before = scene.mock.noted('rest').length;
      scene.mock.answer_rest(429, { headers: { 'Retry-After': 3 } });
      scene.meddle(symbol, skip());
      await scene.sees(symbol, 'resyncing sequence_gap');
      const [refused, next] = (await scene.notes('rest', before + 2)).slice(before);
      assert.deepEqual([refused.status, next.status], [429, 200]);
      assert.ok(next.at - refused.at > 2_950, `asked again after ${next.at - refused.at} ms`);
      await scene.sees(symbol, 'live');
      await scene.settles();
      assert.deepEqual(scene.statuses(other, from), ['live']);
    }));

  test('binance depth: gaps of two symbols are mended one by one, each asked for once', () =>
    Scene.with(variant('binance depth'), {}, async (scene) => {
      await scene.begins();
      scene.mark();
      const logged = scene.mock.log.length;
      for (const symbol of scene.symbols) scene.meddle(symbol, skip());
      for (const symbol of scene.symbols) await scene.sees(symbol, 'resyncing sequence_gap');
      for (const symbol of scene.symbols) await scene.sees(symbol, 'live');
      await scene.settles();
      for (const symbol of scene.symbols) {
        assert.equal(requests(scene, symbol, logged).length, 1, symbol);
      }
    }));

  for (const [name, restart] of [
    ['okx books', 'numbers that go back after maintenance'],
    ['bybit orderbook.50', 'a snapshot with the number 1'],
    ['bybit orderbook.1', 'a snapshot with the number 1'],
    ['okx bbo-tbt', 'numbers that go back after maintenance'],
  ]) {
    test(`${name}: ${restart} end in the truth`, () =>
      Scene.with(variant(name), {}, async (scene) => {
        await scene.begins();
        const [symbol] = scene.symbols;
        scene.mock.venue.restart_ids(symbol);
        await scene.goes_on(symbol, 10);
        await scene.settles();
        assert.equal(scene.state(symbol).status, 'live');
      }));
  }

  test('okx books: the push of a book in which nothing happened changes nothing', () =>
    Scene.with(variant('okx books'), {}, async (scene) => {
      await scene.begins();
      const [symbol] = scene.symbols;
      const from = scene.mark();
      for (let i = 0; i < 3; i += 1) scene.mock.venue.keep_alive(symbol);
      await scene.goes_on(symbol);
      await scene.settles();
      assert.deepEqual(scene.statuses(symbol, from), ['live']);
    }));

  test('after a reconnect no price of the old book is left', () =>
    Scene.with(variant('kraken book'), {}, async (scene) => {
      await scene.begins();
      const [symbol] = scene.symbols;
      scene.mock.pause();
      scene.mark();
      scene.mock.drop();
      await scene.sees(symbol, 'down disconnected');
      scene.mock.tick(symbol, { move: -200 });  // all old bids lie above
      await scene.sees(symbol, 'live');
      await scene.settles();
    }));
});
