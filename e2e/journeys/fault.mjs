//! A fault in the page itself stays in its place: it is said, the way on leads on, and what was typed comes back.

import { expect, test } from '../support/journey.mjs';

test.use({ faults: /refuses this node|unreachable/ });

test('a page that fails says so in its place and leaves the others alone', async ({ page }) => {
  await page.goto('/dashboard');
  await expect(page.locator('h1').first()).toBeVisible();
  await page.evaluate(() => {
    const create = document.createElement.bind(document);
    document.createElement = (name, ...rest) => {
      if (name === 'textarea') throw new Error('the browser refuses this node');
      return create(name, ...rest);
    };
  });
  await page.getByRole('link', { name: 'New task' }).first().click();
  await expect(page.getByRole('alert')).toContainText('The page stopped');
  await expect(page.getByRole('alert')).toContainText('refuses this node');
  await page.getByRole('link', { name: 'Costs' }).first().click();
  await page.waitForURL(/\/costs/);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(page.locator('h1').first()).toBeVisible();
});
