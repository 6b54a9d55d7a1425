//! An agent is created from the dashboard of an empty fleet, seen in the list, spoken to, and stopped.

import { expect, expectAccessible, test } from '../support/journey.mjs';

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
  for (const size of [{ width: 1280, height: 800 }, { width: 320, height: 640 }]) {
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
