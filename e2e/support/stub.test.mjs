//! Cost as the page should show it, and the grouping of the stub's log.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chains, costNanos, shownCost, tokens } from './stub.mjs';

const usage = { input_tokens: 10, output_tokens: 20, cache_creation_input_tokens: 100, cache_read_input_tokens: 1000 };
const entry = (n, chain, more) => ({ n, chain, kind: 'main', model: 'claude-opus-5-5', usage, ...more });

test('cost is rounded half up and then takes its form', () => {
  for (const [usd, shown] of [
    [0.0012, '$0.0012'],
    [0.00004, '<$0.0001'],
    [0.00005, '$0.0001'],
    [0.00996, '$0.01'],
    [0.23, '$0.23'],
    [0.995, '$1.00'],
    [12.34, '$12.34'],
  ]) {
    assert.equal(shownCost(Math.round(usd * 1e9)), shown);
  }
});

test('requests are grouped by chain in the order they were sent; helpers and refusals are left out', () => {
  const log = [entry(3, 'a'), entry(1, 'a'), entry(2, 'b'), entry(4, 'a', { kind: 'helper' }), entry(5, 'b', { usage: undefined })];
  const found = [...chains(log)].map(([chain, entries]) => [chain, entries.map((one) => one.n)]);
  assert.deepEqual(found, [['a', [1, 3]], ['b', [2]]]);
});

test('tokens add up by kind, and each kind has its price', () => {
  const two = [entry(1, 'a'), entry(2, 'a')];
  assert.equal(tokens(two).cache_read_input_tokens, 2000);
  assert.equal(costNanos(two), 2 * (10 * 4000 + 20 * 20000 + 100 * 5000 + 1000 * 200));
  assert.throws(() => costNanos([entry(1, 'a', { model: 'unheard-of' })]), /unheard-of/);
});
