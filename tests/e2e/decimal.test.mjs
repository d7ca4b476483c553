// Exact decimals of the page; mirrors gateway/web/decimal.js.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  change_per_cent, compare, parse, sort_key, spread_basis_points, subtract,
} from '../../gateway/web/decimal.js';

test('a difference is exact where floating point is not', () => {
  assert.equal(subtract('0.3', '0.1'), '0.2');
  assert.equal(subtract('64123.46', '64123.45'), '0.01');
  assert.equal(subtract('9223372036854775807', '9223372036854775806'), '1');
  assert.equal(subtract('0.000000000000000003', '0.000000000000000001'), '0.000000000000000002');
});

test('a difference keeps the digits of the finer number', () => {
  assert.equal(subtract('1.5', '1.25'), '0.25');
  assert.equal(subtract('2', '1.50'), '0.50');
  assert.equal(subtract('1.00', '1.00'), '0.00');
});

test('a crossed book has a negative spread', () => {
  assert.equal(subtract('1.25', '1.5'), '-0.25');
  assert.equal(subtract('-1.5', '-1.25'), '-0.25');
});

test('what is missing or no decimal has no difference', () => {
  assert.equal(subtract(null, '1'), null);
  assert.equal(subtract('1', undefined), null);
  for (const text of ['', '.', '1.', '.5', '1e5', '0x1', ' 1', 'NaN', 1]) {
    assert.equal(parse(text), null);
  }
});

test('comparison and sort keys are numeric, whatever the scale', () => {
  assert.equal(compare('1.5', '1.50'), 0);
  assert.equal(compare('10', '9.99'), 1);
  assert.equal(compare('-2', '-1'), -1);
  assert.equal(sort_key('1.5'), sort_key('1.500'));
  assert.ok(sort_key('9.99') < sort_key('10'));
  assert.equal(sort_key(null), null);
});

test('a change in per cent is relative to the price before', () => {
  assert.equal(change_per_cent('110', '100.00'), 10);
  assert.equal(change_per_cent('99', '100'), -1);
  assert.equal(change_per_cent('99', null), null);
  assert.equal(change_per_cent('99', '0.00'), null);
});

test('a spread in basis points is relative to the middle', () => {
  assert.equal(spread_basis_points('99.5', '100.5'), 100);
  assert.equal(spread_basis_points('100', null), null);
  assert.equal(spread_basis_points('0', '0'), null);
});
