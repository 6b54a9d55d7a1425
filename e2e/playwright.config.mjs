//! How journeys run: in the distribution's Chromium and Firefox, one at a time, no retries, evidence kept where one fails.

import { defineConfig } from '@playwright/test';
import { fileURLToPath } from 'node:url';
import { CHROMIUM } from './support/chromium.mjs';

const firefox = fileURLToPath(new URL('support/firefox.mjs', import.meta.url));

export default defineConfig({
  testDir: './journeys',
  testMatch: '*.mjs',
  outputDir: './test-results/journeys',
  workers: Number(process.env.QUARTERDECK_E2E_WORKERS ?? 1),
  retries: 0,
  forbidOnly: true,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json', { outputFile: './test-results/journeys.json' }]],
  use: {
    viewport: { width: 1280, height: 800 },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
  },
  projects: [
    { name: 'chromium', use: { browserName: 'chromium', launchOptions: CHROMIUM } },
    // The hostile texts are long reading: one browser tries them.
    { name: 'firefox', testIgnore: 'hostile.mjs', use: { browserName: 'firefox', channel: 'moz-firefox', launchOptions: { executablePath: firefox } } },
  ],
});
