// What 200 clients with mixed and changing subscriptions see is right: at every seq while prices
// move, and to the last field when a replay has ended and nothing moves any more.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../e2e/support.mjs';
import { Agreement, text_of } from './agreement.mjs';
import { assert_no_faults, Client, until_complete } from './client.mjs';
import { adds_up, Gateway, SOURCE } from './gateway.mjs';
import { choose, SEED, seeded } from './random.mjs';
import { state_of } from './views.mjs';

const CLIENTS = 200;

/** Every fifth takes the whole venue, the others some names; every second takes trades as well. */
async function subscribe_mixed(clients, names, random) {
  const [venue] = names[0].split(':');
  await Promise.all(clients.map(async (client, i) => {
    const some = () => choose(random, names, 1 + Math.floor(random() * 8));
    await client.subscribe('ticker', i % 5 === 0 ? [`${venue}:*`] : some());
    if (i % 2 === 0) await client.subscribe('trades', i % 10 === 0 ? [`${venue}:*`] : some());
  }));
}

/** One change of one client: takes a few names more, or gives up what it has. */
async function change_subscriptions(client, names, random) {
  const channel = random() < 0.7 ? 'ticker' : 'trades';
  const held = client.views.subscribed[channel];
  const mine = [...held.names.keys(), ...[...held.venues.keys()].map((venue) => `${venue}:*`)];
  if (mine.length > 0 && random() < 0.5) {
    return client.unsubscribe(channel, choose(random, mine, 1 + Math.floor(random() * 3)));
  }
  const venue = `${names[0].split(':')[0]}:*`;
  const wanted = random() < 0.1 ? [venue] : choose(random, names, 1 + Math.floor(random() * 5));
  return client.subscribe(channel, wanted);
}

/** Waits until every view has the seq of the snapshot or a later one. */
async function until_past(clients, snapshots) {
  await until('every client is past the snapshots', () => {
    assert_no_faults(clients);
    return clients.every(({ views }) => [...views.ticker].every(([symbol, { seq }]) =>
      seq >= snapshots.get(symbol).seq));
  });
}

test(`while prices move, all views agree at every seq (seed ${SEED})`, async (t) => {
  const config = '[feeds.simulated]\nsymbols = 60\nrate = 250\nprofile = "market"\n';
  await Gateway.with({ config }, async (gateway) => {
    const random = seeded(SEED);
    const names = await gateway.names(60);
    const agreement = new Agreement();
    const clients = await Client.connect_all(gateway, CLIENTS, { agreement });
    await subscribe_mixed(clients, names, random);
    for (let round = 0; round < 16; round += 1) {
      const some = choose(random, clients, 40);
      await Promise.all(some.map((client) => change_subscriptions(client, names, random)));
      const snapshots = await gateway.snapshots(names);
      await until_past(clients, snapshots);
      for (const snapshot of snapshots.values()) agreement.reached(state_of(snapshot));
    }
    await until_complete(clients, names);
    assert_no_faults(clients);
    agreement.check();
    assert.ok(agreement.compared > 5_000, `only ${agreement.compared} states were compared`);
    t.diagnostic(`${agreement.compared} states compared`);
    await Promise.all(clients.map((client) => client.close()));
    await until('nothing is queued and the ledger adds up', async () => {
      const { ledger, shards } = await gateway.status();
      const left = shards.reduce((sum, shard) => sum + shard.clients + shard.subscriptions, 0);
      return left === 0 && ledger.queued === 0 && adds_up(ledger);
    });
  });
});

test('when a replay has ended, every view equals the snapshot, and every frame is accounted for',
  async () => {
    const captures = `${SOURCE}feeds/binance/captures`;
    const config = `feed = ["replay"]\n[feeds.replay]\nspeed = 5\nfiles = ` +
      `["${captures}/bookTicker.ndjson", "${captures}/aggTrade.ndjson"]\n`;
    await Gateway.with({ config }, async (gateway) => {
      const random = seeded(SEED);
      const clients = await Client.connect_all(gateway, CLIENTS);
      await subscribe_mixed(clients, await gateway.names(1), random);
      await until('the replay has ended', async () =>
        (await gateway.symbols()).every(({ status }) => status === 'down'), 30);
      const names = await gateway.names(4);
      await until_complete(clients, names);
      const snapshots = await gateway.snapshots(names);
      for (const { reason, status } of snapshots.values()) {
        assert.deepEqual([status, reason], ['down', 'replay_ended']);
      }
      await until_past(clients, snapshots);
      let views = 0;
      for (const client of clients) {
        for (const [symbol, state] of client.views.ticker) {
          assert.equal(text_of(state), text_of(state_of(snapshots.get(symbol))));
          views += 1;
        }
      }
      assert.ok(views > CLIENTS);
      assert.ok(clients.some((client) => client.views.deltas > 0), 'all came too late for deltas');
      assert_no_faults(clients);

      const late = await Client.connect(gateway);
      await late.subscribe('trades', names);
      await until_complete([late], names);
      const last_trades = late.views.trades;
      assert.ok([...last_trades.values()].some((seq) => seq > 0));
      await until('every client has the last trade', () => clients.every(({ views: { trades } }) =>
        [...trades].every(([symbol, seq]) => seq === last_trades.get(symbol))));

      const { ledger } = await gateway.status();
      assert.equal(ledger.queued, 0);
      assert.ok(adds_up(ledger), JSON.stringify(ledger));
      assert.equal(ledger.lost, 0);
      assert.equal(ledger.sent, clients.reduce((sum, client) => sum + client.views.frames, 0));
      await Promise.all([...clients, late].map((client) => client.close()));
    });
  });
