// HTTP of both ports as browsers, scripts and Prometheus meet it.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { until } from '../e2e/support.mjs';
import { Client, Raw } from './client.mjs';
import { Gateway, run_to_end, SOURCE } from './gateway.mjs';

const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

let gateway;
before(async () => {
  const config = '[feeds.simulated]\nsymbols = 10000\n' +
    '[limits]\nsymbols_per_request_max = 20\nsubscriptions_max = 10000\n';
  gateway = await Gateway.start({ config });
  await gateway.names(10_000);
});
after(async () => {
  await gateway?.kill();
});

/** An error as JSON: its code; fails if the answer is of another form. */
function code_of({ status, headers, body }, expected_status) {
  assert.equal(status, expected_status, body);
  assert.match(headers['content-type'], /^application\/json/);
  const { error } = JSON.parse(body);
  assert.ok(error.message.length > 0);
  return error.code;
}

test('ten thousand symbols arrive whole, far more than a slab holds', async () => {
  const { status, headers, body } = await gateway.get('/v1/symbols');
  assert.equal(status, 200);
  assert.ok(body.length > 2 * 262_144);
  assert.equal(Number(headers['content-length']), body.length);
  const { symbols } = JSON.parse(body);
  assert.equal(new Set(symbols.map(({ symbol }) => symbol)).size, 10_000);
  assert.deepEqual(symbols[0], { symbol: symbols[0].symbol, venue: 'sim', status: 'live' });
});

test('snapshots come in the order asked for, escaped names too', async () => {
  const names = (await gateway.names(1)).slice(0, 3).reverse();
  const { body } = await gateway.get(`/v1/snapshot?x=1&symbols=${encodeURIComponent(names)}`);
  const { snapshots } = JSON.parse(body);
  assert.deepEqual(snapshots.map(({ symbol }) => symbol), names);
  for (const { type, channel, status, seq, bid } of snapshots) {
    assert.deepEqual([type, channel, status], ['snapshot', 'ticker', 'live']);
    assert.ok(seq >= 1);
    assert.match(bid, /^\d+(\.\d+)?$/);
  }
});

test('what cannot be answered is refused in JSON, with its reason', async () => {
  const refusals = [
    ['/nothing', 404, 'not_found'],
    ['/web/../nothing', 404, 'not_found'],
    ['/v1/symbols/', 404, 'not_found'],
    ['/metrics', 404, 'not_found'],
    ['/v1/snapshot', 400, 'bad_request'],
    ['/v1/snapshot?symbols=', 400, 'bad_request'],
    ['/v1/snapshot?symbols=sim:NO-SUCH', 404, 'unknown_symbol'],
    ['/v1/snapshot?symbols=sim:*', 404, 'unknown_symbol'],
    [`/v1/snapshot?symbols=${(await gateway.names(1)).slice(0, 21)}`, 400, 'too_many_symbols'],
    ['/v1/ws', 426, 'upgrade_required'],
  ];
  for (const [path, status, code] of refusals) {
    assert.equal(code_of(await gateway.get(path), status), code, path);
  }
});

test('other methods than GET and HEAD are refused on both ports', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    for (const answer of [
      await gateway.get('/v1/symbols', { method }),
      await gateway.admin('/metrics', { method }),
    ]) {
      assert.equal(code_of(answer, 405), 'method_not_allowed');
      assert.equal(answer.headers.allow, 'GET, HEAD');
    }
  }
  assert.equal(code_of(await gateway.get('/nothing', { method: 'POST' }), 404), 'not_found');
});

test('HEAD answers as GET does, without the body', async () => {
  for (const [ask, path] of [['get', '/'], ['admin', '/healthz']]) {
    const whole = await gateway[ask](path);
    const head = await gateway[ask](path, { method: 'HEAD' });
    assert.deepEqual([head.status, head.body], [200, '']);
    assert.equal(head.headers['content-length'], String(Buffer.byteLength(whole.body)));
  }
});

test('the page and its parts are served', async () => {
  const { status, headers, body } = await gateway.get('/');
  assert.equal(status, 200);
  assert.match(headers['content-type'], /^text\/html/);
  const parts = [...body.matchAll(/(?:src|href)="(\/?web\/[^"]+)"/g)].map(([, path]) => path);
  assert.ok(parts.length >= 2, body.slice(0, 500));
  for (const path of parts) {
    assert.equal((await gateway.get(path.startsWith('/') ? path : `/${path}`)).status, 200, path);
  }
});

test('requests too large or broken are answered before the connection ends', async () => {
  const big = { headers: { 'X-Big': 'x'.repeat(9_000) } };
  assert.equal(code_of(await gateway.get('/', big), 431), 'headers_too_large');
  assert.equal(code_of(await gateway.admin('/healthz', big), 431), 'headers_too_large');
  const body = { method: 'POST', body: 'x'.repeat(2_000) };
  assert.equal(code_of(await gateway.get('/v1/symbols', body), 413), 'body_too_large');
  assert.equal(code_of(await gateway.admin('/healthz', body), 413), 'body_too_large');
  for (const port of [gateway.port, gateway.admin_port]) {
    const raw = await Raw.connect(port);
    raw.socket.write('no HTTP at all\r\n\r\n');
    await until('an answer to nonsense', () => raw.received.includes('\r\n\r\n{'));
    assert.match(String(raw.received), /^HTTP\/1\.1 400 [^]*"bad_request"/);
    await raw.reset();
  }
});

test('of subprotocols only ours is taken; who asks for none gets the same', async () => {
  const other = { ...UPGRADE, 'Sec-WebSocket-Protocol': 'ticker.v9.xml, chat' };
  const refused = await gateway.get('/v1/ws', { headers: other });
  assert.equal(code_of(refused, 400), 'unknown_subprotocol');
  const none = await Client.connect(gateway, { protocol: [] });
  assert.equal(none.socket.protocol, '');
  const both = await Client.connect(gateway, { protocol: ['chat', 'ticker.v1.json'] });
  assert.equal(both.socket.protocol, 'ticker.v1.json');
  assert.equal(none.welcome.protocol, both.welcome.protocol);
  assert.equal(code_of(await gateway.get('/elsewhere', { headers: UPGRADE }), 404), 'not_found');
  await Promise.all([none.close(), both.close()]);
});

test('what is wrong with a handshake is said in JSON', async () => {
  const ask = (changes) => gateway.get('/v1/ws', { headers: { ...UPGRADE, ...changes } });
  const old = await ask({ 'Sec-WebSocket-Version': '8' });
  assert.equal(code_of(old, 426), 'upgrade_required');
  assert.equal(old.headers['sec-websocket-version'], '13');
  for (const key of ['', 'short', `${UPGRADE['Sec-WebSocket-Key']}=`]) {
    assert.equal(code_of(await ask({ 'Sec-WebSocket-Key': key }), 400), 'bad_request');
  }
  const plain = await gateway.get('/v1/symbols', { headers: UPGRADE });
  assert.equal(code_of(plain, 400), 'bad_request');
});

test('health, readiness and unknown paths of the admin port', async () => {
  for (const [path, word] of [['/healthz', 'ok'], ['/readyz', 'ready']]) {
    const { status, body } = await gateway.admin(path);
    assert.deepEqual([status, JSON.parse(body)], [200, { status: word }]);
  }
  for (const path of ['/', '/v1/symbols', '/healthz/x']) {
    assert.equal(code_of(await gateway.admin(path), 404), 'not_found');
  }
});

test('promtool has nothing to complain of while clients are connected', async () => {
  const promtool = process.env.PROMTOOL ?? `${SOURCE}build/tools/usr/bin/promtool`;
  assert.ok(existsSync(promtool), `${promtool} is missing; \`make deps-test\` fetches it`);
  const clients = await Client.connect_all(gateway, 5);
  await Promise.all(clients.map((client) => client.subscribe('ticker', ['sim:*'])));
  await until('frames are sent', async () =>
    (await gateway.metric('ticker_frames_sent_total')) > 0);
  const { headers, body } = await gateway.admin('/metrics');
  assert.match(headers['content-type'], /^text\/plain; version=0\.0\.4/);
  assert.match(body, /^ticker_clients 5$/m);
  const end = await run_to_end(promtool, ['check', 'metrics'], { input: body });
  assert.deepEqual([end.code, end.stdout, end.stderr], [0, '', '']);
  await Promise.all(clients.map((client) => client.close()));
});

test('over the limit of clients a connection is refused with 503, and taken when there is room',
  async () => {
    await Gateway.with({ config: '[limits]\nclients_max = 3\n' }, async (small) => {
      const clients = await Client.connect_all(small, 3);
      const refused = await small.get('/v1/symbols');
      assert.equal(code_of(refused, 503), 'overloaded');
      assert.equal(refused.headers['retry-after'], '1');
      await clients[0].close();
      await until('there is room again', async () =>
        (await small.get('/v1/symbols')).status === 200);
      assert.ok((await small.metric('ticker_connections_refused_total')) >= 1);
      await Promise.all(clients.map((client) => client.close()));
    });
  });
