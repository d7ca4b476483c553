// What a venue says of the conversation itself, and what makes no sense: restarts that are
// announced, refused subscriptions, maintenance, broken and binary messages.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { until } from '../e2e/support.mjs';
import { broken_frames, change, cut } from './faults.mjs';
import { Scene } from './scene.mjs';
import { DEFAULTS, VARIANTS, variant } from './variants.mjs';

describe('a restart that was announced', { concurrency: 3 }, () => {
  for (const one of VARIANTS.filter(({ feed }) => ['binance', 'okx'].includes(feed))) {
    test(`${one.name}: another connection takes over, nothing is missed or told twice`, () =>
      Scene.with(one, {}, async (scene) => {
        await scene.begins();
        const from = scene.mark();
        const [old] = scene.mock.announce_restart();
        await scene.notes('upgrade', 2);
        const closed_early = () => scene.mock.noted('close', ({ id }) => id === old.id);
        assert.deepEqual(closed_early(), [], 'closed before there was another one');
        await until('the gateway leaves the old connection', () => closed_early().length > 0);
        assert.equal(scene.mock.connections.size, 1);
        await scene.goes_on();
        await scene.settles();
        for (const symbol of scene.symbols) {
          assert.deepEqual(scene.statuses(symbol, from), ['live'], symbol);
          assert.deepEqual(scene.gaps_of(symbol), []);
        }
      }));
  }

  test('binance bookTicker: the old connection ends before the new one is there: an outage', () =>
    Scene.with(variant('binance bookTicker'), {}, async (scene) => {
      await scene.begins();
      scene.mark();
      scene.mock.answer_upgrade(503, { times: 3 });
      const [old] = scene.mock.announce_restart();
      await scene.notes('upgrade', 3);
      old.close();
      const [symbol] = scene.symbols;
      await scene.sees(symbol, 'down disconnected');
      await scene.sees(symbol, 'live');
      await scene.settles();
    }));
});

describe('a refused subscription', { concurrency: 3 }, () => {
  // Coinbase: one wrong product has the whole request refused. Binance: unknown streams are silent.
  for (const one of VARIANTS.filter(({ feed }) => !['binance', 'coinbase'].includes(feed))) {
    test(`${one.name}: its symbol is down, the other one lives`, () =>
      Scene.with(one, { prepare: refuse_first }, async (scene) => {
        const [refused, other] = scene.symbols;
        scene.mock.run();
        await scene.sees(refused, 'down refused');
        await scene.sees(other, 'live');
        await scene.settles([other]);
        assert.equal(scene.state(refused).bid, null);
        assert_no_storm(scene);
      }));
  }

  test('coinbase level2_batch: its symbol is down', () =>
    Scene.with(variant('coinbase level2_batch'), { prepare: refuse_first }, async (scene) => {
      scene.mock.run();
      await scene.sees(scene.symbols[0], 'down refused');
      assert_no_storm(scene);
    }));

  function refuse_first(mock) {
    mock.refuse_subscription([...mock.markets.keys()][0]);
  }
  function assert_no_storm({ mock }) {
    assert.ok(mock.noted('message').length < 20, `${mock.noted('message').length} messages`);
    assert.ok(mock.noted('upgrade').length < 5, `${mock.noted('upgrade').length} connections`);
  }
});

test('kraken book: maintenance makes all stale, and its end live again', () =>
  Scene.with(variant('kraken book'), {}, async (scene) => {
    await scene.begins();
    scene.mark();
    scene.mock.venue.become('maintenance');
    for (const symbol of scene.symbols) await scene.sees(symbol, 'stale maintenance');
    scene.mock.venue.become('online');
    for (const symbol of scene.symbols) await scene.sees(symbol, 'live');
    await scene.settles();
    assert.equal(scene.mock.noted('upgrade').length, 1);
  }));

describe('messages that make no sense', { concurrency: 5 }, () => {
  const malformed = ({ feed }, { gateway }) =>
    gateway.metric('ticker_parse_errors_total', `feed="${feed}"`);

  for (const one of VARIANTS) {
    test(`${one.name}: are counted, and nothing of them is told`, () =>
      Scene.with(one, {}, async (scene) => {
        await scene.begins();
        const [symbol] = scene.symbols;
        const from = scene.mark();
        const sound = await new Promise((done) => {
          scene.meddle(symbol, (text) => (done(text), [text]));
        });
        const frames = broken_frames(sound);
        for (const frame of frames) scene.mock.shout(frame);
        await until('most of them are counted', async () =>
          (await malformed(one, scene)) >= frames.length / 2);
        await scene.goes_on();
        await scene.settles();
        // Coinbase numbers nothing: what cannot be read may have been an update of any book.
        const allowed = one.feed === 'coinbase' && one.book
          ? ['live', 'resyncing sequence_gap'] : ['live'];
        for (const name of scene.symbols) {
          const seen = scene.statuses(name, from);
          assert.ok(seen.every((status) => allowed.includes(status)), `${name}: ${seen}`);
          assert.equal(seen.at(-1), 'live');
        }
        assert.equal(scene.mock.noted('upgrade').length, 1);
      }));
  }

  for (const one of VARIANTS.filter(({ book }) => book)) {
    test(`${one.name}: an update cut short cannot make a wrong book`, () =>
      Scene.with(one, {}, async (scene) => {
        await scene.begins();
        const [symbol] = scene.symbols;
        await scene.meddle(symbol, cut());
        await scene.goes_on(symbol, 20);
        await scene.settles();
      }));
  }

  for (const one of DEFAULTS) {
    test(`${one.name}: a binary one, and one of more than 4 MiB, cost the connection at most`, () =>
      Scene.with(one, {}, async (scene) => {
        await scene.begins();
        const [symbol] = scene.symbols;
        scene.mock.shout(Buffer.from([0, 1, 2, 255]));
        await scene.goes_on(symbol);
        await scene.settles();
        scene.mark();
        scene.mock.shout(`{"type":"${'x'.repeat(5 * 1024 * 1024)}"}`);
        await scene.sees(symbol, 'down disconnected');
        scene.mock.run();
        await scene.sees(symbol, 'live');
        await scene.settles();
        assert.ok((await resident_bytes(scene)) < 512 * 1024 * 1024);
      }));
  }

  test('a price of forty digits becomes none, and the next one counts', () =>
    Scene.with(variant('binance bookTicker'), {}, async (scene) => {
      await scene.begins();
      const [symbol] = scene.symbols;
      scene.mock.pause();
      await scene.settles();
      const from = scene.states.length;
      scene.meddle(symbol, change(/"b":"[^"]*"/, `"b":"${'9'.repeat(40)}"`));
      scene.mock.tick(symbol);
      await until('there is no bid', () => scene.state(symbol).bid === null);
      scene.states.length = from;  // such a quote was never true; that is told by the null
      await scene.settles();
    }));
});

async function resident_bytes({ gateway }) {
  const status = await readFile(`/proc/${gateway.process.child.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)[1]) * 1024;
}
