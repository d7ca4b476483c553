// The strip of venues on the page: against the real gateway it shows what /v1/venues tells; against
// a fake one, what no local feed ever is: silent, waiting, with an error full of markup.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { venue_words } from '../../gateway/web/venues.js';
import { config_of } from '../venue/scene.mjs';
import { Mock } from '../venue/mock.mjs';
import { variant } from '../venue/variants.mjs';
import { Folder } from '../integration/gateway.mjs';
import { FakeGateway } from './fake_gateway.mjs';
import { Gateway } from './gateway.mjs';
import { open_browser, Page, until_live } from './support.mjs';

const MARKUP = '<img src=x onerror="document.title=1"> & <b>refused</b>';
const REPLAY = new URL('../../feeds/replay.toml', import.meta.url).pathname;

let browser;
const ends = [];
before(async () => {
  browser = await open_browser();
});
after(() => browser?.close());
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function open(url, options) {
  const page = await Page.open(browser, url, options);
  ends.push(() => page.close());
  return page;
}

async function start(flags) {
  const gateway = await Gateway.start(0, flags);
  ends.push(() => gateway.kill());
  return gateway;
}

/** The strip as data: every part that is shown, as its text. */
function strip(page) {
  return page.tab.evaluate(() => [...document.querySelectorAll('#venues li')].map((li) => {
    const parts = { ...li.dataset, title: li.title };
    for (const span of li.children) if (!span.hidden) parts[span.className] = span.textContent;
    return parts;
  }));
}

function venue(name, state, more = {}) {
  const instruments = { pending: 0, live: 2, stale: 0, resyncing: 0, down: 0 };
  return { venue: name, state, since: (Date.now() - 180_500) * 1000, instruments, messages: 5_000,
    messages_per_s: 12.5, gaps: 0, repairs: 0, disconnects: 0, last_error: null,
    last_error_ts: null, ...more };
}

function some_venues() {
  const counts = { pending: 0, live: 1, stale: 1, resyncing: 2, down: 0 };
  const down = { pending: 1, live: 0, stale: 0, resyncing: 0, down: 3 };
  const failed = { last_error: MARKUP, last_error_ts: (Date.now() - 60_500) * 1000 };
  return [
    venue('binance', 'live', { messages_per_s: 1_234.5, last_error: 'lost',
      last_error_ts: (Date.now() - 7_200_500) * 1000 }),
    venue('kraken', 'silent', { instruments: counts, messages_per_s: 0, gaps: 1 }),
    venue('okx', 'waiting', { instruments: down, messages_per_s: 0.4, gaps: 2_000, ...failed }),
  ];
}

async function start_fake() {
  const fake = new FakeGateway(['fake:A-USD']);
  fake.venues = some_venues();
  await fake.start();
  ends.push(() => fake.stop());
  return fake;
}

test('what a venue is said to be, in words', () => {
  const now_us = 1_800_000_000_000_000;
  const since = now_us - 42e6;
  const words = (more) => venue_words(venue('x', 'live', { since, ...more }), now_us);
  assert.deepEqual(words({}), { state: 'live', since: 'for 42 s', instruments: '2 live',
    calm: 'yes', rate: '13 msg/s', gaps: '', error: '', error_shown: false });
  assert.equal(words({ state: 'local' }).since, '');
  assert.equal(words({ messages_per_s: 0 }).rate, '0 msg/s');
  assert.equal(words({ messages_per_s: 0.3 }).rate, '0.3 msg/s');
  const none = { pending: 0, live: 0, stale: 0, resyncing: 0, down: 0 };
  assert.equal(words({ instruments: none }).instruments, '0 live');
  assert.deepEqual([words({ instruments: { ...none, down: 1 } })].map(({ instruments, calm }) =>
    [instruments, calm]), [['1 down', 'no']]);
  assert.equal(words({ instruments: { ...none, live: 3, pending: 1, stale: 2 } }).instruments,
    '3 live, 2 stale, 1 pending');
});

test('the last error is shown while it may matter: not connected, or an instrument is down', () => {
  const shown = (state, more = {}) => venue_words(venue('x', state, { last_error: 'refused A-USD',
    last_error_ts: Date.now() * 1000, ...more }), Date.now() * 1000).error_shown;
  const counts = (more) => ({ instruments: { ...venue('x', 'live').instruments, ...more } });
  assert.equal(shown('waiting'), true);
  assert.equal(shown('live'), false);
  assert.equal(shown('live', counts({ stale: 1 })), false);
  assert.equal(shown('live', counts({ down: 1 })), true);
});

test('every venue of a replay stands in the strip, as the gateway tells', async () => {
  const gateway = await start(['--config', REPLAY]);
  const page = await open(gateway.url);
  await until_live(page);
  const told = await (await fetch(`${gateway.url}v1/venues`)).json();
  assert.equal(told.venues.length, 7);
  await page.until('the strip', async () => (await strip(page)).length === 7);
  const shown = await strip(page);
  assert.deepEqual(shown.map(({ name, state }) => [name, state]),
    told.venues.map((each) => [each.venue, 'local']));
  await page.until('live instruments in it', async () =>
    (await strip(page)).every(({ instruments }) => /^[1-9]\d* live/.test(instruments)));
  await page.until('a rate', async () =>
    (await strip(page)).some(({ rate }) => /^[1-9]\S* msg\/s$/.test(rate)));
  assert.deepEqual(page.complaints, []);
});

test('the simulated feed takes one quiet line', async () => {
  const gateway = await start();
  for (const width of [1280, 390]) {
    const page = await open(gateway.url, { viewport: { width, height: 800 } });
    await until_live(page);
    const one = await page.until('the strip', async () => (await strip(page))[0]);
    const { name, state, calm, error } = one;
    assert.deepEqual([name, state, calm, error], ['sim', 'local', 'yes', undefined]);
    const height = await page.tab.$eval('#venues', (element) => element.offsetHeight);
    assert.ok(height <= 26, `${height} px at ${width}`);
  }
});

test('silent and waiting venues are told in words, and an error as text', async () => {
  const fake = await start_fake();
  for (const width of [1280, 390]) {
    const page = await open(fake.url, { viewport: { width, height: 800 } });
    await page.until('three venues', async () => (await strip(page)).length === 3);
    const [binance, kraken, okx] = await strip(page);
    const { state, since, instruments, rate, calm } = binance;
    assert.deepEqual([state, since, instruments, rate, calm],
      ['live', 'for 3 min', '2 live', '1\u2009235 msg/s', 'yes']);
    assert.deepEqual([binance.error, binance.title], [undefined, 'Last error, 2 h ago: lost']);
    assert.deepEqual([kraken.state, kraken.instruments, kraken.rate, kraken.gaps, kraken.calm],
      ['silent', '1 live, 1 stale, 2 resyncing', '0 msg/s', '1 gap', 'no']);
    assert.deepEqual([okx.state, okx.instruments, okx.gaps, okx.error],
      ['waiting', '3 down, 1 pending', '2\u2009000 gaps', `1 min ago: ${MARKUP}`]);
    assert.equal(await page.tab.$('#venues :is(img, b)'), null);
    assert.equal(await page.tab.title(), 'Ticker');
    const shapes = await page.tab.$$eval('#venues li', (items) =>
      items.map((item) => getComputedStyle(item, '::before').content));
    assert.equal(new Set(shapes).size, 3, shapes.join());
    const wide = await page.tab.evaluate(() => document.documentElement.scrollWidth);
    assert.equal(wide, width);
    if (process.env.SCREENSHOTS) {
      await page.tab.screenshot({ path: `${process.env.SCREENSHOTS}/venues-${width}.png` });
    }
    assert.deepEqual(page.complaints, []);
  }
});

test('a venue without symbols is subscribed to as soon as it is told of, once', async () => {
  const fake = await start_fake();
  const page = await open(fake.url);
  const asked = (name) => fake.requests.filter(({ symbols }) => symbols?.includes(`${name}:*`));
  await page.until('all are asked for', () =>
    ['fake', 'binance', 'kraken', 'okx'].every((name) => asked(name).length > 0));
  const answers = fake.venues_asked + 2;
  await page.until('two more answers', () => fake.venues_asked >= answers);
  assert.equal(asked('okx').length, 1);
});

test('nothing is asked while nobody looks, and an old answer says how old it is', async () => {
  const fake = await start_fake();
  const page = await open(fake.url);
  await page.until('the strip', async () => (await strip(page)).length === 3);
  await page.tab.evaluate(() => {
    Object.defineProperty(document, 'hidden', { configurable: true, value: true });
  });
  // One question may be under way.
  await page.until('the answer is old', () => page.tab.isVisible('#venues.old p'));
  const asked = fake.venues_asked;
  assert.match(await page.tab.innerText('#venues p'), /^Venues as of \d.* ago:$/);
  assert.equal(await page.tab.$eval('#venues li', (item) =>
    getComputedStyle(item, '::before').content), '"○"');
  await page.until('it gets older', async () =>
    parseFloat(/\d+(\.\d)?/.exec(await page.tab.innerText('#venues p'))[0]) > 5);
  assert.equal(fake.venues_asked, asked);
  await page.tab.evaluate(() => {
    Object.defineProperty(document, 'hidden', { configurable: true, value: false });
  });
  await page.until('it is new again', async () => !(await page.tab.isVisible('#venues p')));
  fake.venues = fake.venues.slice(1);
  await page.until('what is not told any more is gone', async () =>
    (await strip(page)).map(({ name }) => name).join() === 'kraken,okx');
  fake.mute = true;
  await page.until('no answer', () => page.tab.isVisible('#venues.old p'));
});

test('a live venue that is lost: its rows are down, the strip says why, and all comes back',
  async () => {
    const one = variant('okx bbo-tbt');
    const mock = await Mock.start(one.Venue);
    ends.push(() => mock.stop());
    const symbols = [...mock.markets.keys()];
    const folder = await Folder.make();
    ends.push(() => folder.remove());
    const gateway = await start(['--config',
      await folder.write('gateway.toml', config_of(one, mock, { symbols }))]);
    mock.run(25);
    const page = await open(gateway.url);
    const row = () => page.row(`okx:${symbols[0]}`);
    await page.until('a live row', async () => (await row())?.shown_status === 'live', 15);
    await page.until('a live venue', async () => (await strip(page))[0]?.state === 'live');
    await mock.refuse();
    mock.drop();
    await page.until('the row is down', async () => (await row()).shown_status === 'down');
    assert.match(await page.style('#rows .bid', 'textDecorationLine'), /line-through/);
    assert.equal(await page.tab.getAttribute('#rows td.status', 'title'),
      'no connection to the venue');
    const lost = await page.until('the strip tells it', async () => {
      const [found] = await strip(page);
      return found.state === 'waiting' && /refused/i.test(found.error ?? '') && found;
    });
    assert.equal(lost.instruments, `${symbols.length} down`);
    await mock.listen();
    await page.until('the row is live again', async () =>
      (await row()).shown_status === 'live', 15);
    await page.until('the strip too', async () => (await strip(page))[0].state === 'live');
    assert.equal((await strip(page))[0].error, undefined);
    assert.deepEqual(page.complaints, []);
  });
