//! Submit a task and watch it, in two windows at once; the server is killed in the middle and carries on.

import { expect, expectAccessible, secondWindow, test } from '../support/journey.mjs';
import { chains, costNanos, decimal, shownCost } from '../support/stub.mjs';

const PROMPT = [
  'Fix the typo in the footer of the harbour page',
  '[[stub BUILDER: text "I change one word."]]',
  '[[stub BUILDER: handover]]',
  '[[stub TESTER: text "I look at the page."]]',
  '[[stub TESTER: hold middle]]',
  '[[stub TESTER: handover]]',
].join('\n');

async function submit(page, prompt) {
  await page.goto('/tasks/new');
  await page.locator('[name=prompt]').fill(prompt);
  await expect(page.getByTestId('verdict')).toContainText('Simple task - skipping ANALYST ✓');
  await page.getByTestId('submit-button').click();
  await page.waitForURL(/\/tasks\/[0-9a-f-]{36}$/);
  return page.url().split('/').pop();
}

test('a submitted task runs through the real CLI, live in two windows, and a killed server carries on', async ({ page, product, stub }) => {
  const id = await submit(page, PROMPT);
  const other = await secondWindow(page);
  const windows = [page, other];
  await stub.gates.held('middle');
  for (const window of windows) {
    await expect(window.getByTestId('task-status')).toHaveText('running');
    await expect(window.getByTestId('step').nth(0)).toContainText(/Builder/i);
  }
  await expectAccessible(page);

  const heard = await product.socket(`/ws/tasks/${id}`, 0);
  await heard.until((frame) => frame.event?.type === 'task.step_started' && frame.event.data.step.id === 's2');
  const seen = heard.frames.filter((frame) => frame.type === 'event');
  await product.kill();
  await product.gone();
  for (const window of windows) await expect(window.getByTestId('connection')).not.toHaveText('Live');
  stub.gates.release('middle');
  await product.start();

  for (const window of windows) {
    await expect(window.getByTestId('connection')).toHaveText('Live', { timeout: 45_000 });
    await expect(window.getByTestId('task-status')).toHaveText('completed', { timeout: 45_000 });
  }
  const answered = [...chains(stub.entries).values()];
  expect(answered, 'one chain of requests for each step').toHaveLength(2);
  const [builder, tester] = answered;
  expect(tester[0].prompt, "the second step's prompt contains the first one's hand-over").toContain(`STUB-HANDOVER-BUILDER-${builder[0].chain.slice(0, 8)}`);

  const task = await product.call('GET', `/tasks/${id}`);
  const cost = costNanos(answered.flat());
  expect(task.cost_usd).toBe(decimal(cost));
  for (const window of windows) await expect(window.getByTestId('task-cost')).toContainText(shownCost(cost));
  for (const [role, chain] of [['BUILDER', builder], ['TESTER', tester]]) {
    await expect(page.getByTestId('role-metrics').getByRole('row', { name: role })).toContainText(shownCost(costNanos(chain)));
  }

  const last = seen.at(-1).seq;
  const again = await product.socket(`/ws/tasks/${id}`, last);
  await again.until((frame) => frame.event?.type === 'task.status_changed' && frame.event.data.to === 'completed');
  const all = [...seen, ...again.frames.filter((frame) => frame.type === 'event')].map((frame) => frame.event.seq);
  const whole = await product.socket(`/ws/tasks/${id}`, 0);
  await whole.until((frame) => frame.event?.type === 'task.status_changed' && frame.event.data.to === 'completed');
  expect(new Set(all).size, 'nothing is seen twice').toBe(all.length);
  expect(all, 'nothing is missed').toEqual(whole.frames.filter((frame) => frame.type === 'event').map((frame) => frame.event.seq));
  for (const socket of [again, whole]) socket.close();
});
