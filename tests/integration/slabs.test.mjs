// Slow readers must not cost the process its slabs, nor fast readers their updates. The fast ones
// are those of TICKER_LOAD, which checks every sequence. A thousand of them need about 1100
// descriptors in each of the two processes: `ulimit -n` of 2048 is enough.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../e2e/support.mjs';
import { assert_no_faults, Client, Raw, until_complete } from './client.mjs';
import { adds_up, Gateway, run, run_to_end, SCALE } from './gateway.mjs';

const FAST = 1_000;

/** Reads `bytes_per_s` from the socket, a tenth of a second at a time. */
function read_slowly(socket, bytes_per_s) {
  socket.pause();
  let taken = 0;
  const began_ms = performance.now();
  const timer = setInterval(() => {
    const allowed = ((performance.now() - began_ms) / 1_000) * bytes_per_s;
    while (taken < allowed) {
      const part = socket.read(Math.max(1, Math.min(100, socket.readableLength)));
      if (part === null) break;
      taken += part.length;
    }
  }, 100);
  return () => clearInterval(timer);
}

test('a client at 1 KB/s beside a thousand fast ones costs no slabs and merges nobody else',
  async (t) => {
    const load = process.env.TICKER_LOAD;
    assert.ok(load, 'TICKER_LOAD must name the load client');
    const { stdout: descriptors } = await run_to_end('sh', ['-c', 'ulimit -n']);
    assert.ok(descriptors.trim() === 'unlimited' || Number(descriptors) >= 2 * FAST,
      `ulimit -n is ${descriptors.trim()}; ${FAST} clients need ${2 * FAST}`);
    const config = '[feeds.simulated]\nsymbols = 100\nrate = 500\nprofile = "even"\n[limits]\n' +
      'write_timeout_ms = 60000\n';
    await Gateway.with({ config }, async (gateway) => {
      await gateway.names(100);
      const slow = await Raw.upgraded(gateway);
      const stop_reading = read_slowly(slow.socket, 1_000);
      slow.subscribe('ticker', ['sim:*']);
      const seconds = 10;
      const fast = run(load, ['--url', gateway.url, '--clients', String(FAST), '--seconds',
        String(seconds), '--warmup', '2', '--symbols-per-client', '5', '--json']);
      // Warm: everybody is there, and the slow one has filled what the kernel takes for it.
      await until('all are connected and the slow one is conflated', async () =>
        (await gateway.metric('ticker_clients')) === FAST + 1 &&
        (await gateway.metric('ticker_conflating_clients')) === 1, 30);
      const used = [];
      const began_ms = performance.now();
      await until('ten seconds of samples', async () => {
        used.push(await gateway.metric('ticker_slabs_used'));
        return performance.now() - began_ms > (seconds - 1) * 1_000 || fast.child.exitCode !== null;
      }, seconds + 10);
      assert.ok(used.length > 40, `only ${used.length} samples`);
      const half = used.length >> 1;
      const [first, second] = [Math.max(...used.slice(0, half)), Math.max(...used.slice(half))];
      assert.ok(second <= first + 2, `slabs used: ${first}, then ${second}`);

      const late = setTimeout(() => fast.child.kill('SIGKILL'), 60_000 * SCALE);
      const { code } = await fast.exited;
      clearTimeout(late);
      const report = JSON.parse(fast.stdout);
      const { holes, merged, stayed, disconnects, messages, load_client } = report;
      t.diagnostic(JSON.stringify({ first, second, messages, merged, load_client }));
      assert.deepEqual([code, report.reasons, holes, stayed], [0, [], 0, FAST]);
      assert.deepEqual(disconnects, {});
      assert.ok(messages > 0);
      // A machine that has no time for the readers makes them slow, too.
      if (!load_client.starved && !load_client.bottleneck) assert.equal(merged, 0);
      stop_reading();
      await slow.reset();
    });
  });

test('with slabs nearly spent, slow clients keep copies, fast ones notice nothing', async (t) => {
  // Eight slabs of 64 KiB; each of twelve stuck clients holds on to one of its own time or two.
  const config = '[feeds.simulated]\nsymbols = 50\nrate = 3000\nprofile = "even"\n[limits]\n' +
    'slab_bytes = 65536\nslabs_max = 8\nmessage_bytes_max = 16384\n' +
    'send_buffer_bytes = 16384\nnotsent_lowat_bytes = 4096\nwrite_timeout_ms = 60000\n';
  await Gateway.with({ config }, async (gateway) => {
    const names = await gateway.names(50);
    const fast = await Client.connect_all(gateway, 5);
    await Promise.all(fast.map((client, i) =>
      client.subscribe('ticker', names.slice(i * 4, i * 4 + 4))));
    const stuck = await Client.connect_all(gateway, 12);
    const used = [];
    for (const [i, client] of stuck.entries()) {
      await client.subscribe('ticker', ['sim:*']);
      client.pause();
      await until('one more is conflated', async () => {
        used.push(await gateway.metric('ticker_slabs_used'));
        return (await gateway.metric('ticker_conflating_clients')) >= i + 1;
      }, 20);
    }
    assert.ok((await gateway.metric('ticker_slabs_spilled_total')) > 0);
    assert.ok(Math.max(...used) <= 8, `${used}`);
    for (const client of stuck) client.resume();
    await until('all are live again', () =>
      stuck.every(({ slow }) => slow.at(-1) === 'live'), 20);
    await until_complete([...fast, ...stuck], names);
    assert_no_faults([...fast, ...stuck]);
    const merged = fast.reduce((sum, { views }) => sum + views.merged, 0);
    t.diagnostic(`spilled ${await gateway.metric('ticker_slabs_spilled_total')}, merged ${merged}`);
    assert.equal(merged, 0);
    await Promise.all([...fast, ...stuck].map((client) => client.close()));
    await until('the ledger adds up and slabs are free', async () => {
      const { ledger } = await gateway.status();
      return adds_up(ledger) && ledger.queued === 0 &&
        (await gateway.metric('ticker_slabs_used')) <= 2;
    });
  });
});
