//! The connection is lost and comes back: the page says so, tries again by itself, and misses nothing.

import { expect, test } from '../support/journey.mjs';

test('a page that lost its server shows it, comes back and knows what happened meanwhile', async ({ page, product, stub }) => {
  await page.goto('/agents');
  await expect(page.getByTestId('connection')).toHaveText('Live');
  await product.stop();
  await expect(page.getByTestId('connection')).not.toHaveText('Live');
  await product.start();
  const made = await product.call('POST', '/agents', { role: 'TESTER', name: 'Watchman' });
  await expect(page.getByTestId('connection')).toHaveText('Live', { timeout: 45_000 });
  await page.goto('/agents');
  await expect(page.getByTestId('agent-list')).toContainText('Watchman');
  expect(made.status).toBe('created');
  expect(stub.entries).toEqual([]);
});

test('a socket client that comes back gets what it missed, once and in order', async ({ product }) => {
  const first = await product.socket('/ws/fleet');
  await first.until((frame) => frame.type === 'snapshot');
  await product.call('POST', '/agents', { role: 'BUILDER', name: 'One' });
  const one = await first.until((frame) => frame.event?.type === 'agent.created');
  first.close();
  for (const name of ['Two', 'Three']) await product.call('POST', '/agents', { role: 'BUILDER', name });
  const again = await product.socket('/ws/fleet', one.seq);
  await again.until((frame) => frame.event?.data.agent?.name === 'Three');
  expect(again.frames.map((frame) => frame.event.data.agent.name)).toEqual(['Two', 'Three']);
  expect(again.frames[0].after).toBe(one.seq);
  expect(again.frames[1].after).toBe(again.frames[0].seq);
  again.close();
});
