//! How soon a line that is appended to a session file stands in the conversation that somebody reads:
//! `node following.mjs FOLDER`, whose `data` is a filled data directory. Prints one figure.

import { chromium } from '@playwright/test';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CHROMIUM } from './support/chromium.mjs';
import { login } from './support/journey.mjs';
import { startMeasured } from './support/product.mjs';
import { Session } from './support/sessions.mjs';
import { until } from './support/until.mjs';

/** What the session holds before it is followed, and how many lines are added. */
const BEFORE = 2_000;
const LINES = 300;
/** Between two lines: as a busy agent writes, from a torrent to half a second. Not random, and in no beat. */
const gap = (line) => (line * 137) % 500;

const product = await startMeasured(resolve(process.argv[2]));
const browser = await chromium.launch(CHROMIUM);
try {
  const session = new Session(product, 'followed', Date.now() - BEFORE * 1_000);
  for (let line = 0; line < BEFORE; line += 1) session.said(`It was so before, ${line}.`);
  session.write();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await login(page, product);
  await page.goto(`${product.url}/agents/${(await session.agent()).id}/conversation`);
  await page.getByText(`It was so before, ${BEFORE - 1}.`).waitFor();
  await page.evaluate(watchReel);
  const written = [];
  for (let line = 0; line < LINES; line += 1) {
    await pause(gap(line));
    const words = `Line ${line} has come.`;
    // What it is told makes no response that is counted, and is read all the same.
    line % 3 === 2 ? session.told(words) : session.said(words);
    written.push(now());
    session.write();
  }
  const seen = await until(() => page.evaluate((lines) => globalThis.seen.size === lines && [...globalThis.seen], LINES), 'the last line');
  report(seen.map(([line, at]) => at - written[line]));
} finally {
  await browser.close();
  await product.stop();
}

/** Milliseconds by the clock that the page reads as well. */
function now() {
  return performance.timeOrigin + performance.now();
}

/** In the page: keeps when each line was first drawn. */
function watchReel() {
  const seen = (globalThis.seen = new Map());
  const look = () =>
    requestAnimationFrame(() => {
      for (const turn of [...document.querySelectorAll('[data-testid=reel] .turn')].slice(-60)) {
        const line = /Line (\d+) has come/.exec(turn.textContent);
        if (line && !seen.has(Number(line[1]))) seen.set(Number(line[1]), performance.timeOrigin + performance.now());
      }
    });
  new MutationObserver(look).observe(document.querySelector('[data-testid=reel]'), { childList: true, subtree: true, characterData: true });
}

function report(waits) {
  const sorted = waits.toSorted((one, other) => one - other);
  const of = (share) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]);
  console.log(JSON.stringify({ figure: 'line_on_page_p95', value: of(0.95), detail: { lines: LINES, before: BEFORE, p50: of(0.5), p99: of(0.99), longest: of(1) } }));
}
