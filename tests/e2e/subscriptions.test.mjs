// What the page asks for; mirrors gateway/web/subscriptions.js.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Subscriptions } from '../../gateway/web/subscriptions.js';

let asked;
let listed;
let refused;
let subscriptions;

function symbol_of(venue) {
  return { symbol: `${venue}:A-USD`, venue, status: 'live' };
}

async function tick(now_ms) {
  subscriptions.tick(now_ms);
  await new Promise(setImmediate);
}

beforeEach(() => {
  asked = [];
  refused = [];
  listed = [symbol_of('sim'), symbol_of('kraken'), symbol_of('sim')];
  subscriptions = new Subscriptions({
    connection: {
      state: 'live',
      send: (request) => asked.push(request.symbols[0]),
    },
    model: { forget_all_but: () => {}, refused: (symbol) => refused.push(symbol) },
    fetch_symbols: async () => listed,
  });
  subscriptions.begin();
});

test('every venue is subscribed once a connection', async () => {
  await tick(0);
  await tick(60_000);
  assert.deepEqual(asked, ['sim:*', 'kraken:*']);
  subscriptions.begin();
  await tick(60_001);
  assert.deepEqual(asked, ['sim:*', 'kraken:*', 'sim:*', 'kraken:*']);
});

test('without symbols it asks again soon', async () => {
  const later = listed;
  listed = [];
  await tick(0);
  assert.deepEqual(asked, []);
  listed = later;
  await tick(1_000);
  assert.deepEqual(asked, []);
  await tick(2_000);
  assert.deepEqual(asked, ['sim:*', 'kraken:*']);
});

test('a venue told of otherwise is subscribed to once, by whoever tells it first', async () => {
  subscriptions.follow(['okx', 'sim', 'okx']);
  await tick(0);
  subscriptions.follow(['kraken', 'okx']);
  assert.deepEqual(asked, ['okx:*', 'sim:*', 'kraken:*']);
});

test('a venue that appears later is found', async () => {
  await tick(0);
  listed = [...listed, symbol_of('okx')];
  await tick(30_000);
  assert.deepEqual(asked, ['sim:*', 'kraken:*', 'okx:*']);
});

test('what was refused is tried again after a pause', async () => {
  await tick(0);
  subscriptions.repair('sim:A-USD');
  subscriptions.answer({ type: 'error', id: 1, code: 'rate_limited' }, 0);
  subscriptions.answer({ type: 'subscribed', id: 2 }, 0);
  subscriptions.answer({ type: 'error', id: 3, code: 'rate_limited' }, 0);
  await tick(999);
  assert.equal(asked.length, 3);
  assert.deepEqual(refused, []);
  await tick(1_000);
  assert.deepEqual(asked, ['sim:*', 'kraken:*', 'sim:A-USD', 'sim:*']);
  assert.deepEqual(refused, ['sim:A-USD']);
});
