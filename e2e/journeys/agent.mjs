//! An agent is created from the dashboard of an empty fleet, seen in the list, spoken to, and stopped.

import { expect, expectAccessible, test } from '../support/journey.mjs';
import { Session } from '../support/sessions.mjs';

const SIZES = [{ width: 1280, height: 800 }, { width: 375, height: 812 }];

test('an agent created on an empty fleet is seen in the list and running', async ({ page, product, stub }) => {
  await page.goto('/dashboard');
  await page.getByTestId('create-agent-button').first().click();
  await page.locator('[name=role]').selectOption('BUILDER');
  await page.locator('[name=custom_instructions]').fill('Count the boats. [[stub: hold boats]]');
  await expectAccessible(page);
  await page.getByTestId('submit-button').click();
  const list = page.getByTestId('agent-list');
  await expect(list.getByTestId('agent-status').first()).toHaveText('running');
  await stub.gates.held('boats');
  await expectAccessible(page);
  await list.locator('tbody tr').first().click();
  await expect(page.getByTestId('agent-drawer')).toContainText('BUILDER', { ignoreCase: true });
  await page.getByTestId('agent-drawer').getByTestId('cancel-button').click();
  const confirm = page.getByTestId('ending-confirm');
  if (await confirm.isVisible()) await confirm.click();
  await expect(list.getByTestId('agent-status').first()).toHaveText('cancelled', { timeout: 30_000 });
  const [agent] = (await product.call('GET', '/agents')).items;
  expect(agent.status).toBe('cancelled');
  stub.gates.release('boats');
});

test('a task is cancelled and its agents end', async ({ page, product, stub }) => {
  const task = await product.call('POST', '/tasks', { prompt: 'Fix the typo in the footer [[stub: hold ever]]' });
  await stub.gates.held('ever');
  await page.goto(`/tasks/${task.id}`);
  await expect(page.getByTestId('task-status')).toHaveText('running');
  await page.getByTestId('cancel-button').first().click();
  const confirm = page.getByTestId('ending-confirm');
  if (await confirm.isVisible()) await confirm.click();
  await expect(page.getByTestId('task-status')).toHaveText('cancelled', { timeout: 30_000 });
  const agents = (await product.call('GET', `/agents?task_id=${task.id}`)).items;
  expect(agents.map((agent) => agent.status)).toEqual(['cancelled']);
  stub.gates.release('ever');
});

test('a drawer can be closed on every window, however long the name of its agent is', async ({ page, product, stub }) => {
  const { id } = await product.call('POST', '/agents', { role: 'BUILDER', name: 'roof '.repeat(16).trim(), prompt: 'Go [[stub: hold roof]]' });
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await page.goto(`/agents/${id}`);
    const drawer = page.getByTestId('agent-drawer');
    for (const name of ['Copy the link', 'Close']) {
      await expect(drawer.getByRole('button', { name, exact: true }), `${name} at ${size.width}`).toBeInViewport({ ratio: 0.99 });
    }
    await drawer.getByRole('button', { name: 'Close', exact: true }).click();
    await expect(drawer).toHaveCount(0);
  }
  stub.gates.release('roof');
});

test('a long list scrolls by itself, and what it sums up to stays in sight', async ({ page, product }) => {
  for (let number = 0; number < 60; number += 1) new Session(product, `roof-${number}`, Date.UTC(2026, 10, 19, 20)).told('Mend it').said('Done.').write();
  await expect.poll(async () => (await product.call('GET', '/agents')).total).toBe(60);
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const path of ['/agents', '/tasks']) {
      await page.goto(path);
      await expect(page.locator('.total-line'), `${path} at ${size.width}`).toContainText('60');
      await expect(page.locator('.total-line')).toBeInViewport({ ratio: 0.99 });
      expect(await page.evaluate(() => document.documentElement.scrollHeight), `the height of ${path} at ${size.width}`).toBe(size.height);
    }
  }
});
