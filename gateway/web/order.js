// Which entries the table lists, and in what order. Pure. Must never change an entry.

import { COLUMNS } from './cells.js';

/** Does the symbol hold every word that was typed? "kraken eur" finds kraken:BTC-EUR. */
export function matches(symbol, words) {
  return words.every((word) => symbol.includes(word));
}

/**
 * Entries that match `filter`, ordered by `column`; `descending` turns the order round, but what
 * has no value stays at the end, and equals stay in order of their symbol.
 */
export function arrange(entries, { filter, column, descending }) {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const key = COLUMNS[column].key;
  const sign = descending ? -1 : 1;
  const rows = [];
  for (const entry of entries) {
    if (matches(entry.symbol.toLowerCase(), words)) rows.push({ entry, key: key(entry) });
  }
  rows.sort((a, b) => by_key(a.key, b.key, sign) || by_text(a.entry.symbol, b.entry.symbol));
  return rows.map((row) => row.entry);
}

function by_key(a, b, sign) {
  if (a === null || b === null) return (a === null) - (b === null);
  return a === b ? 0 : a < b ? -sign : sign;
}

function by_text(a, b) {
  return a === b ? 0 : a < b ? -1 : 1;
}
