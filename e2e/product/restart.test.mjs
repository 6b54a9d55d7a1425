//! The server ends in the middle, and the real CLI goes on: no word is lost, no step is done twice.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chains } from '../support/stub.mjs';
import { together } from '../support/together.mjs';

const here = together('restart');

/** Answers once something has this status by the events of the fleet. */
async function becomes(kind, id, status) {
  const socket = await here.product.socket('/ws/fleet', 0);
  const told = ({ event }) => event?.type === `${kind}.status_changed` && event[`${kind}_id`] === id && event.data.to === status;
  await socket.until(told);
  socket.close();
  return here.product.call('GET', `/${kind}s/${id}`);
}

test('a prompt that nobody had heard when the server was killed is told after its restart', async () => {
  const prompt = 'Begin [[stub: text "I begin."]] [[stub: hold first]]';
  const { id } = await here.product.call('POST', '/agents', { role: 'BUILDER', prompt });
  await here.stub.gates.held('first');
  await here.product.call('POST', `/agents/${id}/prompt`, { prompt: 'and mind the harbour wall' });
  await here.product.kill();
  await here.product.gone();
  here.stub.gates.release('first');
  await here.product.start();
  const agent = await becomes('agent', id, 'completed');
  const asked = chains(here.stub.entries).get(agent.session_id).at(-1).prompt;
  assert.match(asked, /You were cut off/);
  assert.match(asked, /and mind the harbour wall/);
});

test('a task of a stopped server is interrupted, and the next server ends it in the same session', async () => {
  const prompt = 'Fix the typo in the footer\n[[stub BUILDER: text "I change it."]]\n[[stub BUILDER: hold second]]\n[[stub BUILDER: handover]]';
  const { id } = await here.product.call('POST', '/tasks', { prompt, task_type: 'bug_fix' });
  await here.stub.gates.held('second');
  assert.equal(await here.product.stop(), 0);
  await here.product.gone();
  here.stub.gates.release('second');
  await here.product.start();
  const task = await becomes('task', id, 'completed');
  assert.deepEqual(task.workflow.map(({ status, attempts }) => [status, attempts]), [['completed', 1], ['completed', 1]]);
  const socket = await here.product.socket(`/ws/tasks/${id}`, 0);
  await socket.until(({ event }) => event?.data.to === 'completed' && event.type === 'task.status_changed');
  const told = socket.frames.filter(({ event }) => event?.type === 'task.status_changed').map(({ event }) => event.data.to);
  socket.close();
  assert.deepEqual(told, ['running', 'interrupted', 'running', 'completed']);
});
