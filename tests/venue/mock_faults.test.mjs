// The mock itself, against a plain client: it misbehaves as it is told to.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { until } from '../e2e/support.mjs';
import { SOURCE } from '../integration/gateway.mjs';
import { Certificates } from './certificates.mjs';
import { broken_frames, change, cut, instead, reorder, repeat, skip } from './faults.mjs';
import { LANGUAGES } from './languages.mjs';
import { get, knows_truth, subscribed, with_mock } from './stage.mjs';

describe('misbehaviour', { concurrency: true }, () => {
  const BINANCE = LANGUAGES[0];
  const u_of = (witness) => witness.texts.filter((text) => text.includes('btcusdt@bookTicker'))
    .map((text) => JSON.parse(text).data.u);

  test('messages are lost, repeated, exchanged, changed and cut', () =>
    with_mock('binance', {}, async (mock, connect) => {
      const witness = await subscribed(mock, connect, BINANCE);
      const symbol = 'BTC-USDT';
      for (const act of [skip(), repeat()]) {
        mock.meddle({ symbol, act });
        mock.tick(symbol);
      }
      mock.meddle({ symbol, act: reorder(), times: 2 });
      for (let i = 0; i < 2; i += 1) mock.tick(symbol);
      mock.meddle({ symbol, act: change(/"b":"[^"]*"/, '"b":"1.00"') });
      mock.tick(symbol);
      mock.meddle({ symbol, act: cut() });
      mock.meddle({ symbol, act: instead(['{}', 'x']) });
      for (let i = 0; i < 3; i += 1) mock.tick(symbol);
      await knows_truth(mock, witness, symbol);
      const told = witness.texts.filter((text) => /btcusdt@bookTicker/.test(text)).map((text) =>
        /"u":(\d+)/.exec(text)?.[1]);
      assert.equal(new Set(told).size, told.length - 1, String(told));  // one twice
      assert.ok(Number(told[2]) > Number(told[3]), String(told));       // two exchanged
      assert.ok(witness.texts.some((text) => text.includes('"b":"1.00"')));
      assert.ok(witness.texts.includes('{}') && witness.texts.includes('x'));
    }));

  test('one symbol falls silent, whole or but for its trades', () =>
    with_mock('binance', {}, async (mock, connect) => {
      const witness = await subscribed(mock, connect, BINANCE);
      const [first, second] = [...mock.markets.keys()];
      mock.mute_symbol(first, ['quote', 'snapshot']);
      mock.tick(first);
      mock.trade(first);
      await until('the trade', () => witness.trades.length === 1);
      mock.mute_symbol(first);
      mock.trade(first);
      mock.tick(second);
      await knows_truth(mock, witness, second);
      assert.deepEqual([u_of(witness).length, witness.trades.length], [0, 1]);
      mock.unmute_symbol(first);
      mock.tick(first);
      await knows_truth(mock, witness, first);
    }));

  test('a mute connection answers no ping', () =>
    with_mock('binance', { ping_ms: 20 }, async (mock, connect) => {
      const witness = await subscribed(mock, connect, BINANCE);
      await until('the client is pinged, and pongs', () =>
        witness.pinged > 0 && mock.noted('pong').length > 0);
      const [sent] = mock.noted('ping_sent');
      assert.equal(mock.noted('pong')[0].text, sent.text);
      witness.socket.ping();
      await until('a pong', () => witness.ponged === 1);
      mock.mute();
      witness.socket.ping();
      mock.tick('BTC-USDT');
      await until('the ping is noted', () => mock.noted('ping').length === 2);
      const other = await subscribed(mock, connect, BINANCE);
      mock.tick('BTC-USDT');
      await knows_truth(mock, other, 'BTC-USDT');
      assert.deepEqual([witness.ponged, u_of(witness).length], [1, 0]);
    }));

  test('connections are dropped, refused, dropped at once, and welcome again', () =>
    with_mock('binance', {}, async (mock, connect) => {
      const witness = await subscribed(mock, connect, BINANCE);
      mock.drop();
      assert.equal(await witness.closed, 1006);
      await mock.refuse();
      await assert.rejects(connect(), /ECONNREFUSED/);
      await mock.listen();
      mock.drop_at_once = true;
      const dropped = await connect();
      assert.equal(await dropped.closed, 1006);
      mock.drop_at_once = false;
      await subscribed(mock, connect, BINANCE);
      assert.equal(mock.noted('upgrade').length, 3);
    }));

  test('upgrades and requests are answered with other statuses', () =>
    with_mock('binance', {}, async (mock, connect) => {
      for (const status of [429, 418, 503]) {
        mock.answer_upgrade(status, { headers: { 'Retry-After': 7 } });
        const refused = await connect().catch((error) => error);
        assert.equal(refused.response?.statusCode, status);
        assert.equal(refused.response.headers['retry-after'], '7');
      }
      mock.answer_rest(429, { headers: { 'Retry-After': 3 } });
      const path = '/api/v3/exchangeInfo';
      const { status, headers } = await get(mock, path);
      assert.deepEqual([status, headers['retry-after']], [429, '3']);
      assert.deepEqual((await get(mock, path)).body.symbols.map(({ symbol }) => symbol),
        ['BTCUSDT', 'ETHUSDT']);
      assert.deepEqual(mock.noted('rest').map((one) => one.status), [429, 200]);
      await connect();
    }));

  test('a snapshot is older than the updates', () =>
    with_mock('binance', {}, async (mock) => {
      const ids = async () => (await get(mock, '/api/v3/depth?symbol=BTCUSDT')).body.lastUpdateId;
      mock.venue.answer_old('BTC-USDT', 2);
      const before = await ids();
      mock.tick('BTC-USDT');
      assert.equal(await ids(), before);
      assert.ok((await ids()) > before);
    }));

  test('checksums are wrong, and Kraken is in maintenance', () =>
    with_mock('kraken', {}, async (mock, connect) => {
      const witness = await subscribed(mock, connect, LANGUAGES[4]);
      mock.meddle({ symbol: 'BTC-USD', act: change(/"checksum":\d+/, '"checksum":1') });
      mock.tick('BTC-USD');
      await until('a wrong checksum', () => witness.checksums.wrong === 1);
      mock.venue.become('maintenance');
      await witness.hears('the state', /"system":"maintenance"/);
      witness.say({ method: 'ping', req_id: 101 });
      await witness.hears('a pong', /"method":"pong".*"req_id":101/);
      await witness.hears('a heartbeat', /^\{"channel":"heartbeat"\}$/);
    }));

  test('ids of books go back after a restart, and a quiet book says so', () =>
    with_mock('okx', {}, async (mock, connect) => {
      const witness = await subscribed(mock, connect, LANGUAGES[7]);
      mock.venue.keep_alive('BTC-USDT');
      mock.venue.restart_ids('BTC-USDT');
      mock.tick('BTC-USDT');
      await knows_truth(mock, witness, 'BTC-USDT');
      const ids = witness.texts.filter((text) => text.includes('"action":"update"')).map((text) =>
        JSON.parse(text).data[0]);
      assert.equal(ids[0].seqId, ids[0].prevSeqId);
      assert.ok(ids[1].seqId < ids[1].prevSeqId);
      assert.equal(ids[2].prevSeqId, ids[1].seqId);
      witness.say('ping');
      await witness.hears('a pong', /^pong$/);
      assert.equal(mock.announce_restart().length, 1);
      await witness.hears('the notice', /"64008"/);
    }));

  const REFUSALS = [
    ['coinbase', LANGUAGES[2], /"type":"error"/], ['kraken', LANGUAGES[4], /"success":false/],
    ['okx', LANGUAGES[7], /"event":"error"/], ['bybit', LANGUAGES[8], /"success":false/],
  ];
  for (const [venue, { says }, answer] of REFUSALS) {
    test(`${venue} refuses a subscription`, () =>
      with_mock(venue, {}, async (mock, connect) => {
        mock.refuse_subscription([...mock.markets.keys()][0]);
        const witness = await connect();
        for (const message of says) witness.say(message);
        await witness.hears('the refusal', answer);
      }));
  }

  test('lists of instruments are in the shape of each venue', async () => {
    const shapes = {
      binance: ['/api/v3/exchangeInfo', ({ symbols }) => symbols[0].symbol, 'BTCUSDT'],
      coinbase: ['/products', ([product]) => product.id, 'BTC-USD'],
      kraken: ['/0/public/AssetPairs', ({ result }) => result.XXBTZUSD.wsname, 'XBT/USD'],
      okx: ['/api/v5/public/instruments?instType=SPOT', ({ data }) => data[0].instId, 'BTC-USDT'],
      bybit: ['/v5/market/instruments-info?category=spot', ({ result }) =>
        result.list[0].symbol, 'BTCUSDT'],
    };
    await Promise.all(Object.entries(shapes).map(([venue, [path, first, symbol]]) =>
      with_mock(venue, {}, async (mock) => {
        assert.equal(first((await get(mock, path)).body), symbol);
        assert.equal((await get(mock, '/none').catch((error) => error)).status, 404);
      })));
    await with_mock('bybit', { category: 'linear' }, async (mock) => {
      const path = '/v5/market/instruments-info?category=linear';
      const { result } = (await get(mock, path)).body;
      assert.deepEqual([result.list.length, result.nextPageCursor], [1, '1']);
      const next = (await get(mock, `${path}&cursor=1`)).body.result;
      assert.deepEqual([next.list[0].symbol, next.nextPageCursor], ['ETHUSDT', '']);
    });
  });

  test('what the real venue would not accept is complained of', () =>
    with_mock('binance', {}, async (mock, connect) => {
      const witness = await subscribed(mock, connect, BINANCE);
      for (let id = 1; id <= 6; id += 1) {
        witness.say({ method: 'SUBSCRIBE', params: ['btcusdt@trade'], id });
      }
      await until('a complaint', () => mock.complaints.length > 0);
      assert.match(mock.complaints[0], /6 messages within a second/);
    }));

  test('a capture is played as it was received', () =>
    with_mock('kraken', {}, async (mock, connect) => {
      const witness = await subscribed(mock, connect, LANGUAGES[5]);
      const file = `${SOURCE}feeds/kraken/captures/ticker.ndjson`;
      const played = await mock.play(file);
      const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
      assert.equal(played, lines.length);
      await until('the last line', () => lines.at(-1).includes(witness.texts.at(-1)));
    }));

  test('broken frames are many, and one of them is of megabytes', () => {
    const frames = broken_frames('{"p":"1.5"}');
    assert.ok(frames.length > 10 && frames.some((frame) => frame.length > 1_000_000));
  });
});

test('certificates: the good one is trusted, and every other is refused', async () => {
  const certificates = await Certificates.make();
  const ca = await readFile(certificates.ca_file);
  const { good } = certificates.servers;
  await with_mock('binance', { tls: good }, async (mock, connect) => {
    const witness = await connect({ ca, target: LANGUAGES[0].target });
    mock.tick('BTC-USDT');
    await knows_truth(mock, witness, 'BTC-USDT');
    assert.equal((await get(mock, '/api/v3/exchangeInfo', { ca })).status, 200);
    await assert.rejects(connect(), /self.signed|unable to/);
    const refusals = { wrong_name: /localhost.*altname/, expired: /expired/,
      self_signed: /self.signed/ };
    for (const [name, text] of Object.entries(refusals)) {
      mock.show_certificate(certificates.servers[name]);
      await assert.rejects(connect({ ca }), text, name);
    }
  });
});
