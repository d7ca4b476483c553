// The load client against a real gateway: its scenarios run, it finds nothing missing, and what it
// counted is what the gateway says it sent, frame by frame. No test looks at a latency.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { adds_up, Folder, Gateway, run_to_end } from './gateway.mjs';

const CONFIG = '[feeds.simulated]\nsymbols = 30\nrate = 2000\n' +
  '[limits]\nwrite_timeout_ms = 600000\n';

/** Runs the load client for a second and reads its JSON. */
async function load(gateway, args) {
  const binary = process.env.TICKER_LOAD;
  assert.ok(binary, 'TICKER_LOAD must name the load client');
  const { code, stdout, stderr } = await run_to_end(binary, ['--url', gateway.url, '--admin',
    `http://127.0.0.1:${gateway.admin_port}`, '--seconds', '1', '--warmup', '0.2', '--clients',
    '20', '--json', ...args], { seconds: 60 });
  return { code, stderr, report: code === 1 ? null : JSON.parse(stdout) };
}

const SCENARIOS = {
  'steady, both channels, two threads, several sources':
    ['--channel', 'both', '--threads', '2', '--sources', '127.0.0.2-127.0.0.4'],
  ramp: ['--scenario', 'ramp'],
  churn: ['--scenario', 'churn', '--churn-rate', '30', '--churn-stay', '0.3', '--channel', 'both'],
  'slow and stopped clients': ['--scenario', 'slow', '--channel', 'both', '--slow', '2',
    '--stopped', '2', '--symbols-per-client', '30'],
  bursts: ['--scenario', 'bursts', '--burst-every', '0.2', '--burst-share', '0.5', '--channel',
    'both'],
  storm: ['--scenario', 'storm', '--storm-every', '0.2', '--channel', 'both'],
  'interval and filter': ['--interval-ms', '100', '--fields', 'bid,ask', '--zipf', '1'],
};

for (const [name, args] of Object.entries(SCENARIOS)) {
  test(`${name}: nothing is missing, and both sides count the same`, async () => {
    await Gateway.with({ config: CONFIG }, async (gateway) => {
      await gateway.names(30);
      const { code, stderr, report } = await load(gateway, args);
      assert.deepEqual([code, report.reasons], [0, []], stderr);
      assert.ok(report.messages > 0);
      const { compared, quiet, whole } = report.ledger;
      assert.ok(quiet);
      for (const { what, client, gateway: there, verdict } of compared) {
        if (verdict !== 'not comparable') assert.equal(client, there, `${name}: ${what}`);
      }
      assert.equal(compared[0].what, 'delivered');
      assert.equal(compared[0].verdict, 'equal');
      assert.ok(adds_up(whole));
      const counted = report.series.filter((second) => second.counted);
      const all = ['slow', 'stopped', 'churn'].reduce(
        (sum, group) => sum + (report[group]?.messages ?? 0), report.messages);
      assert.equal(counted.reduce((sum, { messages }) => sum + messages, 0), all);
    });
  });
}

test('a report is written, and conditions end the run with their own code', async () => {
  await Gateway.with({ config: CONFIG }, async (gateway) => {
    await gateway.names(30);
    const folder = await Folder.make();
    try {
      const file = `${folder.path}/load.html`;
      const pid = String(gateway.process.child.pid);
      const { code, report } = await load(gateway, ['--report', file, '--pid', pid, '--fail-if',
        'messages_per_s>0,holes>0']);
      assert.equal(code, 3);
      assert.equal(report.failed_by.length, 1);
      assert.ok(report.series.some(({ server_rss_bytes }) => server_rss_bytes > 0));
      const page = await readFile(file, 'utf8');
      assert.ok(page.startsWith('<!doctype html>') && page.includes('<svg'));
      assert.equal(/<script|src=|https?:\/\/(?!127\.)/.test(page), false);
    } finally {
      await folder.remove();
    }
  });
});

test('what it does not understand, it refuses before it connects', async () => {
  await Gateway.with({ config: CONFIG }, async (gateway) => {
    for (const args of [['--fail-if', 'p98_ms>1'], ['--fail-if', ''], ['--scenario', 'calm'],
      ['--sources', '10.0.0.1'], ['--fields', 'bid"'], ['--admin', 'http://example.com'],
      ['--pid', '0'], ['--report', '/nowhere/x.html']]) {
      const { code, stderr } = await load(gateway, args);
      assert.equal(code, 1, args.join(' '));
      assert.notEqual(stderr, '', args.join(' '));
    }
  });
});
