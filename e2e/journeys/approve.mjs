//! A tool is asked for, and allowed or denied in the page; a question outlives the server.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, expectAccessible, test } from '../support/journey.mjs';
import { chains, costNanos, decimal } from '../support/stub.mjs';

const WRITE = (name) => `[[stub BUILDER: tool Write {"file_path":"$CWD/${name}","content":"high tide at nine\\n"}]]`;

async function submit(product, ...lines) {
  const working_directory = product.workspace('harbour');
  const prompt = ['Rename the label of the tide button', ...lines].join('\n');
  return product.call('POST', '/tasks', { prompt, task_type: 'documentation', working_directory });
}

test('what an agent may not do unasked is allowed from the inbox, and done', async ({ page, product }) => {
  const task = await submit(product, '[[stub DOCUMENTER: tool Write {"file_path":"$CWD/tide.txt","content":"high tide at nine\\n"}]]', WRITE('tide.txt'));
  await page.goto('/approvals');
  await expect(page.getByTestId('approval-item')).toHaveCount(1, { timeout: 30_000 });
  await expect(page.locator('main')).toContainText('high tide at nine');
  await expectAccessible(page);
  await page.getByTestId('allow-button').first().click();
  await expect.poll(async () => (await product.call('GET', `/tasks/${task.id}`)).status, { timeout: 45_000 }).toBe('completed');
  expect(readFileSync(join(task.working_directory, 'tide.txt'), 'utf8')).toBe('high tide at nine\n');
});

test('words given while a question waits are heard in the same turn, which then ends', async ({ product }) => {
  const task = await submit(product, '[[stub DOCUMENTER: tool Write {"file_path":"$CWD/soon.txt","content":"low tide at three\\n"}]]', WRITE('soon.txt'));
  const waiting = async () => (await product.call('GET', '/approvals')).items;
  await expect.poll(async () => (await waiting()).length, { timeout: 30_000 }).toBe(1);
  const [{ id, agent_id }] = await waiting();
  await product.call('POST', `/agents/${agent_id}/prompt`, { prompt: 'Hurry, please' });
  await product.call('POST', `/approvals/${id}`, { decision: 'allow' });
  await expect.poll(async () => (await product.call('GET', `/tasks/${task.id}`)).status, { timeout: 45_000 }).toBe('completed');
  expect(readFileSync(join(task.working_directory, 'soon.txt'), 'utf8')).toBe('low tide at three\n');
});

test('a denial is told to the agent and nothing is done', async ({ page, product }) => {
  const task = await submit(product, '[[stub DOCUMENTER: tool Write {"file_path":"$CWD/no.txt","content":"x"}]]', WRITE('no.txt'));
  await page.goto(`/tasks/${task.id}`);
  const card = page.getByTestId('approval').first();
  await expect(card).toBeVisible({ timeout: 30_000 });
  for (const way of ['edit', 'deny']) {
    await card.getByTestId(`${way}-button`).click();
    await expect(card.getByTestId('allow-button')).toHaveCount(0);
    await page.keyboard.press('Escape');
    await expect(card.getByTestId('allow-button')).toBeVisible();
  }
  await card.getByTestId('deny-button').click();
  const send = page.getByTestId('deny-send');
  if (await send.isVisible()) await send.click();
  await expect.poll(async () => (await product.call('GET', '/approvals?status=denied')).items.length).toBe(1);
  await expect.poll(async () => (await product.call('GET', `/tasks/${task.id}`)).status, { timeout: 45_000 }).toBe('completed');
  expect(() => readFileSync(join(task.working_directory, 'no.txt'))).toThrow();
});

test('a question is still there after a restart, and its answer resumes the work', async ({ page, product, stub }) => {
  const task = await submit(product, '[[stub DOCUMENTER: tool Write {"file_path":"$CWD/later.txt","content":"slack water\\n"}]]', WRITE('later.txt'));
  await expect.poll(async () => (await product.call('GET', '/approvals')).items.length, { timeout: 30_000 }).toBe(1);
  await product.kill();
  await product.gone();
  await product.start();
  await page.goto('/approvals');
  await expect(page.getByTestId('approval-item')).toHaveCount(1, { timeout: 30_000 });
  await page.getByTestId('allow-button').first().click();
  await expect.poll(async () => (await product.call('GET', `/tasks/${task.id}`)).status, { timeout: 60_000 }).toBe('completed');
  expect(readFileSync(join(task.working_directory, 'later.txt'), 'utf8')).toBe('slack water\n');
  const answered = [...chains(stub.entries).values()].flat();
  expect((await product.call('GET', `/tasks/${task.id}`)).cost_usd, 'what was answered before the restart is counted once').toBe(decimal(costNanos(answered)));
  expect((await product.call('GET', '/approvals?status=all')).items.filter((one) => one.status === 'pending')).toEqual([]);
});
