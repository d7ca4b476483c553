// No figure is cut and nothing scrolls sideways, from a phone to a desk, with each built-in feed.
// Must look at every symbol of the feed: the longest figure is the one that would be cut.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Gateway } from './gateway.mjs';
import { open_browser, Page } from './support.mjs';

const REPLAY = fileURLToPath(new URL('../../feeds/replay.toml', import.meta.url));
const FEEDS = { simulated: ['--feed', 'simulated'], replay: ['--config', REPLAY] };
const QUOTED_MIN = { replay: 25 };  // some of its instruments have no book that was recorded
const HEIGHT = 4_400; // a hundred symbols on a phone
const WIDTHS = [320, 360, 375, 390, 412, 441, 480, 561, 620, 700, 761, 768, 900, 981, 1024,
  1101, 1201, 1280, 1600];
const LONG = '64123.45000000'; // as long as prices of venues get, but on the narrowest phones
const FIGURES = ['bid', 'ask', 'last', 'change', 'spread', 'points', 'age'];

let browser;
let gateway;
let page;

before(async () => {
  browser = await open_browser();
});
after(() => browser?.close());

afterEach(async () => {
  await page?.close();
  await gateway?.kill();
  page = gateway = undefined;
});

/** In the page: cells whose text is wider than they are, and boxes that scroll sideways. The first
    row has prices of text `long`. */
function find_cut({ figures, long }) {
  for (const name of ['bid', 'ask', 'last']) {
    document.querySelector(`#rows td.${name}`).textContent = long;
  }
  const selector = figures.map((name) => `#rows td.${name}`).join();
  const cells = [...document.querySelectorAll(selector)].filter((cell) => cell.offsetWidth > 0);
  const boxes = [document.documentElement, document.getElementById('scroller')];
  const cut = (cell) => cell.scrollWidth > cell.clientWidth + 1;
  const wide = (element) => element.scrollWidth > element.clientWidth;
  return {
    looked_at: cells.length,
    cut: cells.filter(cut).map((cell) => `${cell.className} ${cell.textContent}`),
    scrolling: boxes.filter(wide).map((element) => element.id || 'page'),
  };
}

/** A symbol may have never traded, but each that is quoted at all has been so within seconds. */
function until_quoted(feed) {
  return page.until('every symbol on the page, with bid and ask', async () => {
    const { symbols } = await (await fetch(`${gateway.url}v1/symbols`)).json();
    const rows = await page.rows();
    const quoted = rows.filter((row) => /^\d/.test(row.bid) && /^\d/.test(row.ask));
    const wanted = QUOTED_MIN[feed] ?? symbols.length;
    return rows.length === symbols.length && quoted.length >= wanted && quoted.length > 0;
  }, 30);
}

for (const [feed, flags] of Object.entries(FEEDS)) {
  test(`no figure of the ${feed} feed is cut at any width`, async () => {
    gateway = await Gateway.start(0, flags);
    page = await Page.open(browser, gateway.url, { viewport: { width: 1280, height: HEIGHT } });
    await until_quoted(feed);
    const symbols = Number(await page.text('count'));
    for (const width of WIDTHS) {
      await page.tab.setViewportSize({ width, height: HEIGHT });
      const { looked_at, cut, scrolling } = await page.tab.evaluate(find_cut,
        { figures: FIGURES, long: width < 360 ? LONG.slice(1) : LONG });
      assert.ok(looked_at >= 3 * symbols, `${width} px: ${looked_at} figures, ${symbols} symbols`);
      assert.deepEqual(cut, [], `${width} px`);
      assert.deepEqual(scrolling, [], `${width} px`);
    }
  });
}
