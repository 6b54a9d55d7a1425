//! The server ends in the middle, and the real CLI goes on: no word is lost, no step is done twice.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startProduct } from '../support/product.mjs';
import { chains, startStub } from '../support/stub.mjs';

const folder = mkdtempSync(join(tmpdir(), 'restart-'));
let stub;
let product;
before(async () => {
  stub = await startStub({ log: join(folder, 'log.jsonl') });
  product = await startProduct({ stub });
});
after(async () => {
  await product.dispose();
  await stub.close();
  rmSync(folder, { recursive: true });
});

/** Answers once something has this status by the events of the fleet. */
async function becomes(kind, id, status) {
  const socket = await product.socket('/ws/fleet', 0);
  const told = ({ event }) => event?.type === `${kind}.status_changed` && event[`${kind}_id`] === id && event.data.to === status;
  await socket.until(told);
  socket.close();
  return product.call('GET', `/${kind}s/${id}`);
}

test('a prompt that nobody had heard when the server was killed is told after its restart', async () => {
  const prompt = 'Begin [[stub: text "I begin."]] [[stub: hold first]]';
  const { id } = await product.call('POST', '/agents', { role: 'BUILDER', prompt });
  await stub.gates.held('first');
  await product.call('POST', `/agents/${id}/prompt`, { prompt: 'and mind the harbour wall' });
  await product.kill();
  await product.gone();
  stub.gates.release('first');
  await product.start();
  const agent = await becomes('agent', id, 'completed');
  const asked = chains(stub.entries).get(agent.session_id).at(-1).prompt;
  assert.match(asked, /You were cut off/);
  assert.match(asked, /and mind the harbour wall/);
});

test('a task of a stopped server is interrupted, and the next server ends it in the same session', async () => {
  const prompt = 'Fix the typo in the footer\n[[stub BUILDER: text "I change it."]]\n[[stub BUILDER: hold second]]\n[[stub BUILDER: handover]]';
  const { id } = await product.call('POST', '/tasks', { prompt, task_type: 'bug_fix' });
  await stub.gates.held('second');
  assert.equal(await product.stop(), 0);
  await product.gone();
  stub.gates.release('second');
  await product.start();
  const task = await becomes('task', id, 'completed');
  assert.deepEqual(task.workflow.map(({ status, attempts }) => [status, attempts]), [['completed', 1], ['completed', 1]]);
  const socket = await product.socket(`/ws/tasks/${id}`, 0);
  await socket.until(({ event }) => event?.data.to === 'completed' && event.type === 'task.status_changed');
  const told = socket.frames.filter(({ event }) => event?.type === 'task.status_changed').map(({ event }) => event.data.to);
  socket.close();
  assert.deepEqual(told, ['running', 'interrupted', 'running', 'completed']);
});
