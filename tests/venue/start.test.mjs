// How a live feed begins: symbols are checked against the venue's list, an unreachable venue keeps
// nobody from starting, subscriptions keep the venue's pace, and real captures end as they did.

import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { until } from '../e2e/support.mjs';
import { Folder, Gateway, run_to_end, SOURCE } from '../integration/gateway.mjs';
import { Mock } from './mock.mjs';
import { config_of, Scene } from './scene.mjs';
import { DEFAULTS, variant } from './variants.mjs';

const PORTS = ['--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0'];

/** Runs the gateway until it ends by itself. */
async function ends(config) {
  const folder = await Folder.make();
  try {
    const file = await folder.write('gateway.toml', config);
    return await run_to_end(Gateway.binary(), ['--config', file, ...PORTS], { seconds: 20 });
  } finally {
    await folder.remove();
  }
}

describe('symbols', { concurrency: 5 }, () => {
  for (const one of [...DEFAULTS, variant('bybit_linear orderbook.1')]) {
    test(`${one.name}: one that the venue does not list is named, and nothing starts`, async () => {
      const mock = await Mock.start(one.Venue, { category: one.category });
      try {
        const symbols = [...mock.markets.keys(), 'NOPE-XYZ'];
        const { code, stderr } = await ends(config_of(one, mock, { symbols }));
        assert.equal(code, 1, stderr);
        const lines = stderr.trimEnd().split('\n').filter((line) => line.includes('NOPE-XYZ'));
        assert.equal(lines.length, 1, stderr);
        assert.ok(lines[0].includes(one.feed), stderr);
        assert.deepEqual(mock.noted('upgrade'), []);
      } finally {
        await mock.stop();
      }
    });
  }
});

describe('a venue that cannot be reached', { concurrency: 5 }, () => {
  for (const one of DEFAULTS) {
    test(`${one.name}: is tried until it is there`, () =>
      Scene.with(one, { unheard: true, prepare: (mock) => mock.refuse() }, async (scene) => {
        const { status } = await scene.gateway.admin('/healthz');
        assert.equal(status, 200);
        await scene.mock.listen();
        await scene.listen();
        await scene.begins();
        await scene.settles();
      }));
  }

  test('a list that is refused with Retry-After is not asked for before its time', () =>
    Scene.with(variant('binance bookTicker'), { unheard: true,
      prepare: (mock) => mock.answer_rest(429, { headers: { 'Retry-After': 3 } }) },
    async (scene) => {
      await scene.listen();
      await scene.begins();
      await scene.settles();
      const [refused, next] = await scene.notes('rest', 2);
      assert.deepEqual([refused.status, next.status], [429, 200]);
      assert.ok(next.at - refused.at > 2_950, `asked again after ${next.at - refused.at} ms`);
    }));
});

describe('the pace of a venue', { concurrency: 3 }, () => {
  const many = (count, name) => Object.fromEntries(Array.from({ length: count }, (_, i) =>
    [name(i), { price: 100_000 + i * 10, seed: i }]));
  // Milliseconds between two messages of ours that each venue demands; a little less for clocks.
  const PACES = [
    ['binance bookTicker', 150, (i) => `A${i}-USDT`, 240],
    ['binance depth', 40, (i) => `A${i}-USDT`, 240],
    ['kraken book', 60, (i) => `A${i}-USD`, 0],
    ['coinbase level2_batch', 60, (i) => `A${i}-USD`, 0],
    ['okx books', 60, (i) => `A${i}-USDT`, 0],
    ['bybit orderbook.50', 60, (i) => `A${i}-USDT`, 0],
  ];
  for (const [name, count, spell, gap_ms] of PACES) {
    test(`${name}: ${count} symbols are subscribed to within its limits`, () =>
      Scene.with(variant(name), { mock: { symbols: many(count, spell) } }, async (scene) => {
        await until('every symbol is live', () => {
          for (const symbol of scene.symbols) {
            if (scene.state(symbol)?.status !== 'live') scene.mock.tick(symbol);
          }
          return scene.symbols.every((symbol) => scene.state(symbol)?.status === 'live');
        }, 40);
        const sent = scene.mock.noted('message');
        for (const { id } of scene.mock.connections) {
          const times = sent.filter((entry) => entry.id === id).map(({ at }) => at);
          const gaps = times.slice(1).map((at, i) => at - times[i]);
          const text = `gaps of ${id}: ${gaps.map(Math.round)}`;
          // The mock may have been late for one of two messages.
          assert.ok(gaps.every((gap) => gap >= gap_ms / 2), text);
          assert.ok(times.length < 2 || times.at(-1) - times[0] >= gaps.length * gap_ms, text);
        }
        await scene.settles(scene.symbols, 30);
      }));
  }
});

describe('captures', { concurrency: 3 }, () => {
  // Streams whose frames need no request between them; books are told by other tests.
  const PLAYED = [
    ['binance bookTicker', /^(bookTicker|aggTrade)\.ndjson$/],
    ['coinbase ticker', /^(ticker|match)\.ndjson$/],
    ['kraken ticker', /^(ticker|trade)\.ndjson$/],
  ];
  const FIELDS = ['bid', 'bid_size', 'ask', 'ask_size', 'last', 'last_size'];
  for (const [name, files] of PLAYED) {
    test(`${name}: recorded frames end in the true values`, async () => {
      const one = variant(name);
      const folder = join(SOURCE, 'feeds', one.feed, 'captures');
      const paths = (await readdir(folder)).filter((file) => files.test(file)).sort()
        .map((file) => join(folder, file));
      assert.equal(paths.length, 2);
      const script = join(SOURCE, 'tests/replay_truth.py');
      const { code, stdout, stderr } = await run_to_end('python3', [script, ...paths]);
      assert.equal(code, 0, stderr);
      const truth = new Map(Object.entries(JSON.parse(stdout)).map(([symbol, values]) =>
        [symbol.split(':')[1], values]));
      const symbols = Object.fromEntries([...truth.keys()].map((symbol) =>
        [symbol, { price: 100_000 }]));
      // The mock's own market is silent.
      const prepare = (mock) => [...truth.keys()].forEach((symbol) => mock.mute_symbol(symbol));
      await Scene.with(one, { mock: { symbols }, prepare, made_up: true }, async (scene) => {
        const asked = () => [...scene.mock.connections].reduce((sum, { streams }) =>
          sum + streams.size, 0);
        await until('all is subscribed to', () => asked() >= 2 * truth.size);
        for (const path of paths) assert.ok((await scene.mock.play(path)) > 0, path);
        const text = (values) => JSON.stringify(FIELDS.map((key) => values?.[key] ?? null));
        const wanted = (symbol) => text(truth.get(symbol));
        const has = (symbol) => text(scene.state(symbol));
        const wrong = () => [...truth.keys()].filter((symbol) => wanted(symbol) !== has(symbol));
        const right = () => wrong().length === 0;
        await until('the client sees the last values', right).catch((error) => {
          const list = wrong().slice(0, 3).map((symbol) =>
            `${symbol}: ${has(symbol)}, true is ${wanted(symbol)}`);
          throw new Error(`${error.message}\n${list.join('\n')}`);
        });
      });
    });
  }
});
