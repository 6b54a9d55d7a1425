//! Lighthouse on the running product: `node lighthouse.mjs FOLDER`, whose `data` is a filled data directory. Prints the
//! figures of Dashboard and Agents, logged in, on a desktop; those of a phone stand beside them.

import { chromium } from '@playwright/test';
import lighthouse, { desktopConfig } from 'lighthouse';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { CHROMIUM } from './support/chromium.mjs';
import { login } from './support/journey.mjs';
import { startMeasured } from './support/product.mjs';

const RUNS = 5;
/** Traces that may be lost per page and form. */
const LOST = 3;
const PAGES = { dashboard: '/dashboard', agents: '/agents' };
const FORMS = { desktop: desktopConfig, mobile: undefined };
const CATEGORIES = ['performance', 'accessibility', 'best-practices'];
const TIMES = ['first-contentful-paint', 'largest-contentful-paint', 'speed-index', 'total-blocking-time'];

const folder = resolve(process.argv[2]);
const product = await startMeasured(folder);
try {
  await browsing(folder, async (port) => {
    for (const [name, path] of Object.entries(PAGES)) {
      const desktop = await measure(product.url + path, port, FORMS.desktop);
      const mobile = await measure(product.url + path, port, FORMS.mobile);
      report(name, desktop, mobile);
    }
  });
} finally {
  await product.stop();
}

/** A browser that is logged in, for as long as `work` takes; it is given the port of the browser's protocol. */
async function browsing(folder, work) {
  const child = spawn(
    CHROMIUM.executablePath,
    ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${join(folder, 'browser')}`, '--no-default-browser-check', ...CHROMIUM.args, 'about:blank'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const gone = once(child, 'exit');
  try {
    const port = await listeningAt(child.stderr);
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
    const page = await browser.contexts()[0].newPage();
    await login(page, product);
    await page.close();
    // Lets go of it only: Lighthouse wants to be alone with the browser.
    await browser.close();
    await work(port);
  } finally {
    child.kill();
    await gone;
  }
}

/** The port that a browser says it listens at. */
function listeningAt(stream) {
  return new Promise((resolve, reject) => {
    createInterface({ input: stream })
      .on('line', (line) => {
        const said = /^DevTools listening on ws:\/\/[^:]+:(\d+)\//.exec(line);
        if (said) resolve(Number(said[1]));
      })
      .on('close', () => reject(new Error('the browser ended before it listened')));
  });
}

async function measure(url, port, config) {
  const runs = [];
  let lost = 0;
  while (runs.length < RUNS) {
    const { lhr } = await lighthouse(url, { port, logLevel: 'error', onlyCategories: CATEGORIES }, config);
    if (lhr.runtimeError) {
      // On a busy machine the browser sometimes loses the beginning of a trace: then nothing was measured.
      if (lhr.runtimeError.code !== 'NO_NAVSTART' || (lost += 1) > LOST) throw new Error(`${url}: ${lhr.runtimeError.message}`);
      continue;
    }
    if (new URL(lhr.finalDisplayedUrl).pathname !== new URL(url).pathname) {
      throw new Error(`${url} leads to ${lhr.finalDisplayedUrl}: the browser is not logged in`);
    }
    runs.push(lhr);
  }
  return runs;
}

function report(name, desktop, mobile) {
  const figure = (end, of, detail = {}) => {
    const [values, phone] = [desktop.map(of), mobile.map(of)];
    const line = { figure: `${name}_${end}`, value: median(values), detail: { runs: values, mobile: median(phone), mobile_runs: phone, ...detail } };
    console.log(JSON.stringify(line));
  };
  const score = (category) => (lhr) => Math.round(lhr.categories[category].score * 100);
  const times = (runs) => Object.fromEntries(TIMES.map((id) => [id, Math.round(median(runs.map((lhr) => lhr.audits[id].numericValue)))]));
  const largest = [...new Set(desktop.map(largestPaint))];
  // Lighthouse's measure of the machine while it ran: below about 1500 it was too busy for the score to be the page's.
  const machine = desktop.map((lhr) => Math.round(lhr.environment.benchmarkIndex));
  figure('performance', score('performance'), { ms: times(desktop), mobile_ms: times(mobile), largest_paint: largest, machine, short_of: shortOf(desktop, 'performance') });
  figure('accessibility', score('accessibility'), { short_of: shortOf(desktop, 'accessibility'), mobile_short_of: shortOf(mobile, 'accessibility') });
  figure('best_practices', score('best-practices'), { short_of: shortOf(desktop, 'best-practices'), mobile_short_of: shortOf(mobile, 'best-practices') });
  figure('layout_shift', (lhr) => Number(lhr.audits['cumulative-layout-shift'].numericValue.toFixed(4)));
}

/** The element whose painting was the largest, as it begins in the document. */
function largestPaint(lhr) {
  const found = [];
  const walk = (value) => {
    if (value?.type === 'node') found.push(value.nodeLabel || value.snippet);
    else if (value && typeof value === 'object') Object.values(value).forEach(walk);
  };
  walk(lhr.audits['lcp-breakdown-insight']?.details);
  return found[0] ?? 'unknown';
}

/** What keeps a category from a hundred, in the first run. */
function shortOf([lhr], category) {
  const counted = lhr.categories[category].auditRefs.filter(({ weight, id }) => weight > 0 && (lhr.audits[id].score ?? 1) < 1);
  return Object.fromEntries(counted.map(({ id }) => [id, lhr.audits[id].displayValue || lhr.audits[id].title]));
}

function median(values) {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
}
