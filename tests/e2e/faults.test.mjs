// The page before a gateway that loses messages or falls silent, which the real one never does.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { FakeGateway } from './fake_gateway.mjs';
import { open_browser, Page, until_live } from './support.mjs';

const [A, B] = ['fake:A-USD', 'other:B-USD'];
let browser;
let gateway;
let page;

before(async () => {
  browser = await open_browser();
});
after(() => browser?.close());

async function begin(options = {}, symbols = [A, B]) {
  gateway = Object.assign(new FakeGateway(symbols), options);
  await gateway.start();
  page = await Page.open(browser, gateway.url);
  await page.until('every symbol on the page and live', async () => {
    const rows = await page.rows();
    const all = (await page.text('count')) === String(symbols.length);
    return all && rows.length > 1 && rows.every((row) => row.shown_status === 'live');
  });
}

afterEach(async () => {
  await page?.close();
  await gateway?.stop();
  page = gateway = undefined;
});

async function until_row(symbol, what, condition) {
  await page.until(`${symbol}: ${what}`, async () => {
    const row = await page.row(symbol);
    return row && condition(row);
  });
}

test('a missed change is repaired by one request for a snapshot', async () => {
  await begin({ repairs_at_once: false });
  gateway.change(A, { bid: '200.00' }, { lose: true });
  gateway.change(A, { ask: '201.00' });
  gateway.change(A, { ask: '202.00' });
  gateway.change(B, { bid: '101.11' });
  await until_row(A, 'not shown as live', (row) => row.shown_status === 'resyncing');
  await until_row(B, 'untouched', (row) => row.shown_status === 'live' && row.bid === '101.11');
  assert.equal((await page.row(A)).bid, '100.10');
  gateway.snapshot(A);
  await until_row(A, 'whole again', (row) => row.shown_status === 'live' && row.bid === '200.00');
  assert.equal((await page.row(A)).ask, '202.00');
  const repairs = gateway.requests.filter(({ symbols }) => symbols?.includes(A));
  assert.equal(repairs.length, 1);
  assert.deepEqual(page.complaints, []);
});

test('a change that is not newer leaves the price alone', async () => {
  await begin();
  gateway.change(A, { bid: '150.00' });
  await until_row(A, 'moved', (row) => row.bid === '150.00');
  gateway.tickers.get(A).seq -= 1;
  gateway.change(A, { bid: '1.00' });
  gateway.change(A, { last: '151.00' });
  await until_row(A, 'moved on', (row) => row.last === '151.00');
  assert.equal((await page.row(A)).bid, '150.00');
});

test('the status of a venue is shown at its symbols', async () => {
  await begin();
  gateway.change(A, { status: 'down', reason: 'upstream', since: Date.now() * 1000 });
  await until_row(A, 'down', (row) => row.shown_status === 'down' && row.status === 'down');
  assert.equal((await page.row(B)).shown_status, 'live');
  assert.match(await page.style(`tr[data-symbol="${A}"] .bid`, 'textDecorationLine'), /through/);
});

test('a mute link is stale once a ping is unanswered, later given up and made anew', async () => {
  await begin({ heartbeat_ms: 2_000 });
  gateway.mute = true;
  await page.until('a silent link, no row of it live, and a word about it', async () => {
    const rows = await page.rows();
    const stale = rows.length > 1 && rows.every((row) => row.shown_status === 'stale');
    return stale && (await page.link()) === 'silent' && /stale/.test(await page.text('warning'));
  });
  await page.until('the page hangs up', async () => (await page.text('state')) === 'reconnecting');
  gateway.mute = false;
  await until_live(page);
});

test('a quiet link is kept live by pings', async () => {
  await begin();
  await page.tab.evaluate(watch_link);
  const pings = () => gateway.requests.filter(({ op }) => op === 'ping').length;
  await page.until('three pings', () => pings() >= 3);
  assert.deepEqual(await page.tab.evaluate(() => window.links), []);
  assert.equal(await page.link(), 'live');
  assert.equal(gateway.requests.filter(({ op }) => op === 'subscribe').length, 2);
});

/** In the page: notes every state of the link from now on. */
function watch_link() {
  const root = document.documentElement;
  window.links = [];
  const note = () => window.links.push(root.dataset.link);
  new MutationObserver(note).observe(root, { attributes: true, attributeFilter: ['data-link'] });
}

test('a price that moves tints its cell for a moment, unless motion is unwanted', async () => {
  await begin();
  const cell = `tr[data-symbol="${A}"] .bid`;
  const classes = () => page.tab.getAttribute(cell, 'class');
  const tint = () => page.style(cell, 'backgroundColor');
  const plain = await tint();
  await page.tab.evaluate(watch_tints, cell);
  gateway.change(A, { bid: '100.11' });
  await page.until('the new price, calm', async () => {
    return (await page.row(A)).bid === '100.11' && (await classes()) === 'bid';
  });
  gateway.change(A, { bid: '100.09' });
  await page.until('the next price, calm', async () => {
    return (await page.row(A)).bid === '100.09' && (await classes()) === 'bid';
  });
  const seen = await page.tab.evaluate(() => window.tints);
  assert.deepEqual(seen.map(({ classes: name }) => name), ['bid up', 'bid', 'bid down', 'bid']);
  const [up, , down, calm] = seen.map(({ colour }) => colour);
  assert.equal(new Set([up, down, plain]).size, 3);
  assert.equal(calm, plain);

  await page.tab.emulateMedia({ reducedMotion: 'reduce' });
  gateway.change(A, { bid: '100.20' });
  await page.until('the last price', async () => (await page.row(A)).bid === '100.20');
  assert.equal((await page.tab.evaluate(() => window.tints))[4].colour, plain);
});

/** In the page: notes every class a cell gets, and the colour of its ground then. */
function watch_tints(selector) {
  const cell = document.querySelector(selector);
  window.tints = [];
  const note = () => {
    window.tints.push({ classes: cell.className, colour: getComputedStyle(cell).backgroundColor });
  };
  new MutationObserver(note).observe(cell, { attributes: true, attributeFilter: ['class'] });
}

test('of thousands of symbols only those near the window are in the page', async () => {
  const symbols = Array.from({ length: 2_000 }, (_, i) => `fake:S${10_000 + i}-USD`);
  await begin({}, symbols);
  assert.ok((await page.rows()).length < 100);
  await page.tab.evaluate(() => document.getElementById('scroller').scrollTo(0, 1e9));
  await page.until('the last symbol', () => page.row(symbols.at(-1)));
  gateway.change(symbols.at(-1), { bid: '7.77' });
  await until_row(symbols.at(-1), 'painted', (row) => row.bid === '7.77');
  assert.equal(await page.row(symbols[0]), undefined);
});
