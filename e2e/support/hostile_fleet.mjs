//! A fleet that says nothing but hostile things, in every place an agent can speak.

import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CORPUS } from './hostile.mjs';

const START = Date.UTC(2026, 10, 20, 8);
/** A picture of one pixel, and what pretends to be one. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const PICTURES = [
  { type: 'base64', media_type: 'image/png', data: PIXEL },
  { type: 'base64', media_type: 'image/svg+xml', data: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="parent.__hit(\'picture\')"/>').toString('base64') },
  { type: 'base64', media_type: 'text/html', data: Buffer.from('<script>__hit("picture")</script>').toString('base64') },
  { type: 'base64', media_type: 'image/png"><script>__hit("picture")</script>', data: 'x' },
  { type: 'url', url: 'http://hostile.invalid/picture.png' },
  { type: 'file', file_id: '<img src=x onerror=__hit("picture")>' },
];

/** The sessions' folder below a Claude configuration folder. */
const projects = (home) => join(home, '.claude/projects/-home-dev-hostile');
/** The folder of the Python orchestrator's logs. */
export const logsOf = (home) => join(home, 'agent_logs');

const written = (lines) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');
const at = (second, began = START) => new Date(began + second * 1_000).toISOString();
const usage = { input_tokens: 3, output_tokens: 5 };

/** The input of a call, by turns one that the page knows a form for and one that it does not. */
function input(text, turn) {
  return [
    ['Bash', { command: text, description: text }],
    ['Write', { file_path: text, content: `${text}\n` }],
    ['Edit', { file_path: text, old_string: text, new_string: `${text} more` }],
    ['AskUserQuestion', { questions: [{ question: text, header: text, options: [{ label: text, description: text }, { label: 'No', description: text }] }] }],
    ['WebFetch', { url: text, prompt: text }],
    ['Task', { description: text, prompt: text, subagent_type: text }],
    [text, { [text]: text, list: [text, { [text]: [text] }] }],
    ['ExitPlanMode', { plan: text }],
    ['TodoWrite', { todos: [{ content: text, status: text }] }],
    ['mcp__' + text, { value: text }],
  ][turn % 10];
}

/** A long session: each text is asked, thought, said, called, answered and changed; now and then something rarer. */
export function hull(session, texts, began) {
  const lines = [];
  let number = 0;
  const line = (type, rest) => {
    lines.push({ type, uuid: `u${number}`, parentUuid: number ? `u${number - 1}` : null, sessionId: session, cwd: '/home/dev/hostile', timestamp: at(number, began), ...rest });
    number += 1;
  };
  line('user', { message: { role: 'user', content: 'Say what you will' } });
  texts.forEach(({ text, mark }, turn) => {
    const [name, called] = input(text, turn);
    const failed = turn % 5 === 0;
    line('user', { message: { role: 'user', content: turn % 2 ? text : [{ type: 'text', text }, { type: 'image', source: PICTURES[turn % PICTURES.length] }] } });
    line('assistant', {
      requestId: `r${mark}`,
      message: {
        role: 'assistant', id: `m${mark}`, model: 'claude-opus-5-5', stop_reason: 'tool_use', usage,
        content: [{ type: 'thinking', thinking: text, signature: text }, { type: 'text', text }, { type: 'tool_use', id: `toolu_${mark}`, name, input: called }],
      },
    });
    line('user', {
      message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: `toolu_${mark}`, is_error: failed, content: turn % 2 ? text : [{ type: 'text', text }, { type: 'image', source: PICTURES[turn % PICTURES.length] }, { type: text, text }] }] },
      ...(!failed && { toolUseResult: { type: 'update', filePath: text, oldString: text, newString: text, structuredPatch: [{ oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, lines: [`-${text}`, `+${text}`, ` ${text}`, text] }] } }),
    });
    const rare = [
      ['system', { subtype: 'api_error', error: { message: text, status: 529 } }],
      ['attachment', { attachment: { type: text, filename: text, content: text } }],
      [text, { content: text }],
      ['summary', { summary: text }],
      ['system', { subtype: text, content: text }],
      ['user', { isMeta: true, message: { role: 'user', content: text } }],
      ['system', { subtype: 'compact_boundary', compactMetadata: { trigger: text, preTokens: 9 } }],
      ['pr-link', { prUrl: text }],
      ['user', { origin: { kind: text }, message: { role: 'user', content: text } }],
    ][turn % 9];
    line(...rare);
  });
  return lines;
}

/** A short session whose title, model, folder and task are a text. */
function named({ text, mark }) {
  const line = (type, second, rest) => ({ type, uuid: `${mark}-${second}`, sessionId: `named-${mark}`, cwd: text, version: text, gitBranch: text, timestamp: at(second), ...rest });
  return [
    line('user', 0, { message: { role: 'user', content: text } }),
    line('assistant', 1, { requestId: `n${mark}`, message: { role: 'assistant', id: `n${mark}`, model: text, stop_reason: 'end_turn', usage, content: [{ type: 'text', text }] } }),
    { type: 'custom-title', customTitle: text, sessionId: `named-${mark}` },
  ];
}

/** A folder of logs whose every word is a text. */
function logs(folder, texts) {
  mkdirSync(folder, { recursive: true });
  const time = (second) => at(second).slice(0, -1);
  const message = `SystemMessage(subtype='init', data={'cwd': ${JSON.stringify(texts[0].text)}, 'session_id': 'logged', 'model': ${JSON.stringify(texts[1].text)}})`;
  writeFileSync(join(folder, 'prompt.txt'), texts.map(({ text }) => text).join('\n\n'));
  writeFileSync(join(folder, 'text.txt'), texts.map(({ text }, turn) => `[${time(turn)}] AssistantMessage:\n${text}\n\n`).join(''));
  const calls = texts.flatMap(({ text, mark }, turn) => [
    { timestamp: time(turn), type: 'tool_use', tool_name: input(text, turn)[0], tool_use_id: mark, input: input(text, turn)[1] },
    { timestamp: time(turn + 1), type: 'tool_result', tool_use_id: mark, content: turn % 2 ? text : [{ type: 'text', text }], is_error: turn % 3 === 0 },
  ]);
  writeFileSync(join(folder, 'tools.jsonl'), written(calls));
  const end = { timestamp: time(texts.length + 2), type: 'ResultMessage', is_error: true, result: texts[2].text, duration_ms: 60_000, num_turns: 1, session_id: 'logged', total_cost_usd: 0.5, usage };
  writeFileSync(join(folder, 'summary.jsonl'), written([{ timestamp: time(0), type: 'SystemMessage', subtype: 'init', message }, end]));
}

/** Writes the sessions and logs into a home; a running product takes them in by itself. */
export function board(home) {
  mkdirSync(projects(home), { recursive: true });
  writeFileSync(join(projects(home), 'hull.jsonl'), written([...hull('hull', CORPUS), { type: 'custom-title', customTitle: 'The hull', sessionId: 'hull' }]));
  for (const one of CORPUS) writeFileSync(join(projects(home), `named-${one.mark}.jsonl`), written(named(one)));
  logs(join(logsOf(home), 'mark-task', '71258fdc_Builder___<img_src=x_onerror=__hit(1)>_20261120_080000'), CORPUS);
}

/** A session that is at work while somebody looks, and calls itself as the first text says. */
export function goOn(home, texts) {
  const seconds = hull('live', texts).length;
  const lines = hull('live', texts, Date.now() - seconds * 1_000);
  appendFileSync(join(projects(home), 'live.jsonl'), written([...lines, { type: 'custom-title', customTitle: texts[0].text, sessionId: 'live' }]));
}

/** The words of some texts. A body may not hold half a letter; session files do. */
const together = (group) => group.map(({ text }) => text.toWellFormed()).join('\n');

/** Agents of the API with such names and instructions, a few texts in each. */
export async function enlist(product, groups) {
  for (const group of groups) {
    const name = group[0].text.replace(/\p{Cc}/gu, ' ').trim().slice(0, 60);
    const reply = await product.request('POST', '/api/v1/agents', { role: 'CUSTOM', name, custom_instructions: together(group) });
    if (reply.status >= 400) throw new Error(`an agent called ${JSON.stringify(name)}: ${reply.status} ${JSON.stringify(reply.body)}`);
  }
}

/** Questions of hooks, one for each group of texts; they wait until the product ends. */
export function ask(product, groups) {
  const waiting = groups.map((group, turn) => {
    const text = together(group);
    const [tool_name, tool_input] = input(text, turn);
    const hook = { hook_event_name: 'PermissionRequest', session_id: `asks-${turn}`, cwd: text.slice(0, 4_000), permission_mode: 'default', tool_name, tool_input };
    return product.request('POST', '/api/v1/ingest/hooks', hook).catch(() => {});
  });
  return Promise.all(waiting);
}
