// How often and what: interval classes keep their distance, a filter tells just its fields, a
// status does not wait; and whatever is left out, what is told is right.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../e2e/support.mjs';
import { Agreement, seen_through, text_of, VALUES } from './agreement.mjs';
import { assert_no_faults, Client, until_complete } from './client.mjs';
import { adds_up, Gateway, SCALE, SOURCE } from './gateway.mjs';

const CAPTURES = `${SOURCE}feeds/binance/captures`;
const REPLAY = `feed = ["replay"]\n[feeds.replay]\nfiles = ["${CAPTURES}/bookTicker.ndjson", ` +
  `"${CAPTURES}/aggTrade.ndjson"]\n`;
const ONE_SHARD = ['--shards', '1'];

/** A client that subscribes to these tickers like this, and remembers its deltas. */
async function listener(gateway, symbols, more, options) {
  const client = await Client.connect(gateway, options);
  client.deltas = [];
  client.snapshots = [];
  client.socket.on('message', (text) => {
    const message = JSON.parse(text);
    if (message.type === 'delta') client.deltas.push(message);
    if (message.type === 'snapshot') client.snapshots.push(message);
    if (message.type === 'slow') client.deltas_before = client.deltas.splice(0);
  });
  client.ack = await client.subscribe('ticker', symbols, more);
  return client;
}

/**
 * Fails unless every delta of a symbol came with a tick of its own. The ticks' phase is unknown
 * here, so two neighbours may be near each other, but never any number of them.
 */
function assert_spaced(deltas, interval_ms) {
  const times = deltas.map(({ sent_ts }) => sent_ts / 1_000);
  for (let i = 0; i < times.length; i += 1) {
    for (let j = i + 2; j < times.length; j += 1) {
      const ms = times[j] - times[i];
      assert.ok(ms > (j - i - 1) * interval_ms - 5, `${j - i + 1} deltas in ${ms} ms`);
    }
  }
}

test('updates of an interval are that far apart, and hold all that changed since', async (t) => {
  const config = '[feeds.simulated]\nsymbols = 10\nrate = 2000\nprofile = "even"\n';
  await Gateway.with({ config }, async (gateway) => {
    const names = await gateway.names(10);
    const agreement = new Agreement();
    const live = await listener(gateway, names, {}, { agreement });
    const asked = [[1, 100], [250, 250], [400, 500], [1_000, 1_000]];
    const clients = await Promise.all(asked.map(([interval_ms]) =>
      listener(gateway, names, { interval_ms }, { agreement })));
    assert.deepEqual(clients.map(({ ack }) => ack.interval_ms), asked.map(([, granted]) => granted));
    const of = ({ deltas }, name) => deltas.filter(({ symbol }) => symbol === name);
    await until('each has some updates of every symbol', () => clients.every((client) =>
      names.every((name) => of(client, name).length >= 4)), 20);
    for (const client of clients) {
      const { interval_ms } = client.ack;
      for (const name of names) assert_spaced(of(client, name), interval_ms);
      // Not slower either: the quietest symbol changes twenty times in each interval.
      const [first, last] = [client.deltas[0].sent_ts, client.deltas.at(-1).sent_ts];
      const ticks = (last - first) / 1_000 / interval_ms;
      const most = Math.max(...names.map((name) => of(client, name).length));
      assert.ok(most >= ticks / (2 * SCALE), `${interval_ms} ms: ${most} deltas in ${ticks} ticks`);
      assert.ok(client.views.folded > client.views.deltas, 'nothing was folded');
      assert.equal(client.views.merged, 0);
    }
    assert_no_faults([live, ...clients]);
    agreement.check();
    assert.ok(agreement.compared > 100, `${agreement.compared}`);
    t.diagnostic(`${agreement.compared} states compared; updates: ` +
      `${[live, ...clients].map(({ deltas }) => deltas.length)}`);
    await Promise.all([live, ...clients].map((client) => client.close()));
    await until('the ledger adds up', async () => {
      const { ledger } = await gateway.status();
      return ledger.queued === 0 && adds_up(ledger);
    });
  });
});

test('a client hears of its fields and of no others', async (t) => {
  const config = '[feeds.simulated]\nsymbols = 10\nrate = 2000\nprofile = "market"\n';
  await Gateway.with({ config }, async (gateway) => {
    const names = await gateway.names(10);
    const agreement = new Agreement();
    const live = await listener(gateway, ['sim:*'], {}, { agreement });
    const filters = [['bid', 'ask'], ['last'], ['volume_24h', 'bid', 'bid'], VALUES.slice(1)];
    const clients = await Promise.all(filters.map((fields, i) =>
      listener(gateway, ['sim:*'], { fields, interval_ms: i % 2 ? 100 : 0 }, { agreement })));
    const mute = await listener(gateway, ['sim:*'], { fields: ['status'] }, { agreement });
    const all = await listener(gateway, ['sim:*'], { fields: [...VALUES].reverse() });
    const told = [...clients, mute, all].map(({ ack }) => ack.fields);
    assert.deepEqual(told, [['bid', 'ask'], ['last'], ['bid', 'volume_24h'], VALUES.slice(1),
      ['status'], undefined]);
    await until('each heard much', () => clients.every(({ deltas }) => deltas.length > 200), 20);
    await until_complete([...clients, mute, live, all], names);
    assert.deepEqual([mute.deltas, mute.snapshots.length], [[], 10]);
    assert.ok(clients[1].deltas.length < live.deltas.length / 2, 'changes of others were told');
    assert_no_faults([live, ...clients, mute, all]);
    agreement.check();
    assert.ok(agreement.filtered > 500, `${agreement.filtered}`);
    t.diagnostic(`${agreement.filtered} states compared`);
    await Promise.all([live, ...clients, mute, all].map((client) => client.close()));
  });
});

test('a change of status does not wait, and brings what waited', async () => {
  const config = `${REPLAY}speed = ${5 / SCALE}\n`;
  await Gateway.with({ config }, async (gateway) => {
    await gateway.names(1);
    const shapes = [{}, { interval_ms: 5_000 }, { interval_ms: 5_000, fields: ['status'] },
      { interval_ms: 5_000, fields: ['ask', 'bid_size'] }, { interval_ms: 1_000, fields: ['last'] }];
    const clients = await Promise.all(shapes.map((more) =>
      listener(gateway, ['binance:*'], more)));
    const is_down = ({ status }) => status === 'down';
    await until('all is down for everybody', () => clients.every(({ views }) =>
      views.ticker.size >= 4 && [...views.ticker.values()].every(is_down)), 30);
    const names = await gateway.names(4);
    await until_complete(clients, names);
    const snapshots = await gateway.snapshots(names);
    const [live] = clients;
    const at = (client, name) => client.deltas.find(({ symbol, status }) =>
      symbol === name && status === 'down');
    for (const client of clients) {
      const { fields = VALUES } = client.ack;
      for (const [name, snapshot] of snapshots) {
        const delta = at(client, name);
        const late_ms = (delta.sent_ts - at(live, name).sent_ts) / 1_000;
        assert.ok(Math.abs(late_ms) < 500 * Math.min(SCALE, 3), `${late_ms} ms late`);
        assert.deepEqual([delta.reason, delta.since], ['replay_ended', snapshot.since]);
        const seen = client.views.ticker.get(name);
        assert.equal(text_of(seen_through(fields, seen)), text_of(seen_through(fields, snapshot)));
        assert.equal(client.deltas.findLast(({ symbol }) => symbol === name), delta);
      }
    }
    assert.ok(clients[1].deltas.some((delta) => delta.status === 'down' && delta.merged > 1));
    assert_no_faults(clients);
    await Promise.all(clients.map((client) => client.close()));
  });
});

test('subscribing again changes interval and fields in place', async () => {
  const config = '[feeds.simulated]\nsymbols = 5\nrate = 1000\n';
  await Gateway.with({ config, args: ONE_SHARD }, async (gateway) => {
    const [name] = await gateway.names(5);
    const agreement = new Agreement();
    const live = await listener(gateway, [name], {}, { agreement });
    const client = await listener(gateway, [name], {}, { agreement });
    const changes = [{ interval_ms: 100 }, { interval_ms: 250, fields: ['ask'] },
      { fields: ['ask'] }, { fields: ['status'] }, { fields: ['bid', 'ask'] }, {}];
    await until('its first snapshot came', () => client.snapshots.length === 1);
    for (const more of changes) {
      client.snapshots.length = 0;
      const ack = await client.subscribe('ticker', [name], more);
      assert.deepEqual([ack.interval_ms, ack.fields], [more.interval_ms ?? 0, more.fields]);
      await until('its snapshot came', () => client.snapshots.length === 1);
      client.deltas.length = 0;
      const quiet = more.fields?.[0] === 'status';
      await until('it goes on', () => quiet || client.deltas.length > 2);
      const { subscriptions } = await client.line(gateway);
      const { shards: [{ filters, streams }] } = await gateway.status();
      const apart = more.fields || more.interval_ms;
      assert.deepEqual([subscriptions, filters, streams], [1, more.fields ? 1 : 0, apart ? 2 : 1]);
      assert.equal(client.snapshots.length, 1);
    }
    assert_no_faults([live, client]);
    agreement.check();
    assert.ok(agreement.compared > 2 && agreement.filtered > 2);
    await Promise.all([live.close(), client.close()]);
  });
});

test('a name and a wildcard have each their own interval and fields', async () => {
  const config = '[feeds.simulated]\nsymbols = 5\nrate = 1000\n';
  await Gateway.with({ config }, async (gateway) => {
    const names = await gateway.names(5);
    const client = await listener(gateway, ['sim:*'], { interval_ms: 250, fields: ['bid'] });
    await until_complete([client], names);
    const next = (what, matches) => client.hear(what, (message) =>
      message.symbol === names[0] && matches(message));
    const whole = next('a whole snapshot', ({ type }) => type === 'snapshot');
    await client.subscribe('ticker', [names[0]]);
    assert.ok('volume_24h' in (await whole));
    await next('an update of something else', ({ type, ask, last }) =>
      type === 'delta' && (ask ?? last) !== undefined);
    const filtered = next('a snapshot of the wildcard', ({ type }) => type === 'snapshot');
    await client.unsubscribe('ticker', [names[0]]);
    assert.ok(!('volume_24h' in (await filtered)));
    client.deltas.length = 0;
    const of_name = () => client.deltas.filter(({ symbol }) => symbol === names[0]);
    await until('the wildcard goes on', () => of_name().length > 3);
    assert_spaced(of_name(), 250);
    await until_complete([client], names);
    assert_no_faults([client]);
    await client.close();
  });
});

test('a gateway that is late serves fast intervals at 250 ms, says so, and recovers', async () => {
  const config = '[feeds.simulated]\nsymbols = 10\nrate = 2000\nprofile = "even"\n[limits]\n' +
    'lag_hard_ms = 500\nlag_calm_ms = 2000\n';
  await Gateway.with({ config, args: ONE_SHARD }, async (gateway) => {
    const names = await gateway.names(10);
    const fast = await listener(gateway, names);
    const medium = await listener(gateway, names, { interval_ms: 100 });
    const calm = await listener(gateway, names, { interval_ms: 250 });
    const clients = [fast, medium, calm];
    await until_complete(clients, names);
    const told = (client, ms) => client.hear(`slow ${ms}`, ({ type, interval_ms }) =>
      type === 'slow' && interval_ms === ms);
    const widened = [told(fast, 250), told(medium, 250)];
    gateway.process.child.kill('SIGSTOP');
    const end_ms = performance.now() + 2_000;
    await until('it stood still for a while', () => performance.now() > end_ms);
    gateway.process.child.kill('SIGCONT');
    const normal = [told(fast, 0), told(medium, 0)];
    for (const { state } of await Promise.all(widened)) assert.equal(state, 'live');
    await Promise.all(normal);
    // What came between the two messages; at the turn itself some may be of the time after it.
    const slow = [fast, medium].map(({ deltas_before }) =>
      deltas_before.filter(({ symbol }) => symbol === names[0]).slice(0, -2));
    for (const deltas of slow) {
      assert_spaced(deltas, 250);
      assert.ok(deltas.length > 2, `${deltas.length} updates`);
    }
    fast.deltas.length = 0;
    await until('real time again', () => fast.deltas.length > 100);
    assert.ok(fast.deltas.slice(50).every(({ merged }) => merged === undefined));
    assert.deepEqual(calm.slow, []);
    assert_no_faults(clients);
    await Promise.all(clients.map((client) => client.close()));
  });
});
