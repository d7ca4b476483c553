// One client stops reading for a while: it gets merged updates and named losses, and the right view
// in the end; its ledger tells exactly what it got, and the others notice nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../e2e/support.mjs';
import { Agreement } from './agreement.mjs';
import { assert_no_faults, Client, until_complete } from './client.mjs';
import { adds_up, Gateway } from './gateway.mjs';
import { choose, SEED, seeded } from './random.mjs';
import { state_of } from './views.mjs';

/** Waits until a line of /v1/status about this client satisfies `condition`; answers that line. */
function until_line(gateway, client, what, condition) {
  return until(what, async () => {
    const line = await client.line(gateway);
    assert.ok(line, `${client.connection} is not among the slowest`);
    assert.ok(adds_up(line.ledger), JSON.stringify(line));
    return condition(line) && line;
  }, 20);
}

test('updates merge while a client does not read, and it is right again when it does', async () => {
  const config = '[feeds.simulated]\nsymbols = 100\nrate = 5000\nprofile = "even"\n';
  await Gateway.with({ config }, async (gateway) => {
    const random = seeded(SEED);
    const names = await gateway.names(100);
    const agreement = new Agreement();
    // As many in all as /v1/status has lines for.
    const others = await Client.connect_all(gateway, 19, { agreement });
    const slow = await Client.connect(gateway, { agreement });
    await Promise.all(others.map((other) => other.subscribe('ticker', choose(random, names, 5))));
    await slow.subscribe('ticker', ['sim:*']);
    await until_complete([slow, ...others], names);

    slow.pause();
    const begun = new Map(others.map((other) => [other, other.views.deltas]));
    await until_line(gateway, slow, 'its updates are merged', ({ ledger, conflating }) =>
      conflating && ledger.merged > 1_000);
    assert.deepEqual(slow.slow, []);
    for (const [other, deltas] of begun) assert.ok(other.views.deltas > deltas);
    slow.resume();
    await until('it is told that it lags, and that it does no more', () =>
      slow.slow[0] === 'conflating' && slow.slow.at(-1) === 'live', 20);

    const snapshots = await gateway.snapshots(names);
    await until('it is past the snapshots', () =>
      [...slow.views.ticker].every(([symbol, { seq }]) => seq >= snapshots.get(symbol).seq), 20);
    for (const snapshot of snapshots.values()) agreement.reached(state_of(snapshot));
    agreement.check();
    assert_no_faults([slow, ...others]);
    for (const { views, slow: told } of others) {
      assert.deepEqual([views.merged, told], [0, []], 'another client was merged');
    }

    // The answer comes behind all that was queued before it: from here on the ledger is at rest.
    await slow.unsubscribe('ticker', ['sim:*']);
    const { ledger, queued_bytes } = await slow.line(gateway);
    assert.ok(adds_up(ledger));
    assert.deepEqual([ledger.queued, queued_bytes, ledger.lost], [0, 0, 0]);
    assert.equal(ledger.sent, slow.views.frames);
    assert.ok(ledger.merged > 1_000 && slow.views.merged > 1_000);
    // What it saw folded is what was merged, but for symbols whose turn had not come at the end.
    assert.ok(slow.views.merged <= ledger.merged);
    if (ledger.abandoned === 0) assert.equal(slow.views.merged, ledger.merged);
  });
});

test('trades that cannot be kept are named by gaps, to the last one', async () => {
  const config = '[feeds.simulated]\nsymbols = 20\nrate = 8000\nprofile = "market"\n[limits]\n' +
    'outbox_soft_bytes = 4096\noutbox_hard_bytes = 8192\nsend_buffer_bytes = 16384\n' +
    'notsent_lowat_bytes = 4096\n';
  await Gateway.with({ config }, async (gateway) => {
    const names = await gateway.names(20);
    const slow = await Client.connect(gateway);
    const other = await Client.connect(gateway);
    await slow.subscribe('trades', ['sim:*']);
    await other.subscribe('trades', [names[3]]);
    await until_complete([slow, other], names);

    slow.pause();
    await until_line(gateway, slow, 'trades are lost', ({ ledger }) => ledger.lost > 500);
    slow.resume();
    await until('gaps name trades', () => slow.views.lost > 500, 20);
    // Every lost trade is announced, also without a further one.
    const { ledger } = await until_line(gateway, slow, 'all losses are told', (line) =>
      line.ledger.lost === slow.views.lost);
    assert.ok(slow.views.gaps.every(({ reason, lost }) => reason === undefined && lost > 0));
    assert_no_faults([slow, other]);
    assert.equal(ledger.merged, 0);

    await slow.unsubscribe('trades', ['sim:*']);
    const end = (await slow.line(gateway)).ledger;
    assert.ok(adds_up(end));
    assert.deepEqual([end.queued, end.sent], [0, slow.views.frames]);
  });
});

test('a client that never reads again is cut off when its time is up', async () => {
  const config = '[feeds.simulated]\nsymbols = 100\nrate = 5000\nprofile = "even"\n[limits]\n' +
    'write_timeout_ms = 1000\n';
  await Gateway.with({ config }, async (gateway) => {
    await gateway.names(100);
    const slow = await Client.connect(gateway);
    await slow.subscribe('ticker', ['sim:*']);
    slow.pause();
    await until('it is disconnected as a slow consumer', async () =>
      (await gateway.metric('ticker_disconnects_total', 'slow_consumer')) === 1, 20);
    const { ledger } = await gateway.status();
    assert.ok(adds_up(ledger) && ledger.queued === 0, JSON.stringify(ledger));
    await slow.close();
  });
});
