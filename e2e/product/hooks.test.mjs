//! A session that somebody started in a terminal: its hooks show it here, it asks here, and it is told here what to do next.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CLAUDE_BIN, claudeEnvironment } from '../support/claude.mjs';
import { startProduct } from '../support/product.mjs';
import { startStub } from '../support/stub.mjs';

const EVENTS = ['UserPromptSubmit', 'PreToolUse', 'PostToolUse', 'PostToolUseFailure', 'PermissionRequest', 'Stop', 'SessionEnd'];
const folder = mkdtempSync(join(tmpdir(), 'hooks-'));
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

/** Settings that send every hook to a server. */
function settings(url) {
  const call = { type: 'http', url: `${url}/api/v1/ingest/hooks`, timeout: 75, headers: { Authorization: `Bearer ${product.key}` } };
  const hooks = Object.fromEntries(EVENTS.map((event) => [event, [{ matcher: '*', hooks: [call] }]]));
  return ['--settings', JSON.stringify({ hooks })];
}

/** The user's own `claude`, which knows of Quarterdeck by its settings alone. */
function terminal(cwd, prompt, args = settings(product.url)) {
  const session = randomUUID();
  const argv = ['-p', prompt, '--session-id', session, ...args];
  const child = spawn(CLAUDE_BIN, argv, { cwd, env: claudeEnvironment(stub.url, product.home), stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let words = '';
  child.stdout.on('data', (part) => (out += part));
  child.stderr.on('data', (part) => (words += part));
  const exit = new Promise((resolve) => child.once('close', (code) => resolve({ code, out, words })));
  return { session, exit };
}

const agentOf = async (session) => {
  const { items } = await product.call('GET', '/agents?limit=200');
  return items.find((agent) => agent.session_id === session && !agent.parent_id);
};

test('a session of a terminal is seen live, asks here, and is handed its next instruction', async () => {
  const cwd = product.workspace('pier');
  const socket = await product.socket('/ws/fleet', 0);
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

  await product.call('POST', `/agents/${asks.id}/prompt`, { prompt: 'Then mind the harbour wall.' });
  await product.call('POST', `/approvals/${approval.id}`, { decision: 'allow' });
  const { code, words } = await claude.exit;
  assert.equal(code, 0, words);
  assert.equal(readFileSync(join(cwd, 'tide.txt'), 'utf8'), 'high\n');
  const told = stub.entries.filter((entry) => entry.chain === claude.session).some((entry) => JSON.stringify(entry).includes('harbour wall'));
  assert.ok(told, 'the model heard the instruction');
  const done = await agentOf(claude.session);
  assert.equal(done.status, 'completed');
  assert.match(done.status_evidence.reason, /^hook SessionEnd: /);
  socket.close();
});

test('a session goes on as if nobody were there when the server does not answer', async () => {
  const claude = terminal(product.workspace('quay'), 'Say it. [[stub: text "Said."]]', settings('http://127.0.0.1:9'));
  const { code, out } = await claude.exit;
  assert.deepEqual([code, out.trim()], [0, 'Said.']);
});

/** Runs `quarterdeck connect` as the user would. */
function connect(...args) {
  const env = { PATH: process.env.PATH, HOME: product.home, QUARTERDECK_DATA_DIR: product.dataDir };
  const { status, stderr } = spawnSync(product.bin, ['connect', '--yes', '--url', product.url, ...args], { env, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}

test('what `connect` writes lets a session be seen, and what it undoes leaves nothing', async () => {
  const file = join(product.home, '.claude', 'settings.json');
  connect();
  const claude = terminal(product.workspace('mole'), 'Say it. [[stub: text "Said."]]', []);
  const { code, words } = await claude.exit;
  assert.equal(code, 0, words);
  const agent = await agentOf(claude.session);
  assert.equal(agent.status, 'completed');
  assert.match(agent.status_evidence.reason, /^hook SessionEnd: /);
  connect('--undo');
  assert.ok(!existsSync(file));
});
