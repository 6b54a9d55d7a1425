//! The stub's directives: what is read out of a prompt and which reply is due.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { directives, read, replies } from './script.mjs';

const user = (...content) => ({ role: 'user', content });
const says = (text) => ({ type: 'text', text });
const calls = (id, name = 'Bash') => ({ role: 'assistant', content: [{ type: 'tool_use', id, name, input: {} }] });
const result = (id, content) => ({ type: 'tool_result', tool_use_id: id, content });
const due = (messages, system = '') => read({ system, messages });

test('a directive ends at the first brackets outside of quotes and lists', () => {
  const [tool, text] = directives('x [[stub: tool Bash {"command":"echo ]] [[1]]","list":[[1],[2]]}]] y [[stub: text "a ]] b"]]');
  assert.deepEqual(JSON.parse(tool.args.slice('Bash '.length)), { command: 'echo ]] [[1]]', list: [[1], [2]] });
  assert.equal(text.args, '"a ]] b"');
});

test('a directive that is not closed is an error', () => {
  assert.throws(() => directives('[[stub: text "never ends'), /not closed/);
});

test('a list that repeats itself as a whole counts once', () => {
  const quoted = 'Task: [[stub: text "a"]] [[stub: slow 1]] Again: [[stub: text "a"]] [[stub: slow 1]]';
  assert.equal(directives(quoted).length, 2);
  assert.equal(directives('[[stub: text "a"]] [[stub: text "b"]] [[stub: text "a"]]').length, 3);
});

test('each reply but the last ends in tool calls', () => {
  const list = replies(directives('[[stub: text "I look"]] [[stub: tool Read {}]] [[stub: also Bash {}]] [[stub: error 529]] [[stub: text "done"]]'));
  assert.equal(list.length, 2);
  assert.deepEqual(list[0].tools.map((tool) => tool.name), ['Read', 'Bash']);
  assert.equal(list[1].faults[0].status, 529);
  assert.equal(list[1].blocks[0].text, 'done');
});

test('an unknown directive is an error that names it', () => {
  assert.throws(() => replies(directives('[[stub: dance]]')), /"dance"/);
});

test('the number of answered calls says which reply is next', () => {
  const prompt = user(says('<system-reminder>ignore me</system-reminder>'), says('go [[stub: tool Bash {}]] [[stub: text "end"]]'));
  assert.equal(due([prompt]).reply.tools.length, 1);
  const later = due([prompt, calls('t1'), user(result('t1', 'ok'), says('<system-reminder>tick</system-reminder>'))]);
  assert.equal(later.step, 1);
  assert.equal(later.reply.blocks[0].text, 'end');
  assert.deepEqual(later.tool_results, [{ id: 't1', is_error: false, text: 'ok' }]);
});

test('a resumed session goes on with the unfinished script', () => {
  const prompt = user(says('go [[stub: tool Bash {}]] [[stub: tool Read {}]]'));
  const resumed = [prompt, calls('t1'), user(result('t1', 'ok')), user(says('Continue where you left off.'))];
  assert.equal(due(resumed).reply.tools[0].name, 'Read');
});

test('a call that was cut off by the end of its session is made again', () => {
  const prompt = user(says('go [[stub: tool Bash {}]] [[stub: text "end"]]'));
  const lost = user(result('t1', '[Tool call interrupted: the session ended]'), says('Continue.'));
  assert.equal(due([prompt, calls('t1'), lost]).reply.tools[0].name, 'Bash');
});

test('a finished script is not played again for the next prompt', () => {
  const prompt = user(says('go [[stub: text "end"]]'));
  const next = due([prompt, { role: 'assistant', content: [says('end')] }, user(says('and now?'))]);
  assert.deepEqual([next.prompt, next.reply.blocks.length], ['and now?', 0]);
});

test('a directive for one role is not followed by another', () => {
  const prompt = [user(says('[[stub PLANNER: text "plan"]] [[stub BUILDER: text "built"]]'))];
  assert.equal(due(prompt, 'You are the BUILDER of this team.').reply.blocks[0].text, 'built');
  assert.equal(due(prompt, 'You are a planner.').reply.blocks[0].text, 'plan');
  assert.equal(due(prompt, 'You are a TESTER.').reply.blocks.length, 0);
});
