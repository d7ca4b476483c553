// The columns of the table: what each shows of an entry, how it orders entries, whether it flashes.
// Pure: an entry in, text out. Must never show a status better than what the page really knows.

import { change_per_cent, sort_key, spread_basis_points, subtract } from './decimal.js';

const NOTHING = '–';
const STATUS_ORDER = ['live', 'resyncing', 'stale', 'pending', 'down'];

/** The status to show: the gateway's, unless the link or a missed change makes it worth less. */
export function shown_status(entry, trusted) {
  if (!trusted) return 'stale';
  return entry.current ? entry.ticker.status : 'resyncing';
}

const REASONS = {
  replay_ended: 'the recording is over',
  feed_stopped: 'the gateway no longer hears any venue',
  feed_silent: 'nothing was heard for longer than the venue promises',
  disconnected: 'no connection to the venue',
  reconnected: 'connected again; no price has come yet',
  sequence_gap: 'an update of the book is missing',
  bad_checksum: 'the book is not what the venue says that it is',
  crossed_book: 'the best bid was at or above the best offer',
  short_book: 'the known prices of the book are used up',
  refused: 'the venue does not serve the subscription',
  unknown_symbol: 'the venue does not know the symbol',
  maintenance: 'the venue does not trade now',
};

/** Why the shown status is what it is; empty where it needs no reason. */
export function status_reason(entry, trusted) {
  if (!trusted) return 'the gateway was not heard lately';
  if (!entry.current) return 'a change was missed; the whole state was asked for';
  const { reason } = entry.ticker;
  return REASONS[reason] ?? reason ?? '';
}

/** Age in microseconds → "0.3 s", "42 s", "7 min", "3 h", "2 d". */
export function age_text(age_us) {
  if (age_us === null) return NOTHING;
  const seconds = Math.max(0, age_us) / 1e6;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** 1.234 → "+1.23 %", with a true minus sign. */
export function per_cent_text(value) {
  if (value === null) return NOTHING;
  const digits = Math.abs(value).toFixed(2);
  if (Number(digits) === 0) return '0.00 %';
  return `${value < 0 ? '−' : '+'}${digits} %`;
}

const change_of = ({ ticker }) => change_per_cent(ticker.last ?? null, ticker.open_24h ?? null);
const spread_of = ({ ticker }) => subtract(ticker.ask ?? null, ticker.bid ?? null);
const points_of = ({ ticker }) => spread_basis_points(ticker.bid ?? null, ticker.ask ?? null);

function price(field) {
  return {
    text: (entry) => entry.ticker[field] ?? NOTHING,
    key: (entry) => sort_key(entry.ticker[field]),
    flashes: true,
  };
}

function change_tone(entry) {
  const change = change_of(entry);
  return change === null || Math.abs(change) < 0.005 ? '' : change < 0 ? 'fall' : 'rise';
}

/** Column id → text(entry, view), key(entry) for sorting (null last), and what else it does. */
export const COLUMNS = {
  symbol: { text: (entry) => entry.symbol, key: (entry) => entry.symbol, fixed: true },
  bid: price('bid'),
  ask: price('ask'),
  last: price('last'),
  change: {
    text: (entry) => per_cent_text(change_of(entry)),
    key: change_of,
    tone: change_tone,
  },
  spread: {
    text: (entry) => spread_of(entry)?.replace('-', '−') ?? NOTHING,
    key: (entry) => sort_key(spread_of(entry)),
  },
  points: {
    text: (entry) => points_of(entry)?.toFixed(2).replace('-', '−') ?? NOTHING,
    key: points_of,
  },
  status: {
    text: (entry, view) => shown_status(entry, view.trusted),
    key: (entry) => STATUS_ORDER.indexOf(entry.current ? entry.ticker.status : 'resyncing'),
  },
  age: {
    text: ({ valued_ts }, view) => age_text(valued_ts === null ? null : view.now_us - valued_ts),
    key: ({ valued_ts }) => valued_ts && -valued_ts,
  },
};
