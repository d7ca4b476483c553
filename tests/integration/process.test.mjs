// The process as an operator meets it: command line, exit codes, ports, several shards.

import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { until } from '../e2e/support.mjs';
import { Agreement } from './agreement.mjs';
import { assert_no_faults, Client, until_complete } from './client.mjs';
import { Folder, Gateway, run_to_end, SOURCE } from './gateway.mjs';
import { choose, SEED, seeded } from './random.mjs';
import { state_of } from './views.mjs';

const FREE_PORTS = ['--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0'];

let folder;
before(async () => {
  folder = await Folder.make();
});
after(() => folder?.remove());

function gateway_of(...args) {
  return run_to_end(Gateway.binary(), args);
}

test('it tells its version and leaves', async () => {
  const { code, stdout, stderr } = await gateway_of('--version');
  assert.match(stdout, /^ticker-gateway \d+\.\d+\.\d+\n$/);
  assert.deepEqual([code, stderr], [0, '']);
});

test('--check-config accepts the example and a file of few keys, and starts nothing', async () => {
  const small = await folder.write('small.toml', 'shards = 1\n');
  const shipped = ['gateway/gateway.example.toml', 'feeds/replay.toml'];
  for (const file of [...shipped.map((path) => SOURCE + path), small]) {
    const { code, stdout, stderr } = await gateway_of('--config', file, '--check-config');
    assert.deepEqual([code, stderr], [0, ''], file);
    assert.match(stdout, /^config ok\nmemory: at most \d+ MiB /);
  }
});

test('--check-config tells every mistake of a file with its line', async () => {
  const file = await folder.write('bad.toml', 'shards = -1\nfeeed = ["simulated"]\n' +
    '[limits]\nring_slots = 1000\n');
  const { code, stdout, stderr } = await gateway_of('--config', file, '--check-config');
  assert.deepEqual([code, stdout], [1, '']);
  const lines = stderr.trimEnd().split('\n');
  assert.equal(new Set(lines.map((line) => /bad\.toml:(\d+)/.exec(line)?.[1])).size, 3, stderr);
  for (const word of ['shards', 'feeed', 'ring_slots']) assert.match(stderr, new RegExp(word));
  const gone = await gateway_of('--config', `${file}.not`, '--check-config');
  assert.equal(gone.code, 1);
  assert.match(gone.stderr, /bad\.toml\.not/);
});

test('a port in use is told in one line, for clients and for operators', async () => {
  const taken = createServer();
  await new Promise((done) => taken.listen(0, '127.0.0.1', done));
  const address = `127.0.0.1:${taken.address().port}`;
  try {
    for (const [flag, other] of [['--listen', '--admin'], ['--admin', '--listen']]) {
      const end = await gateway_of(flag, address, other, '127.0.0.1:0');
      assert.deepEqual([end.code, end.stdout], [1, '']);
      assert.match(end.stderr, /^ticker-gateway: [^\n]*cannot listen on [^\n]*in use[^\n]*\n$/);
      assert.ok(end.stderr.includes(String(taken.address().port)), end.stderr);
    }
  } finally {
    taken.close();
  }
});

test('a replay without files does not start, and says what is missing', async () => {
  const none = await gateway_of('--feed', 'replay', ...FREE_PORTS);
  assert.equal(none.code, 1);
  assert.match(none.stderr, /feeds\.replay\.files .*no file/);
  const config = await folder.write('lost.toml',
    'feed = ["replay"]\n[feeds.replay]\nfiles = ["nowhere.ndjson"]\n');
  const lost = await gateway_of('--config', config, ...FREE_PORTS);
  assert.deepEqual([lost.code, lost.stdout], [1, '']);
  assert.match(lost.stderr, /nowhere\.ndjson/);
});

test('two shards share the clients, and all of them see the same', async () => {
  const config = 'shards = 2\n[feeds.simulated]\nsymbols = 40\nrate = 500\n';
  await Gateway.with({ config }, async (gateway) => {
    const random = seeded(SEED);
    const names = await gateway.names(40);
    const agreement = new Agreement();
    const clients = [];
    await until('both shards have several clients', async () => {
      clients.push(...(await Client.connect_all(gateway, 10, { agreement })));
      const { shards } = await gateway.status();
      assert.equal(shards.length, 2);
      return shards.every((shard) => shard.clients >= 5);
    });
    await Promise.all(clients.map((client, i) =>
      client.subscribe('ticker', i % 2 === 0 ? ['sim:*'] : choose(random, names, 10))));
    await Promise.all(clients.map((client) =>
      client.subscribe('trades', choose(random, names, 10))));
    await until_complete(clients, names);
    // Snapshots of either shard: each connection is accepted by one of them.
    for (let i = 0; i < 10; i += 1) {
      for (const snapshot of (await gateway.snapshots(names)).values()) {
        agreement.reached(state_of(snapshot));
      }
    }
    await until('many states were compared', () => agreement.compared > 5_000, 20);
    agreement.check();
    assert_no_faults(clients);
    const { ledger, shards } = await gateway.status();
    for (const key of ['offered', 'lost']) {
      assert.ok(ledger[key] >= shards[0].ledger[key] && ledger.lost === 0);
    }
    assert.ok(shards.every((shard) => shard.answered && shard.ledger.sent > 0));
    await Promise.all(clients.map((client) => client.close()));
  });
});

test('two processes share one port when both are told to', async () => {
  const first = await Gateway.start({ args: ['--share-port'] });
  try {
    const address = `127.0.0.1:${first.port}`;
    const alone = await gateway_of('--listen', address, '--admin', '127.0.0.1:0');
    assert.equal(alone.code, 1);
    const args = ['--share-port', '--listen', address];
    await Gateway.with({ args }, async (second) => {
      assert.equal(second.port, first.port);
      const clients = [];
      await until('both have clients', async () => {
        clients.push(...(await Client.connect_all(second, 10)));
        const both = [first, second].map((one) => one.metric('ticker_clients'));
        const counts = await Promise.all(both);
        return counts.every((count) => count > 0);
      });
      const epochs = new Set(clients.map(({ welcome }) => welcome.epoch));
      assert.equal(epochs.size, 2);
      await Promise.all(clients.map((client) => client.close()));
    });
  } finally {
    await first.kill();
  }
});
