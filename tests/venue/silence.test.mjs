// Silence: of a whole connection, of one symbol among others, of a symbol's quotes while its trades
// go on; and quiet that is no silence, because pings or heartbeats are answered.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../e2e/support.mjs';
import { SCALE } from '../integration/gateway.mjs';
import { Scene } from './scene.mjs';
import { DEFAULTS, VARIANTS, variant } from './variants.mjs';

// Three times what Bybit promises are 9 s; what silence means there takes longer.
const QUICK = { feed_silent_ms: 1_500, feed_dead_ms: 6_000 };
const PATIENT = { feed_silent_ms: 1_500, feed_dead_ms: 15_000 };

const only_live = (scene, symbol, from) =>
  assert.deepEqual(scene.statuses(symbol, from).filter((word) => word !== 'live'), [], symbol);

describe('a connection on which nothing comes any more', { concurrency: 8 }, () => {
  for (const one of DEFAULTS) {
    test(`${one.name}: its symbols go stale, it is closed, and another is made`, () => {
      const promised = one.feed === 'bybit';
      return Scene.with(one, { limits: promised ? PATIENT : QUICK }, async (scene) => {
        await scene.begins();
        scene.mark();
        const { id } = scene.connection();
        scene.mock.mute();
        for (const symbol of scene.symbols) await scene.sees(symbol, 'stale feed_silent', 20);
        await scene.notes('close', 1, (entry) => entry.id === id, 30);
        await scene.notes('upgrade', 2);
        for (const symbol of scene.symbols) await scene.sees(symbol, 'live');
        await scene.settles();
        for (const symbol of scene.symbols) assert.ok(scene.gaps_of(symbol).length > 0, symbol);
      });
    });
  }

  test('a connection that is mute from the beginning is closed as well', () =>
    Scene.with(variant('binance bookTicker'), { limits: QUICK,
      prepare: (mock) => mock.mute({ to_come: true }) }, async (scene) => {
      await scene.notes('close', 1, undefined, 20);
      scene.mock.unmute();
      await scene.begins();
      await scene.settles();
    }));
});

describe('one symbol among others', { concurrency: 8 }, () => {
  for (const one of VARIANTS) {
    test(`${one.name}: goes stale alone when its quotes stop while its trades go on`, () =>
      Scene.with(one, { limits: { ...PATIENT, feed_dead_ms: 60_000 } }, async (scene) => {
        await scene.begins();
        const [mute, other] = scene.symbols;
        const from = scene.mark();
        scene.mock.mute_symbol(mute, ['quote', 'snapshot']);
        await scene.sees(mute, 'stale feed_silent', 20);
        scene.mock.unmute_symbol(mute);
        await scene.sees(mute, 'live');
        await scene.settles();
        only_live(scene, other, from);
        assert.equal(scene.mock.noted('upgrade').length, 1);
      }));
  }

  // Those whose venue promises something of each symbol at least each few seconds.
  for (const name of ['bybit orderbook.1', 'bybit_linear orderbook.1', 'coinbase level2_batch']) {
    test(`${name}: goes stale alone when it is silent beyond three times the promise`, () =>
      Scene.with(variant(name), { limits: { ...PATIENT, feed_dead_ms: 60_000 } }, async (scene) => {
        await scene.begins();
        const [mute, other] = scene.symbols;
        await scene.settles();
        const from = scene.mark();
        scene.mock.run(25, [other]);  // nothing happens to the first, so nothing is lost
        scene.mock.mute_symbol(mute);
        const began = performance.now();
        await scene.sees(mute, 'stale feed_silent', 20);
        const promise_ms = name.startsWith('bybit') ? 3_000 : 1_000;
        assert.ok(performance.now() - began > 2.5 * promise_ms, 'too early');
        scene.mock.unmute_symbol(mute);
        scene.mock.run();
        await scene.sees(mute, 'live');
        await scene.settles();
        only_live(scene, other, from);
        assert.equal(scene.mock.noted('upgrade').length, 1);
      }));
  }
});

describe('quiet is no silence', { concurrency: 20 }, () => {
  // The venue answers pings or sends heartbeats, so a quote that stands is a quote that holds.
  const CALM = { feed_silent_ms: 9_000, feed_dead_ms: 18_000 };
  const QUIET_MS = 20_000;
  for (const one of VARIANTS) {
    test(`${one.name}: a symbol, and a whole market, in which nothing happens stays live`, () =>
      Scene.with(one, { limits: CALM }, async (scene) => {
        await scene.begins();
        await scene.settles();
        const from = scene.mark();
        const began = performance.now();
        scene.mock.run(100, scene.symbols.slice(1));  // all but the first
        await until('the first was quiet for long', () =>
          performance.now() - began > (QUIET_MS * SCALE) / 2, 20);
        scene.mock.pause();                           // all of them
        await until('all were quiet for long', () =>
          performance.now() - began > QUIET_MS * SCALE, 20);
        for (const symbol of scene.symbols) only_live(scene, symbol, from);
        assert.equal(scene.mock.noted('upgrade').length, 1);
        await scene.settles();
      }));
  }
});

test('WebSocket pings of the venue get pongs with the same payload', () =>
  Scene.with(variant('binance bookTicker'), { mock: { ping_ms: 500 } }, async (scene) => {
    await scene.begins();
    const sent = () => scene.mock.noted('ping_sent').map(({ text }) => text);
    const pongs = await scene.notes('pong', 3);
    for (const { text } of pongs) assert.ok(sent().includes(text), `pong ${text}`);
  }));
