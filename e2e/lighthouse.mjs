//! Lighthouse on the running product: `node lighthouse.mjs FOLDER`, whose `data` is a filled data directory. Prints the
//! figures of Dashboard and Agents, logged in, on a desktop; those of a phone stand beside them.

import { chromium } from '@playwright/test';
import lighthouse, { desktopConfig } from 'lighthouse';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { claudeEnvironment } from './support/claude.mjs';
import { login } from './support/journey.mjs';
import { Product } from './support/product.mjs';

const RUNS = 5;
const PAGES = { dashboard: '/dashboard', agents: '/agents' };
const FORMS = { desktop: desktopConfig, mobile: undefined };
const CATEGORIES = ['performance', 'accessibility', 'best-practices'];
const TIMES = ['first-contentful-paint', 'largest-contentful-paint', 'speed-index', 'total-blocking-time'];

const folder = resolve(process.argv[2]);
const product = await start(folder);
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

async function start(folder) {
  const home = join(folder, 'home');
  mkdirSync(home);
  const env = { ...claudeEnvironment('http://127.0.0.1:9', home), XDG_CONFIG_HOME: join(folder, 'config') };
  const product = new Product({ bin: process.env.QUARTERDECK_BIN, folder, home, args: [], env });
  await product.start();
  return product;
}

/** A browser that is logged in, for as long as `work` takes; it is given the port of the browser's protocol. */
async function browsing(folder, work) {
  const port = await freePort();
  const context = await chromium.launchPersistentContext(join(folder, 'browser'), {
    executablePath: process.env.QUARTERDECK_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      `--remote-debugging-port=${port}`,
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
  try {
    const page = await context.newPage();
    await login(page, product);
    await page.close();
    await work(port);
  } finally {
    await context.close();
  }
}

async function measure(url, port, config) {
  const runs = [];
  for (let run = 0; run < RUNS; run += 1) {
    const { lhr } = await lighthouse(url, { port, logLevel: 'error', onlyCategories: CATEGORIES }, config);
    if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
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
  figure('performance', score('performance'), { ms: times(desktop), mobile_ms: times(mobile), largest_paint: largest, short_of: shortOf(desktop, 'performance') });
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

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
