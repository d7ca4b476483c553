// What a replay ends with, against values worked out independently (tests/replay_truth.py): to the
// digit, at a client that came after the end, at one that lived through it, and with broken lines
// in between. TICKER_CAPTURES may name a folder of other captures.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../e2e/support.mjs';
import { assert_no_faults, Client, until_complete } from './client.mjs';
import { Folder, Gateway, run_to_end, SOURCE } from './gateway.mjs';

const FIELDS = ['bid', 'bid_size', 'ask', 'ask_size', 'last', 'last_size', 'open_24h', 'high_24h',
  'low_24h', 'volume_24h'];
const BINANCE = 'wss://stream.binance.com:9443/stream';

let folder;
let own;  // captures of this tree
let own_truth;

/** The values of these files, every field there: symbol → {bid, …}. */
async function truth_of(paths) {
  const script = join(SOURCE, 'tests/replay_truth.py');
  const { code, stdout, stderr } = await run_to_end('python3', [script, ...paths], { seconds: 60 });
  assert.equal(code, 0, stderr);
  return new Map(Object.entries(JSON.parse(stdout)).map(([symbol, values]) =>
    [symbol, values_of(values)]));
}

function venues_of(symbols) {
  return [...new Set(symbols.map((symbol) => symbol.split(':')[0]))].sort();
}

function values_of(state) {
  return Object.fromEntries(FIELDS.map((field) => [field, state[field] ?? null]));
}

// Endpoints of the venues whose adapters there are.
const KNOWN = /"dir":"recv","conn":"wss:\/\/(stream\.binance\.(com|us)[:/]|ws-feed\.[a-z]+\.coinbase\.com|ws\.kraken\.com\/v2|ws\.okx\.com[:/]|stream\.bybit\.com\/v5\/public\/(spot|linear))/;

/** Recorded captures under a folder; those written by hand have no times. */
async function captures_in(root) {
  const found = await readdir(root, { withFileTypes: true });
  const lists = await Promise.all(found.map(async (entry) => {
    const path = join(root, entry.name);
    if (entry.isDirectory()) return captures_in(path);
    if (!entry.name.endsWith('.ndjson') || entry.name === 'written.ndjson') return [];
    return KNOWN.test(await readFile(path, 'utf8')) ? [path] : [];
  }));
  return lists.flat().sort();
}

before(async () => {
  own = await captures_in(`${SOURCE}feeds`);
  own_truth = await truth_of(own);
  assert.deepEqual(venues_of([...own_truth.keys()]), ['binance', 'binance_us', 'bybit', 'bybit_linear',
    'coinbase', 'kraken', 'okx']);
  folder = await Folder.make();
});
after(() => folder?.remove());

function replay_of(paths, speed) {
  const list = paths.map((path) => JSON.stringify(path)).join(', ');
  // The truth is worked out from tickers.
  const quotes = ['coinbase', 'kraken'].map((venue) => `[feeds.${venue}]\nquotes = "ticker"\n`);
  return `feed = ["replay"]\n${quotes.join('')}[feeds.replay]\ntogether = true\n` +
    `speed = ${speed}\nfiles = [${list}]\n`;
}

function until_ended(gateway, seconds) {
  const ended = (list) => list.length > 0 && list.every(({ status }) => status === 'down');
  return until('the replay has ended', async () => ended(await gateway.symbols()), seconds);
}

/** A client that takes everything of every venue of the truth. */
async function connect_to_all(gateway, truth) {
  const client = await Client.connect(gateway);
  const venues = venues_of([...truth.keys()]);
  const wildcards = venues.map((venue) => `${venue}:*`);
  await until('every venue has spoken', async () =>
    venues_of((await gateway.symbols()).map(({ symbol }) => symbol)).length === venues.length);
  await client.subscribe('ticker', wildcards);
  await client.subscribe('trades', wildcards);
  return client;
}

async function assert_true_values(client, truth) {
  await until_complete([client], [...truth.keys()]);
  const { ticker } = client.views;
  await until('the last change has come', () => {
    const states = [...ticker.values()];
    return states.length > 0 && states.every(({ status }) => status === 'down');
  });
  assert.deepEqual([...ticker.keys()].sort(), [...truth.keys()].sort());
  for (const [symbol, state] of ticker) {
    assert.deepEqual(values_of(state), truth.get(symbol), symbol);
  }
  assert_no_faults([client]);
}

test('after a replay at full speed, a client gets the true values in its snapshots', async () => {
  const given = process.env.TICKER_CAPTURES;
  const files = given ? await captures_in(given) : own;
  const truth = await truth_of(files);
  assert.ok(files.length > 0 && truth.size > 0, `no captures in ${given}`);
  await Gateway.with({ config: replay_of(files, 0) }, async (gateway) => {
    await until_ended(gateway, 30);
    const client = await connect_to_all(gateway, truth);
    await assert_true_values(client, truth);
    assert.equal(client.views.deltas, 0);
    await client.close();
  });
});

test('a client that lives through a replay arrives at the true values by deltas', async () => {
  // At ten times the pace: the files given by hand could be of hours.
  await Gateway.with({ config: replay_of(own, 10) }, async (gateway) => {
    const client = await connect_to_all(gateway, own_truth);
    await until_ended(gateway, 30);
    await assert_true_values(client, own_truth);
    assert.ok(client.views.deltas > 20, `only ${client.views.deltas} deltas`);
    await client.close();
  });
});

/** A line of a capture with this wire text. */
function line_of(wire, { conn = BINANCE, ts = '1628952400.5' } = {}) {
  return `{"ts":${ts},"dir":"recv","conn":"${conn}","msg":${wire}}`;
}

const QUOTE = '"u":900000000000,"s":"FTMUSDT","b":"9","B":"9","a":"9","A":"9"';
const MALFORMED = [
  'this is no line of a capture',
  '{"ts":1628952400.5,"dir":"recv","conn"',
  line_of('{"stream":"ftmusdt@bookTicker","data":{'),
  line_of('{"u":900000000000,"s":"FTMUSDT","b":"9","B":"9","a":"9"'),
  line_of('{"stream":"ftmusdt@bookTicker","data":{"u":900000000000,"s":"FTMUSDT","b":"9"}}'),
  line_of(`{${QUOTE.replace('"b":"9"', '"b":"-9"')}}`),
  line_of(`{${QUOTE.replace('"a":"9"', '"a":"nine"')}}`),
  line_of(`{${QUOTE.replace('"B":"9"', '"B":9')}}`),
  line_of('{"e":"aggTrade","s":"FTMUSDT","a":900000000000,"p":"9"}'),
  line_of(`${'['.repeat(40)}${']'.repeat(40)}`),
  line_of('"\\ud800'),
];
const OTHERS = {
  unknown: [line_of('{"e":"neverHeardOf","s":"FTMUSDT"}'), line_of('[]'), line_of('17')],
  ignored: [line_of('{"result":null,"id":1}'), line_of('{"e":"kline","s":"FTMUSDT"}')],
};

test('malformed lines and broken frames are counted, and what is whole still comes through',
  async () => {
    const foreign = line_of(`{${QUOTE}}`, { conn: 'wss://example.org/ws' });
    const broken = [...MALFORMED, ...OTHERS.unknown, ...OTHERS.ignored, foreign];
    const sound = own.filter((path) => /\/(bookTicker|aggTrade)\.ndjson$/.test(path));
    const truth = await truth_of(sound);
    let frames = 0;
    const mixed = await Promise.all(sound.map(async (path, number) => {
      const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
      frames += lines.length;
      if (number === 0) broken.forEach((line, i) => lines.splice(i * 2, 0, line));
      return folder.write(`mixed_${number}.ndjson`, `${lines.join('\n')}\n`);
    }));
    await Gateway.with({ config: replay_of(mixed, 0) }, async (gateway) => {
      await until_ended(gateway, 20);
      const client = await connect_to_all(gateway, truth);
      await assert_true_values(client, truth);
      const counted = (verdict) =>
        gateway.metric('ticker_feed_frames_total', `feed="binance",verdict="${verdict}"`);
      assert.equal(await counted('malformed'), MALFORMED.length);
      assert.equal(await gateway.metric('ticker_parse_errors_total'), MALFORMED.length);
      assert.equal(await counted('unknown'), OTHERS.unknown.length);
      assert.equal(await counted('ignored'), OTHERS.ignored.length);
      assert.equal(await counted('data'), frames);
      await client.close();
    });
  });

test('last and trades are of the stream that the config names, never of both', async () => {
  const common = '"s":"BTCUSDT","q":"1","T":1628952400000,"m":true';
  const path = await folder.write('both.ndjson', [
    line_of(`{"e":"aggTrade","a":1,"p":"1.5",${common}}`),
    line_of(`{"e":"trade","t":9,"p":"2.5",${common}}`),
  ].join('\n'));
  for (const [trades, last] of [['aggTrade', '1.5'], ['trade', '2.5']]) {
    const config = `${replay_of([path], 0)}[feeds.binance]\ntrades = "${trades}"\n`;
    await Gateway.with({ config }, async (gateway) => {
      await until_ended(gateway, 20);
      const snapshots = await gateway.snapshots(['binance:BTC-USDT']);
      assert.equal(snapshots.get('binance:BTC-USDT').last, last, trades);
      assert.equal(await gateway.metric('ticker_feed_frames_total',
        'feed="binance",verdict="ignored"'), 1);
    });
  }
});

test('in a loop each round begins with a gap of unknown size, and prices go on', async () => {
  await Gateway.with({ config: `${replay_of(own, 100)}loop = true\n` }, async (gateway) => {
    const client = await connect_to_all(gateway, own_truth);
    await until('two rounds are over', () => client.views.gaps.length >= 8, 20);
    for (const { reason, lost } of client.views.gaps) {
      assert.deepEqual([reason, lost], ['upstream', null]);
    }
    assert_no_faults([client]);
    for (const { status } of client.views.ticker.values()) assert.equal(status, 'live');
    await client.close();
  });
});
