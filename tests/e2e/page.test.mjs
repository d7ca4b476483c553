// The dashboard page of the real gateway in a real browser.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { Gateway } from './gateway.mjs';
import { open_browser, Page, until_live } from './support.mjs';

let browser;
let gateway;
let page;

before(async () => {
  browser = await open_browser();
});
after(() => browser?.close());

beforeEach(async () => {
  gateway = await Gateway.start();
  page = await Page.open(browser, gateway.url);
});
afterEach(async () => {
  await page?.close();
  await gateway?.kill();
  page = gateway = undefined;
});

test('prices appear with spread, status and age, and they move', async () => {
  const rows = await until_live(page);
  const first = rows.find((row) => row.shown_status === 'live');
  assert.match(first.symbol, /^[a-z0-9]+:\w+-\w+$/);
  assert.match(first.ask, /^\d+(\.\d+)?$/);
  assert.match(first.spread, /^−?\d+(\.\d+)?$/);
  assert.equal(first.status, 'live');
  assert.match(first.age, /^\d+(\.\d)? (s|min)$/);
  assert.ok(Number(await page.text('count')) >= rows.length - 16);
  const bids = new Map(rows.map((row) => [row.symbol, row.bid]));
  const moved = (row) => bids.has(row.symbol) && bids.get(row.symbol) !== row.bid;
  await page.until('a price that moved', async () => (await page.rows()).some(moved));
  await page.until('a rate of messages', async () => parseInt(await page.text('rate'), 10) > 0);
});

test('a replay shows its venues side by side, each with the digits of its frames', async () => {
  await page.close();
  await gateway.kill();
  const config = new URL('../../feeds/replay.toml', import.meta.url).pathname;
  gateway = await Gateway.start(0, ['--config', config]);
  // The list is drawn as far as it is seen.
  page = await Page.open(browser, gateway.url, { viewport: { width: 1280, height: 1_200 } });
  const venues = (rows) => [...new Set(rows.map(({ symbol }) => symbol.split(':')[0]))].sort();
  const expected = ['binance', 'binance_us', 'bybit', 'bybit_linear', 'coinbase', 'kraken',
    'okx'];
  await page.until('all venues', async () => venues(await page.rows()).length === expected.length);
  const quoted = (rows) => rows.filter(({ bid, shown_status }) =>
    /^\d/.test(bid) && shown_status === 'live');
  await page.until('a live quote of each', async () =>
    venues(quoted(await page.rows())).join() === expected.join(), 30);
  await page.until('Kraken\'s exact digits', async () =>
    (await page.rows()).some((row) => row.symbol === 'kraken:ETH-CHF' && row.bid === '2187.73000'));
});

test('the spread is ask minus bid to the digit', async () => {
  const rows = await until_live(page);
  const { subtract } = await import('../../gateway/web/decimal.js');
  const quoted = rows.filter((row) => /^\d/.test(row.bid) && /^\d/.test(row.ask));
  assert.ok(quoted.length > 0);
  for (const { bid, ask, spread } of quoted) {
    assert.equal(spread.replace('−', '-'), subtract(ask, bid));
  }
});

test('the search shows what matches, and all again when it is cleared', async () => {
  const rows = await until_live(page);
  const name = rows[0].symbol.split(':')[1];
  await page.tab.fill('#search', name.toLowerCase());
  await page.until('only matching symbols', async () => {
    const left = await page.rows();
    return left.length > 0 && left.every((row) => row.symbol.includes(name));
  });
  await page.tab.fill('#search', 'no such symbol');
  await page.until('a word about no match', async () => {
    return (await page.text('empty')).includes('No symbol');
  });
  assert.deepEqual(await page.rows(), []);
  await page.tab.fill('#search', rows[0].symbol.split(':')[0]);
  await page.until('all symbols of the venue', async () => {
    return (await page.rows()).length >= rows.length;
  });
});

test('a click on a header sorts by it, a second one turns the order round', async () => {
  await until_live(page);
  const symbols = async () => (await page.rows()).map((row) => row.symbol);
  const ascending = await symbols();
  assert.deepEqual(ascending, [...ascending].sort());
  await page.tab.click('[data-column="symbol"]');
  await page.until('the order turned round', async () => (await symbols())[0] > ascending[0]);
  assert.equal(await page.tab.getAttribute('thead th.symbol', 'aria-sort'), 'descending');
});

test('nothing is asked of another origin, and nothing goes to the console', async () => {
  await until_live(page);
  const port = new RegExp(`^(http|ws)://127\\.0\\.0\\.1:${gateway.port}/|^data:`);
  assert.ok(page.requests.some((url) => url.startsWith('ws:')));
  assert.deepEqual(page.requests.filter((url) => !port.test(url)), []);
  assert.deepEqual(page.complaints, []);
});

test('on a phone it fits the width', async () => {
  const phone = await Page.open(browser, gateway.url, { viewport: { width: 390, height: 844 } });
  try {
    await until_live(phone);
    const widths = await phone.tab.evaluate(() =>
      [document.documentElement, document.getElementById('scroller')].map((e) => e.scrollWidth));
    assert.deepEqual(widths, [390, 390]);
    assert.equal(await phone.style('#rows .bid', 'display'), 'table-cell');
    assert.equal(await phone.style('#rows .spread', 'display'), 'none');
  } finally {
    await phone.close();
  }
});

test('a gateway that stands still is distrusted in seconds, trusted once it goes on', async () => {
  await until_live(page);
  gateway.freeze();
  await page.until('no price that looks live', async () => {
    const stale = (await page.rows()).every((row) => row.shown_status === 'stale');
    return stale && (await page.link()) === 'silent';
  }, 8);
  assert.match(await page.text('warning'), /stale/);
  gateway.thaw();
  await until_live(page);
  assert.equal(await page.tab.isVisible('#warning'), false);
  assert.deepEqual(page.complaints, []);
});

test('without the gateway no price looks live; with it the page recovers', async () => {
  await until_live(page);
  await gateway.kill();
  await page.until('the page tells of the lost connection', async () =>
    (await page.text('state')) !== 'live' && (await page.text('warning')).includes('stale'));
  const rows = await page.rows();
  assert.ok(rows.length > 0);
  for (const row of rows) assert.equal(row.shown_status, 'stale');
  assert.match(await page.style('#rows .bid', 'textDecorationLine'), /line-through/);
  const last_bid = rows[0].bid;
  assert.notEqual(last_bid, '–');

  gateway = await Gateway.start(gateway.port);
  await until_live(page);
  assert.equal(await page.tab.isVisible('#warning'), false);
  const network_only = /WebSocket connection to .* failed|net::ERR_/;
  assert.deepEqual(page.complaints.filter((line) => !network_only.test(line)), []);
});
