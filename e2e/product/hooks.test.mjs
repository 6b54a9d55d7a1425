//! A session that somebody started in a terminal: its hooks show it here, it asks here, and it is told here what to do next.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { CLAUDE_BIN, claudeEnvironment } from '../support/claude.mjs';
import { chains, costNanos } from '../support/stub.mjs';
import { together } from '../support/together.mjs';

const EVENTS = ['UserPromptSubmit', 'PreToolUse', 'PostToolUse', 'PostToolUseFailure', 'PermissionRequest', 'Stop', 'SessionEnd'];
const here = together('hooks');

/** Settings that send every hook to a server. */
function settings(url) {
  const call = { type: 'http', url: `${url}/api/v1/ingest/hooks`, timeout: 75, headers: { Authorization: `Bearer ${here.product.key}` } };
  const hooks = Object.fromEntries(EVENTS.map((event) => [event, [{ matcher: '*', hooks: [call] }]]));
  return ['--settings', JSON.stringify({ hooks })];
}

/** The user's own `claude`, which knows of Quarterdeck by its settings alone. */
function terminal(cwd, prompt, args = settings(here.product.url)) {
  const session = randomUUID();
  const argv = ['-p', prompt, '--session-id', session, ...args];
  const child = spawn(CLAUDE_BIN, argv, { cwd, env: claudeEnvironment(here.stub.url, here.product.home), stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let words = '';
  child.stdout.on('data', (part) => (out += part));
  child.stderr.on('data', (part) => (words += part));
  const exit = new Promise((resolve) => child.once('close', (code) => resolve({ code, out, words })));
  return { session, exit };
}

const agentOf = async (session) => {
  const { items } = await here.product.call('GET', '/agents?limit=200');
  return items.find((agent) => agent.session_id === session && !agent.parent_id);
};

/** Asks until the answer will do. */
async function asked(path, fits) {
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await here.product.call('GET', path);
    if (fits(answer)) return answer;
    await pause(50);
  }
  throw new Error(`no answer of ${path} will do`);
}

test('a session of a terminal is seen live, asks here, and is handed its next instruction', async () => {
  const cwd = here.product.workspace('pier');
  const socket = await here.product.socket('/ws/fleet', 0);
  const claude = terminal(cwd, 'Write it. [[stub: tool Write {"file_path":"$CWD/tide.txt","content":"high\\n"}]] [[stub: text "It is written."]]');
  const ended = claude.exit.then(({ code, out, words }) => {
    throw new Error(`claude ended (${code}) before it asked: ${out} ${words}`);
  });
  const { event } = await Promise.race([socket.until(({ event }) => event?.type === 'approval.asked'), ended]);
  ended.catch(() => {});
  const { approval } = event.data;
  assert.deepEqual([approval.tool, approval.input.file_path], ['Write', join(cwd, 'tide.txt')]);
  const asks = await agentOf(claude.session);
  assert.deepEqual([asks.id, asks.status], [approval.agent_id, 'waiting']);
  assert.match(asks.status_evidence.reason, /^hook PermissionRequest: /);
  assert.ok(!existsSync(join(cwd, 'tide.txt')));

  await here.product.call('POST', `/agents/${asks.id}/prompt`, { prompt: 'Then mind the harbour wall.' });
  await here.product.call('POST', `/approvals/${approval.id}`, { decision: 'allow' });
  const { code, words } = await claude.exit;
  assert.equal(code, 0, words);
  assert.equal(readFileSync(join(cwd, 'tide.txt'), 'utf8'), 'high\n');
  const told = here.stub.entries.filter((entry) => entry.chain === claude.session).some((entry) => JSON.stringify(entry).includes('harbour wall'));
  assert.ok(told, 'the model heard the instruction');
  const done = await agentOf(claude.session);
  assert.equal(done.status, 'completed');
  assert.match(done.status_evidence.reason, /^hook SessionEnd: /);
  socket.close();
});

test('a session goes on as if nobody were there when the server does not answer', async () => {
  const claude = terminal(here.product.workspace('quay'), 'Say it. [[stub: text "Said."]]', settings('http://127.0.0.1:9'));
  const { code, out } = await claude.exit;
  assert.deepEqual([code, out.trim()], [0, 'Said.']);
});

/** Runs `quarterdeck connect` as the user would. */
function connect(...args) {
  const env = { PATH: process.env.PATH, HOME: here.product.home, QUARTERDECK_DATA_DIR: here.product.dataDir };
  const { status, stderr } = spawnSync(here.product.bin, ['connect', '--yes', '--url', here.product.url, ...args], { env, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}

test('what `connect` writes lets a session be seen by its hooks, its telemetry and its file, and counted once; undone, it leaves nothing', async () => {
  const file = join(here.product.home, '.claude', 'settings.json');
  connect();
  const claude = terminal(here.product.workspace('mole'), 'Say it. [[stub: text "Said."]]', []);
  const { code, words } = await claude.exit;
  assert.equal(code, 0, words);
  const agent = await agentOf(claude.session);
  assert.equal(agent.status, 'completed');
  assert.match(agent.status_evidence.reason, /^hook SessionEnd: /);

  // Telemetry says what its response cost, its file what was said: it is one session and one response all the same.
  const costs = await here.product.socket('/ws/costs', 0);
  await costs.until(({ event }) => event?.agent_id === agent.id && event.data.record.reported_cost_usd);
  costs.close();
  const talk = await asked(`/agents/${agent.id}/conversation`, ({ source }) => source === 'files');
  const { items } = await here.product.call('GET', `/usage?agent_id=${agent.id}`);
  const answered = chains(here.stub.entries).get(claude.session);
  assert.deepEqual([answered.length, items.length], [1, 1]);
  assert.deepEqual([Math.round(items[0].cost_usd * 1e9), items[0].cost_basis], [costNanos(answered), 'computed']);
  assert.deepEqual(talk.items.filter(({ kind }) => kind === 'text').map(({ text }) => text), ['Said.']);
  const { items: sources } = await here.product.call('GET', '/sources');
  const heard = sources.filter((source) => source.taken_at).map((source) => source.id);
  assert.deepEqual(heard.sort(), ['claude_sessions', 'hooks', 'otlp']);
  connect('--undo');
  assert.ok(!existsSync(file));
});
