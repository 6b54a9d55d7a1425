//! The first start: a welcome, a demonstration by one click, and what the page says without a `claude`.

import { expect, expectAccessible, test } from '../support/journey.mjs';

test.use({ productOptions: { claude: false, env: { QUARTERDECK_REPLAY_SPEED: '20' } } });

test('the welcome runs a demonstration by one click, which costs nothing', async ({ page, product }) => {
  await page.goto('/');
  await expect(page.getByTestId('welcome')).toBeVisible();
  await expectAccessible(page);
  await page.getByTestId('demonstrate-button').click();
  await page.waitForURL(/\/tasks\/[0-9a-f-]{36}$/);
  await expect(page.getByTestId('recording').first()).toBeVisible();
  const ask = page.getByTestId('approval').first();
  await expect(ask).toBeVisible({ timeout: 45_000 });
  await ask.getByTestId('allow-button').click();
  await expect(page.getByTestId('task-status')).toHaveText('completed', { timeout: 60_000 });
  const { totals } = await product.call('GET', '/status');
  expect([totals.cost_usd, totals.records]).toEqual(['0', 0]);
});

test('without a claude the reason and the way out are said, and nothing is started', async ({ page, product }) => {
  await page.goto('/tasks/new');
  await expect(page.getByTestId('no-claude')).toBeVisible();
  const refused = await product.request('POST', '/api/v1/tasks', { prompt: 'Fix the typo' });
  expect([refused.status, refused.body.code]).toEqual([422, 'RUNTIME_UNAVAILABLE']);
  expect((await product.call('GET', '/tasks')).items).toEqual([]);
});
