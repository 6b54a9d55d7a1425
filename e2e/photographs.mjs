//! Photographs of every page with a fleet at work, in both themes and widths: `node photographs.mjs [folder]`.
//! With `--readme` it makes the picture that README shows instead.

import { chromium } from '@playwright/test';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CHROMIUM } from './support/chromium.mjs';
import { login } from './support/journey.mjs';
import { startProduct } from './support/product.mjs';
import { startStub } from './support/stub.mjs';
import { until } from './support/until.mjs';

const README = process.argv.includes('--readme');
const FOLDER = process.argv.slice(2).find((word) => !word.startsWith('--')) ?? fileURLToPath(new URL('test-results/screens/', import.meta.url));
const PICTURE = fileURLToPath(new URL('../docs/dashboard.png', import.meta.url));
const SIZES = { wide: { width: 1280, height: 800 }, narrow: { width: 375, height: 812 } };

const usage = (input, output, written, read) =>
  `[[stub: usage {"input_tokens":${input},"output_tokens":${output},"cache_creation_input_tokens":${written},"cache_read_input_tokens":${read}}]]`;
const lines = (...all) => all.join('\n');

/** What the fleet has done before the picture is taken. */
const DONE = [
  lines('Fix the typo in the footer of the harbour page', '[[stub BUILDER: tool Bash {"command":"grep -rn harbor ."}]]', usage(2400, 900, 12000, 88000)),
  lines('Explain how the tide tables are computed and where rounding happens', usage(5200, 2100, 31000, 240000)),
  lines('Add a test that the quay list is sorted by depth', '[[stub TESTER: tool Bash {"command":"ls"}]]', usage(1800, 700, 9000, 61000)),
  lines('Review the login flow for missing checks', usage(7100, 3300, 42000, 390000)),
];
const FAILED = lines('Document the berth API', '[[stub: error-always 400]]');
const RUNNING = lines(
  'Refactor the berth allocation so that ships over 200 m are planned first; keep the public interface, cover it with tests, update the documentation and look at the performance of the planner afterwards',
  '[[stub ANALYST: text "The allocation sorts by arrival only."]]',
  usage(3100, 1200, 22000, 140000),
  '[[stub ANALYST: handover]]',
  '[[stub PLANNER: handover]]',
  '[[stub BUILDER: text "I begin with the planner: a queue for long ships, then the old order for the rest."]]',
  '[[stub BUILDER: tool Write {"file_path":"$CWD/allocation.mjs","content":"export const long = (ship) => ship.metres > 200;\\n"}]]',
  '[[stub BUILDER: hold build]]',
);
const LIVE = lines('Watch the gauge of the north quay and tell when it is above 3 m', '[[stub: text "The gauge stands at 2.4 m and rises by 6 cm an hour. I look again at the top of the hour."]]', '[[stub: hold gauge]]');

const stub = await startStub({});
const product = await startProduct({ stub });
try {
  for (const prompt of DONE) await finished(await submit(prompt));
  await finished(await submit(FAILED));
  await submit(RUNNING, { include_analyst: 'always' });
  const live = await submit(LIVE);
  await stub.gates.held('gauge');
  await until(async () => (await product.call('GET', '/approvals?status=pending')).items.length > 0, 'an approval');
  await photographAll(live);
} finally {
  await product.dispose();
  await stub.close();
}

async function submit(prompt, more = {}) {
  const { id } = await product.call('POST', '/tasks', { prompt, ...more });
  return id;
}

async function finished(id) {
  await until(async () => !['pending', 'running', 'waiting'].includes((await product.call('GET', `/tasks/${id}`)).status), `task ${id}`);
}

async function photographAll(live) {
  mkdirSync(FOLDER, { recursive: true });
  const agents = (await product.call('GET', '/agents?limit=20')).items;
  const approval = (await product.call('GET', '/approvals?status=pending')).items[0];
  const running = agents.find((agent) => agent.status === 'waiting') ?? agents[0];
  const done = agents.find((agent) => agent.status === 'completed') ?? agents[0];
  const pages = {
    dashboard: '/dashboard',
    agents: '/agents',
    'agent-waiting': `/agents/${running.id}`,
    'agent-done': `/agents/${done.id}`,
    'agents-new': '/agents?new=1',
    tasks: '/tasks',
    'task-running': `/tasks/${running.task_id}`,
    'task-live': `/tasks/${live}`,
    'task-done': `/tasks/${done.task_id}`,
    'new-task': '/tasks/new',
    approvals: '/approvals',
    approval: `/approvals/${approval.id}`,
    costs: '/costs?span=7d',
    'costs-session': '/costs?span=7d&by=session',
    analytics: '/analytics',
    settings: '/settings',
    'not-found': '/nowhere',
  };
  const browser = await chromium.launch(CHROMIUM);
  const context = await browser.newContext({ viewport: SIZES.wide });
  const page = await context.newPage();
  await login(page, product);
  for (const [name, path] of README ? [] : Object.entries(pages)) {
    for (const colorScheme of ['dark', 'light']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      for (const [size, viewport] of Object.entries(SIZES)) {
        await page.setViewportSize(viewport);
        await page.goto(product.url + path);
        await page.waitForLoadState('networkidle').catch(() => {});
        await page.evaluate(() => document.fonts.ready);
        await page.waitForTimeout(400);
        if (name === 'new-task') await page.locator('[name=prompt]').fill('Add tide warnings: read the gauge every minute, warn the harbour master by e-mail above 3 m, and document the format. Keep the public interface.');
        if (name === 'new-task') await page.waitForTimeout(600);
        await page.screenshot({ path: `${FOLDER}/${name}-${colorScheme}-${size}.png`, fullPage: true });
      }
    }
  }
  if (README) {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`${product.url}/dashboard`);
    await page.waitForTimeout(1500);
    await page.screenshot({ path: PICTURE });
  }
  await browser.close();
}
