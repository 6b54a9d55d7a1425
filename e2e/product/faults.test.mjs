//! Whatever the Messages API does, the real CLI and the product tell what happened, and count what it cost.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chains, costNanos } from '../support/stub.mjs';
import { together } from '../support/together.mjs';

const here = together('faults', { env: { CLAUDE_CODE_MAX_RETRIES: '2' } });

/** Runs an agent to its end: itself, what it did, and what the stub answered it. */
async function run(prompt) {
  const { id } = await here.product.call('POST', '/agents', { role: 'BUILDER', prompt });
  const socket = await here.product.socket('/ws/fleet', 0);
  const ended = ({ event }) => event?.agent_id === id && ['completed', 'failed', 'interrupted'].includes(event.data.to);
  await socket.until(ended);
  const told = socket.frames.filter(({ event }) => event?.agent_id === id).map(({ event }) => event);
  socket.close();
  const agent = await here.product.call('GET', `/agents/${id}`);
  return { agent, told, answered: chains(here.stub.entries).get(agent.session_id) ?? [] };
}
const nanos = (usd) => Math.round(Number(usd) * 1e9);
const notices = (told) => told.filter(({ data }) => data.kind === 'notice').map(({ data }) => data.text);

for (const status of [429, 500, 529]) {
  test(`an answer ${status} that passes is tried again and told`, async () => {
    const { agent, told, answered } = await run(`[[stub: error ${status} retry-after 0]] [[stub: text "second try"]]`);
    assert.deepEqual([agent.status, agent.result], ['completed', 'second try']);
    assert.ok(notices(told).some((words) => words.includes(`the API refused (${status}`)), notices(told).join('\n'));
    assert.equal(nanos(agent.cost_usd), costNanos(answered));
  });
}

test('an answer 529 that does not pass is a failure in the words of the API', async () => {
  const { agent } = await run('[[stub: error-always 529 retry-after 0]]');
  assert.equal(agent.status, 'failed');
  assert.match(agent.error, /529|[Oo]verloaded/);
  assert.equal(agent.cost_usd, '0');
});

for (const [fault, what] of [['cut', 'cut in mid-line'], ['break', 'broken off']]) {
  test(`a stream that is ${what} is asked for again, and what was seen of it is a bound and no more`, async () => {
    const { agent, answered } = await run(`[[stub: ${fault}]] [[stub: text "after the ${fault}"]]`);
    assert.deepEqual([agent.status, agent.result, answered.length], ['completed', `after the ${fault}`, 2]);
    const { items } = await here.product.call('GET', `/usage?agent_id=${agent.id}`);
    // Whether the client saw anything of a stream that was cut is the network's chance.
    const saw = items.some((record) => record.message_id && !record.request_id);
    assert.equal(agent.cost_basis, saw ? 'lower_bound' : 'computed');
    assert.ok(nanos(agent.cost_usd) >= costNanos(saw ? answered : answered.slice(1)), agent.cost_usd);
  });
}

test('a slow answer streams piece by piece, and all of it arrives', async () => {
  const words = 'The tide comes in slowly over the flats and nobody hurries it along.';
  const { agent, told } = await run(`[[stub: slow 40]] [[stub: pieces 8]] [[stub: text "${words}"]]`);
  const pieces = told.filter(({ data }) => data.kind === 'text').map(({ data }) => data.text);
  assert.deepEqual([agent.status, agent.result, pieces.join('')], ['completed', words, words]);
  assert.ok(pieces.length > 1, 'it came in pieces');
});
