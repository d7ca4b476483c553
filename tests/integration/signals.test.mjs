// Ends and accidents: signals stop the process in time and politely; clients that vanish while they
// are written to harm nobody.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../e2e/support.mjs';
import { assert_no_faults, Client, frame, Raw, until_complete } from './client.mjs';
import { adds_up, Gateway, SCALE } from './gateway.mjs';

const BUSY = '[feeds.simulated]\nsymbols = 100\nrate = 5000\nprofile = "even"\n';

for (const signal of ['SIGTERM', 'SIGINT']) {
  test(`${signal} stops it within a second, and all 50 clients are told`, async () => {
    const gateway = await Gateway.start();
    try {
      const clients = await Client.connect_all(gateway, 50);
      const names = await gateway.names(100);
      await Promise.all(clients.map((client) => client.subscribe('ticker', names.slice(0, 5))));
      await until_complete(clients, names);
      const { code, ms } = await gateway.stop(signal);
      assert.equal(code, 0);
      assert.ok(ms < 1_000 * SCALE, `it took ${ms} ms`);
      for (const client of clients) {
        assert.deepEqual(await client.closed, { code: 1001, reason: 'going away' });
      }
    } finally {
      await gateway.kill();
    }
  });
}

test('clients that do not read, or never said what they want, do not delay the end', async () => {
  const gateway = await Gateway.start({ config: BUSY });
  try {
    const slow = await Client.connect(gateway);
    await gateway.names(100);
    await slow.subscribe('ticker', ['sim:*']);
    slow.pause();
    await until('its queue is full', async () => (await slow.line(gateway)).conflating);
    const silent = await Raw.connect(gateway.port);
    const silent_admin = await Raw.connect(gateway.admin_port);
    await until('both connections are there', async () =>
      (await gateway.metric('ticker_connections')) === 2);
    const { code, ms } = await gateway.stop('SIGTERM');
    assert.equal(code, 0);
    assert.ok(ms < 1_000 * SCALE, `it took ${ms} ms`);
    slow.resume();
    await Promise.all([slow.closed, silent.gone, silent_admin.gone]);
  } finally {
    await gateway.kill();
  }
});

test('clients that reset while they are written to do not harm the others', async () => {
  await Gateway.with({ config: BUSY }, async (gateway) => {
    const names = await gateway.names(100);
    const stays = await Client.connect(gateway);
    await stays.subscribe('ticker', names.slice(0, 5));
    for (let round = 0; round < 5; round += 1) {
      const all = await Promise.all(Array.from({ length: 20 }, () => Raw.upgraded(gateway)));
      for (const raw of all) raw.subscribe('ticker', ['sim:*']);
      await until('data flows to all', () => all.every((raw) => raw.received.length > 60_000));
      // Half of them with a full socket, so that the reset meets a write.
      all.forEach((raw, i) => i % 2 === 0 && raw.socket.pause());
      await Promise.all(all.map((raw) => raw.reset()));
    }
    await until('they are gone', async () => (await gateway.metric('ticker_clients')) === 1);
    assert.equal(await gateway.metric('ticker_disconnects_total', 'connection_lost'), 100);
    await until_complete([stays], names);
    const { deltas } = stays.views;
    await until('the other client still gets data', () => stays.views.deltas > deltas);
    assert_no_faults([stays]);
    await stays.close();
    await until('the ledger adds up', async () => {
      const { ledger } = await gateway.status();
      return adds_up(ledger) && ledger.queued === 0;
    });
  });
});

test('a message too large, binary, not UTF-8 or unmasked ends its sender, by the right code',
  async () => {
    await Gateway.with({ config: '[limits]\nmessage_bytes_max = 4096\n' }, async (gateway) => {
      const breaches = [
        ['too_big', 1009, frame('x'.repeat(4_097))],
        ['bad_data', 1007, frame('{}', { opcode: 2 })],
        ['bad_data', 1007, frame([0xc3, 0x28])],
        ['protocol_error', 1002, frame('{}', { masked: false })],
        ['protocol_error', 1002, frame('{}', { opcode: 3 })],
      ];
      for (const [label, code, bytes] of breaches) {
        const before = await gateway.metric('ticker_disconnects_total', label);
        const raw = await Raw.upgraded(gateway);
        raw.received = Buffer.alloc(0);
        raw.socket.write(bytes);
        const what = `${label}: a close frame with ${code}`;
        await until(what, () => raw.received.length >= 4 && raw.received[0] === 0x88);
        assert.equal(raw.received.readUInt16BE(2), code, label);
        raw.socket.end();
        await raw.gone;
        await until(`${label} is counted`, async () =>
          (await gateway.metric('ticker_disconnects_total', label)) === before + 1);
      }
    });
  });

test('a client that says goodbye gets it back', async () => {
  await Gateway.with({}, async (gateway) => {
    const client = await Client.connect(gateway);
    client.socket.close(1000, 'enough');
    assert.equal((await client.closed).code, 1000);
    await until('it is counted', async () =>
      (await gateway.metric('ticker_disconnects_total', 'client_closed')) === 1);
  });
});
