// Every example of README.md and schemas/asyncapi.yaml is what the schemas describe, and a running
// gateway takes the requests and gives the answers that they show.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from '../integration/client.mjs';
import { Gateway } from '../integration/gateway.mjs';
import { asyncapi_messages, readme_messages } from './documents.mjs';
import { mistakes_in } from './schemas.mjs';

const ANSWERS = new Set(['subscribed', 'unsubscribed', 'pong', 'error']);
const ACK_OF = { subscribe: 'subscribed', unsubscribe: 'unsubscribed', ping: 'pong' };
const README_ELIDED = 4;  // messages in README.md with «…»: completed below, never passed over

let gateway;
let described;  // what asyncapi.yaml has
before(async () => {
  // What asyncapi.yaml says at its head.
  gateway = await Gateway.start({ config: '[feeds.simulated]\nsymbols = 40\n[limits]\n' +
    'symbols_per_request_max = 3\nsubscriptions_max = 50\nfilters_max = 2\n',
    args: ['--shards', '1'] });
  await gateway.names(40);
  described = await asyncapi_messages();
});
after(() => gateway?.kill());

async function answer_to(client, text) {
  const answer = client.hear(`an answer to ${text}`, ({ type }) => ANSWERS.has(type));
  client.socket.send(text);
  return answer;
}

/** Sends requests, all on one connection; the gateway must accept each. */
async function assert_accepted(requests) {
  const client = await Client.connect(gateway);
  for (const request of requests) {
    assert.equal(mistakes_in('client.schema.json', request), null, JSON.stringify(request));
    const answer = await answer_to(client, JSON.stringify(request));
    assert.deepEqual([answer.type, answer.id], [ACK_OF[request.op], request.id],
      JSON.stringify(answer));
  }
  await client.close();
}

test('every example of asyncapi.yaml is what its schema describes', () => {
  for (const { kind, uri, examples } of described) {
    assert.ok(examples.length > 0, kind);
    for (const { name, payload } of examples) {
      assert.equal(mistakes_in(uri, payload), null, `${kind}, ${name}`);
    }
  }
});

test('the gateway accepts every request of asyncapi.yaml', async () => {
  const requests = described.filter(({ uri }) => uri.startsWith('client.')).flatMap(
    ({ examples }) => examples.map(({ payload }) => payload));
  assert.deepEqual(new Set(requests.map(({ op }) => op)), new Set(Object.keys(ACK_OF)));
  await assert_accepted(requests);
});

test('the gateway gives every answer of asyncapi.yaml, word by word', async () => {
  const codes = new Set();
  for (const { kind, examples } of described.filter((message) => ANSWERS.has(message.kind))) {
    for (const { name, payload, requests } of examples) {
      assert.ok(requests?.length > 0, `${kind}, ${name}: no requests that lead to it`);
      const client = await Client.connect(gateway);
      let answer;
      for (const text of requests) answer = await answer_to(client, text);
      if ('time' in payload) answer.time = payload.time;
      assert.deepEqual(answer, payload, `${kind}, ${name}`);
      codes.add(answer.code);
      await client.close();
    }
  }
  assert.equal(codes.size, 11 + 1, [...codes]);  // every code of an error, and none
});

test('messages that answer nothing have no requests in asyncapi.yaml', () => {
  const others = described.filter(({ kind }) => !ANSWERS.has(kind));
  for (const { kind, examples } of others) {
    assert.ok(examples.every(({ requests }) => requests === undefined), kind);
  }
});

test('the gateway accepts every request of README.md', async () => {
  const found = (await readme_messages()).filter(({ from }) => from === 'client');
  assert.ok(found.length >= 2);
  assert.ok(found.every(({ message }) => message), 'a request with «…» cannot be sent');
  await assert_accepted(found.map(({ message }) => message));
});

test('every message of the gateway in README.md is what its schema describes', async () => {
  const found = (await readme_messages()).filter(({ from }) => from === 'server');
  assert.ok(found.length >= 4);
  const elided = found.filter(({ message }) => message === undefined);
  assert.equal(elided.length, README_ELIDED);
  for (const { text, message } of found.filter((one) => one.message)) {
    assert.equal(mistakes_in('server.schema.json', message), null, text);
  }
  // What «…» stands for is taken from the example of asyncapi.yaml; what is shown stays.
  for (const { text, shown, elided: keys } of elided) {
    const [model] = described.flatMap(({ examples }) => examples).filter(({ payload }) =>
      payload.type === shown.type && payload.channel === shown.channel);
    for (const key of keys) assert.ok(key in model.payload, `${text}: no such key: ${key}`);
    assert.equal(mistakes_in('server.schema.json', { ...model.payload, ...shown }), null, text);
  }
});
