//! The real `claude` CLI against the stub, driven over stream-json the way the runtime drives it.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const CLAUDE_BIN = fileURLToPath(new URL('../node_modules/.bin/claude', import.meta.url));

/** The environment a `claude` needs to talk to the stub and to nobody else; `home` keeps its state. */
export function claudeEnvironment(stubUrl, home) {
  return {
    PATH: process.env.PATH,
    HOME: home,
    LANG: 'C.UTF-8',
    ANTHROPIC_BASE_URL: stubUrl,
    ANTHROPIC_API_KEY: 'stub-key',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_AUTOUPDATER: '1',
  };
}

/** Starts a CLI. `lines` holds all it said as `{at_ms, line}`; `until(test)` answers with the first line that fits. */
export function startClaude({ cwd, env, args = [], partial = true }) {
  const argv = ['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'];
  if (partial) argv.push('--include-partial-messages');
  argv.push('--permission-prompt-tool', 'stdio', ...args);
  const started = performance.now();
  const child = spawn(CLAUDE_BIN, argv, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  const lines = [];
  let watchers = [];
  let stderr = '';
  child.stderr.on('data', (part) => (stderr += part));
  child.stdin.on('error', () => {});
  createInterface({ input: child.stdout, crlfDelay: Infinity }).on('line', (text) => {
    const one = { at_ms: Math.round(performance.now() - started), line: JSON.parse(text) };
    lines.push(one);
    watchers = watchers.filter((watcher) => !watcher(one.line));
  });
  const exit = new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stderr, at_ms: Math.round(performance.now() - started) }));
  });
  const send = (value) => child.stdin.write(`${JSON.stringify(value)}\n`);
  return {
    child,
    lines,
    exit,
    send,
    prompt: (text) => send({ type: 'user', message: { role: 'user', content: text }, parent_tool_use_id: null, session_id: 'default' }),
    answer: (request_id, response) => send({ type: 'control_response', response: { subtype: 'success', request_id, response } }),
    ask: (request_id, request) => send({ type: 'control_request', request_id, request }),
    end: () => child.stdin.end(),
    until(test, from = 0) {
      const seen = lines.slice(from).find(({ line }) => test(line));
      if (seen) return Promise.resolve(seen.line);
      const found = new Promise((resolve) => watchers.push((line) => test(line) && (resolve(line), true)));
      const gone = exit.then(({ code, stderr: words }) => {
        throw new Error(`claude ended (${code}) before the line came: ${words.slice(0, 500)}`);
      });
      return Promise.race([found, gone]);
    },
  };
}

export const isResult = (line) => line.type === 'result';
export const isPermission = (line) => line.type === 'control_request' && line.request.subtype === 'can_use_tool';
