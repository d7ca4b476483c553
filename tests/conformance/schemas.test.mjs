// The schemas themselves: that they refuse what is wrong, that they and the code have the same
// words, and that asyncapi.yaml is valid by the official parser and names every message.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { SOURCE } from '../integration/gateway.mjs';
import { ASYNCAPI, asyncapi, asyncapi_messages, README, section } from './documents.mjs';
import {
  description_of, each_property, files, kinds_of, mistakes_in, need, shape_of, words_of,
} from './schemas.mjs';

const { Parser } = (await need('@asyncapi/parser')).default;
const described = await asyncapi_messages();
const from_server = described.filter(({ uri }) => !uri.startsWith('client.'));

function with_value(message, key, value) {
  return { ...message, [key]: value };
}
function without(message, key) {
  return Object.fromEntries(Object.entries(message).filter(([name]) => name !== key));
}

/** A value of another type that no schema of a message has in this place. */
function wrong_value(value) {
  if (typeof value === 'string') return Number.isNaN(Number(value)) ? 17 : Number(value);
  if (typeof value === 'number') return String(value);
  return value === null || typeof value === 'object' ? true : 'true';
}

const DECIMALS = ['bid', 'ask_size', 'last', 'volume_24h', 'price', 'size'];
const NO_DECIMALS = ['', '1.', '.5', '01', '+1', '1e5', '1,5', ' 1', 'NaN', '0x1',
  `0.${'1'.repeat(19)}`];

test('every schema compiles, and tells what each property is', () => {
  for (const [file, schema] of files) {
    assert.ok(schema.title && schema.description, file);
    assert.equal(schema.$id, file);
    for (const [name, definition] of Object.entries(schema.$defs)) {
      assert.ok(definition.title && definition.description, `${file} ${name}`);
      mistakes_in(`${file}#/$defs/${name}`, null);  // compiles, in strict mode
    }
  }
  let count = 0;
  const mute = [];
  each_property((property, path) => {
    count += 1;
    if (!('const' in property.schema) && !description_of(property)) mute.push(path);
  });
  assert.ok(count > 100);
  assert.deepEqual(mute, []);
});

// Most generators of types follow neither a $ref with keys beside it nor unevaluatedProperties.
test('a message names all its properties itself, and what more is checked only refers to them', () => {
  for (const file of ['server.schema.json', 'client.schema.json']) {
    for (const [kind, uri] of kinds_of(file)) {
      const [home, name] = uri.split('#/$defs/');
      const { $ref, properties, required, additionalProperties, allOf = [] } =
        files.get(home).$defs[name];
      assert.equal($ref, undefined, kind);
      const own = Object.keys(properties);
      for (const key of required) assert.ok(own.includes(key), `${kind} ${key}`);
      for (const rule of allOf.filter((each) => each.$ref)) {
        const target = rule.$ref.startsWith('#') ? home + rule.$ref : rule.$ref;
        for (const key of shape_of(target).properties.keys()) {
          assert.ok(own.includes(key), `${kind} ${key}`);
        }
      }
      assert.equal(additionalProperties, file === 'server.schema.json' ? false : undefined, kind);
    }
  }
});

test('a message of the gateway that is wrong in one place is refused', () => {
  let count = 0;
  for (const { kind, uri, examples } of from_server) {
    const { required } = shape_of(uri);
    for (const { name, payload } of examples) {
      const refuse = (message, what) => {
        count += 1;
        const where = `${kind}, ${name}: ${what}`;
        assert.ok(mistakes_in(uri, message), where);
        assert.ok(mistakes_in('server.schema.json', message), `${where}, taken for another`);
      };
      refuse(with_value(payload, 'more', 1), 'a further key');
      for (const key of Object.keys(payload)) {
        refuse(with_value(payload, key, wrong_value(payload[key])), `${key} of another type`);
        refuse(with_value(payload, key, { value: payload[key] }), `${key} an object`);
        if (required.has(key)) refuse(without(payload, key), `no ${key}`);
        if (typeof payload[key] === 'number') {
          refuse(with_value(payload, key, -1), `${key} below zero`);
          refuse(with_value(payload, key, payload[key] + 0.5), `${key} no whole number`);
        }
        if (!DECIMALS.includes(key) || payload[key] === null) continue;
        for (const text of NO_DECIMALS) refuse(with_value(payload, key, text), `${key} "${text}"`);
      }
    }
  }
  assert.ok(count > 500, `${count}`);
});

test('what must not be together in a message of the gateway is refused', () => {
  const deltas = described.find(({ kind }) => kind === 'delta').examples;
  const [delta, status] = deltas;
  const resumed = deltas.find(({ name }) => name === 'resumed, and nothing changed');
  const [snapshot] = described.find(({ kind }) => kind === 'ticker_snapshot').examples;
  const [gap] = described.find(({ kind }) => kind === 'gap').examples;
  const [bad_json] = described.find(({ kind }) => kind === 'error').examples;
  const [ack] = described.find(({ kind }) => kind === 'subscribed').examples;
  const trades = described.find(({ kind }) => kind === 'trades_snapshot').examples[0].payload;
  const wrong = [
    without(without(delta.payload, 'bid'), 'bid_size'),  // changes nothing
    without(status.payload, 'since'),
    { ...status.payload, status: 'live' },  // needs no reason
    { ...gap.payload, reason: 'upstream' },
    { ...gap.payload, lost: null },
    { ...bad_json.payload, id: 1 },
    { ...bad_json.payload, symbols: ['sim:BTC-USD'] },
    { ...bad_json.payload, code: 'unknown_symbol' },
    { ...ack.payload, symbols: [] },
    { ...ack.payload, rejected: [{ symbol: 'x', code: 'not_subscribed' }] },
    { ...ack.payload, interval_ms: 101 },
    { ...ack.payload, fields: [] },
    { ...ack.payload, fields: ['bid', 'bid'] },
    { ...ack.payload, fields: ['bid', 'status'] },
    { ...ack.payload, channel: 'trades', interval_ms: 250 },
    { ...ack.payload, channel: 'trades', fields: ['bid'] },
    { ...delta.payload, seq: 0 },
    { ...resumed.payload, resumed: false },
    { ...resumed.payload, merged: 2 },
    without(resumed.payload, 'resumed'),  // only a resumed one may be empty
    { ...snapshot.payload, resumed: true },
    { ...trades, trades: [{ ...trades.trades[0], more: 1 }] },
    { ...trades, trades: [without(trades.trades[0], 'price')] },
    { ...trades, trades: [{ ...trades.trades[0], price: 1.5 }] },
  ];
  for (const message of wrong) {
    assert.ok(mistakes_in('server.schema.json', message), JSON.stringify(message));
  }
});

test('the words of the schemas are those of the code and of README.md', async () => {
  const event = await readFile(`${SOURCE}schemas/event.hpp`, 'utf8');
  const in_code = (table) => {
    const [, list] = new RegExp(`${table} = \\{([^}]*)\\}`).exec(event);
    return [...list.matchAll(/"(.*?)"/g)].map(([, word]) => word || null).sort();
  };
  const words = (pointer) => [...files.get('values.schema.json').$defs[pointer].enum].sort();
  assert.deepEqual(words('status'), in_code('status_names'));
  // One reason is of a gap in trades, never of a status.
  const { const: of_gap } = files.get('data.schema.json').$defs.upstream_gap.properties.reason;
  assert.deepEqual([...words('reason'), of_gap].sort(), in_code('reason_names'));
  // README.md has a row a status, with its reasons.
  const rows_of_status = section(await readFile(README, 'utf8'), 'Status').match(/^\| `.*$/gm)
    .slice(1);  // below the head
  const told = (column) => rows_of_status.flatMap((row) =>
    [...row.split('|')[column].matchAll(/`(\w+)`/g)].map(([, word]) => word));
  assert.deepEqual(told(1).sort(), words('status'));
  assert.deepEqual([...told(2), null].sort(), words('reason'));
  assert.deepEqual(words('side'), in_code('side_names'));
  const adapter = await readFile(`${SOURCE}feeds/contract/adapter.hpp`, 'utf8');
  const [, links] = /link_state_names = \{([^}]*)\}/.exec(adapter);
  const { venue_state } = files.get('http.schema.json').$defs;
  assert.deepEqual(venue_state.properties.state.enum,
    ['local', ...[...links.matchAll(/"(\w+)"/g)].map(([, word]) => word)]);
  const counted = Object.keys(venue_state.properties.instruments.properties);
  assert.deepEqual(counted.sort(), words('status'));
  const { properties } = shape_of('values.schema.json#/$defs/ticker_values');
  const of_status = ['status', 'reason', 'since'];
  const values = [...properties.keys()].filter((name) => !of_status.includes(name));
  assert.deepEqual(values.sort(), in_code('field_names'));
  assert.deepEqual(words('field'), [...in_code('field_names'), 'status'].sort());
  const shape = await readFile(`${SOURCE}gateway/protocol/shape.hpp`, 'utf8');
  const [, classes] = /interval_classes_ms = \{([^}]*)\}/.exec(shape);
  const granted = shape_of('server.schema.json#/$defs/subscribed').properties.get('interval_ms');
  assert.deepEqual(words_of(granted),
    classes.split(',').map((text) => Number(text.replaceAll("'", ''))));

  const rows = section(await readFile(README, 'utf8'), 'Error codes').match(/^\| `.*$/gm);
  const documented = (place) => rows.filter((row) => row.split('|')[2].includes(place))
    .flatMap((row) => [...row.split('|')[1].matchAll(/`(\w+)`/g)].map(([, code]) => code)).sort();
  const codes = (uri) => words_of(shape_of(uri).properties.get('code'));
  assert.deepEqual([...codes('server.schema.json#/$defs/error')].sort(), documented('WebSocket'));
  const http = [...codes('http.schema.json#/$defs/error/properties/error')];
  assert.deepEqual(http.sort(), documented('HTTP'));
});

test('the close codes of asyncapi.yaml are those of the code and of README.md', async () => {
  const told = (await asyncapi()).channels.stream['x-close-codes'];
  const header = await readFile(`${SOURCE}gateway/base/close_reason.hpp`, 'utf8');
  const in_code = new Map([...header.matchAll(/\{(\d+), "[^"]*", "(\w+)", (true|false)\}/g)].map(
    ([, code, metric, retry]) => [metric, { code: Number(code), retry: retry === 'true' }]));
  assert.equal(in_code.size, 12);
  const rows = section(await readFile(README, 'utf8'), 'Close codes').match(/^\| (\d|none).*$/gm);
  const documented = rows.map((row) => row.split('|').map((cell) => cell.trim())).map(
    ([, code, , metric, , retry]) => [metric.slice(1, -1), Number(code) || null, retry === 'yes']);
  assert.deepEqual(told.map(({ metric, code, retry }) => [metric, code, retry]), documented);
  for (const { code, metric, retry, when } of told) {
    assert.ok(when.length > 0);
    assert.equal(retry, in_code.get(metric).retry, metric);
    if (code !== null) assert.equal(code, in_code.get(metric).code, metric);
  }
});

/** The complaints of the official parser; none if the text is a valid document. */
async function complaints_of(text) {
  const { document, diagnostics } = await new Parser().parse(text, { source: ASYNCAPI });
  // The document keeps to 3.0.0, and the parser would like a newer version.
  const grave = diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version');
  if (!document && grave.length === 0) return ['no document'];
  return grave.map(({ code, message, path }) => `${code} ${path.join('.')}: ${message}`);
}

test('asyncapi.yaml is valid by the official parser, which refuses broken ones', async () => {
  const text = await readFile(ASYNCAPI, 'utf8');
  assert.deepEqual(await complaints_of(text), []);
  for (const [what, by] of [
    ['action: send', 'action: shout'],
    ["'server.schema.json#/$defs/pong'", "'server.schema.json#/$defs/nothing'"],
    ["'server.schema.json#/$defs/pong'", "'nothing.schema.json#/$defs/pong'"],
    ["'#/components/messages/ping'", "'#/components/messages/nothing'"],
    ['asyncapi: 3.0.0', 'asyncapi: 3.0.0\nmore: 1'],
  ]) {
    assert.ok(text.includes(what), what);
    assert.notDeepEqual(await complaints_of(text.replace(what, () => by)), [], by);
  }
});

test('asyncapi.yaml has every message of the schemas, and every one in its direction', async () => {
  const { channels, operations } = await asyncapi();
  const kinds = described.map(({ kind, uri }) => [kind, uri]);
  const client = kinds_of('client.schema.json');
  const server = kinds_of('server.schema.json');
  assert.deepEqual(new Map(kinds), new Map([...client, ...server]));
  const all = kinds.map(([kind]) => kind).sort();
  assert.deepEqual(Object.keys(channels.stream.messages).sort(), all);
  const names = (list) => list.map(({ $ref }) => $ref.split('/').at(-1)).sort();
  const { take_requests, send_data } = operations;
  assert.deepEqual(names(take_requests.messages), [...client.keys()].sort());
  assert.deepEqual(names([...take_requests.reply.messages, ...send_data.messages]),
    [...server.keys()].sort());
});
