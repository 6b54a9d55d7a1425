import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextHighWater } from './tides.mjs';

const table = [
  { at: '2026-11-22T02:15:00Z', height_m: 2.9 },
  { at: '2026-11-22T14:40:00Z', height_m: 3.1 },
];

test('the next high water is the first one after now', () => {
  assert.equal(nextHighWater(table, new Date('2026-11-22T10:00:00Z')).height_m, 3.1);
});

test('after the last line of the table there is none', () => {
  assert.equal(nextHighWater(table, new Date('2026-11-23T00:00:00Z')), null);
});
