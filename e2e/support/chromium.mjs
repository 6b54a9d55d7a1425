//! How Chromium is started: the distribution's, without what a browser does on its own.

export const CHROMIUM = {
  executablePath: process.env.QUARTERDECK_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
};
