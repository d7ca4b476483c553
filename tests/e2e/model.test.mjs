// The sequence rules as the page keeps them; mirrors gateway/web/model.js.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Model } from '../../gateway/web/model.js';

const A = 'sim:A-USD';
let model;

function snapshot(seq, fields = {}) {
  const head = { type: 'snapshot', channel: 'ticker', symbol: A, epoch: 'e' };
  return { ...head, seq, status: 'live', ...fields };
}

function delta(prev, seq, fields = {}) {
  return { type: 'delta', symbol: A, seq, prev, ...fields };
}

beforeEach(() => {
  model = new Model();
});

test('a snapshot replaces everything, whatever its sequence', () => {
  model.apply(snapshot(41, { bid: '1.0', last: '1.1' }));
  assert.equal(model.apply(snapshot(7, { epoch: 'f', bid: '2.0' })), 'applied');
  const { ticker } = model.entries.get(A);
  assert.equal(ticker.seq, 7);
  assert.equal(ticker.epoch, 'f');
  assert.equal(ticker.bid, '2.0');
  assert.equal(ticker.last, undefined);
});

test('a symbol is known by its venue and its name', () => {
  model.apply(snapshot(1));
  const { symbol, venue, name } = model.entries.get(A);
  assert.deepEqual({ symbol, venue, name }, { symbol: A, venue: 'sim', name: 'A-USD' });
});

test('a delta applies when prev <= mine < seq and changes only what it names', () => {
  model.apply(snapshot(41, { bid: '1.0', ask: '1.2' }));
  assert.equal(model.apply(delta(41, 44, { bid: '1.1', merged: 3 })), 'applied');
  assert.equal(model.apply(delta(40, 45, { status: 'stale', reason: 'feed_silent' })), 'applied');
  const { ticker, current } = model.entries.get(A);
  assert.equal(ticker.seq, 45);
  assert.equal(ticker.bid, '1.1');
  assert.equal(ticker.ask, '1.2');
  assert.equal(ticker.status, 'stale');
  assert.ok(current);
});

test('a delta that is not newer is ignored', () => {
  model.apply(snapshot(41, { bid: '1.0' }));
  model.dirty.clear();
  assert.equal(model.apply(delta(40, 41, { bid: '9.9' })), 'ignored');
  assert.equal(model.apply(delta(30, 40, { bid: '9.9' })), 'ignored');
  assert.equal(model.entries.get(A).ticker.bid, '1.0');
  assert.equal(model.dirty.size, 0);
});

test('a missed change makes the entry not current and asks for a snapshot once', () => {
  model.apply(snapshot(41, { bid: '1.0' }));
  assert.equal(model.apply(delta(42, 43, { bid: '9.9' })), 'gap');
  assert.equal(model.entries.get(A).current, false);
  assert.equal(model.entries.get(A).ticker.bid, '1.0');
  assert.equal(model.apply(delta(43, 44)), 'waiting');
  assert.equal(model.apply(delta(41, 45)), 'waiting');
  assert.equal(model.apply(snapshot(45, { bid: '2.0' })), 'applied');
  assert.ok(model.entries.get(A).current);
  assert.equal(model.apply(delta(45, 46, { bid: '2.1' })), 'applied');
});

test('a delta of a symbol without a snapshot asks for one', () => {
  assert.equal(model.apply(delta(1, 2)), 'gap');
  assert.equal(model.apply(delta(2, 3)), 'waiting');
});

test('a refused snapshot is asked for again at the next delta', () => {
  model.apply(snapshot(1));
  model.apply(delta(5, 6));
  model.refused(A);
  assert.equal(model.apply(delta(6, 7)), 'gap');
});

test('nothing is current after the connection was lost, until its next snapshot', () => {
  model.apply(snapshot(41));
  model.dirty.clear();
  model.disconnected();
  assert.equal(model.entries.get(A).current, false);
  assert.equal(model.dirty.size, 1);
  assert.equal(model.apply(delta(41, 42)), 'gap');
  model.apply(snapshot(3, { epoch: 'f' }));
  assert.ok(model.entries.get(A).current);
});

test('a venue time is never carried over to a change without one', () => {
  model.apply(snapshot(1, { exchange_ts: 5 }));
  model.apply(delta(1, 2, { bid: '1.0' }));
  assert.equal(model.entries.get(A).ticker.exchange_ts, null);
  model.apply(delta(2, 3, { exchange_ts: 9 }));
  assert.equal(model.entries.get(A).ticker.exchange_ts, 9);
});

test('the age of a price counts from its values, not from a change of status', () => {
  const valued_ts = () => model.entries.get(A).valued_ts;
  model.apply(snapshot(1, { recv_ts: 0, status: 'pending' }));
  assert.equal(valued_ts(), null);
  model.apply(delta(1, 2, { bid: '1.0', recv_ts: 5 }));
  assert.equal(valued_ts(), 5);
  model.apply(delta(2, 3, { status: 'stale', reason: 'feed_silent', recv_ts: 9 }));
  assert.equal(valued_ts(), 5);
  model.apply(snapshot(4, { recv_ts: 11 }));
  assert.equal(valued_ts(), 11);
});

test('what the gateway no longer lists is forgotten, except what is current', () => {
  model.apply(snapshot(1));
  model.forget_all_but(new Set());
  assert.equal(model.entries.size, 1);
  model.disconnected();
  model.forget_all_but(new Set([A]));
  assert.equal(model.entries.size, 1);
  model.forget_all_but(new Set());
  assert.equal(model.entries.size, 0);
  assert.equal(model.dirty.size, 0);
});

test('messages that are not about tickers change nothing', () => {
  for (const type of ['welcome', 'subscribed', 'pong', 'slow', 'error', 'trade', 'gap', 'later']) {
    assert.equal(model.apply({ type, symbol: A }), 'ignored');
  }
  assert.equal(model.apply({ type: 'snapshot', channel: 'trades', symbol: A, seq: 1 }), 'ignored');
  assert.equal(model.entries.size, 0);
});
