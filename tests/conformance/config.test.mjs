// The schema of the config file against the gateway's own judgement: the same keys, defaults,
// ranges and words, and the same files accepted and refused.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Folder, Gateway, run_to_end, SOURCE } from '../integration/gateway.mjs';
import { files, mistakes_in, need } from './schemas.mjs';

const { parse } = await need('smol-toml');
const EXAMPLE = `${SOURCE}gateway/gateway.example.toml`;

let folder;
before(async () => (folder = await Folder.make()));
after(() => folder?.remove());

/** What the gateway says to a config file: {code, mistakes}. */
async function check(path) {
  const end = await run_to_end(Gateway.binary(), ['--check-config', '--config', path]);
  return { code: end.code, mistakes: (end.stdout + end.stderr).trim().split('\n') };
}

/** Both verdicts on the text of a config file, true for accepted: {gateway, schema, why}. */
async function verdicts_on(text) {
  const { code, mistakes } = await check(await folder.write('config.toml', text));
  const by_schema = mistakes_in('config.schema.json', parse(text));
  const why = `${text}${mistakes}; ${by_schema}`;
  return { gateway: code === 0, schema: by_schema === null, why };
}

/** Leaves of the config's schema: dotted key → schema, what it refers to included. */
function keys_of(schema, prefix = '') {
  const root = files.get('config.schema.json');
  return Object.entries(schema.properties).flatMap(([name, property]) => {
    const target = property.$ref ? root.$defs[property.$ref.split('/').at(-1)] : {};
    const whole = { ...target, ...property };
    const key = prefix + name;
    return whole.properties ? keys_of(whole, `${key}.`) : [[key, whole]];
  });
}
const keys = new Map(keys_of(files.get('config.schema.json')));

/** Leaves of a parsed config: dotted key → value. */
function values_of(config, prefix = '') {
  return Object.entries(config).flatMap(([name, value]) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? values_of(value, `${prefix}${name}.`)
      : [[prefix + name, value]]);
}

function toml_of(key, value) {
  const dot = key.lastIndexOf('.');
  const section = dot < 0 ? '' : `[${key.slice(0, dot)}]\n`;
  return `${section}${key.slice(dot + 1)} = ${value}\n`;
}

test('the config files of the source are accepted by both', async () => {
  for (const path of [EXAMPLE, `${SOURCE}feeds/replay.toml`, `${SOURCE}feeds/live.toml`]) {
    const config = parse(await readFile(path, 'utf8'));
    assert.equal(mistakes_in('config.schema.json', config), null, path);
    assert.equal((await check(path)).code, 0, path);
  }
});

test('every venue can be started live with feeds/live.toml', async () => {
  const venues = [...keys.keys()].filter((key) => /^feeds\..*\.rest_url$/.test(key))
    .map((key) => key.split('.')[1]);
  assert.ok(venues.includes('kraken'));
  for (const venue of venues) {
    const { code, stderr } = await run_to_end(Gateway.binary(),
      ['--check-config', '--config', `${SOURCE}feeds/live.toml`, '--feed', venue]);
    assert.equal(code, 0, `${venue}: ${stderr}`);
  }
});

test('the schema has the keys of the example, each with its default', async () => {
  const example = values_of(parse(await readFile(EXAMPLE, 'utf8')));
  const defaults = [...keys].map(([key, schema]) => [key, schema.default]);
  assert.deepEqual(new Map(defaults), new Map(example));
  assert.ok(keys.size > 30);
});

/** What the gateway says is allowed, from the schema. */
function allowed_by(schema, key) {
  const words = (list) => list.map((word) => `"${word}"`).join(', ');
  if (schema.pattern) return '"IPv4:PORT", "[IPv6]:PORT" or "localhost:PORT"';
  if (schema.enum && schema.type === undefined) return words(schema.enum);
  if (schema.type === 'array') {
    const texts = key.endsWith('files') ? 'files' : 'texts';
    return `a list of ${schema.items.enum ? words(schema.items.enum) : texts}`;
  }
  if (schema.type === 'string') return key.endsWith('_file') ? 'the name of a file' : 'a text';
  if (schema.type === 'boolean') return 'true or false';
  const kind = schema.type === 'integer' ? 'a whole number' : 'a number';
  // What a JavaScript number makes of the largest integer of TOML.
  const max = schema.maximum === 2 ** 63 ? '9223372036854775807' : schema.maximum;
  return `${kind} from ${schema.minimum} to ${max}`;
}

test('types, ranges and words are those that the gateway tells', async () => {
  const sections = new Map();
  for (const key of keys.keys()) {
    const name = key.slice(0, Math.max(0, key.lastIndexOf('.')));
    sections.set(name, [...(sections.get(name) ?? []), key]);
  }
  // A date, which no key takes.
  const text = [...sections].map(([name, list]) => (name ? `[${name}]\n` : '') +
    list.map((key) => `${key.slice(name ? name.length + 1 : 0)} = 1979-05-27\n`).join('')).join('');
  const { code, mistakes } = await check(await folder.write('dates.toml', text));
  assert.equal(code, 1);
  const told = mistakes.map((line) =>
    / (\S+) is a date or time; allowed: (.*)$/.exec(line).slice(1));
  const described = [...keys].map(([key, schema]) => [key, allowed_by(schema, key)]);
  assert.deepEqual(new Map(told), new Map(described));
});

test('wrong configs are refused by both', async () => {
  const wrong = [
    'shard = 1\n', '[limit]\nring_slots = 65536\n', '[limits]\nring_slot = 65536\n',
    '[feeds.binance]\nfiles = []\n', 'limits = 5\n', 'feeds = "replay"\n',
    'shards = -1\n', 'shards = 257\n', 'shards = "2"\n', 'shards = true\n', 'shards = 1.5\n',
    'share_port = 1\n', 'log_level = "loud"\n', 'log_level = ["info"]\n',
    'feed = "simulated"\n', 'feed = []\n', 'feed = ["kraken"]\n',
    'feed = ["simulated", "simulated"]\n',
    'feed = ["replay"]\n', 'feed = ["simulated", "replay"]\n[feeds.replay]\nspeed = 1\n',
    'feed = ["replay"]\n[feeds.replay]\nfiles = []\n',
    'listen = 8080\n', 'listen = "8080"\n', 'listen = "127.0.0.1"\n', 'listen = "127.0.0.1:"\n',
    'listen = "127.0.0.1:65536"\n', 'listen = "127.0.0.256:80"\n', 'listen = "127.0.0.01:80"\n',
    'listen = "::1:80"\n', 'listen = "example.org:80"\n', 'admin = "[::g]:80"\n',
    '[limits]\nring_slots = 100000\n', '[limits]\nring_slots = 2\n',
    '[feeds.simulated]\nprofile = "odd"\n', '[feeds.simulated]\nsymbols = 0\n',
    '[feeds.replay]\nspeed = -1\n', '[feeds.replay]\nspeed = "fast"\n',
    '[feeds.replay]\nspeed = inf\n',
    '[feeds.binance]\nquotes = "ticker"\n', '[feeds.kraken]\nquotes = "bbo"\n',
    '[feeds.replay]\nfiles = "a"\n', '[feeds.replay]\nloop = "no"\n',
  ];
  for (const text of wrong) {
    const { gateway, schema, why } = await verdicts_on(text);
    assert.deepEqual([gateway, schema], [false, false], why);
  }
});

test('unusual configs that are right are accepted by both', async () => {
  const capture = `files = ["${SOURCE}feeds/binance/captures/aggTrade.ndjson"]\n`;
  const right = [
    '', 'listen = "[::1]:0"\n', 'listen = "localhost:00080"\n', 'admin = "0.0.0.0:65535"\n',
    'shards = 256\nlog_level = "off"\nfeed = ["simulated", "replay"]\n[feeds.replay]\nspeed = 0\n' +
      capture,
    'feed = ["replay"]\n[feeds.replay]\nspeed = 0.001\n' + capture,
    '[feeds.simulated]\nseed = 0\nprofile = "even"\nrate = 100000000\n',
    '[limits]\nring_slots = 16777216\ninstruments_max = 1000000\n',
    '[limits]\ntrades_snapshot_max = 0\ntrades_kept = 0\n', '[limits]\ntrades_kept = 50\n',
    '[limits]\nlag_hard_ms = 250\n',
    toml_of('feeds.replay.speed', 0.0001),  // of a feed that is not chosen
  ];
  for (const text of right) {
    const { gateway, schema, why } = await verdicts_on(text);
    assert.deepEqual([gateway, schema], [true, true], why);
  }
});

test('both take the ends of every range, and nothing beyond', async () => {
  for (const [key, { type, minimum, maximum }] of keys) {
    if (type !== 'integer') continue;
    const values = [[minimum - 1, false], [minimum, true], [maximum, true], [maximum + 1, false]];
    for (const [value, fits] of values) {
      // Beyond what a JavaScript number holds exactly, and what TOML can say.
      if (!Number.isSafeInteger(value)) continue;
      const text = toml_of(key, value);
      const { mistakes } = await check(await folder.write('range.toml', text));
      const mistake = `${key} is ${value}; allowed: a whole number`;
      const refused = mistakes.some((line) => line.includes(mistake));
      assert.equal(refused, !fits, `${text}${mistakes}`);
      assert.equal(mistakes_in('config.schema.json', parse(text)) === null, fits, text);
    }
  }
});
