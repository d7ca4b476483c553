// The table on the screen: a window of rows over the ordered list, painted once a frame.
// Must never paint what is off the screen, and never read layout after it wrote.

import { arrange } from './order.js';
import { Row } from './row.js';

const ROWS_BEYOND = 8;
const REORDER_MS = 1_000;
const AGES_MS = 200;

export class Table {
  filter = '';
  column = 'symbol';
  descending = false;
  /** Entries that match the filter, in order. */
  list = [];

  #rows = new Map();
  #generation = -1;
  #arrange_wanted = true;
  #arranged_at_ms = 0;
  #aged_at_ms = 0;
  #trusted = null;
  #first = -1;
  #end = -1;

  /** `scroller` scrolls `table`; its second body holds the rows, the ones around it are padding. */
  constructor({ model, scroller, table }) {
    this.model = model;
    this.scroller = scroller;
    this.table = table;
    [this.above, this.body, this.below] = table.tBodies;
    this.top = 0;
    this.measure();
  }

  /** The window or the style changed; the only place that reads layout. */
  measure() {
    this.height = this.scroller.clientHeight;
    this.row_height = parseFloat(getComputedStyle(this.table).getPropertyValue('--row-height'));
    this.#first = -1;
  }

  /** Another filter or order. */
  arrange_by(change) {
    Object.assign(this, change);
    this.#arrange_wanted = true;
  }

  /** Once a frame. `view`: {now_ms, now_us, trusted}. */
  paint(view) {
    if (this.#must_arrange(view.now_ms)) this.#arrange(view.now_ms);
    const kept = new Set(this.#rows.values());
    this.#show_window(view);
    this.#paint_dirty(view, kept);
  }

  /** Live values reorder the list at most once a second: rows that jump cannot be read. */
  #must_arrange(now_ms) {
    if (this.#arrange_wanted || this.#generation !== this.model.generation) return true;
    const moves = this.column !== 'symbol' && this.model.dirty.size > 0;
    return moves && now_ms - this.#arranged_at_ms >= REORDER_MS;
  }

  #arrange(now_ms) {
    this.list = arrange(this.model.entries.values(), this);
    this.table.setAttribute('aria-rowcount', this.list.length + 1);
    this.#generation = this.model.generation;
    this.#arrange_wanted = false;
    this.#arranged_at_ms = now_ms;
    this.#first = -1;
  }

  #show_window(view) {
    const seen = Math.ceil(this.height / this.row_height) + 2 * ROWS_BEYOND;
    const top = Math.floor(this.top / this.row_height) - ROWS_BEYOND;
    const first = Math.max(0, Math.min(top, this.list.length - seen));
    const end = Math.min(this.list.length, first + seen);
    if (first === this.#first && end === this.#end) return;
    this.#first = first;
    this.#end = end;
    this.#place_rows(this.list.slice(first, end), view);
    pad(this.above, first * this.row_height);
    pad(this.below, (this.list.length - end) * this.row_height);
  }

  /** Rows that stay keep their element, so that what flashes goes on flashing. */
  #place_rows(entries, view) {
    const wanted = new Set(entries);
    for (const [entry, row] of this.#rows) {
      if (wanted.has(entry)) continue;
      row.element.remove();
      this.#rows.delete(entry);
    }
    let next = this.body.firstElementChild;
    entries.forEach((entry, i) => {
      let row = this.#rows.get(entry);
      if (!row) this.#rows.set(entry, (row = new Row(entry, view)));
      row.element.setAttribute('aria-rowindex', this.#first + i + 2);
      if (row.element === next) next = next.nextElementSibling;
      else this.body.insertBefore(row.element, next);
    });
  }

  #paint_dirty(view, kept) {
    const all = view.trusted !== this.#trusted;
    const ages = view.now_ms - this.#aged_at_ms >= AGES_MS;
    this.#trusted = view.trusted;
    if (ages) this.#aged_at_ms = view.now_ms;
    for (const row of this.#rows.values()) {
      if (all || (kept.has(row) && this.model.dirty.has(row.entry))) row.paint(view);
      else if (ages) row.paint_age(view);
      row.calm(view.now_ms);
    }
    this.model.dirty.clear();
  }
}

function pad(body, height) {
  body.hidden = height <= 0;
  body.rows[0].cells[0].style.height = `${Math.max(0, height)}px`;
}
