// Whether all who look at the same instrument at the same seq see the same.

import assert from 'node:assert/strict';

const OF_STATUS = ['status', 'reason', 'since'];
export const VALUES = ['bid', 'bid_size', 'ask', 'ask_size', 'last', 'last_size', 'open_24h',
  'high_24h', 'low_24h', 'volume_24h'];

/** A state as text, equal for equal states whatever the order of their keys. */
export function text_of(state) {
  return JSON.stringify(Object.entries(state).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What of a state a client with these fields sees, but for times: they are of another change. */
export function seen_through(fields, state) {
  const kept = ['symbol', 'seq', ...OF_STATUS, ...fields.filter((field) => field !== 'status')];
  return Object.fromEntries(kept.map((key) => [key, state[key]]));
}

/**
 * The states that clients and HTTP snapshots tell: whoever reaches a seq must find the same. Of
 * clients with fields, what they see must be the same.
 */
export class Agreement {
  compared = 0;
  filtered = 0;  // states compared by some fields
  disagreements = [];
  #known = new Map();  // symbol → (seq → text of the state)
  #partly = [];        // {state, fields}, compared in the end

  reached(state, fields) {
    if (fields) return void this.#partly.push({ state, fields });
    let by_seq = this.#known.get(state.symbol);
    if (!by_seq) this.#known.set(state.symbol, (by_seq = new Map()));
    const text = text_of(state);
    const before = by_seq.get(state.seq);
    if (before === undefined) {
      by_seq.set(state.seq, text);
      return;
    }
    this.compared += 1;
    if (before !== text) this.disagreements.push(`${before}\n${text}`);
  }

  knows({ symbol, seq }) {
    return this.#known.get(symbol)?.has(seq) ?? false;
  }
  check() {
    for (const { state, fields } of this.#partly.splice(0)) {
      const text = this.#known.get(state.symbol)?.get(state.seq);
      if (text === undefined) continue;
      this.filtered += 1;
      const whole = Object.fromEntries(JSON.parse(text));
      const [seen, same] = [state, whole].map((one) => text_of(seen_through(fields, one)));
      if (seen !== same) this.disagreements.push(`${same}\n${seen}`);
    }
    assert.deepEqual(this.disagreements.slice(0, 3), []);
  }
}
