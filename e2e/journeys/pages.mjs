//! Every page with a fleet aboard: readable for everybody in both themes, whole on the narrowest phone, and to be
//! worked by keys alone.

import { expect, expectAccessible, test } from '../support/journey.mjs';

const NARROWEST = { width: 320, height: 640 };
const WIDE = { width: 1280, height: 800 };
const PROMPT = [
  'Write the tide table down',
  '[[stub DOCUMENTER: text "I write it."]]',
  '[[stub DOCUMENTER: tool Write {"file_path":"$CWD/tides.md","content":"# Tides\\n"}]]',
  '[[stub DOCUMENTER: handover]]',
].join('\n');

/** A task whose agent asks for something: then every page has something to show. */
async function aboard(product) {
  const { id } = await product.call('POST', '/tasks', { prompt: PROMPT, task_type: 'documentation', include_analyst: 'never' });
  const asking = await product.socket('/ws/fleet', 0);
  const { event } = await asking.until((frame) => frame.event?.type === 'approval.asked');
  asking.close();
  return { task: id, agent: event.agent_id, approval: event.data.approval?.id ?? event.data.approval_id };
}

/** In the page: cells that do not stand beneath the heading of their column, where that is to be seen. */
function astray() {
  const left = (element) => element.getBoundingClientRect().left;
  return [...document.querySelectorAll('table')].flatMap((table) => {
    const heads = [...table.querySelectorAll('thead:not(.sr) th')];
    const rows = [...table.querySelectorAll('tbody tr')].filter((row) => row.children.length === heads.length);
    return rows.flatMap((row) => [...row.children].filter((cell, at) => Math.abs(left(cell) - left(heads[at])) > 1).map((cell) => cell.textContent));
  });
}

/** The addresses of the pages, a test for each part of them. */
const PARTS = {
  fleet: ({ agent }) => ['/dashboard', '/agents', '/agents?new=1', `/agents/${agent}`, '/settings', '/nowhere'],
  work: ({ task, approval }) => ['/tasks', '/tasks/new', `/tasks/${task}`, `/tasks/${task}/replay`, '/approvals', `/approvals/${approval}`],
  reader: ({ agent }) => ['conversation', 'replay', 'files', 'logs'].map((what) => `/agents/${agent}/${what}`),
  figure: () => ['/search', '/search?q=the', '/costs', '/costs/why?day=2026-11-22', '/analytics'],
};

for (const [part, paths] of Object.entries(PARTS)) {
  test(`every ${part} page is accessible in both themes and whole on the narrowest phone`, async ({ page, product }) => {
    test.slow();
    for (const path of paths(await aboard(product))) {
      await test.step(path, async () => {
        await page.setViewportSize(WIDE);
        const answer = await page.goto(path);
        expect(answer.status(), path).toBe(path === '/nowhere' ? 404 : 200);
        await expect(page.locator('h1, h2').first()).toBeVisible();
        for (const theme of ['dark', 'light']) {
          await page.evaluate((name) => (document.documentElement.dataset.theme = name), theme);
          await expectAccessible(page);
        }
        expect(await page.evaluate(astray), `cells astray on ${path}`).toEqual([]);
        await page.setViewportSize(NARROWEST);
        await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth), `the width of ${path}`).toBeLessThanOrEqual(NARROWEST.width);
      });
    }
  });
}

test('a person without a mouse finds a page, reads the keys, allows a tool and sees it done', async ({ page, product }) => {
  const { task } = await aboard(product);
  await page.goto('/dashboard');
  await expect(page.getByTestId('approval')).toBeVisible();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox')).toBeFocused();
  await page.keyboard.type('approv');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/approvals/);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toContainText('Keyboard shortcuts');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('a');
  await expect.poll(async () => (await product.call('GET', `/tasks/${task}`)).status).toBe('completed');
  await page.keyboard.press('t');
  await page.waitForURL(/\/tasks\/new$/);
  await expect(page.locator('[name=prompt]')).toBeFocused();
});
