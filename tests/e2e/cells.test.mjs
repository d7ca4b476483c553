// What the page shows and in which order; mirrors gateway/web/cells.js, order.js and bar.js.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { hint_line, link_words } from '../../gateway/web/bar.js';
import {
  age_text, COLUMNS, per_cent_text, shown_status, status_reason,
} from '../../gateway/web/cells.js';
import { arrange } from '../../gateway/web/order.js';

function entry(symbol, fields = {}) {
  return { symbol, current: true, valued_ts: 1, ticker: { status: 'live', ...fields } };
}

function listed(entries, how) {
  const order = { filter: '', column: 'symbol', descending: false, ...how };
  return arrange(entries, order).map(({ symbol }) => symbol);
}

test('a price of a link that is not live is never shown as live', () => {
  const live = entry('sim:A-USD');
  assert.equal(shown_status(live, true), 'live');
  assert.equal(shown_status(live, false), 'stale');
  assert.equal(shown_status({ ...live, current: false }, true), 'resyncing');
  assert.equal(shown_status(entry('sim:A-USD', { status: 'down' }), true), 'down');
});

test('every reason of a status is told in words', async () => {
  const schema = new URL('../../schemas/values.schema.json', import.meta.url);
  const { reason } = JSON.parse(await readFile(schema, 'utf8')).$defs;
  for (const word of reason.enum.filter((each) => each !== null)) {
    const text = status_reason(entry('sim:A-USD', { status: 'down', reason: word }), true);
    assert.match(text, /^\S+ \S/, word);
  }
  const why = (fields, trusted) => status_reason({ ...entry('sim:A-USD'), ...fields }, trusted);
  assert.equal(why({}, true), '');
  assert.match(why({}, false), /not heard/);
  assert.match(why({ current: false }, true), /missed/);
  const later = entry('sim:A-USD', { status: 'stale', reason: 'a_word_of_later' });
  assert.equal(status_reason(later, true), 'a_word_of_later');
});

test('cells show the digits of the wire, and a dash for what is missing', () => {
  const view = { now_us: 1_300_001, trusted: true };
  const full = entry('sim:A-USD', { bid: '1.10', ask: '1.15', last: '1.10', open_24h: '1.00' });
  const text = (id, of) => COLUMNS[id].text(of, view);
  assert.equal(text('bid', full), '1.10');
  assert.equal(text('spread', full), '0.05');
  assert.equal(text('change', full), '+10.00 %');
  assert.equal(text('age', full), '1.3 s');
  const empty = { ...entry('sim:B-USD', { bid: null }), valued_ts: null };
  for (const id of ['bid', 'ask', 'last', 'change', 'spread', 'points', 'age']) {
    assert.equal(text(id, empty), '–');
  }
});

test('ages are short and never negative', () => {
  const ages = [[-5, '0.0 s'], [0.31, '0.3 s'], [12.9, '12 s'], [150, '2 min'], [7300, '2 h'],
    [200_000, '2 d']];
  for (const [seconds, text] of ages) assert.equal(age_text(seconds * 1e6), text);
  assert.equal(age_text(null), '–');
});

test('a change has a sign, unless it rounds to nothing', () => {
  assert.equal(per_cent_text(-1.239), '−1.24 %');
  assert.equal(per_cent_text(0.5), '+0.50 %');
  assert.equal(per_cent_text(-0.001), '0.00 %');
});

test('the filter takes every word, in any case, of venue or name', () => {
  const all = [entry('sim:BTC-USD'), entry('kraken:BTC-EUR'), entry('kraken:ETH-USD')];
  assert.deepEqual(listed(all, { filter: 'KRAKEN' }), ['kraken:BTC-EUR', 'kraken:ETH-USD']);
  assert.deepEqual(listed(all, { filter: ' eur kraken ' }), ['kraken:BTC-EUR']);
  assert.deepEqual(listed(all, { filter: 'doge' }), []);
});

test('prices order by value, and what has none stays last either way', () => {
  const all = [
    entry('b', { bid: '9.99' }), entry('a', { bid: '9.990' }), entry('c', { bid: null }),
    entry('d', { bid: '10' }),
  ];
  assert.deepEqual(listed(all, { column: 'bid' }), ['a', 'b', 'd', 'c']);
  assert.deepEqual(listed(all, { column: 'bid', descending: true }), ['d', 'a', 'b', 'c']);
});

test('the link in words: live, silent, reconnecting', () => {
  const live = { state: 'live', trusted: true, silent_ms: 300, retry_in_ms: 0, ever_live: true };
  assert.equal(link_words(live).state, 'live');
  assert.equal(link_words(live).warning, '');
  assert.match(link_words({ ...live, conflating: true }).detail, /merged/);
  const silent = link_words({ ...live, trusted: false, silent_ms: 16_000 });
  assert.equal(silent.state, 'silent');
  assert.match(silent.warning, /stale: last message 16 s ago/);
  const waiting = link_words({ ...live, state: 'waiting', trusted: false, retry_in_ms: 3_100 });
  assert.equal(`${waiting.state} ${waiting.detail}`, 'reconnecting in 3 s');
  assert.match(waiting.warning, /stale/);
});

test('the hint is a line of JavaScript', () => {
  assert.doesNotThrow(() => new Function(hint_line('ws://host/v1/ws', 'sim:BTC-USD')));
});
