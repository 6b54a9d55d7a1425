//! Conversations are read: one that the real CLI wrote, and one far too long to be held at once.

import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { CLAUDE_BIN, claudeEnvironment } from '../support/claude.mjs';
import { expect, expectAccessible, test } from '../support/journey.mjs';

const TURNS = 1_500;

/** The agent that a session became, once it is taken in. */
async function agentOf(product, session) {
  let agent;
  await expect
    .poll(async () => {
      const { items } = await product.call('GET', '/agents?limit=200');
      agent = items.find(({ session_id, parent_id }) => session_id === session && !parent_id);
      return agent?.id;
    })
    .toBeTruthy();
  return agent;
}

function line(kind, number, content) {
  const at = new Date(Date.UTC(2026, 10, 20, 8, 0, number)).toISOString();
  const message = { role: kind, id: `m${number}`, model: 'claude-opus-5-5', content, stop_reason: 'tool_use', usage: { input_tokens: 3, output_tokens: 5 } };
  const parentUuid = number ? `u${number - 1}` : null;
  return `${JSON.stringify({ type: kind, uuid: `u${number}`, parentUuid, sessionId: 'long', requestId: `r${number}`, cwd: '/home/dev/app', timestamp: at, message })}\n`;
}

/** A session of many turns; one call in a hundred fails. */
function long() {
  const lines = [line('user', 0, 'Mend the whole roof')];
  for (let turn = 0; turn < TURNS; turn += 1) {
    const at = 1 + turn * 3;
    lines.push(line('assistant', at, [{ type: 'text', text: `Turn ${turn}: <img src=x onerror="document.title='owned'"> the next shingle.` }]));
    lines.push(line('assistant', at + 1, [{ type: 'tool_use', id: `toolu_${at}`, name: 'Bash', input: { command: `hammer ${turn}` } }]));
    lines.push(line('user', at + 2, [{ type: 'tool_result', tool_use_id: `toolu_${at}`, content: `nail ${turn} is in`, is_error: turn % 100 === 50 }]));
  }
  return lines.join('');
}

test('a session of a terminal is read with its calls, their answers and its raw lines', async ({ page, product, stub }) => {
  const cwd = product.workspace('pier');
  const session = randomUUID();
  const prompt = 'Write it down. [[stub: tool Write {"file_path":"$CWD/tide.txt","content":"high\\n"}]] [[stub: text "It is written down."]]';
  const argv = ['-p', prompt, '--session-id', session, '--permission-mode', 'acceptEdits'];
  const child = spawn(CLAUDE_BIN, argv, { cwd, env: claudeEnvironment(stub.url, product.home), stdio: 'ignore' });
  await new Promise((resolve) => child.once('close', resolve));
  const { id } = await agentOf(product, session);
  await page.goto(`/agents/${id}`);
  await page.getByTestId('conversation').click();
  const reel = page.getByTestId('reel');
  await expect(reel).toContainText('It is written down.');
  await expect(reel.locator('[data-kind=call]')).toContainText('tide.txt');
  await expect(reel.locator('[data-kind=call] .diff')).toContainText('high');
  await expect(page.getByText('At this moment')).toBeVisible();
  for (const theme of ['dark', 'light']) {
    await page.evaluate((name) => (document.documentElement.dataset.theme = name), theme);
    await expectAccessible(page);
  }
  await reel.locator('[data-kind=text]').last().click();
  await page.keyboard.press('r');
  await expect(page.getByTestId('raw-line')).toContainText('"type":"assistant"');
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await page.setViewportSize({ width: 320, height: 640 });
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
});

test('a long session opens at its end, is read backwards without a jump, searched, linked and followed', async ({ page, product }) => {
  const folder = join(product.home, '.claude/projects/-home-dev-app');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'long.jsonl');
  writeFileSync(file, long());
  const { id } = await agentOf(product, 'long');
  await page.goto(`/agents/${id}/conversation`);
  const reel = page.getByTestId('reel');
  const last = reel.locator('.turn').last();
  await expect(last).toContainText(`nail ${TURNS - 1} is in`);
  await expect(last).toBeInViewport();
  // What the reel holds lengthens the reel alone.
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThan(2_000);

  // Reading on upwards brings earlier turns, and what is read stays where it is.
  await reel.evaluate((node) => node.scrollTo(0, 500));
  const held = () => reel.locator('.turn').count();
  await expect.poll(held).toBeGreaterThan(120);
  for (let wheel = 0; wheel < 30; wheel += 1) {
    await reel.hover();
    await page.mouse.wheel(0, -2_500);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  }
  await expect.poll(held).toBeLessThanOrEqual(400);
  await expect(page.getByTestId('to-end')).toBeVisible();

  await page.keyboard.press('/');
  await page.keyboard.type('nail 321 is');
  await page.keyboard.press('Enter');
  await page.getByTestId('matches').getByRole('button').first().click();
  await expect(reel.locator('.turn.here')).toContainText('hammer 321');
  await expect(reel.locator('.turn.here')).toBeInViewport();
  expect(new URL(page.url()).searchParams.get('at')).toBeTruthy();
  await page.keyboard.press('e');
  await expect(reel.locator('.turn.here')).toContainText('nail 350 is in');
  await page.reload();
  await expect(reel.locator('.turn.here')).toContainText('nail 350 is in');
  // A linked place comes first, what stands before it next.
  await expect(reel.getByText('Turn 350:')).toBeAttached();
  await page.keyboard.press('k');
  await expect(reel.locator('.turn.here')).toContainText('Turn 350');

  // A place near the end is that place, not the end.
  await page.getByTestId('scrubber').fill('990');
  await expect(last).toContainText(`nail ${TURNS - 1} is in`);
  await expect(last).not.toBeInViewport();

  await page.getByTestId('to-end').click();
  await expect(last).toContainText(`nail ${TURNS - 1} is in`);
  appendFileSync(file, line('assistant', 1 + TURNS * 3, [{ type: 'text', text: 'The roof is whole.' }]));
  await expect(last).toContainText('The roof is whole.');
  await expect(last).toBeInViewport();
  await expect(page).toHaveTitle(/conversation/);
});

test('what happened where, what was to be done then, and a sub-agent at work are seen in their places', async ({ page, product }) => {
  const folder = join(product.home, '.claude/projects/-home-dev-app');
  mkdirSync(join(folder, 'course/subagents'), { recursive: true });
  const told = (kind, number, content, more = {}) => `${JSON.stringify({ ...JSON.parse(line(kind, number, content)), sessionId: 'course', ...more })}\n`;
  const call = (number, name, input) => told('assistant', number, [{ type: 'tool_use', id: `toolu_${number}`, name, input }]);
  const answer = (number, of, content, more) => told('user', number, [{ type: 'tool_result', tool_use_id: `toolu_${of}`, content, is_error: content === 'bad' }], more);
  const todos = (...states) => ({ todos: ['Mend', 'Paint'].map((content, at) => ({ content, status: states[at], activeForm: content })) });
  const lines = [told('user', 0, 'Mend the roof'), call(1, 'TodoWrite', todos('in_progress', 'pending')), answer(2, 1, 'ok')];
  for (let turn = 0; turn < 30; turn += 1) {
    lines.push(call(10 + turn * 2, 'Bash', { command: `hammer ${turn}` }), answer(11 + turn * 2, 10 + turn * 2, turn === 9 ? 'bad' : 'good'));
  }
  lines.push(call(100, 'TodoWrite', todos('completed', 'in_progress')), answer(101, 100, 'ok'));
  lines.push(call(110, 'Agent', { description: 'Look', prompt: 'Look at the paint' }), answer(140, 110, 'It is blue', { toolUseResult: { agentId: 'a9', status: 'completed' } }));
  const helper = Array.from({ length: 50 }, (_, number) => told('assistant', 111 + number, [{ type: 'text', text: `Pot ${number} is looked at.` }], { isSidechain: true, agentId: 'a9' }));
  writeFileSync(join(folder, 'course/subagents/agent-a9.jsonl'), helper.join(''));
  writeFileSync(join(folder, 'course.jsonl'), lines.join(''));
  const { id } = await agentOf(product, 'course');
  await page.goto(`/agents/${id}/conversation`);
  const reel = page.getByTestId('reel');
  await expect(page.getByTestId('course')).toHaveAttribute('aria-label', '33 calls, 1 error, 1 prompt');
  await expect(page.getByTestId('course').locator('.ev.bad')).toHaveCount(1);

  await page.getByTestId('unfold').click();
  const inside = page.getByTestId('helper');
  await expect(inside.locator('.turn').first()).toContainText('Pot 0 is looked at.');
  await expect(inside.locator('.turn')).toHaveCount(20);
  await inside.getByRole('button', { name: 'Show more of it' }).click();
  await expect(inside.locator('.turn')).toHaveCount(40);
  for (const theme of ['dark', 'light']) {
    await page.evaluate((name) => (document.documentElement.dataset.theme = name), theme);
    await expectAccessible(page);
  }
  await page.getByTestId('unfold').click();
  await expect(inside).toHaveCount(0);

  await reel.locator('.turn').last().click();
  await expect(page.getByTestId('todo').locator('.is-completed')).toHaveCount(1);
  await reel.locator('.turn', { hasText: 'hammer 3' }).first().click();
  await expect(page.getByTestId('todo').locator('.is-running')).toContainText('under way');
  await expect(page.getByTestId('todo').locator('.is-completed')).toHaveCount(0);

  // The past of the session ends where its moment does, and a call that was not answered yet has no answer there.
  const at = new Date(Date.UTC(2026, 10, 20, 8, 0, 28)).toISOString();
  await page.goto(`/agents/${id}/replay?at=${at}`);
  const said = page.getByTestId('said');
  await expect(said.locator('.turn').last()).toContainText('hammer 9');
  await expect(said.locator('.turn').last()).toContainText('no answer yet');
  // Where the slider passes is not written down, where it rests is.
  await page.evaluate(() => {
    const write = history.replaceState;
    window.writes = 0;
    history.replaceState = function counted(...rest) {
      window.writes += 1;
      return write.apply(this, rest);
    };
  });
  await page.getByTestId('replay-slider').evaluate((slider) => {
    for (let move = 0; move < 30; move += 1) {
      slider.stepUp();
      slider.dispatchEvent(new Event('input', { bubbles: true }));
    }
  });
  await expect.poll(() => new URL(page.url()).searchParams.get('at')).not.toBe(at);
  expect(await page.evaluate(() => window.writes)).toBe(1);
  await expectAccessible(page);
  await page.setViewportSize({ width: 320, height: 640 });
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
});
