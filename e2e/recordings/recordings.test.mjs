//! The recordings the product ships: each is small, plays in order, ends well and names no machine.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const folder = new URL('../../api/recordings/', import.meta.url);
const roles = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
const text = (name) => readFileSync(new URL(name, folder), 'utf8');
const lines = (name) => text(name).trimEnd().split('\n').map((line) => JSON.parse(line));

test('every role of the demonstration has its recording', () => {
  assert.deepEqual(roles, ['analyst', 'builder', 'documenter', 'planner', 'reviewer', 'tester'].map((role) => `${role}.jsonl`));
});

for (const name of roles) {
  test(`${name} is small, in order and ends with a hand-over`, () => {
    const all = lines(name);
    assert.ok(text(name).length <= 40_000);
    assert.ok(all.every((one, at) => at === 0 || one.at_ms >= all[at - 1].at_ms));
    const { line } = all.at(-1);
    assert.deepEqual([line.type, line.is_error], ['result', false]);
    for (const heading of ['Summary', 'Findings', 'Decisions', 'Files', 'Next steps']) assert.ok(line.result.includes(`## ${heading}\n`), heading);
  });

  test(`${name} names no path but the harbour's`, () => {
    const paths = [...text(name).matchAll(/(?<=[\s"'=:(])\/(?:tmp|root|home|work|var|Users)\/[^\s"'\\]*/g)].map(([path]) => path);
    assert.deepEqual(paths.filter((path) => !path.startsWith('/home/dev/harbour')), []);
  });
}

test('one recording asks for an approval and is allowed', () => {
  const asked = roles.flatMap(lines).filter(({ line }) => line.request?.subtype === 'can_use_tool');
  assert.deepEqual(asked.map(({ line }) => line.request.tool_name), ['Bash']);
});
