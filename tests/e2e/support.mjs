// What the browser tests share: waiting with a deadline, the browser, the page as data.
// Must never sleep for a fixed time, and never skip for want of something.

import assert from 'node:assert/strict';

const SCALE = Number(process.env.TEST_TIME_SCALE ?? 1);
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Imports an npm package of this folder, or fails saying what to do. */
export async function need(name) {
  try {
    return await import(name);
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error(`npm package "${name}" is missing: run "npm ci" in tests/e2e first`);
  }
}

/**
 * Waits until `condition` gives something true and returns it; fails after `seconds`. A machine
 * that stood still gets one more look after the deadline.
 */
export async function until(what, condition, seconds = 10) {
  const end_ms = performance.now() + seconds * 1000 * SCALE;
  for (;;) {
    const late = performance.now() > end_ms;
    const result = await condition();
    if (result) return result;
    if (late) assert.fail(`not within ${seconds * SCALE} s: ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

export async function open_browser() {
  const { chromium } = await need('playwright-core');
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
}

/** A page that keeps ledger of what it asked for and complained about. */
export class Page {
  complaints = [];
  requests = [];

  static async open(browser, url, options = {}) {
    const self = new Page();
    const viewport = { width: 1280, height: 800 };
    const context = await browser.newContext({ viewport, ...options });
    self.tab = await context.newPage();
    self.tab.on('console', (line) => line.type() === 'error' && self.complaints.push(line.text()));
    self.tab.on('pageerror', (error) => self.complaints.push(String(error)));
    context.on('request', (request) => self.requests.push(request.url()));
    self.tab.on('websocket', (socket) => self.requests.push(socket.url()));
    await self.tab.goto(url);
    return self;
  }

  close() {
    return this.tab.context().close();
  }

  /** Rows on the screen: [{symbol, shown_status, bid, ask, …}], every cell as its text. */
  rows() {
    return this.tab.evaluate(() =>
      [...document.querySelectorAll('#rows tr')].map((tr) => {
        const row = { shown_status: tr.dataset.status };
        for (const cell of tr.cells) row[cell.classList[0]] = cell.textContent;
        return row;
      }),
    );
  }

  async row(symbol) {
    return (await this.rows()).find((row) => row.symbol === symbol);
  }

  /** Like the free `until`; a failure tells what the page looked like. */
  async until(what, condition, seconds) {
    try {
      return await until(what, condition, seconds);
    } catch (error) {
      error.message += `\npage: ${await this.tab.innerText('body').catch(String)}`.slice(0, 1_000);
      error.message += `\ncomplaints: ${this.complaints.join('; ')}`;
      throw error;
    }
  }

  text(id) {
    return this.tab.evaluate((name) => document.getElementById(name).textContent, id);
  }

  link() {
    return this.tab.evaluate(() => document.documentElement.dataset.link);
  }

  /** The computed style of an element, one property. */
  style(selector, property) {
    return this.tab.$eval(selector, (element, name) => getComputedStyle(element)[name], property);
  }
}

/** Waits until the page shows prices of a live link. */
export function until_live(page) {
  return page.until('live prices on the page', async () => {
    const rows = await page.rows();
    const live = (row) => row.shown_status === 'live' && /^\d/.test(row.bid);
    return (await page.link()) === 'live' && rows.some(live) && rows;
  }, 15);
}
