// What a running gateway really sends, over WebSocket and HTTP, is what the schemas describe; and
// all that they describe is provoked, or it is said why it cannot be.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../e2e/support.mjs';
import { Client } from '../integration/client.mjs';
import { Folder, Gateway, SCALE, SOURCE } from '../integration/gateway.mjs';
import { skip } from '../venue/faults.mjs';
import { Scene } from '../venue/scene.mjs';
import { variant } from '../venue/variants.mjs';
import { mistakes_in } from './schemas.mjs';
import { Witness } from './witness.mjs';

const CAPTURES = `${SOURCE}feeds/binance/captures`;
const server = new Witness('server.schema.json');
const web = new Witness('http.schema.json');

let folder;
before(async () => (folder = await Folder.make()));
after(() => folder?.remove());

async function connect(gateway) {
  return server.watch(await Client.connect(gateway));
}

function replay(more, files = [`${CAPTURES}/bookTicker.ndjson`, `${CAPTURES}/aggTrade.ndjson`]) {
  return `feed = ["replay"]\n[feeds.replay]\nfiles = ${JSON.stringify(files)}\n${more}\n`;
}

/** What the simulated feed changes; the opening price it says once, before anyone listens. */
const VALUES = ['bid', 'bid_size', 'ask', 'ask_size', 'last', 'last_size', 'high_24h', 'low_24h',
  'volume_24h'];
const MALFORMED = new Set(['bad_json', 'bad_request', 'bad_id', 'unknown_op', 'unknown_channel',
  'unknown_field']);
const SUBSCRIBE = { op: 'subscribe', id: 1, channel: 'ticker', symbols: ['sim:BTC-USD'] };
const REQUESTS = [
  // Well formed, with all that is optional.
  { op: 'ping' }, { op: 'ping', id: 0 }, { op: 'ping', id: 2 ** 53 - 1, channel: 5 },
  SUBSCRIBE, { ...SUBSCRIBE, channel: 'trades' },
  { ...SUBSCRIBE, symbols: ['sim:BTC-USD', 'sim:BTC-USD'], more: { x: null } },
  ...[0, 1, 250, 251, 501, 1_001, 10 ** 15].map((interval_ms) => ({ ...SUBSCRIBE, interval_ms })),
  { ...SUBSCRIBE, channel: 'trades', interval_ms: 250 },
  { ...SUBSCRIBE, fields: ['bid'] }, { ...SUBSCRIBE, fields: ['status', 'status'] },
  { ...SUBSCRIBE, fields: ['volume_24h', 'bid', 'bid', 'status'], interval_ms: 7, partial: false },
  { ...SUBSCRIBE, fields: ['open_24h', 'last_size', ...VALUES] },
  { ...SUBSCRIBE, resume: {} }, { ...SUBSCRIBE, resume: { '': { epoch: '', seq: 0, more: [] } } },
  { ...SUBSCRIBE, resume: { 'sim:BTC-USD': { epoch: 'x', seq: 1 }, x: { seq: 2, epoch: 'y' } } },
  { ...SUBSCRIBE, channel: 'trades', resume: { 'sim:BTC-USD': { epoch: 'x', seq: 2 ** 53 - 1 } } },
  { ...SUBSCRIBE, symbols: ['', 'sim:NO-SUCH', `sim:${'Ä'.repeat(200)}`], partial: true },
  { ...SUBSCRIBE, op: 'unsubscribe', fields: [] },
  { ...SUBSCRIBE, op: 'unsubscribe', interval_ms: -1, fields: 5, resume: null },
  { ...SUBSCRIBE, op: 'unsubscribe', partial: true },
  // Well formed, yet refused.
  { ...SUBSCRIBE, symbols: ['sim:BTC-USD', 'sim:NO-SUCH', 'sim', '*'] },
  { ...SUBSCRIBE, op: 'unsubscribe' },
  { ...SUBSCRIBE, symbols: ['sim:*', 'sim:ETH-USD', 'sim:SOL-USD', 'sim:XRP-USD', 'sim:ADA-USD'] },
  { ...SUBSCRIBE, symbols: ['sim:*'] },
  // Malformed.
  null, 17, 'ping', [], [SUBSCRIBE], {}, { op: 7 }, { op: null }, { op: 'dance' },
  { op: 'dance', id: 4 }, { op: 'ping', id: -1 }, { op: 'ping', id: 1.5 }, { op: 'ping', id: '1' },
  { op: 'ping', id: null },
  { op: 'ping', id: 2 ** 53 }, { ...SUBSCRIBE, id: undefined }, { ...SUBSCRIBE, id: 'a' },
  { ...SUBSCRIBE, channel: undefined }, { ...SUBSCRIBE, channel: 1 },
  { ...SUBSCRIBE, channel: 'candles' },
  { ...SUBSCRIBE, symbols: undefined }, { ...SUBSCRIBE, symbols: 'sim:*' },
  { ...SUBSCRIBE, symbols: [] },
  { ...SUBSCRIBE, symbols: [5] }, { ...SUBSCRIBE, partial: 1 }, { ...SUBSCRIBE, partial: null },
  { ...SUBSCRIBE, interval_ms: -1 }, { ...SUBSCRIBE, interval_ms: 0.5 },
  { ...SUBSCRIBE, interval_ms: '9' },
  { ...SUBSCRIBE, interval_ms: null }, { ...SUBSCRIBE, channel: 'trades', interval_ms: '250' },
  { ...SUBSCRIBE, fields: 'bid' }, { ...SUBSCRIBE, fields: null }, { ...SUBSCRIBE, fields: [] },
  { ...SUBSCRIBE, fields: ['bid', 1] }, { ...SUBSCRIBE, fields: ['Bid'] },
  { ...SUBSCRIBE, fields: ['bid', 'price'] }, { ...SUBSCRIBE, fields: ['since'] },
  { ...SUBSCRIBE, channel: 'trades', fields: ['bid'] },
  { ...SUBSCRIBE, resume: null }, { ...SUBSCRIBE, resume: [] }, { ...SUBSCRIBE, resume: 'x' },
  { ...SUBSCRIBE, resume: { x: null } }, { ...SUBSCRIBE, resume: { x: {} } },
  { ...SUBSCRIBE, resume: { x: { epoch: 'x' } } }, { ...SUBSCRIBE, resume: { x: { seq: 1 } } },
  { ...SUBSCRIBE, resume: { x: { epoch: 1, seq: 1 } } },
  { ...SUBSCRIBE, resume: { x: { epoch: 'x', seq: -1 } } },
  { ...SUBSCRIBE, resume: { x: { epoch: 'x', seq: 1.5 } } },
  { ...SUBSCRIBE, resume: { x: { epoch: 'x', seq: 2 ** 53 } } },
  { ...SUBSCRIBE, resume: { x: { epoch: 'x', seq: 1 }, y: 1 } },
];

test('the gateway takes just the requests that the client schema allows', async () => {
  const config = '[feeds.simulated]\nsymbols = 50\n[limits]\nsubscriptions_max = 20\n' +
    'symbols_per_request_max = 4\nfilters_max = 1\n';
  await Gateway.with({ config, args: ['--shards', '1'] }, async (gateway) => {
    await gateway.names(50);
    const verdicts = { true: 0, false: 0 };
    for (const request of REQUESTS) {
      const text = JSON.stringify(request);
      const client = await connect(gateway);
      const allowed = mistakes_in('client.schema.json', JSON.parse(text)) === null;
      const heard = client.hear(text, ({ type }) =>
        ['subscribed', 'unsubscribed', 'pong', 'error'].includes(type));
      client.socket.send(text);
      const answer = await heard;
      const told = JSON.stringify(answer);
      assert.equal(allowed, answer.type !== 'error' || !MALFORMED.has(answer.code), text + told);
      assert.equal(answer.id ?? undefined, answer.code === 'bad_id' ? undefined :
        request?.id, text + told);
      verdicts[allowed] += 1;
      await client.close();
    }
    assert.ok(verdicts.true > 10 && verdicts.false > 10);
    const client = await connect(gateway);
    for (const text of ['', '{', '{"op":"ping"} {}']) {
      assert.equal((await client.say(text)).code, 'bad_json');
    }
    await client.subscribe('ticker', ['sim:BTC-USD', 'sim:ETH-USD']);
    const ended = { op: 'unsubscribe', channel: 'ticker', symbols: ['sim:BTC-USD'], partial: true };
    assert.equal((await client.ask({ ...ended, fields: [], resume: {} })).type, 'unsubscribed');
    await until('nobody has a filter', async () => (await gateway.status()).shards[0].filters === 0);
    await client.subscribe('ticker', ['sim:BTC-USD'], { fields: ['bid'] });
    const other = { ...SUBSCRIBE, id: 77, fields: ['ask'] };
    assert.equal((await client.say(JSON.stringify(other))).code, 'too_many_filters');
    await client.unsubscribe('ticker', ['sim:ETH-USD']);
    await client.subscribe('trades', ['sim:BTC-USD']);
    await client.unsubscribe('trades', ['sim:BTC-USD']);
    await client.close();
  });
  server.assert_no_faults();
});

test('data, merged updates and named losses are as described', async () => {
  const config = '[feeds.simulated]\nsymbols = 20\nrate = 8000\n[limits]\n' +
    'outbox_soft_bytes = 4096\noutbox_hard_bytes = 8192\nsend_buffer_bytes = 16384\n' +
    'notsent_lowat_bytes = 4096\n';
  await Gateway.with({ config }, async (gateway) => {
    await gateway.names(20);
    const slow = await connect(gateway);
    await slow.subscribe('ticker', ['sim:*']);
    await slow.subscribe('trades', ['sim:*']);
    const changes = [...VALUES.map((name) => `delta.${name}`), 'trade.side=buy', 'trade.side=sell'];
    await until('every value has changed', () => changes.every((part) => server.saw(part)), 30);
    slow.pause();
    await until('it conflates and loses trades', async () => {
      const { conflating, ledger } = await slow.line(gateway);
      return conflating && ledger.lost > 20;
    }, 20);
    const status = await gateway.admin('/v1/status');
    web.take_as('status', JSON.parse(status.body));
    slow.resume();
    await until('gaps name the trades', () => slow.views.lost > 20, 20);
    await until('it was told of both turns', () => new Set(slow.slow).size === 2, 20);
    assert.deepEqual(slow.views.faults, []);
    await slow.close();
  });
  server.assert_no_faults();
});

test('intervals, fields, resume and a late gateway are as described', async () => {
  const config = '[feeds.simulated]\nsymbols = 20\nrate = 2000\n[limits]\nlag_hard_ms = 500\n' +
    'lag_calm_ms = 500\n';
  await Gateway.with({ config, args: ['--shards', '1'] }, async (gateway) => {
    await gateway.names(20);
    const client = await connect(gateway);
    const whole = ['bid', 'bid_size', 'ask', 'ask_size', 'last', 'last_size'];
    for (const fields of [['status'], whole, VALUES, ['open_24h'], [...VALUES, 'open_24h']]) {
      const snapshot = client.hear('a snapshot', ({ type }) => type === 'snapshot');
      await client.subscribe('ticker', ['sim:*'], { fields, interval_ms: 100 });
      await snapshot;
    }
    await client.subscribe('trades', ['sim:*']);
    await until('there is something to resume from, and much was merged', () =>
      client.views.folded > 100 && client.views.trades.size === 20);
    const left = client.views;
    await client.close();

    const back = await connect(gateway);
    back.views.remember(left);
    const begin = Object.entries(left.points('ticker')).map(([name, { epoch }]) =>
      [name, { epoch, seq: 0 }]);
    const vain = { 'sim:BTC-USD': { epoch: 'x', seq: 1 } };
    const requests = [['ticker', 'sim:*', left.points('ticker'), 20],
      ['ticker', 'sim:*', Object.fromEntries(begin), 20], ['ticker', 'sim:BTC-USD', vain, 1],
      ['trades', 'sim:*', left.points('trades'), 20], ['trades', 'sim:BTC-USD', vain, 1]];
    let answered = 0;
    for (const [channel, symbol, resume, count] of requests) {
      await back.subscribe(channel, [symbol], { resume });
      answered += count;
      await until('it resumed, or not', () => back.views.resumed + back.views.refused === answered);
    }
    assert.equal(back.views.refused, 2);
    gateway.process.child.kill('SIGSTOP');
    const end_ms = performance.now() + 1_500;
    await until('it stood still for a while', () => performance.now() > end_ms);
    const slow = ['slow.interval_ms=250', 'slow.interval_ms=0'];
    gateway.process.child.kill('SIGCONT');
    await until('it is late, and recovers', () => slow.every((part) => server.saw(part)));
    await until('that is over', async () => !(await gateway.status()).shards[0].widened);
    assert.deepEqual([left.faults, back.views.faults], [[], []]);
    await back.close();
  });
  server.assert_no_faults();
});

test('an interruption upstream and the end of a replay are as described', async () => {
  await Gateway.with({ config: replay('speed = 100\nloop = true') }, async (gateway) => {
    await gateway.names(1);
    const client = await connect(gateway);
    await client.subscribe('ticker', ['binance:*']);
    await client.subscribe('trades', ['binance:*']);
    await until('a gap came', () => client.views.gaps.length > 0, 20);
    await client.close();
  });
  await Gateway.with({ config: replay(`speed = ${5 / SCALE}`) }, async (gateway) => {
    await gateway.names(1);
    const client = await connect(gateway);
    await client.subscribe('ticker', ['binance:*']);
    const down = ({ status }) => status === 'down';
    await until('all is down', () => {
      const states = [...client.views.ticker.values()];
      return states.length > 0 && states.every(down);
    }, 30);
    const late = await connect(gateway);
    const snapshot = late.hear('a snapshot', ({ type }) => type === 'snapshot');
    await late.subscribe('ticker', ['binance:*']);
    assert.equal((await snapshot).reason, 'replay_ended');
    const symbols = await gateway.get('/v1/symbols');
    web.take_as('symbols', JSON.parse(symbols.body));
    assert.ok(JSON.parse(symbols.body).symbols.every(down));
    await Promise.all([client.close(), late.close()]);
  });
  server.assert_no_faults();
});

test('an instrument that appears before its first values is as described', async () => {
  // Every twentieth of a second another one; a shard that takes one event a turn tells of it
  // between its record and its values.
  const lines = Array.from({ length: 400 }, (_, i) => `{"ts":${1628952400 + i / 20},` +
    '"dir":"recv","conn":"wss://stream.binance.com:9443/stream","msg":' +
    `{"u":${i + 1},"s":"X${i}USDT","b":"1.10","B":"2","a":"1.20","A":"3"}}\n`);
  const file = await folder.write('appearing.ndjson', lines.join(''));
  const speed = 1 / SCALE;
  const config = `${replay(`speed = ${speed}`, [file])}[limits]\ndrain_max = 1\n`;
  await Gateway.with({ config }, async (gateway) => {
    await gateway.names(1);
    const client = await connect(gateway);
    const pending = client.hear('a pending one', ({ status }) => status === 'pending');
    await client.subscribe('ticker', ['binance:*']);
    const { symbol, seq, bid, recv_ts } = await pending;
    assert.deepEqual([seq, bid, recv_ts], [0, null, 0]);
    await until('it is live', () => client.views.ticker.get(symbol).status === 'live');
    assert.deepEqual(client.views.faults, []);
    await client.close();
  });
  server.assert_no_faults();
});

test('what a venue does to its prices is as described, and so is its own state', async () => {
  const limits = { feed_silent_ms: 1_500, feed_dead_ms: 60_000 };
  await Scene.with(variant('bybit orderbook.50'), { limits }, async (scene) => {
    server.watch(scene.client);
    const venue = async () => {
      const answer = JSON.parse((await scene.gateway.get('/v1/venues')).body);
      web.take_as('venues', answer);
      return answer.venues[0];
    };
    await scene.begins();
    const [symbol] = scene.symbols;
    assert.equal((await venue()).last_error, null);
    await scene.mock.meddle({ symbol, act: skip(), times: 1 });
    await scene.sees(symbol, 'resyncing sequence_gap');
    await scene.sees(symbol, 'live');
    scene.mock.mute();
    await scene.sees(symbol, 'stale feed_silent', 20);
    await until('the venue is silent', async () => (await venue()).state === 'silent');
    const stale = scene.client.hear('a stale snapshot', ({ type, status }) =>
      type === 'snapshot' && status === 'stale');
    await scene.client.subscribe('ticker', [scene.of(symbol)]);
    await stale;
    await scene.mock.refuse();
    scene.mock.drop();
    await scene.sees(symbol, 'down disconnected');
    await until('the venue is waited for', async () => (await venue()).state === 'waiting');
    const lost = await venue();
    assert.ok(lost.last_error.length > 0);
    assert.equal(lost.instruments.down, scene.symbols.length);
    scene.mock.unmute();
    await scene.mock.listen();
    await scene.sees(symbol, 'resyncing reconnected');
    await scene.sees(symbol, 'live');
    // The second symbol is subscribed to a moment later.
    await until('the venue is live', async () => (await venue()).state === 'live');
    const status = JSON.parse((await scene.gateway.admin('/v1/status')).body);
    web.take_as('status', status);
    const [{ venue: name, state, gaps, repairs, disconnects }] = status.venues;
    assert.deepEqual([name, state, gaps, repairs, disconnects], ['bybit', 'live', 1, 1, 1]);
    await scene.settles();
  });
  server.assert_no_faults();
  web.assert_no_faults();
});

/** Takes an error over HTTP; it must have this status and code. */
function refused({ status, body }, expected_status, code) {
  web.take_as('error', JSON.parse(body));
  web.codes.add(code);
  assert.deepEqual([status, JSON.parse(body).error.code], [expected_status, code]);
}
web.codes = new Set();

test('answers over HTTP are as described, on both ports', async () => {
  const config = '[feeds.simulated]\nsymbols = 20\n[limits]\nsymbols_per_request_max = 3\n';
  await Gateway.with({ config }, async (gateway) => {
    const names = await gateway.names(20);
    const client = await connect(gateway);
    await client.subscribe('ticker', ['sim:*']);
    const ask = async (door, path) => {
      const { status, body } = await gateway[door](path);
      assert.equal(status, 200, body);
      return JSON.parse(body);
    };
    web.take_as('symbols', await ask('get', '/v1/symbols'));
    web.take_as('snapshots', await ask('get', `/v1/snapshot?symbols=${names.slice(0, 3)}`));
    const told = await ask('get', '/v1/venues');
    web.take_as('venues', told);
    const [{ venue, state, instruments, messages }] = told.venues;
    assert.deepEqual([venue, state, instruments.live], ['sim', 'local', 20]);
    assert.ok(messages > 20);
    web.take_as('health', await ask('admin', '/healthz'));
    web.take_as('readiness', await ask('admin', '/readyz'));
    const status = await ask('admin', '/v1/status');
    web.take_as('status', status);
    assert.ok(status.shards.some(({ slowest }) => slowest.length > 0));

    const upgrade = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Protocol': 'chat' };
    const big = { 'X-Big': 'x'.repeat(9_000) };
    const body = { method: 'POST', body: 'x'.repeat(2_000) };
    refused(await gateway.get('/nothing'), 404, 'not_found');
    refused(await gateway.get('/v1/snapshot'), 400, 'bad_request');
    refused(await gateway.get('/v1/snapshot?symbols=sim:NO-SUCH'), 404, 'unknown_symbol');
    const four = names.slice(0, 4);
    refused(await gateway.get(`/v1/snapshot?symbols=${four}`), 400, 'too_many_symbols');
    refused(await gateway.get('/v1/ws'), 426, 'upgrade_required');
    refused(await gateway.get('/v1/ws', { headers: upgrade }), 400, 'unknown_subprotocol');
    for (const door of ['get', 'admin']) {
      refused(await gateway[door]('/v1/nothing'), 404, 'not_found');
      refused(await gateway[door]('/healthz', { headers: big }), 431, 'headers_too_large');
      refused(await gateway[door]('/healthz', body), 413, 'body_too_large');
    }
    refused(await gateway.get('/', { method: 'PUT' }), 405, 'method_not_allowed');
    refused(await gateway.admin('/healthz', { method: 'PUT' }), 405, 'method_not_allowed');
    await client.close();
  });
  await Gateway.with({ config: '[limits]\nclients_max = 1\n' }, async (gateway) => {
    const client = await connect(gateway);
    refused(await gateway.get('/v1/symbols'), 503, 'overloaded');
    await client.close();
  });
  const empty = await folder.write('empty.ndjson', '{"ts":1628952400.5,"dir":"recv","conn":' +
    '"wss://stream.binance.com:9443/stream","msg":{"result":null,"id":1}}\n');
  await Gateway.with({ config: replay('', [empty]) }, async (gateway) => {
    const { status, body } = await gateway.admin('/readyz');
    assert.equal(status, 503);
    web.take_as('readiness', JSON.parse(body));
    web.take_as('symbols', JSON.parse((await gateway.get('/v1/symbols')).body));
  });
  web.assert_no_faults();
});

test('every kind of message, every property and every word of the schemas was met', () => {
  server.assert_complete([
    [/^ticker_snapshot\.status=resyncing$/, 'over before a snapshot could be asked for'],
    [/^delta\.status=pending$/, 'nothing becomes pending again'],
    [/^ticker_snapshot\.reason=(disconnected|reconnected|sequence_gap)$/, 'met in deltas'],
    [/\.reason=(bad_checksum|crossed_book|short_book|refused|unknown_symbol|maintenance)$/,
      'provoked in tests/venue and tests/feeds'],
    [/\.reason=feed_stopped$/, 'needs a broken feed thread'],
    [/^trade\.side=null$/, 'both feeds know the side'],
    [/^trade without exchange_ts$/, 'both feeds know the time of a trade'],
  ]);
  web.assert_complete([]);
  const codes = new Set(web.codes).add('internal_error');  // needs a failing allocation
  const known = 'http.schema.json#/$defs/error';
  for (const code of codes) {
    assert.equal(mistakes_in(known, { error: { code, message: '-' } }), null);
  }
  assert.equal(codes.size, 11);
  assert.ok(server.taken > 1_000);
});
