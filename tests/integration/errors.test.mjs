// Every error of the client protocol, provoked. A refused request says why and changes nothing.

import assert from 'node:assert/strict';
import { after, before, beforeEach, afterEach, test } from 'node:test';
import { until } from '../e2e/support.mjs';
import { assert_no_faults, Client, until_complete } from './client.mjs';
import { Gateway } from './gateway.mjs';

let gateway;
let names;
let client;

before(async () => {
  const config = '[feeds.simulated]\nsymbols = 50\nrate = 500\n[limits]\n' +
    'subscriptions_max = 60\nsymbols_per_request_max = 30\nfilters_max = 2\ntrades_kept = 99\n';
  gateway = await Gateway.start({ config, args: ['--shards', '1'] });  // filters are counted by shard
  names = await gateway.names(50);
});
after(async () => {
  await gateway?.kill();
});

const HELD = 3;  // the client begins with tickers of names[0..2]
beforeEach(async () => {
  client = await Client.connect(gateway);
  await client.subscribe('ticker', names.slice(0, HELD));
});
afterEach(() => client?.close());

async function subscriptions() {
  return (await client.line(gateway)).subscriptions;
}

/** The subscriptions are what they were, by count and by what arrives. */
async function assert_unchanged(count = HELD) {
  assert.equal(await subscriptions(), count);
  await until_complete([client], names);
  assert_no_faults([client]);
}

test('texts that are no request are refused without an id', async () => {
  const texts = [
    ['', 'bad_json'],
    ['{', 'bad_json'],
    ['{"op":"ping"} {}', 'bad_json'],
    ['{"op":"ping\u0001"}', 'bad_json'],
    [`${'['.repeat(5_000)}`, 'bad_json'],
    ['17', 'bad_request'],
    ['[]', 'bad_request'],
    ['null', 'bad_request'],
    ['{}', 'bad_request'],
    ['{"op":7}', 'bad_request'],
    ['{"op":"ping","op":"ping"}', 'bad_request'],
    ['{"op":"dance"}', 'unknown_op'],
    ['{"op":"subscribe","channel":"ticker","symbols":["sim:*"]}', 'bad_id'],
    ['{"op":"ping","id":-1}', 'bad_id'],
    ['{"op":"ping","id":1.5}', 'bad_id'],
    ['{"op":"ping","id":"1"}', 'bad_id'],
    ['{"op":"ping","id":9007199254740992}', 'bad_id'],
  ];
  for (const [text, code] of texts) {
    const answer = await client.say(text);
    assert.deepEqual([answer.type, answer.id, answer.code], ['error', null, code], text);
    assert.ok(answer.message.length > 0);
  }
  await assert_unchanged();
});

test('requests with a mistake are refused with their id, and change nothing', async () => {
  const good = { op: 'subscribe', channel: 'ticker', symbols: [names[10]] };
  const mistakes = [
    [{ op: 'dance' }, 'unknown_op'],
    [{ channel: undefined }, 'bad_request'],
    [{ channel: 1 }, 'bad_request'],
    [{ channel: 'candles' }, 'unknown_channel'],
    [{ symbols: undefined }, 'bad_request'],
    [{ symbols: 'sim:*' }, 'bad_request'],
    [{ symbols: [] }, 'bad_request'],
    [{ symbols: [names[10], 5] }, 'bad_request'],
    [{ partial: 1 }, 'bad_request'],
    [{ interval_ms: -1 }, 'bad_request'],
    [{ interval_ms: '100' }, 'bad_request'],
    [{ channel: 'trades', interval_ms: 0.5 }, 'bad_request'],
    [{ fields: 'bid' }, 'bad_request'],
    [{ fields: [] }, 'bad_request'],
    [{ fields: ['bid', 5] }, 'bad_request'],
    [{ fields: ['bid', 'price'] }, 'unknown_field'],
    [{ fields: ['reason'] }, 'unknown_field'],
    [{ channel: 'trades', fields: ['bid'] }, 'bad_request'],
    [{ resume: [] }, 'bad_request'],
    [{ resume: { [names[10]]: 5 } }, 'bad_request'],
    [{ resume: { [names[10]]: { epoch: 'x' } } }, 'bad_request'],
    [{ resume: { [names[10]]: { epoch: 'x', seq: -1 } } }, 'bad_request'],
    [{ resume: { [names[10]]: { epoch: 1, seq: 1 } } }, 'bad_request'],
    [{ resume: Object.fromEntries(Array.from({ length: 61 }, (_, i) =>
      [`sim:${i}`, { epoch: 'x', seq: i }])) }, 'bad_request'],
    [{ symbols: Array.from({ length: 31 }, (_, i) => names[i]) }, 'too_many_symbols'],
    [{ symbols: [names[10], 'sim:NO-SUCH'] }, 'unknown_symbol'],
    [{ symbols: [names[10], 'mars:*'] }, 'unknown_symbol'],
    [{ symbols: [names[10], '*'] }, 'unknown_symbol'],
    [{ op: 'unsubscribe', symbols: [names[0], names[10]] }, 'not_subscribed'],
    [{ op: 'unsubscribe', symbols: [names[0], 'sim:*'] }, 'not_subscribed'],
    [{ op: 'unsubscribe', channel: 'trades', symbols: [names[0]] }, 'not_subscribed'],
    [{ op: 'unsubscribe', symbols: ['sim:NO-SUCH'] }, 'not_subscribed'],
  ];
  for (const [mistake, code] of mistakes) {
    const text = JSON.stringify({ ...good, ...mistake });
    const answer = await client.ask({ ...good, ...mistake });
    assert.deepEqual([answer.type, answer.code], ['error', code], text);
    assert.ok(answer.message.length > 0);
  }
  await assert_unchanged();
});

test('an error names the symbols at fault, shortened where they are long', async () => {
  const long = `sim:${'Ä'.repeat(500)}`;
  const symbols = [names[10], 'sim:NO-SUCH', long];
  const answer = await client.ask({ op: 'subscribe', channel: 'ticker', symbols });
  assert.equal(answer.code, 'unknown_symbol');
  assert.equal(answer.symbols.length, 2);
  assert.equal(answer.symbols[0], 'sim:NO-SUCH');
  assert.match(answer.symbols[1], /^sim:Ä{20,40}…$/);
  await assert_unchanged();
});

test('more subscriptions than allowed are refused whole', async () => {
  const wildcard = await client.subscribe('ticker', ['sim:*']);
  assert.deepEqual(wildcard.symbols, ['sim:*']);
  await assert_unchanged(50);
  const request = { op: 'subscribe', channel: 'trades', symbols: names.slice(0, 11) };
  assert.equal((await client.ask(request)).code, 'too_many_subscriptions');
  await assert_unchanged(50);
  await client.subscribe('trades', names.slice(0, 10));
  await assert_unchanged(60);
  // What is there already costs nothing.
  await client.subscribe('ticker', names.slice(0, 20));
  await assert_unchanged(60);
});

test('a partial request applies what is known and lists the rest', async () => {
  const symbols = [names[5], 'sim:NO-SUCH', 'mars:*'];
  const begun = await client.ask({ op: 'subscribe', channel: 'ticker', symbols, partial: true });
  assert.deepEqual([begun.type, begun.symbols, begun.rejected], ['subscribed', [names[5]], [
    { symbol: 'sim:NO-SUCH', code: 'unknown_symbol' },
    { symbol: 'mars:*', code: 'unknown_symbol' },
  ]]);
  await assert_unchanged(HELD + 1);
  const mixed = { symbols: [names[5], names[6]], partial: true };
  const ended = await client.ask({ op: 'unsubscribe', channel: 'ticker', ...mixed });
  assert.deepEqual([ended.type, ended.symbols, ended.rejected], ['unsubscribed', [names[5]], [
    { symbol: names[6], code: 'not_subscribed' },
  ]]);
  await assert_unchanged();
});

test('an exact name rules over its wildcard; without it the wildcard rules again', async () => {
  await client.subscribe('ticker', ['sim:*']);
  await client.unsubscribe('ticker', [names[0]]);
  await assert_unchanged(50);
  await client.unsubscribe('ticker', ['sim:*']);
  await assert_unchanged(HELD - 1);
  assert.deepEqual(client.views.seen('ticker'), names.slice(1, HELD).sort());
});

test('the ack tells the values in force', async () => {
  const request = { op: 'subscribe', channel: 'ticker', symbols: [names[7], names[7]] };
  const answer = await client.ask({ ...request, interval_ms: 251, fields: ['ask', 'status', 'bid'],
    resume: {} });
  assert.equal(answer.type, 'subscribed');
  assert.deepEqual(answer.symbols, [names[7]]);
  assert.equal(answer.interval_ms, 500);
  assert.deepEqual(answer.fields, ['bid', 'ask']);
  const plain = await client.ask(request);
  assert.deepEqual([plain.interval_ms, plain.fields], [0, undefined]);
  await assert_unchanged(HELD + 1);
});

test('more filters than allowed are refused, but not those that are in use', async () => {
  const filter = (fields, i = 0) => ({ op: 'subscribe', channel: 'ticker', symbols: [names[i]],
    interval_ms: 100, fields });
  const other = await Client.connect(gateway);
  assert.equal((await other.ask(filter(['bid']))).type, 'subscribed');
  assert.equal((await other.ask(filter(['status'], 1))).type, 'subscribed');
  const refused = await client.ask(filter(['ask']));
  assert.deepEqual([refused.type, refused.code], ['error', 'too_many_filters']);
  await assert_unchanged();
  assert.equal((await client.ask(filter(['bid']))).type, 'subscribed');
  await assert_unchanged();
  // A filter is free when nobody has it any more.
  await other.close();
  await until('one filter is left', async () => (await gateway.status()).shards[0].filters === 1);
  assert.equal((await client.ask(filter(['ask']))).type, 'subscribed');
  await assert_unchanged();
});

test('an unsubscription need not say how, and may say it wrong', async () => {
  const request = { op: 'unsubscribe', channel: 'ticker', symbols: [names[0]] };
  const answer = await client.ask({ ...request, interval_ms: -1, fields: ['price'], resume: 5 });
  assert.deepEqual(Object.keys(answer), ['type', 'id', 'channel', 'symbols']);
  await assert_unchanged(HELD - 1);
});

test('ping is answered with the time of the server, with an id or without', async () => {
  const before_us = Date.now() * 1_000;
  const pong = await client.ask({ op: 'ping' });
  assert.equal(pong.type, 'pong');
  assert.ok(Math.abs(pong.time - before_us) < 60e6);
  assert.equal((await client.say('{"op":"ping"}')).id, undefined);
});

test('the welcome tells the limits that hold', async () => {
  const { protocol, connection, epoch, heartbeat_ms, limits } = client.welcome;
  assert.equal(protocol, 'ticker.v1.json');
  assert.ok(connection.length > 0 && epoch.length > 0 && heartbeat_ms > 0);
  assert.equal(limits.subscriptions_max, 60);
  assert.equal(limits.symbols_per_request_max, 30);
  assert.equal(limits.filters_max, 2);
  assert.equal(limits.trades_kept, 99);
});

test('requests sent at once are answered in order', async () => {
  const answers = [];
  const all = names.slice(10, 30).map((symbol, i) => {
    const op = i % 3 === 2 ? 'dance' : 'subscribe';
    return client.ask({ op, channel: 'ticker', symbols: [symbol] }).then((answer) => {
      answers.push(answer.id);
      return answer.type;
    });
  });
  const types = await Promise.all(all);
  assert.deepEqual(types, types.map((_, i) => (i % 3 === 2 ? 'error' : 'subscribed')));
  assert.deepEqual(answers, [...answers].sort((a, b) => a - b));
  await assert_unchanged(HELD + types.filter((type) => type === 'subscribed').length);
});
