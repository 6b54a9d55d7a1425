//! What agents did is read further and further back, followed while it grows, and narrowed by the days of whoever reads.

import { expect, test } from '../support/journey.mjs';
import { Session, holdBack } from '../support/sessions.mjs';

/** 20 November, 5 in the morning in Tokyo; in UTC it is still the day before. */
const BEGAN = Date.UTC(2026, 10, 19, 20);
const DAY = '2026-11-20';

test.use({ timezoneId: 'Asia/Tokyo' });

/** A session of a prompt and so many words. */
async function session(product, id, words) {
  const session = new Session(product, id, BEGAN).told('Mend the roof');
  for (let number = 1; number <= words; number += 1) session.said(`nail ${number} of the roof`);
  session.write();
  return { session, agent: await session.agent() };
}

test('a log is read backwards once a row, and followed as it grows', async ({ page, product }) => {
  const { session: roof, agent } = await session(product, 'roof', 259);
  const rows = page.getByTestId('log').locator('> li');
  const older = page.getByTestId('log-older');
  await page.goto(`/agents/${agent.id}/logs`);
  await expect(rows).toHaveCount(100);
  await expect(rows.first()).toContainText('nail 259');

  await test.step('backwards', async () => {
    await page.route(/logs\?.*before=/, (route) => route.abort(), { times: 1 });
    await older.click();
    await expect(page.getByRole('alert')).toContainText('The server does not answer');
    const release = await holdBack(page, /logs\?.*before=/);
    await older.dblclick();
    await expect(older).toHaveAttribute('aria-disabled', 'true');
    await expect(page.getByRole('alert')).toHaveCount(0);
    release();
    await expect(rows).toHaveCount(200);
    await older.click();
    await expect(rows).toHaveCount(260);
    await expect(older).toHaveCount(0);
    const words = await rows.locator('summary').allTextContents();
    expect(new Set(words).size, 'different rows').toBe(260);
  });

  await test.step('as it grows', async () => {
    roof.said([{ type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command: 'hammer' } }]).write();
    await expect(page.getByTestId('log-new')).toHaveText('1 new');
    await expect(rows).toHaveCount(260);
    await page.getByTestId('log-new').click();
    await expect(rows).toHaveCount(261);
    await expect(rows.first()).toContainText('no answer yet');
    roof.told([{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'it is in' }]).write();
    await expect(rows.first()).not.toContainText('no answer yet');
    await expect(rows).toHaveCount(261);
  });
});

test('a day that narrows a log, a search or the tasks is a day where its reader is', async ({ page, product }) => {
  const { agent } = await session(product, 'roof', 3);
  const rows = page.getByTestId('log').locator('> li');
  await page.goto(`/agents/${agent.id}/logs`);
  for (const end of ['From', 'To']) await page.getByLabel(end, { exact: true }).fill(DAY);
  await expect(page).toHaveURL(/from=2026-11-20&to=2026-11-20/);
  await expect(rows).toHaveCount(4);
  for (const end of ['To', 'From']) await page.getByLabel(end, { exact: true }).fill('2026-11-21');
  await expect(page.getByText('Nothing in this log fits.')).toBeVisible();
  for (const [path, asked] of [['/search?q=nail&', '/search?'], ['/tasks?', '/tasks?']]) {
    const request = page.waitForRequest((request) => request.url().includes(`/api/v1${asked}`) && request.url().includes('from='));
    await page.goto(`${path}from=${DAY}&to=${DAY}`);
    const { searchParams } = new URL((await request).url());
    expect([searchParams.get('from'), searchParams.get('to')], path).toEqual(['2026-11-19T15:00:00.000000Z', '2026-11-20T14:59:59.999999Z']);
  }
});

test('words are looked for further and further back, and the words asked for last are answered', async ({ page, product }) => {
  const { agent } = await session(product, 'roof', 75);
  await page.goto(`/agents/${agent.id}/conversation`);
  await expect(page.getByTestId('reel')).toContainText('nail 75');
  const matches = page.getByTestId('matches').getByRole('button');
  const look = async (words) => {
    await page.locator('[name=talk-q]').fill(words);
    await page.keyboard.press('Enter');
  };
  await look('nail');
  await expect(matches).toHaveCount(30);
  await expect(matches.first()).toContainText('nail 75');
  await page.getByRole('button', { name: 'Look further back' }).click();
  await expect(matches).toHaveCount(60);
  await page.getByRole('button', { name: 'Look further back' }).click();
  await expect(matches).toHaveCount(75);
  await expect(matches.last()).toContainText(/nail 1 /);

  const release = await holdBack(page, /[?&]q=roof/);
  await look('roof');
  await look('nail 33');
  await expect(matches).toHaveCount(1);
  const late = page.waitForResponse(/[?&]q=roof/);
  release();
  await (await late).finished();
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await expect(matches).toHaveCount(1);
  await expect(matches.first()).toContainText('nail 33');
});

test('a file that was read is said to be as it was, and one that was written shows what became of it', async ({ page, product }) => {
  const roof = new Session(product, 'roof', BEGAN).told('Mend the roof');
  roof.said([{ type: 'tool_use', id: 'toolu_1', name: 'Read', input: { file_path: '/home/dev/app/roof.txt' } }]);
  roof.told([{ type: 'tool_result', tool_use_id: 'toolu_1', content: '1\tleaks' }]);
  roof.said([{ type: 'tool_use', id: 'toolu_2', name: 'Write', input: { file_path: '/home/dev/app/roof.txt', content: 'whole\n' } }]);
  roof.told([{ type: 'tool_result', tool_use_id: 'toolu_2', content: 'File created successfully' }]).write();
  const { id } = await roof.agent();
  await expect.poll(async () => (await product.call('GET', `/agents/${id}/files`)).produced.length).toBe(1);
  await page.goto(`/agents/${id}/files`);
  await page.getByTestId('consumed').getByRole('link').click();
  await expect(page.getByText('It was read; nothing changed.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Download the patch' })).toHaveCount(0);
  await page.getByTestId('produced').getByRole('link').click();
  await expect(page.getByTestId('file-diff')).toContainText('whole');
  await expect(page.getByRole('link', { name: 'Download the patch' })).toBeVisible();
});
