//! The corpus of hostile texts is as large as it is said to be, and each of its texts can be traced.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CORPUS, HOST } from './hostile.mjs';

test('there are at least three hundred hostile texts, each with a mark of its own', () => {
  assert.ok(CORPUS.length >= 300, `${CORPUS.length} texts`);
  assert.equal(new Set(CORPUS.map(({ mark }) => mark)).size, CORPUS.length);
  assert.equal(new Set(CORPUS.map(({ mark, text }) => text.replaceAll(mark, ''))).size, CORPUS.length, 'no text comes twice');
  for (const { mark, text } of CORPUS) {
    assert.ok(text.includes(mark), `${mark} is in its text`);
    const others = text.match(/mark\d+x/g).filter((found) => found !== mark);
    assert.deepEqual(others, [], `${mark} holds no mark of another`);
  }
});

test('every family is there, and no text leads to a host that exists', () => {
  const families = new Set(CORPUS.map(({ family }) => family));
  for (const family of ['script', 'handler', 'scheme', 'vector', 'document', 'fetching', 'style', 'markdown', 'terminal', 'letters', 'file', 'frames', 'shape']) {
    assert.ok(families.has(family), family);
  }
  const hosts = CORPUS.flatMap(({ text }) => [...text.matchAll(/\b(?:https?|ftp|ldap):\/\/([a-z0-9.-]+)/g)].map(([, host]) => host));
  assert.deepEqual([...new Set(hosts)].filter((host) => ![HOST, 'example.org', 'www.w3.org'].includes(host)), []);
});
