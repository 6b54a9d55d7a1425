//! `node recordings/make.mjs [ROLE…]`: plays the story with the real CLI against the stub and writes
//! `api/recordings/<role>.jsonl`, one `{"at_ms", "line"}` a line, without a trace of the machine it ran on.

import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startStub } from '../stub/server.mjs';
import { claudeEnvironment, isPermission, isResult, startClaude } from '../support/claude.mjs';
import { ROLES, TASK } from './roles.mjs';

const OUT = fileURLToPath(new URL('../../api/recordings/', import.meta.url));
const PACE = '[[stub: pieces 72]] [[stub: slow 250]]';
const MAX_BYTES = 40_000;

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'recording-')));
const cwd = join(folder, 'harbour');
cpSync(new URL('harbour/', import.meta.url), cwd, { recursive: true });
mkdirSync(OUT, { recursive: true });
const wanted = process.argv.slice(2);
const stub = await startStub();
try {
  for (const part of ROLES) {
    const lines = await play(part);
    if (wanted.length > 0 && !wanted.includes(part.role)) continue;
    const file = join(OUT, `${part.role.toLowerCase()}.jsonl`);
    const text = scrub(lines.map((one) => JSON.stringify(one)).join('\n') + '\n');
    if (text.length > MAX_BYTES) throw new Error(`${part.role} takes ${text.length} bytes, more than ${MAX_BYTES}`);
    writeFileSync(file, text);
    console.log(`${part.role}: ${lines.length} lines, ${text.length} bytes, ${lines.at(-1).at_ms} ms`);
  }
} finally {
  await stub.close();
  rmSync(folder, { recursive: true, force: true });
}

/** One role's run; every tool it asks for is allowed after a moment of thought. */
async function play({ role, model, allowed, script }) {
  const args = ['--session-id', randomUUID(), '--model', model, '--permission-mode', 'default'];
  args.push('--append-system-prompt', `You are the ${role}.`, '--allowedTools', allowed.join(','));
  const env = { ...claudeEnvironment(stub.url, folder), CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1' };
  const claude = startClaude({ cwd, env, args });
  claude.prompt(`${TASK}\n\n${PACE} ${script.join(' ')}`);
  allowAll(claude);
  const result = await claude.until(isResult);
  claude.end();
  const { code, stderr } = await claude.exit;
  const failed = claude.lines.find(({ line }) => line.type === 'user' && line.message.content.some?.((block) => block.is_error));
  if (code !== 0 || result.is_error || failed) throw new Error(`${role} failed: ${stderr} ${result.result} ${JSON.stringify(failed?.line)}`);
  return claude.lines;
}

async function allowAll(claude) {
  const answered = new Set();
  const open = (line) => isPermission(line) && !answered.has(line.request_id);
  for (;;) {
    const asked = await claude.until(open).catch(() => undefined);
    if (asked === undefined) return;
    answered.add(asked.request_id);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    claude.answer(asked.request_id, { behavior: 'allow', updatedInput: asked.request.input });
  }
}

/** Puts the project where a reader expects it, and leaves out what only lists this CLI's own furniture. */
function scrub(text) {
  const moved = text.replaceAll(cwd, '/home/dev/harbour').replaceAll(folder, '/home/dev');
  const lines = moved.trimEnd().split('\n').map((line) => JSON.parse(line));
  for (const { line } of lines) {
    if (line.subtype !== 'init') continue;
    for (const name of ['slash_commands', 'terminal_slash_commands', 'skills', 'plugins', 'agents', 'memory_paths', 'messaging_socket_path']) delete line[name];
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
