//! The stub over HTTP: answers, faults and gates as the Messages API would show them, and the log they leave.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startStub } from './server.mjs';

const CHAIN = '01999999-0000-7000-8000-00000000000a';
const folder = mkdtempSync(join(tmpdir(), 'stub-'));
let stub;
before(async () => (stub = await startStub({ log: join(folder, 'log.jsonl') })));
after(async () => {
  await stub.close();
  rmSync(folder, { recursive: true });
});

function ask(prompt, { stream = true, key = 'k', chain = CHAIN, path = '/v1/messages?beta=true' } = {}) {
  const headers = { 'content-type': 'application/json', 'x-claude-code-session-id': chain, ...(key && { 'x-api-key': key }) };
  const messages = [{ role: 'user', content: prompt }];
  const body = { model: 'claude-opus-5-5', max_tokens: 10, stream, system: 'You are the BUILDER.', tools: [{ name: 'Bash' }], messages };
  return fetch(stub.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function frames(response) {
  const text = await response.text();
  return text.split('\n\n').filter(Boolean).map((frame) => JSON.parse(frame.slice(frame.indexOf('data: ') + 6)));
}

/** The log line of a request is written when its connection is done; waits for the n-th. */
async function logged(test) {
  for (;;) {
    const entry = stub.entries.find(test);
    if (entry) return entry;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('a stream has the events of the API in their order and ends with the full usage', async () => {
  const response = await ask('[[stub: think "hm"]] [[stub: text "hello"]] [[stub: tool Bash {"command":"ls"}]]');
  const events = await frames(response);
  const order = events.map((event) => event.type).filter((type) => type !== 'content_block_delta');
  const block = ['content_block_start', 'content_block_stop'];
  assert.deepEqual(order, ['message_start', 'ping', ...block, ...block, ...block, 'message_delta', 'message_stop']);
  assert.equal(events[0].message.usage.output_tokens, 1);
  const last = events.at(-2);
  assert.equal(last.delta.stop_reason, 'tool_use');
  for (const name of ['input_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens', 'output_tokens']) assert.ok(last.usage[name] > 1, name);
  const input = events.filter((event) => event.delta?.type === 'input_json_delta').map((event) => event.delta.partial_json).join('');
  assert.deepEqual(JSON.parse(input), { command: 'ls' });

  const entry = await logged((one) => one.request_id === response.headers.get('request-id'));
  assert.deepEqual(
    [entry.kind, entry.chain, entry.role, entry.outcome, entry.message_id, entry.tools],
    ['main', CHAIN, 'BUILDER', 'completed', events[0].message.id, ['Bash']],
  );
  assert.deepEqual(entry.usage, last.usage);
  assert.ok(readFileSync(join(folder, 'log.jsonl'), 'utf8').includes(entry.request_id));
});

test('without a directive an answer ends in a hand-over that names its role and chain', async () => {
  const { content, stop_reason } = await (await ask('Build the quay.', { stream: false })).json();
  assert.equal(stop_reason, 'end_turn');
  for (const heading of ['Summary', 'Findings', 'Decisions', 'Files', 'Next steps']) assert.match(content[0].text, new RegExp(`^## ${heading}$`, 'm'));
  assert.match(content[0].text, /STUB-HANDOVER-BUILDER-01999999/);
});

test('an error comes once, with retry-after, and then the answer', async () => {
  const prompt = '[[stub: error 429]] [[stub: text "later"]]';
  const first = await ask(prompt);
  assert.deepEqual([first.status, first.headers.get('retry-after')], [429, '1']);
  assert.equal((await first.json()).error.type, 'rate_limit_error');
  assert.equal((await ask(prompt)).status, 200);
  const always = '[[stub: error-always 500]]';
  assert.equal((await ask(always)).status, 500);
  assert.equal((await ask(always)).status, 500);
});

test('a cut stream ends in the middle of a line', async () => {
  const response = await ask('[[stub: cut]] [[stub: text "a text with more than one piece of stream in it, so that it can be cut"]]');
  await assert.rejects(response.text());
  assert.equal((await logged((one) => one.outcome === 'cut')).usage.output_tokens, 1);
});

test('a broken stream carries an error event', async () => {
  const events = await frames(await ask('[[stub: break]] [[stub: text "a text"]]'));
  assert.equal(events.at(-1).error.type, 'overloaded_error');
});

test('a held stream waits for its release', async () => {
  const asked = ask('[[stub: hold quay]] [[stub: text "a text with more than one piece of stream in it, so that it can wait"]]');
  assert.equal(await stub.gates.held('quay'), CHAIN);
  const control = await fetch(`${stub.url}/_stub/release?name=quay`);
  assert.deepEqual(await control.json(), { released: 1 });
  assert.equal((await frames(await asked)).at(-1).type, 'message_stop');
});

test('a client that leaves is in the log', async () => {
  const leave = new AbortController();
  const chain = '01999999-0000-7000-8000-00000000000b';
  const headers = { 'x-api-key': 'k', 'x-claude-code-session-id': chain };
  const body = JSON.stringify({ stream: true, messages: [{ role: 'user', content: '[[stub: hold never]]' }] });
  await fetch(`${stub.url}/v1/messages`, { method: 'POST', headers, body, signal: leave.signal });
  await stub.gates.held('never');
  leave.abort();
  assert.equal((await logged((one) => one.chain === chain)).outcome, 'client_left');
});

test('a missing or refused key, an unknown path and a bad script answer in the shape of the API', async () => {
  for (const [options, prompt, status, type] of [
    [{ key: null }, 'x', 401, 'authentication_error'],
    [{ key: 'invalid' }, 'x', 401, 'authentication_error'],
    [{ path: '/v1/other' }, 'x', 404, 'not_found_error'],
    [{}, '[[stub: dance]]', 400, 'invalid_request_error'],
  ]) {
    const response = await ask(prompt, options);
    const body = await response.json();
    assert.deepEqual([response.status, body.type, body.error.type], [status, 'error', type]);
    assert.equal(body.request_id, response.headers.get('request-id'));
  }
});

test('tokens are counted without an answer', async () => {
  const response = await ask('x', { path: '/v1/messages/count_tokens' });
  assert.ok((await response.json()).input_tokens > 0);
});
