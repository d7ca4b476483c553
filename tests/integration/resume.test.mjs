// A client that lost its connection goes on where it was: on whichever shard, with just what
// changed, and never with a hole that it was not told of. Where that cannot be, it is told.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../e2e/support.mjs';
import { Agreement, seen_through, text_of, VALUES } from './agreement.mjs';
import { assert_no_faults, Client, until_complete } from './client.mjs';
import { Gateway, SCALE, SOURCE } from './gateway.mjs';

const CAPTURES = `${SOURCE}feeds/binance/captures`;
const REPLAY = `feed = ["replay"]\n[feeds.replay]\nfiles = ["${CAPTURES}/bookTicker.ndjson", ` +
  `"${CAPTURES}/aggTrade.ndjson"]\n`;
const MARKET = '[feeds.simulated]\nsymbols = 20\nrate = 2000\nprofile = "market"\n';

const shard_of = ({ connection }) => connection.split('-')[0];

/** A client that remembers all that it is told, and what `left` had; not on the shard of `left`. */
async function comes_back(gateway, left, { elsewhere = false, ...options } = {}) {
  for (;;) {
    const client = await Client.connect(gateway, options);
    if (elsewhere && shard_of(client) === shard_of(left)) {
      await client.close();
      continue;
    }
    client.views.remember(left.views);
    client.told = [];
    client.socket.on('message', (text) => client.told.push(JSON.parse(text)));
    return client;
  }
}

/** A client that takes all of a venue, and has some of each. */
async function takes_all(gateway, venue, count, options) {
  const client = await Client.connect(gateway, options);
  await client.subscribe('ticker', [`${venue}:*`]);
  await client.subscribe('trades', [`${venue}:*`]);
  await until_complete([client], await gateway.names(count));
  return client;
}

/** Waits until a client has so many changes and trades more than the other one, all in all. */
function until_past({ views }, { views: then }, { ticker = 0, trades = 0 }) {
  const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
  const changes = (of) => sum([...of.ticker.values()].map(({ seq }) => seq));
  const count = (of) => sum([...of.trades.values()]);
  const [changes_then, count_then] = [changes(then), count(then)];
  return until('prices and trades went on', () =>
    changes(views) >= changes_then + ticker && count(views) >= count_then + trades, 30);
}

const is_snapshot = ({ type }) => type === 'snapshot';
const is_resumed = ({ type, resumed }) => type === 'delta' && resumed === true;

test('a client goes on where it was, on another shard, with just what changed', async (t) => {
  await Gateway.with({ config: MARKET, args: ['--shards', '2'] }, async (gateway) => {
    const names = await gateway.names(20);
    const agreement = new Agreement();
    const stays = await takes_all(gateway, 'sim', 20, { agreement });
    const left = await takes_all(gateway, 'sim', 20, { agreement });
    await left.close();
    await until_past(stays, left, { ticker: 500, trades: 50 });

    const back = await comes_back(gateway, left, { elsewhere: true, agreement });
    const { views } = back;
    await back.subscribe('ticker', ['sim:*'], { resume: views.points('ticker') });
    await back.subscribe('trades', ['sim:*'], { resume: views.points('trades') });
    await until_complete([back], names);
    assert.deepEqual(back.told.filter(is_snapshot), []);
    assert.equal(back.told.filter(is_resumed).length, 20);
    assert.deepEqual([views.resumed, views.refused, views.gaps], [40, 0, []]);
    assert.equal(await gateway.metric('ticker_resumed_total'), 40);
    for (const symbol of names) {
      const trade = back.told.find((message) => message.symbol === symbol && 'trade_id' in message);
      if (trade) assert.equal(trade.seq, left.views.trades.get(symbol) + 1);
      else assert.equal(stays.views.trades.get(symbol), left.views.trades.get(symbol));
    }
    // Fields that did not change since are not told again.
    const first = back.told.filter(is_resumed);
    assert.ok(first.every((delta) => !('status' in delta)));
    assert.ok(first.some((delta) => !('high_24h' in delta)));
    await until_past(back, stays, { ticker: 200, trades: 20 });
    assert_no_faults([stays, back]);
    agreement.check();
    assert.ok(agreement.compared > 100, `${agreement.compared}`);
    t.diagnostic(`${agreement.compared} states compared`);
    await Promise.all([stays.close(), back.close()]);
  });
});

test('where nothing changed, one delta without values says so, and no trade is told', async () => {
  await Gateway.with({ config: `${REPLAY}speed = 0\n` }, async (gateway) => {
    await until('the replay has ended', async () => {
      const list = await gateway.symbols();
      return list.length > 0 && list.every(({ status }) => status === 'down');
    }, 20);
    const names = await gateway.names(4);
    const left = await takes_all(gateway, 'binance', 4);
    await left.close();
    const back = await comes_back(gateway, left);
    const { views } = back;
    await back.subscribe('trades', ['binance:*'], { resume: views.points('trades') });
    await back.subscribe('ticker', names, { resume: views.points('ticker') });
    await until_complete([back], names);
    assert.equal((await back.ask({ op: 'ping' })).type, 'pong');  // behind all that was to come
    const data = back.told.filter(({ symbol }) => symbol !== undefined);
    assert.deepEqual(data.map(({ symbol }) => symbol).sort(), [...names].sort());
    for (const { symbol, sent_ts, recv_ts, exchange_ts, ...rest } of data) {
      const { seq } = left.views.ticker.get(symbol);
      assert.deepEqual(rest, { type: 'delta', seq, prev: seq, resumed: true });
      assert.ok(sent_ts > recv_ts && (exchange_ts === undefined || exchange_ts > 0));
      assert.equal(text_of(views.ticker.get(symbol)), text_of(left.views.ticker.get(symbol)));
    }
    assert_no_faults([back]);
    await back.close();
  });
});

test('a change of status while away is in the first message', async () => {
  await Gateway.with({ config: `${REPLAY}speed = ${10 / SCALE}\n` }, async (gateway) => {
    await gateway.names(4);
    const left = await takes_all(gateway, 'binance', 4);
    const states = [...left.views.ticker.values()];
    assert.ok(states.every(({ status }) => status === 'live'), 'it came too late');
    await left.close();
    await until('the replay has ended', async () =>
      (await gateway.symbols()).every(({ status }) => status === 'down'), 30);
    const names = await gateway.names(4);
    for (const more of [{}, { fields: ['status'], interval_ms: 5_000 }, { fields: ['bid', 'last'] }]) {
      const back = await comes_back(gateway, left);
      const resume = back.views.points('ticker');
      const ack = await back.subscribe('ticker', names, { ...more, resume });
      const { fields = VALUES } = ack;
      await until_complete([back], names);
      const snapshots = await gateway.snapshots(names);
      for (const delta of back.told.filter(is_resumed)) {
        assert.deepEqual([delta.status, delta.reason], ['down', 'replay_ended']);
        const seen = back.views.ticker.get(delta.symbol);
        const whole = snapshots.get(delta.symbol);
        assert.equal(text_of(seen_through(fields, seen)), text_of(seen_through(fields, whole)));
      }
      assert.equal(back.told.filter(is_resumed).length, left.views.ticker.size);
      assert_no_faults([back]);
      await back.close();
    }
  });
});

test('of another epoch, or from the future, it begins with a snapshot and is told so', async () => {
  await Gateway.with({ config: MARKET }, async (gateway) => {
    const names = await gateway.names(20);
    const left = await takes_all(gateway, 'sim', 20);
    await left.close();
    const wrong = [({ seq }) => ({ epoch: 'another', seq }), ({ seq }) => ({ epoch: '', seq }),
      ({ epoch, seq }) => ({ epoch, seq: seq + 1_000_000 }),
      ({ epoch }) => ({ epoch, seq: Number.MAX_SAFE_INTEGER })];
    for (const spoil of wrong) {
      const back = await comes_back(gateway, left);
      for (const channel of ['ticker', 'trades']) {
        const points = Object.entries(back.views.points(channel));
        const resume = Object.fromEntries(points.map(([name, point]) => [name, spoil(point)]));
        await back.subscribe(channel, channel === 'ticker' ? names : ['sim:*'], { resume });
      }
      await until_complete([back], names);
      const snapshots = back.told.filter(is_snapshot);
      assert.ok(snapshots.every(({ resumed }) => resumed === false));
      assert.deepEqual([snapshots.length, back.views.refused, back.views.resumed], [40, 40, 0]);
      assert_no_faults([back]);
      await back.close();
    }
    assert.equal(await gateway.metric('ticker_not_resumed_total'), 40 * wrong.length);
  });
});

test('who is not named begins with a snapshot, and who is not subscribed is passed over', async () => {
  await Gateway.with({ config: MARKET }, async (gateway) => {
    const names = await gateway.names(20);
    const left = await takes_all(gateway, 'sim', 20);
    await left.close();
    const back = await comes_back(gateway, left);
    const { epoch } = back.welcome;
    const { [names[0]]: known, [names[9]]: other } = back.views.points('ticker');
    const resume = { [names[0]]: known, [names[9]]: other, 'sim:NO-SUCH': { epoch, seq: 1 },
      'sim:*': { epoch, seq: 1 } };
    await back.subscribe('ticker', names.slice(0, 3), { resume });
    await until_complete([back], names);
    assert.deepEqual(back.told.filter(is_snapshot).map(({ symbol, resumed }) => [symbol, resumed])
      .sort(), [[names[1], undefined], [names[2], undefined]].sort());
    assert.deepEqual(back.told.filter(is_resumed).map(({ symbol }) => symbol), [names[0]]);
    assert_no_faults([back]);
    await back.close();
  });
});

test('interval and fields change without a snapshot where the client resumes itself', async () => {
  await Gateway.with({ config: MARKET }, async (gateway) => {
    const names = await gateway.names(20);
    const agreement = new Agreement();
    const stays = await takes_all(gateway, 'sim', 20, { agreement });
    const client = await Client.connect(gateway, { agreement });
    await client.subscribe('ticker', ['sim:*']);
    await until_complete([client], names);
    const told = [];
    client.socket.on('message', (text) => told.push(JSON.parse(text)));
    // Ever fewer fields: of those that it did not have it would know too little.
    for (const more of [{ interval_ms: 100 }, { fields: ['bid', 'ask', 'last'] },
      { interval_ms: 250, fields: ['last', 'ask'] }, { fields: ['ask'] }]) {
      const { deltas } = client.views;
      await client.subscribe('ticker', ['sim:*'], { ...more, resume: client.views.points('ticker') });
      await until('it goes on', () => client.views.deltas > deltas + 50);
      await until_complete([client], names);
    }
    assert.deepEqual(told.filter(is_snapshot), []);
    assert.equal(told.filter(is_resumed).length, 80);
    assert_no_faults([stays, client]);
    agreement.check();
    assert.ok(agreement.filtered > 50, `${agreement.filtered}`);
    await Promise.all([stays.close(), client.close()]);
  });
});

test('trades that are no longer kept are named by a gap, before those that are', async () => {
  const config = '[feeds.simulated]\nsymbols = 5\nrate = 5000\n[limits]\ntrades_kept = 60\n';
  await Gateway.with({ config }, async (gateway) => {
    const names = await gateway.names(5);
    const stays = await takes_all(gateway, 'sim', 5);
    const left = await takes_all(gateway, 'sim', 5);
    await left.close();
    await until('each has more trades than are kept', () => names.every((name) =>
      stays.views.trades.get(name) >= left.views.trades.get(name) + 200), 30);
    const back = await comes_back(gateway, left);
    await back.subscribe('trades', names, { resume: back.views.points('trades') });
    await until('the kept ones came', () => names.every((name) =>
      back.told.filter(({ type, symbol }) => type === 'trade' && symbol === name).length >= 60), 20);
    for (const name of names) {
      const [gap, trade] = back.told.filter(({ symbol }) => symbol === name);
      const seq = left.views.trades.get(name);
      assert.deepEqual([gap.type, gap.from, gap.lost], ['gap', seq + 1, gap.to - seq]);
      assert.ok(gap.lost >= 140, `${gap.lost}`);
      assert.deepEqual([trade.type, trade.seq], ['trade', gap.to + 1]);
    }
    assert.equal(back.views.gaps.length, names.length);
    assert_no_faults([stays, back]);
    await Promise.all([stays.close(), back.close()]);
  });
});

test('an interruption upstream while away is told as a gap of unknown size', async () => {
  const config = `${REPLAY}speed = 20\nloop = true\n`;
  await Gateway.with({ config }, async (gateway) => {
    await gateway.names(4);
    const stays = await takes_all(gateway, 'binance', 4);
    const left = await takes_all(gateway, 'binance', 4);
    await left.close();
    await until('it was interrupted', () => stays.views.gaps.length >= 8, 30);
    const back = await comes_back(gateway, left);
    await back.subscribe('trades', ['binance:*'], { resume: back.views.points('trades') });
    await until('all gaps and trades came', () => [...stays.views.trades].every(([name, seq]) =>
      (back.views.trades.get(name) ?? 0) >= seq - 20), 20);
    assert.ok(back.views.gaps.length > 0);
    for (const { reason, lost } of back.views.gaps) {
      assert.deepEqual([reason, lost], ['upstream', null]);
    }
    assert_no_faults([stays, back]);
    await Promise.all([stays.close(), back.close()]);
  });
});
