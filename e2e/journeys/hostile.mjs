//! Whatever an agent says is text: no script of it runs, no request of it leaves, nothing of it becomes an element, and
//! all of it can be read, on the narrowest phone too.

import { CORPUS } from '../support/hostile.mjs';
import { ask, board, enlist, goOn } from '../support/hostile_fleet.mjs';
import { guard, hold, look, lookThrough } from '../support/hostile_watch.mjs';
import { expect, test } from '../support/journey.mjs';

const NARROWEST = { width: 320, height: 640 };
const WIDE = { width: 1280, height: 800 };
/** One fault does not keep the others from being found. */
const gathered = expect.configure({ soft: true });
/** Texts that stand in one question or one agent of the API. */
const GROUP = 45;
const GROUPS = CORPUS.flatMap((_, at) => (at % GROUP === 0 ? [CORPUS.slice(at, at + GROUP)] : []));
const MARKS = CORPUS.map(({ mark }) => mark);
/** Some of the texts under marks that nothing else aboard bears. */
const LIVE = CORPUS.slice(0, 60).map(({ mark, text }) => {
  const own = mark.replace('mark', 'mark9');
  return { mark: own, text: text.replaceAll(mark, own) };
});

test.use({ productOptions: { env: { QUARTERDECK_AGENT_LOGS: '~/agent_logs', QUARTERDECK_COMMAND_RATE: '0', QUARTERDECK_READ_RATE: '0' } } });

/** Every agent, once as many of them are known as were taken aboard. */
async function agents(product, least) {
  let all = [];
  const count = async () => {
    all = [];
    for (let cursor = ''; cursor !== null; ) {
      const page = await product.call('GET', `/agents?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      all.push(...page.items);
      cursor = page.next_cursor ?? null;
    }
    return all.length;
  };
  await expect.poll(count, { timeout: 30_000 }).toBeGreaterThanOrEqual(least);
  return all;
}

/** A fleet all of whose words are hostile. */
async function aboard(product) {
  board(product.home);
  const asked = ask(product, GROUPS);
  await enlist(product, GROUPS);
  const all = await agents(product, CORPUS.length + 2 * GROUPS.length + 2);
  await expect.poll(async () => (await product.call('GET', '/approvals?limit=200')).items.length).toBe(GROUPS.length);
  const hull = all.find(({ session_id }) => session_id === 'hull');
  const logged = all.find(({ source }) => source === 'agent_logs');
  const told = all.find(({ source, runtime }) => source !== 'agent_logs' && runtime === 'claude_cli');
  return { hull, logged, told, asked };
}

async function open(page, path) {
  await page.goto(path);
  await expect(page.locator('h1, h2').first()).toBeVisible();
  await page.waitForLoadState('networkidle');
}

/** In the page: what stands out of it to the right, innermost, as its words and its edge; words may stand out of a box that does not. */
function outstanding() {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const clipped = (element) => element.parentElement && (getComputedStyle(element.parentElement).overflowX !== 'visible' || clipped(element.parentElement));
  const out = [...document.body.querySelectorAll('*')].filter((element) => element.getBoundingClientRect().right > clientWidth && !clipped(element));
  const innermost = out.filter((element) => !out.some((inner) => inner !== element && element.contains(inner)));
  const told = innermost.map((element) => `${element.tagName}.${element.className}: ${element.textContent.slice(0, 80)} ends at ${element.getBoundingClientRect().right}`);
  return told.length ? told : [`the page is ${scrollWidth} wide`];
}

/** It stays within the narrowest phone. */
async function narrow(page, path) {
  await page.setViewportSize(NARROWEST);
  await gathered.poll(() => page.evaluate(outstanding), { message: `what stands out of ${path}`, timeout: 2_000 }).toEqual([]);
  await page.setViewportSize(WIDE);
  // Once a browser without a screen gave no more frames to a window that was resized, while its scripts went on.
  await page.bringToFront();
}

/** Marks that are not among these. */
const without = (marks, seen) => marks.filter((mark) => !seen.has(mark));

/** Opens pages, reads each, and holds it to the narrowest phone. */
const visitor = (page, guarded) => (path, screens) =>
  test.step(path, async () => {
    await open(page, path);
    const seen = await look(page, path, guarded, screens);
    await narrow(page, path);
    return seen;
  });

test.beforeEach(() => test.setTimeout(240_000));

test('a conversation is text from its first word to its last, and so is what is handed out of it', async ({ page, product }) => {
  const { hull, logged } = await test.step('aboard', () => aboard(product));
  const guarded = await guard(page, product);
  await test.step('the conversation', async () => {
    await open(page, `/agents/${hull.id}/conversation?at=0%25`);
    const { marks, pictures } = await test.step('through', () => lookThrough(page, guarded));
    gathered(without(MARKS, marks), 'texts that cannot be read in the conversation').toEqual([]);
    await narrow(page, 'the conversation');
    await page.locator('.turn').last().click({ position: { x: 4, y: 4 } });
    for (let back = 0; back < 5; back += 1) await page.keyboard.press('k');
    await page.keyboard.press('r');
    await expect(page.getByTestId('raw-line')).toContainText(/mark\d+x/);
    await hold(page, 'the raw line', guarded);
    await narrow(page, 'the raw line');
    await page.keyboard.press('Escape');
    for (const picture of [...pictures].slice(-12)) {
      const { status, headers } = await product.request('GET', picture);
      const kind = headers.get('content-type');
      gathered(status === 200 ? /^image\/(png|jpeg|gif|webp)$/.test(kind) : /json/.test(kind), `${picture}: ${status} ${kind}`).toBe(true);
      gathered(headers.get('x-content-type-options')).toBe('nosniff');
    }
    expect(pictures.size).toBeGreaterThan(0);
  });

  await test.step('what is handed out', async () => {
    const [{ last }] = (await product.call('GET', `/agents/${hull.id}/files`)).produced;
    const handed = { [`/agents/${hull.id}/conversation.md`]: 'text/markdown', [`/agents/${logged.id}/logs/files/text.txt`]: 'text/plain', [`/files/patch?id=${encodeURIComponent(last)}`]: 'text/plain' };
    for (const [path, kind] of Object.entries(handed)) {
      const { status, headers } = await product.request('GET', `/api/v1${path}`);
      gathered([status, headers.get('content-type').split(';')[0], headers.get('x-content-type-options')], path).toEqual([200, kind, 'nosniff']);
      gathered(headers.get('content-disposition'), path).toMatch(/^attachment; filename="[\w.-]+"$/);
    }
  });

});

test('what agents say is text in every list, whole on the narrowest phone, and nothing of it runs or leaves', async ({ page, product }) => {
  const { hull, logged, told } = await aboard(product);
  const guarded = await guard(page, product);
  const visit = visitor(page, guarded);
  await visit('/agents');
  for (const agent of [hull, logged, told]) {
    await open(page, `/agents/${agent.id}`);
    for (const tab of await page.getByTestId('agent-drawer').getByRole('tab').all()) {
      await tab.click();
      await look(page, `the drawer of ${agent.name}`, guarded, 5);
      await narrow(page, `the drawer of ${agent.name}`);
    }
    await visit(`/agents/${agent.id}/logs`);
  }
  const files = await visit(`/agents/${hull.id}/files`);
  gathered(files.size, 'files that can be read').toBeGreaterThan(300);
  for (const nth of [0, 9, 99]) {
    await page.goto(`/agents/${hull.id}/files`);
    await page.getByTestId('produced').getByRole('link').nth(nth).click();
    await page.waitForLoadState('networkidle');
    const where = `history and difference ${nth}`;
    await look(page, where, guarded, 5);
    await narrow(page, where);
    await page.getByText('Side by side').click();
    await look(page, where, guarded, 5);
    await narrow(page, where);
  }
  for (const agent of [hull, logged]) {
    for (const path of [`/tasks/${agent.task_id}`, `/tasks/${agent.task_id}/replay`, `/agents/${agent.id}/replay`]) await visit(path, 10);
  }
  await visit('/tasks', 10);
  for (const by of ['session', 'project', 'model']) {
    const seen = await visit(`/costs?span=all&by=${by}`, 10);
    gathered(seen.size, `${by}s that can be read`).toBeGreaterThan(350);
  }
  for (const words of ['mark*', MARKS[0], MARKS[100], MARKS[290]]) {
    expect((await visit(`/search?q=${words}`, 10)).size).toBeGreaterThan(0);
  }

});

test('what agents ask and what they say while one looks is text', async ({ page, product }) => {
  await aboard(product);
  const guarded = await guard(page, product);
  const visit = visitor(page, guarded);
  await test.step('approvals', async () => {
    await visit('/approvals');
    const seen = new Set();
    for (const item of await page.getByTestId('approval-item').all()) {
      await item.click();
      (await look(page, 'an approval', guarded, 10)).forEach((mark) => seen.add(mark));
    }
    gathered(without(MARKS, seen), 'texts that cannot be read in approvals').toEqual([]);
    await narrow(page, 'an approval');
  });

  await test.step('live', async () => {
    const lives = (seen) => LIVE.filter(({ mark }) => seen.has(mark)).length;
    await open(page, '/dashboard');
    goOn(product.home, LIVE);
    await expect.poll(async () => lives(await look(page, 'the dashboard', guarded, 5)), 'live words on the dashboard').toBeGreaterThan(0);
    await narrow(page, 'the dashboard');
    const live = (await agents(product, 0)).find(({ session_id }) => session_id === 'live');
    expect(lives(await visit(`/tasks/${live.task_id}`, 10)), 'live words on the page of their task').toBeGreaterThan(0);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('mark');
    await look(page, 'the palette', guarded, 5);
    await narrow(page, 'the palette');
  });
});

test.describe('without its policy', () => {
  test.use({ bypassCSP: true });

  test('even a browser without the policy takes nothing of it for more than text', async ({ page, product, browserName }) => {
    test.skip(browserName !== 'chromium', 'only Chromium lets a policy be passed over');
    const { hull, logged } = await aboard(product);
    const guarded = await guard(page, product);
    await open(page, `/agents/${hull.id}/conversation?at=0%25`);
    await lookThrough(page, guarded);
    for (const path of ['/agents', `/agents/${hull.id}/files`, `/agents/${logged.id}/logs`, `/tasks/${hull.task_id}/replay`, '/costs?span=all&by=model', '/search?q=mark*', '/approvals']) {
      await open(page, path);
      await look(page, path, guarded, 5);
    }
  });
});
