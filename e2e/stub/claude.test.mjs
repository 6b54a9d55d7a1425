//! The real `claude` against the stub: the promises the journeys rest on.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { claudeEnvironment, isPermission, isResult, startClaude } from '../support/claude.mjs';
import { costNanos, startStub } from '../support/stub.mjs';

const folder = mkdtempSync(join(tmpdir(), 'claude-'));
const cwd = join(folder, 'work');
let stub;
before(async () => {
  mkdirSync(cwd);
  stub = await startStub();
});
after(async () => {
  await stub.close();
  rmSync(folder, { recursive: true, force: true });
});

function start(args) {
  return startClaude({ cwd, env: claudeEnvironment(stub.url, folder), args });
}
const chain = (id) => stub.entries.filter((entry) => entry.chain === id);

test('a prompt with a tool is two requests of one chain, and the sums agree', async () => {
  const id = randomUUID();
  const claude = start(['--session-id', id, '--append-system-prompt', 'You are the BUILDER.']);
  claude.prompt('Write it. [[stub: tool Write {"file_path":"$CWD/tide.txt","content":"high\\n"}]]');
  const { request_id, request } = await claude.until(isPermission);
  assert.equal(request.tool_name, 'Write');
  claude.answer(request_id, { behavior: 'allow', updatedInput: request.input });
  const result = await claude.until(isResult);
  claude.end();
  assert.equal((await claude.exit).code, 0);
  assert.ok(existsSync(join(cwd, 'tide.txt')));
  assert.match(result.result, new RegExp(`STUB-HANDOVER-BUILDER-${id.slice(0, 8)}`));
  assert.deepEqual(chain(id).map((entry) => [entry.kind, entry.outcome, entry.step]), [['main', 'completed', 0], ['main', 'completed', 1]]);
  const sum = (name) => chain(id).reduce((total, entry) => total + entry.usage[name], 0);
  for (const name of ['input_tokens', 'output_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens']) {
    assert.equal(result.usage[name], sum(name), name);
  }
  assert.equal(costNanos(chain(id)), Math.round(result.total_cost_usd * 1e9));
});

test('a denied tool reaches the model as an error with the words of the operator', async () => {
  const id = randomUUID();
  const claude = start(['--session-id', id]);
  claude.prompt('[[stub: tool Bash {"command":"touch no.txt"}]] [[stub: text "I stop here"]]');
  const { request_id } = await claude.until(isPermission);
  claude.answer(request_id, { behavior: 'deny', message: 'Not on this quay.' });
  assert.equal((await claude.until(isResult)).result, 'I stop here');
  claude.end();
  await claude.exit;
  assert.deepEqual(chain(id)[1].tool_results.map((one) => [one.is_error, one.text]), [[true, 'Not on this quay.']]);
  assert.ok(!existsSync(join(cwd, 'no.txt')));
});

/** The CLI writes its session a little after it acts; before that a session cannot be resumed. */
async function sessionFile(id) {
  const file = join(folder, '.claude', 'projects', cwd.replace(/[^a-zA-Z0-9]/g, '-'), `${id}.jsonl`);
  while (!existsSync(file) || !readFileSync(file, 'utf8').includes('"type":"user"')) await setImmediate();
}

test('a session killed at a pending tool asks again when it is resumed', async () => {
  const id = randomUUID();
  const killed = start(['--session-id', id]);
  killed.prompt('[[stub: tool Bash {"command":"touch again.txt"}]] [[stub: text "resumed and done"]]');
  await killed.until(isPermission);
  await sessionFile(id);
  killed.child.kill('SIGKILL');
  await killed.exit;
  const resumed = start(['--resume', id]);
  resumed.prompt('Continue where you left off.');
  const { request_id, request } = await resumed.until(isPermission);
  assert.deepEqual(request.input, { command: 'touch again.txt' });
  resumed.answer(request_id, { behavior: 'allow', updatedInput: request.input });
  assert.equal((await resumed.until(isResult)).result, 'resumed and done');
  resumed.end();
  assert.equal((await resumed.exit).code, 0);
});

test('an overloaded answer is tried again', async () => {
  const id = randomUUID();
  const claude = start(['--session-id', id]);
  claude.prompt('[[stub: error 529 retry-after 0]] [[stub: text "second try"]]');
  assert.equal((await claude.until(isResult)).result, 'second try');
  claude.end();
  await claude.exit;
  assert.deepEqual(chain(id).map((entry) => entry.status), [529, 200]);
});
