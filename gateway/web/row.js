// One row on the screen: writes an entry's cells into the page, and only those that changed.
// Must never read layout (that would cost a reflow per row), and never flash for another symbol.

import { COLUMNS, status_reason } from './cells.js';
import { compare } from './decimal.js';

const FLASH_MS = 300;
const COLUMN_LIST = Object.entries(COLUMNS);

export class Row {
  constructor(entry, view) {
    this.entry = entry;
    this.element = document.createElement('tr');
    this.element.dataset.symbol = entry.symbol;
    this.cells = COLUMN_LIST.map(([id, column]) => new_cell(this.element, id, column, entry));
    this.age = this.cells.find(({ id }) => id === 'age');
    this.status = this.cells.find(({ id }) => id === 'status').td;
    this.paint(view);
  }

  /** Brings every cell up to date. */
  paint(view) {
    for (const cell of this.cells) {
      if (!cell.column.fixed) this.#write(cell, cell.column.text(this.entry, view), view);
    }
    const status = COLUMNS.status.text(this.entry, view);
    if (this.element.dataset.status !== status) this.element.dataset.status = status;
    const reason = status_reason(this.entry, view.trusted);
    if (this.status.title !== reason) this.status.title = reason;
  }

  /** Brings only the age up to date. */
  paint_age(view) {
    this.#write(this.age, COLUMNS.age.text(this.entry, view), view);
  }

  #write(cell, text, view) {
    if (cell.text.data === text) return;
    const before = cell.text.data;
    cell.text.data = text;
    if (cell.column.tone) cell.td.className = `${cell.id} ${cell.column.tone(this.entry)}`;
    if (cell.column.flashes) this.#flash(cell, compare(text, before), view.now_ms);
  }

  // A tint that is set and taken away: an animation of a hundred cells costs a restyle every frame.
  #flash(cell, direction, now_ms) {
    if (direction === 0) return;
    const name = direction > 0 ? 'up' : 'down';
    if (cell.direction !== direction) cell.td.className = `${cell.id} ${name}`;
    cell.direction = direction;
    cell.flash_ends_ms = now_ms + FLASH_MS;
  }

  /** Takes away the tints whose time is over. */
  calm(now_ms) {
    for (const cell of this.cells) {
      if (cell.direction === 0 || now_ms < cell.flash_ends_ms) continue;
      cell.direction = 0;
      cell.td.className = cell.id;
    }
  }
}

function new_cell(row, id, column, entry) {
  const td = document.createElement(column.fixed ? 'th' : 'td');
  td.className = id;
  const text = document.createTextNode('');
  if (column.fixed) {
    td.scope = 'row';
    td.title = entry.symbol;
    const venue = document.createElement('span');
    venue.className = 'venue';
    venue.textContent = `${entry.venue}:`;
    text.data = entry.name;
    td.append(venue, text);
  } else if (id === 'status') {
    const word = document.createElement('span');
    word.append(text);
    td.append(word);
  } else {
    td.append(text);
  }
  row.append(td);
  return { id, column, td, text, direction: 0, flash_ends_ms: 0 };
}
