// The strip of venues: what the gateway says of each and of its connection, asked for once a second
// while the page is seen and the gateway is there. Names and errors are a venue's words: they are
// only ever written as text. Must never let an old answer look like a new one.

import { age_text } from './cells.js';

const EVERY_MS = 1_000;
const ANSWER_WITHIN_MS = 3_000;
const OLD_AFTER_MS = 3_500;

const TROUBLED = ['stale', 'resyncing', 'down', 'pending'];
const SETTLED = new Set(['live', 'local']);

function count_text(number) {
  return Math.round(number).toLocaleString('en').replaceAll(',', '\u2009');
}

function rate_text(per_s) {
  return `${per_s > 0 && per_s < 10 ? per_s.toFixed(1) : count_text(per_s)} msg/s`;
}

/** What the strip says of one venue at this time: a text a part, and whether all of it is well. */
export function venue_words(venue, now_us) {
  const { live, ...others } = venue.instruments;
  const counts = TROUBLED.filter((status) => others[status] > 0).map((status) =>
    `${count_text(others[status])} ${status}`);
  const all = live + Object.values(others).reduce((sum, count) => sum + count, 0);
  const shown = live > 0 || all === 0 ? [`${count_text(live)} live`, ...counts] : counts;
  const error = venue.last_error === null ? '' :
    `${age_text(now_us - venue.last_error_ts)} ago: ${venue.last_error}`;
  return {
    state: venue.state,
    since: venue.state === 'local' ? '' : `for ${age_text(now_us - venue.since)}`,
    instruments: shown.join(', '),
    calm: SETTLED.has(venue.state) && live === all ? 'yes' : 'no',
    rate: rate_text(venue.messages_per_s),
    gaps: venue.gaps === 0 ? '' : `${count_text(venue.gaps)} ${venue.gaps === 1 ? 'gap' : 'gaps'}`,
    error,
    // While all is well again, the last error is only told to who asks.
    error_shown: !SETTLED.has(venue.state) || others.down > 0,
  };
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
  if (element.hidden !== (text === '')) element.hidden = text === '';
}

const PARTS = ['name', 'state', 'since', 'instruments', 'rate', 'gaps', 'error'];

/** One venue on the screen. */
class Item {
  #parts = {};

  constructor(name) {
    this.element = document.createElement('li');
    for (const part of PARTS) {
      const span = document.createElement('span');
      span.className = part;
      this.element.append(span, ' ');
      this.#parts[part] = span;
    }
    write(this.#parts.name, name);
  }

  paint({ state, calm, error, error_shown, ...words }) {
    const texts = { state, ...words, error: error_shown ? error : '' };
    for (const part of PARTS.slice(1)) write(this.#parts[part], texts[part]);
    const title = error && `Last error, ${error}`;
    if (this.element.title !== title) this.element.title = title;
    Object.assign(this.element.dataset, { state, calm });
  }
}

export class Venues {
  #venues = [];
  #items = [];  // on the screen, in the same order
  #names = '';
  #asked_at_ms = -Infinity;
  #answered_at_ms = -Infinity;
  #painted_at_ms = -Infinity;
  #asking = false;

  /**
   * `section` holds a list and a line about its age. `ask()` answers the list of venues;
   * `on_names(names)` hears which they are, at every answer.
   */
  constructor({ section, on_names, ask = fetch_venues }) {
    this.section = section;
    this.on_names = on_names;
    this.list = section.querySelector('ul');
    this.note = section.querySelector('p');
    this.ask = ask;
  }

  /** Now and then: asks if it is time and `may_ask`, and shows what is known. */
  tick({ now_ms, now_us, may_ask }) {
    const due = now_ms - this.#asked_at_ms >= EVERY_MS && !this.#asking;
    if (may_ask && due) this.#ask(now_ms);
    if (now_ms - this.#painted_at_ms < EVERY_MS || this.#venues.length === 0) return;
    this.#painted_at_ms = now_ms;
    this.#arrange();
    this.#items.forEach((item, i) => item.paint(venue_words(this.#venues[i], now_us)));
    const age_ms = now_ms - this.#answered_at_ms;
    const old = age_ms > OLD_AFTER_MS;
    this.section.classList.toggle('old', old);
    write(this.note, old ? `Venues as of ${age_text(age_ms * 1000)} ago:` : '');
  }

  async #ask(now_ms) {
    this.#asked_at_ms = now_ms;
    this.#asking = true;
    try {
      this.#venues = await this.ask();
      this.#answered_at_ms = now_ms;
      this.#painted_at_ms = -Infinity;
      this.on_names(this.#venues.map(({ venue }) => venue));
    } catch {
      // The age of the last answer tells it.
    } finally {
      this.#asking = false;
    }
  }

  #arrange() {
    const names = this.#venues.map(({ venue }) => venue).join();
    if (names === this.#names) return;
    this.#names = names;
    this.#items = this.#venues.map(({ venue }) => new Item(venue));
    this.list.replaceChildren(...this.#items.map(({ element }) => element));
  }
}

async function fetch_venues() {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const answer = await fetch('/v1/venues', { cache: 'no-store', signal });
  if (!answer.ok) throw new Error(`/v1/venues answered ${answer.status}`);
  return (await answer.json()).venues;
}
